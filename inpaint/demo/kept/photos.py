"""Visitors' photos in the `Store`, and those that were used last in memory."""

import collections
import threading

from inpaint.demo.kept.photo import Photo

_MOST_BYTES = 256 << 20


class Photos:
    """Keeps photos as the files that were sent, so that each takes what its sender sent.

    Args:
        store: a `Store`.
        most_bytes: of the decoded photos that are kept in memory as well.
    """

    def __init__(self, store, most_bytes=_MOST_BYTES):
        self.store = store
        self._most_bytes = most_bytes
        self._recent = collections.OrderedDict()  # `Photo`s by folder, the least recently used first
        self._lock = threading.Lock()

    def keep(self, photo, owner):
        """Keep a `Photo` of somebody; returns its id."""
        with self.store.new(owner) as (name, folder):
            photo.save(folder)
        self._remember(folder, photo)
        return name

    def load(self, folder):
        """The `Photo` that was kept in a folder of the store; raises `Gone` if something else was."""
        with self._lock:
            photo = self._recent.get(folder)
        if photo is None or not folder.exists():
            photo = Photo.load(folder)
        self._remember(folder, photo)
        return photo

    def _remember(self, folder, photo):
        with self._lock:
            self._recent[folder] = photo
            self._recent.move_to_end(folder)
            while (
                len(self._recent) > 1
                and sum(x.image.rgb.nbytes for x in self._recent.values()) > self._most_bytes
            ):
                self._recent.popitem(last=False)
