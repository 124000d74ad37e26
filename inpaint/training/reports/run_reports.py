"""What a training run leaves for people to look at, in its folder."""

import pathlib

from inpaint.training.reports.losses import LossTable, draw_losses
from inpaint.training.reports.strips import Strips, write_strips
from inpaint.training.reports.tensorboard import RunSummaries


class RunReports:
    """Numbers and images, in TensorBoard and in files: `losses.csv`, `losses.png` and `samples/000020.jpg`.

    Args:
        log_dir: the run's folder.
        done: the iteration that the run goes on from.
        trainer, viz_max_out, validation: as for `Strips`.

    Raises:
        UserError: a file cannot be written; also in the methods.
    """

    def __init__(self, log_dir, done, trainer, viz_max_out, validation=None):
        self._folder = pathlib.Path(log_dir)
        self._strips = Strips(trainer, viz_max_out, validation)
        self._summaries = RunSummaries(log_dir)
        self._losses = LossTable(self._folder / "losses.csv", done)

    def scalars(self, step, values):
        """Report numbers of an iteration, by the names the `Trainer` and the others give them."""
        values = {name: float(value) for name, value in values.items()}
        self._summaries.scalars(step, values)
        self._losses.add(step, values)

    def images(self, step, batch):
        """Report how a training batch, and the static view if there is one, is filled by now."""
        strips = self._strips.of(batch)
        self._summaries.images(step, strips)
        write_strips(self._folder / "samples" / f"{step:06}.jpg", strips)
        draw_losses(self._losses.rows(), self._folder / "losses.png")
