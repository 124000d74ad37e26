"""Removing visitors' files when they have become old."""

import contextlib
import pathlib
import threading
import time


def keep_clean(folder, seconds):
    """From now on, remove every file in a folder that was last written longer ago than `seconds`.

    Gradio's `delete_cache` forgets half of the images that it writes. A thread of its own does it,
    four times in that span, for as long as the process lives.
    """

    def clean():
        while not waiting.wait(seconds / 4):
            remove_old(folder, time.time() - seconds)

    waiting = threading.Event()
    threading.Thread(target=clean, daemon=True).start()


def remove_old(folder, before):
    """Remove the files in a folder, however deep, that were last written before a time of the clock."""
    for path in sorted(pathlib.Path(folder).rglob("*"), reverse=True):  # a folder comes after its files
        with contextlib.suppress(OSError):  # somebody else was sooner, or the folder is in use
            if path.lstat().st_mtime < before:
                path.rmdir() if path.is_dir() else path.unlink()
