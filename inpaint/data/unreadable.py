"""Files of a list that cannot be read: they are skipped, counted and told."""

import threading

from inpaint.errors import UserError


class UnreadableFiles:
    """Counts unreadable images or masks, tells each once, and stops when there are too many.

    Args:
        kind: what they are, in the plural, as in "training images".
        total: how many the list has.
        max_share: the largest share of them that may be bad, 0 to 1.
        say: takes a line for the user.
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
        """Load the file at an index, or in its place the next one that can be read.

        Args:
            paths: the list; after its end comes its beginning.
            index: where to start.
            load: takes a path; raises UserError for a bad file.

        Returns:
            what `load` returned.

        Raises:
            UserError: none can be read, or as `add`.
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
        """Note that an image failed.

        Raises:
            UserError: more than the allowed share have.
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
