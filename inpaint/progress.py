"""The line that tells how far a run is."""

import time

_SECONDS_BETWEEN = 10.0


class Progress:
    """Counts iterations and images.

    Args:
        total: iterations of the whole run.
        images_each: images that an iteration uses.
        start: iterations already done.
        clock: gives seconds.
    """

    def __init__(self, total, images_each, start=0, clock=time.monotonic):
        self._total = total
        self._images_each = images_each
        self._clock = clock
        self._last = (start, clock())
        self.rate = 0.0  # images per second, since the line before

    def due(self):
        """Whether it is time for a line: every ten seconds."""
        return self._clock() - self._last[1] >= _SECONDS_BETWEEN

    def line(self, step, losses):
        """A line with losses, images per second and the time left.

        Args:
            step: finished iterations.
            losses: dict of numbers; those named `*_loss` are told.
        """
        now = self._clock()
        seconds = max(now - self._last[1], 1e-9)
        iterations = step - self._last[0]
        self._last = (step, now)
        self.rate = iterations * self._images_each / seconds
        left = (self._total - step) * seconds / max(iterations, 1)
        told = "  ".join(f"{n} {v:.4f}" for n, v in losses.items() if n.endswith("_loss"))
        return f"{step}/{self._total}  {told}  {self.rate:.1f} images/s  {duration(left)} left"


def duration(seconds):
    """`75` -> `0:01:15`; days are told where there are any."""
    days, rest = divmod(round(seconds), 86400)
    clock = f"{rest // 3600}:{rest // 60 % 60:02}:{rest % 60:02}"
    return f"{days} d {clock}" if days else clock
