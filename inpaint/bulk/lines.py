"""The lines of file lists, read from any file system, and what must hold of all of them."""

import functools
import io
import os
import typing

from inpaint.bulk.far_files import file_errors, file_system, is_local
from inpaint.errors import UserError
from inpaint.io.text import encoding
from inpaint.lists import line_order
from inpaint.lists.file_lists import job_fields


class Line(typing.NamedTuple):
    """A line of a list.

    Attributes:
        list: its path.
        line: its number, from 1.
        text: without its end.
    """

    list: str
    line: int
    text: str


def find_lists(pattern):
    """The lists that a pattern such as `lists/*.txt` or `gs://bucket/list.txt` names, sorted.

    Raises:
        UserError: there is none, or the file system cannot be used.
    """
    with file_errors(f"cannot look for {pattern}"):
        system, there = file_system(pattern)
        paths = sorted(system.glob(there))
    if not is_local(pattern):
        paths = [system.unstrip_protocol(path) for path in paths]
    if not paths:
        raise UserError(f"no file list {pattern}: make one, with `image mask output` on each line")
    for path in paths:
        if is_local(path) and not os.path.isfile(path):
            raise UserError(f"{path} is no file: lists are read several times, which pipes cannot be")
    return paths


def read_lines(flist):
    """Yield the lines of a list that are not empty, each a `Line`; raises UserError if it cannot be read."""
    what = f"cannot read {flist} as a list (a text file)"
    with file_errors(what):
        system, path = file_system(flist)
        with system.open(path) as file:
            kind = encoding(file.read(2))
            file.seek(0)
            for number, text in enumerate(io.TextIOWrapper(file, encoding=kind), start=1):
                if "\0" in text:
                    raise UserError(f"{what}: it holds null bytes")
                if text.strip():
                    yield Line(flist, number, text.strip())


def check_order(flists):
    """Check that it does not matter in which order, and how often, lines are done.

    Args:
        flists: paths of the lists.

    Returns:
        the number of lines.

    Raises:
        UserError: lines write the same output, or write what a line reads; the first such lines are named.
    """
    line_order.check_order(lambda: _entries(flists), _resolved)
    count = sum(1 for flist in flists for _ in read_lines(flist))
    if not count:
        raise UserError(f"the file list {', '.join(flists)} is empty")
    return count


def _entries(flists):
    """What `line_order.check_order` needs to know. In place is refused: a second run would fill again."""
    for flist in flists:
        for line in read_lines(flist):
            if fields := job_fields(line.text):
                yield f"line {line.line} of {flist}", fields[2], fields[:2]


def _resolved(path):
    """A path without links, which are looked for once a folder."""
    if not is_local(path):
        return path
    folder, name = os.path.split(os.path.abspath(path))
    path = os.path.join(_resolved_folder(folder), name)
    return os.path.realpath(path) if os.path.islink(path) else path


@functools.lru_cache(maxsize=1 << 16)
def _resolved_folder(folder):
    return os.path.realpath(folder)
