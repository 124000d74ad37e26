"""SIGTERM and Ctrl-C, remembered until the iteration ends."""

import os
import signal


class StopSignal:
    """Context in which SIGTERM and Ctrl-C are remembered instead of ending the process, and acknowledged.

    A second Ctrl-C interrupts at once.

    Attributes:
        name: `"SIGTERM"` or `"SIGINT"` once it came, else None.
        number: its number; SIGTERM's as long as none came.
    """

    def __init__(self):
        self.name = None
        self.number = signal.SIGTERM
        self._before = {}

    def __enter__(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            self._before[number] = signal.signal(number, self._remember)
        return self

    def _remember(self, number, frame):
        if self.name and number == signal.SIGINT:
            raise KeyboardInterrupt
        self.name, self.number = signal.Signals(number).name, number
        # Not `print`, which may just be interrupted in the middle of a line.
        os.write(2, f"{self.name}: saving a checkpoint after this iteration\n".encode())

    def __exit__(self, *_):
        for number, handler in self._before.items():
            signal.signal(number, handler)
