"""The numbers of a run as a table that any program reads, and as curves."""

import csv
import importlib.util

from inpaint.errors import UserError, as_user_error
from inpaint.io.atomic import whole_file, write_whole

_STEP = "iteration"


class LossTable:
    """A file of comma-separated values, with a row for each report and a column for each number's name.

    It is the table of one run: rows behind the iteration that the run goes on from are cut.

    Args:
        path: the file, a `pathlib.Path`.
        done: the iteration that the run goes on from.

    Raises:
        UserError: the file is another one, or cannot be read or written.
    """

    def __init__(self, path, done):
        self._path = path
        self._names = [_STEP]
        if path.is_file():
            self._write([row for row in self.rows() if row[_STEP] <= done])

    def add(self, step, values):
        """Write a row: the numbers of an iteration, a dict of floats."""
        row = {_STEP: step, **values}
        if not self._path.is_file() or not row.keys() <= set(self._names):
            self._write([*self.rows(), row])
            return
        with as_user_error(f"cannot write {self._path}"), self._path.open("a") as file:
            file.write(self._line(row))

    def rows(self):
        """What was written: list of dicts of floats."""
        if not self._path.is_file():
            return []
        try:
            with self._path.open(newline="") as file:
                rows = [row for row in csv.DictReader(file) if None not in row.values()]  # whole ones
            rows = [{name: float(text) for name, text in row.items() if text} for row in rows]
            return [{**row, _STEP: int(row[_STEP])} for row in rows]
        except (OSError, ValueError, LookupError, TypeError, csv.Error) as error:
            raise UserError(f"{self._path} is no table of a run's losses: remove it") from error

    def _write(self, rows):
        self._names = list(dict.fromkeys([_STEP, *(name for row in rows for name in row)]))
        write_whole(self._path, "".join(map(self._line, [dict(zip(self._names, self._names)), *rows])))

    def _line(self, row):
        cells = (row.get(name, "") for name in self._names)
        return ",".join(f"{cell:.6g}" if isinstance(cell, float) else str(cell) for cell in cells) + "\n"


def draw_losses(rows, path):
    """Draw the losses over the iterations, and the validation images' PSNR if there is one.

    Does nothing without Matplotlib.

    Args:
        rows: what `LossTable.rows` returns.
        path: the PNG file.

    Raises:
        UserError: it cannot be written.
    """
    if importlib.util.find_spec("matplotlib") is None:
        return
    from matplotlib.figure import Figure  # without pyplot, which would look for a screen

    names = list(dict.fromkeys(name for row in rows for name in row))
    panels = {"loss": [name for name in names if name.endswith("_loss")], "validation PSNR, dB": ["psnr"]}
    panels = {title: shown for title, shown in panels.items() if set(shown) & set(names)}
    figure = Figure(figsize=(8, 4 * len(panels)), layout="constrained")
    for index, (title, shown) in enumerate(panels.items(), start=1):
        axes = figure.add_subplot(len(panels), 1, index)
        for name in shown:
            points = [(row[_STEP], row[name]) for row in rows if name in row]
            axes.plot(*zip(*points), marker=".", linewidth=1, label=name)
        axes.set_xlabel(_STEP)
        axes.set_ylabel(title)
        axes.legend()
    with as_user_error(f"cannot write {path}"), whole_file(path) as file:
        figure.savefig(file, format="png")
