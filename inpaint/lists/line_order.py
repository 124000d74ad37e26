"""The lines of a list of images to fill can be done in any order."""

import os

from inpaint.errors import UserError


def check_order(entries, resolved=os.path.realpath):
    """Check that the order in which lines are done does not matter.

    Args:
        entries: called twice; returns an iterable of (line in words, path it writes, paths it reads).
        resolved: called with a path; returns the same for all paths of a file.

    Raises:
        UserError: if lines write the same file, or if one writes what it or another reads.
    """
    writers = {}
    for line, output, _ in entries():
        earlier = writers.setdefault(resolved(output), line)
        if earlier != line:
            raise UserError(
                f"{earlier} and {line} both write {output}: give each its own output (nothing was filled)"
            )
    for line, _, read in entries():
        for path in read:
            writer = writers.get(resolved(path))
            if writer == line:
                raise UserError(
                    f"{line} replaces {path}, which it reads: give it another output (nothing was filled)"
                )
            if writer:
                raise UserError(
                    f"{writer} writes {path}, which {line} reads: change that output, or make two lists "
                    f"(nothing was filled)"
                )
