"""Progress of a command: a bar on a terminal; a line every 10 seconds in pipes and log files."""

import sys
import time

_WIDTH = 30
_SECONDS_BETWEEN_LINES = 10.0


class ProgressBar:
    """Context manager that shows how many of `total` steps are done.

    Args:
        unit: name of a step, in the plural.
        total: number of steps, if it is known already.
        out: text stream. Default: standard output.
        clock: function that returns the time in seconds.
        ends: Whether there is a line for the last step in pipes and log files, however soon it comes.
    """

    def __init__(self, unit, total=0, out=None, clock=time.monotonic, ends=True):
        self._total = total
        self._unit = unit
        self._out = out or sys.stdout
        self._clock = clock
        self._is_terminal = self._out.isatty()
        self._reported_at = clock()
        self._ends = ends
        self._shown = None

    def __enter__(self):
        return self

    def update(self, done, total=None):
        """Report that `done` steps are done, of `total` if that was not known before."""
        self._total = total or self._total
        if self._is_terminal:
            filled = _WIDTH * done // max(self._total, 1)
            self._write(f"\r[{'#' * filled}{'.' * (_WIDTH - filled)}] {self._text(done)}")
        elif (done == self._total and self._ends) or self._is_due():
            self._write(f"{self._text(done)}\n")
            self._reported_at = self._clock()

    def _is_due(self):
        return self._clock() - self._reported_at >= _SECONDS_BETWEEN_LINES

    def _text(self, done):
        return f"{done}/{self._total} {self._unit}"

    def _write(self, text):
        if text != self._shown:
            self._shown = text
            self._out.write(text)
            self._out.flush()

    def __exit__(self, *_):
        if self._is_terminal and self._shown:
            self._out.write("\n")
