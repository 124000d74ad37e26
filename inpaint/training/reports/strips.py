"""The images that show how far a run is."""

import numpy as np
import tensorflow as tf

from inpaint.errors import as_user_error
from inpaint.images.image_files import MOST_A_SIDE, ImageFile, write_image
from inpaint.models.preprocessing import from_network
from inpaint.ops import flow_image


class Strips:
    """Draws strips of images: `real | incomplete | completed | flow`.

    Args:
        trainer: the `Trainer` whose `filler` is shown.
        viz_max_out: the most training images drawn.
        validation: a `Validation` whose static view is drawn every time, or None.
    """

    def __init__(self, trainer, viz_max_out, validation=None):
        self._trainer = trainer
        self._viz_max_out = viz_max_out
        self._validation = validation

    def of(self, batch):
        """The strips of a training batch, and of the static view if there is one.

        Returns:
            dict of `training` and `validation`: uint8 [N, H, 4W or 3W, 3], RGB.
        """
        batch = {name: tensor[: self._viz_max_out] for name, tensor in batch.items()}
        strips = {"training": self._drawn(batch)}
        if self._validation:
            view = _one_by_one(self._validation.static_view)
            strips["validation"] = tf.concat([self._drawn(one) for one in view], 0)
        return strips

    def _drawn(self, batch):
        """The strips of a batch; the flow is left out where there is none."""
        result = self._trainer.forward(batch, self._trainer.filler)
        parts = [batch["image"], result.incomplete, result.completed]
        if result.offsets is not None:
            # The wheel is drawn in RGB, the rest is as the network sees it.
            parts.append(tf.reverse(flow_image(result.offsets, scale=8), axis=[-1]))
        return from_network(tf.concat(parts, axis=2))


def _one_by_one(batch):
    parts = {name: tf.split(tensor, tensor.shape[0]) for name, tensor in batch.items()}
    return [dict(zip(parts, row)) for row in zip(*parts.values())]


def write_strips(path, strips):
    """Write strips one below the other, as many as a JPEG holds: those of validation images first.

    Args:
        path: the file, a `pathlib.Path`; its folder is created if needed.
        strips: what `Strips.of` returns.

    Raises:
        UserError: it cannot be written.
    """
    with as_user_error(f"cannot make the folder {path.parent}"):
        path.parent.mkdir(exist_ok=True)
    rows = np.concatenate([strips[name] for name in ("validation", "training") if name in strips])
    rows = rows[: MOST_A_SIDE["JPEG"] // rows.shape[1]]
    write_image(path, ImageFile(rows.reshape(-1, *rows.shape[2:])))
