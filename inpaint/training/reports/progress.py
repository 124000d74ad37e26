"""The line that tells how far a run is."""

import time

from inpaint.options.run import ENDLESS

_SECONDS_BETWEEN = 10.0


class Progress:
    """Counts iterations and images.

    Args:
        total: iterations of the whole run; from `ENDLESS` on, the time so far is told, not the time left.
        images_each: images that an iteration uses.
        start: iterations already done.
        clock: gives seconds.
    """

    def __init__(self, total, images_each, start=0, clock=time.monotonic):
        self._total = total
        self._images_each = images_each
        self._clock = clock
        self._begun = clock()
        self._last = (start, self._begun, 0.0)
        self.rate = 0.0  # images per second, since the line before
        self.input_share = 0.0  # of that time, spent in waiting for batches

    def due(self):
        """Whether it is time for a line: every ten seconds."""
        return self._clock() - self._last[1] >= _SECONDS_BETWEEN

    def line(self, step, losses, seconds_waited=0.0):
        """A line with losses, images per second and the time left, or so far.

        Args:
            step: finished iterations.
            losses: dict of numbers; those named `*_loss` are told.
            seconds_waited: time spent in waiting for batches since the start.
        """
        now = self._clock()
        last_step, last_time, last_waited = self._last
        seconds = max(now - last_time, 1e-9)
        iterations = step - last_step
        self._last = (step, now, seconds_waited)
        self.rate = iterations * self._images_each / seconds
        self.input_share = (seconds_waited - last_waited) / seconds
        told = "  ".join(f"{n} {v:.4f}" for n, v in losses.items() if n.endswith("_loss"))
        if self._total >= ENDLESS:
            return f"{step}  {told}  {self.rate:.1f} images/s  {duration(now - self._begun)} so far"
        left = (self._total - step) * seconds / max(iterations, 1)
        return f"{step}/{self._total}  {told}  {self.rate:.1f} images/s  {duration(left)} left"


def duration(seconds):
    """`75` -> `0:01:15`; days are told where there are any."""
    days, rest = divmod(round(seconds), 86400)
    clock = f"{rest // 3600}:{rest // 60 % 60:02}:{rest % 60:02}"
    return f"{days} d {clock}" if days else clock
