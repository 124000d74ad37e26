"""Pictures of a list that cannot be read."""

import threading

from inpaint.errors import UserError


class BadPictures:
    """Counts unreadable pictures, tells each once, and stops when there are too many.

    Args:
        total: how many pictures the list has.
        max_share: the largest share of them that may be bad, 0 to 1.
        say: takes a line for the user.
    """

    def __init__(self, total, max_share=1.0, say=print):
        self._total = total
        self._max_share = max_share
        self._say = say
        self._paths = set()
        self._lock = threading.Lock()  # pictures are read in several threads

    def __contains__(self, path):
        return path in self._paths

    def __len__(self):
        return len(self._paths)

    def add(self, path, error):
        """Note that a picture failed.

        Raises:
            UserError: more than the allowed share have.
        """
        with self._lock:
            if path in self._paths:
                return
            self._paths.add(path)
            self._say(f"skipped a training picture ({len(self)} so far): {error}")
            if len(self) > self._max_share * self._total:
                raise UserError(
                    f"{len(self)} of {self._total} training pictures cannot be read, more than "
                    f"--max_bad_share={self._max_share:g} allows; the last one: {error}"
                )
