"""Small text files that are there as a whole or not at all."""

import os
import pathlib

from inpaint.errors import telling


def write_whole(path, text):
    """Write a text file beside its place, then move it there: a process may die in between.

    Raises:
        UserError: it cannot be written.
    """
    path = pathlib.Path(path)
    partial = path.with_name(f"{path.name}.partial")
    with telling(f"cannot write {path}"):
        partial.write_text(text)
        os.replace(partial, path)
