"""Visitors' files, under ids that nobody can guess."""

import collections
import contextlib
import dataclasses
import pathlib
import secrets
import shutil
import threading
import time

from inpaint.demo.errors import Gone


@dataclasses.dataclass
class _Entry:
    folder: pathlib.Path
    used: float
    owner: str


class Store:
    """Folders within a folder, one for each id. Those that nobody uses are removed.

    Args:
        folder: an empty folder.
        seconds: how long a folder is kept after its last use.
        most_bytes: how much all folders may hold together; above it, of the owner who has most the folders
            least recently used are removed.
        clock: function that returns the time in seconds.
    """

    def __init__(self, folder, seconds, most_bytes, clock=time.monotonic):
        self._folder = pathlib.Path(folder)
        self._seconds = seconds
        self._most_bytes = most_bytes
        self._clock = clock
        self._entries = {}  # by id, the least recently used first
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def new(self, owner):
        """Context manager for a new folder of somebody: (id, path). It is kept unless the body fails."""
        name = secrets.token_urlsafe(18)
        folder = self._folder / name
        folder.mkdir()
        try:
            yield name, folder
        except BaseException:
            shutil.rmtree(folder)
            raise
        with self._lock:
            self._entries[name] = _Entry(folder, self._clock(), owner)
        self.remove_old()

    def folder(self, name):
        """Path of the folder with this id, which counts as a use. Raises `Gone` if there is none."""
        with self._lock:
            entry = self._entries.pop(name, None)
            if entry is None:
                raise Gone
            entry.used = self._clock()
            self._entries[name] = entry
            return entry.folder

    def remove_old(self):
        """Remove folders that were not used for too long and, while all hold too much, the greediest's."""
        with self._lock:
            end = self._clock() - self._seconds
            old = [name for name, entry in self._entries.items() if entry.used < end]
            removed = [self._entries.pop(name).folder for name in old]
            sizes = {name: _size(entry.folder) for name, entry in self._entries.items()}
            shares = collections.Counter()
            for name, size in sizes.items():
                shares[self._entries[name].owner] += size
            while shares.total() > self._most_bytes and len(self._entries) > 1:
                newest, greediest = next(reversed(self._entries)), max(shares, key=shares.get)
                theirs = [name for name, entry in self._entries.items() if entry.owner == greediest]
                name = next(name for name in (*theirs, *self._entries) if name != newest)
                shares[self._entries[name].owner] -= sizes[name]
                removed.append(self._entries.pop(name).folder)
        for folder in removed:
            shutil.rmtree(folder)


def _size(folder):
    return sum(path.stat().st_size for path in folder.iterdir())
