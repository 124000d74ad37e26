"""How far a command is: a bar on a terminal, plain lines at intervals in pipes and log files."""

import sys
import time

_WIDTH = 30
_SECONDS_BETWEEN_LINES = 10.0


class ProgressBar:
    """Context that shows how many of `total` steps are done.

    Args:
        total: number of steps.
        unit: what a step is, in the plural.
        out: a text stream; standard output by default.
        clock: gives seconds.
    """

    def __init__(self, total, unit, out=None, clock=time.monotonic):
        self._total = total
        self._unit = unit
        self._out = out or sys.stdout
        self._clock = clock
        self._is_terminal = self._out.isatty()
        self._told_at = clock()
        self._told = None

    def __enter__(self):
        return self

    def update(self, done):
        """Tell that `done` steps are done."""
        if self._is_terminal:
            filled = _WIDTH * done // max(self._total, 1)
            self._write(f"\r[{'#' * filled}{'.' * (_WIDTH - filled)}] {self._text(done)}")
        elif done == self._total or self._clock() - self._told_at >= _SECONDS_BETWEEN_LINES:
            self._write(f"{self._text(done)}\n")
            self._told_at = self._clock()

    def _text(self, done):
        return f"{done}/{self._total} {self._unit}"

    def _write(self, text):
        if text != self._told:
            self._told = text
            self._out.write(text)
            self._out.flush()

    def __exit__(self, *_):
        if self._is_terminal and self._told:
            self._out.write("\n")
