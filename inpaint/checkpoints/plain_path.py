"""Paths that TensorFlow's readers of checkpoints understand: they take them for patterns."""

import contextlib
import os
import pathlib
import re
import tempfile

from inpaint.errors import UserError

_SPECIAL = re.compile(r"[*?\[\\\ud800-\udfff]")  # the last ones stand for bytes that are no UTF-8


def is_plain(path):
    """Whether TensorFlow finds what lies at a path. Its names must be UTF-8, too."""
    return not _SPECIAL.search(os.path.abspath(path))


def check_plain(path):
    """Raise UserError unless TensorFlow can load what is going to be written at a path."""
    if not is_plain(path):
        raise UserError(
            f"cannot write {path}: TensorFlow cannot load from a path with *, ?, [, a backslash or what is "
            f"no text ({os.path.abspath(path)}): name another"
        )


@contextlib.contextmanager
def plain_prefix(prefix):
    """A prefix that TensorFlow can read while the body runs: of links where the checkpoint has none."""
    if is_plain(prefix):
        yield prefix
        return
    prefix = pathlib.Path(prefix).absolute()
    with tempfile.TemporaryDirectory(prefix="deepfillv2-") as folder:
        for file in prefix.parent.iterdir():
            if file.name.startswith(f"{prefix.name}."):
                os.symlink(file, os.path.join(folder, f"checkpoint{file.name.removeprefix(prefix.name)}"))
        yield os.path.join(folder, "checkpoint")
