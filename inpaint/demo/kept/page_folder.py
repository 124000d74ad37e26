"""The folder of visitors' files, which goes with the server, however it ends."""

import contextlib
import pathlib
import shutil
import tempfile

from inpaint.io.locks import hold

_PREFIX = "inpaint-page-"
_LOCK = "lock"


@contextlib.contextmanager
def page_folder():
    """A temporary folder, removed at the end; first, those are removed whose servers were killed."""
    for left in pathlib.Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):  # of another user, or locked: its server lives
            _remove_dead(left)
    made = pathlib.Path(tempfile.mkdtemp(prefix="inpaint-new-"))
    lock = hold(made / _LOCK)
    # It gets its name when it is locked, so that another server never takes it for a dead one's.
    folder = made.rename(made.with_name(made.name.replace("inpaint-new-", _PREFIX)))
    try:
        (folder / "photos").mkdir()
        yield folder / "photos"
    finally:
        shutil.rmtree(folder)
        lock.release()


def _remove_dead(folder):
    """Remove a folder unless a process holds its lock."""
    if (folder / _LOCK).is_file():
        hold(folder / _LOCK).release()
        shutil.rmtree(folder)
