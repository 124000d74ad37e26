"""Removing old files of visitors."""

import contextlib
import pathlib
import threading
import time


def keep_clean(folder, seconds):
    """Start a daemon thread that removes the files in a folder that are older than `seconds`.

    It checks every `seconds` / 4. Gradio's own `delete_cache` misses half of the images it writes.
    """

    def clean():
        while not waiting.wait(seconds / 4):
            remove_old(folder, time.time() - seconds)

    waiting = threading.Event()
    threading.Thread(target=clean, daemon=True).start()


def remove_old(folder, before):
    """Remove files and folders in a folder, recursively, that were last modified before a timestamp."""
    for path in sorted(pathlib.Path(folder).rglob("*"), reverse=True):  # a folder comes after its files
        with contextlib.suppress(OSError):  # already removed, or the folder is in use
            if path.lstat().st_mtime < before:
                path.rmdir() if path.is_dir() else path.unlink()
