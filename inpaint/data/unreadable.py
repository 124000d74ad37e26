"""Unreadable files of a list: skipped, counted and reported."""

import threading

from inpaint.errors import UserError


class UnreadableFiles:
    """Counts unreadable images or masks, reports each once, and raises if there are too many.

    Args:
        kind: plural noun for messages, such as "training images".
        total: length of the list.
        max_share: maximum fraction of unreadable files, 0 to 1.
        say: called with one line of text for the user.
    """

    def __init__(self, kind, total, max_share=1.0, say=print):
        self._kind = kind
        self._total = total
        self._max_share = max_share
        self._say = say
        self._paths = set()
        self._lock = threading.Lock()  # images are read in several threads

    def __len__(self):
        return len(self._paths)

    def first_good(self, paths, index, load):
        """Load the file at an index or, if it is unreadable, the next readable one.

        Args:
            paths: list of paths, continued from its beginning after its end.
            index: index to start at.
            load: called with a path; raises UserError for an unreadable file.

        Returns:
            The result of `load`.

        Raises:
            UserError: if no file can be read, or as `add`.
        """
        for turn in range(len(paths)):
            path = paths[(index + turn) % len(paths)]
            if path in self._paths:
                continue
            try:
                return load(path)
            except UserError as error:
                self.add(path, error)
        raise UserError(f"none of the {self._kind} can be used")

    def add(self, path, error):
        """Record and report an unreadable file.

        Raises:
            UserError: if more than `max_share` of the files are unreadable.
        """
        with self._lock:
            if path in self._paths:
                return
            self._paths.add(path)
            self._say(f"skipped one of the {self._kind} ({len(self)} so far): {error}")
            if len(self) > self._max_share * self._total:
                raise UserError(
                    f"{len(self)} of {self._total} {self._kind} cannot be used, more than "
                    f"--max_bad_share={self._max_share:g} allows; the last one: {error}"
                )
