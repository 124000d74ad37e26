"""Reading what is no regular file: pipes, such as `/dev/stdin` and a shell's `<(command)`."""

import io
import os
import select
import stat

from inpaint.errors import UserError

_MOST_BYTES = 1 << 29
_CHUNK = 1 << 20


def readable(path):
    """What to open in place of a path: the path itself, or what a pipe holds.

    Args:
        path: a `pathlib.Path`.

    Returns:
        `path` if it is a regular file, else `io.BytesIO`.

    Raises:
        OSError: it does not exist or cannot be opened.
        UserError: a folder, a device, a pipe that nothing writes to or that holds too much.
    """
    mode = path.stat().st_mode
    if stat.S_ISREG(mode):
        return path
    if stat.S_ISDIR(mode):
        raise UserError(f"{path} is a folder, a file is needed")
    if not stat.S_ISFIFO(mode):
        raise UserError(f"{path} is a device or socket: a file or a pipe is needed")
    # Opening would wait for a writer, maybe forever, if it was allowed to block.
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb", buffering=0) as pipe:
        content = _content(path, pipe)
    if not content:
        raise UserError(
            f"{path} is a pipe from which nothing came: nothing writes to it, or it was read already"
        )
    return io.BytesIO(content)


def _content(path, pipe):
    content = bytearray()
    while True:
        chunk = pipe.read(_CHUNK)  # None: there is a writer, and nothing yet
        if chunk is None:
            select.select([pipe], [], [])
        elif not chunk:
            return bytes(content)
        else:
            content += chunk
            if len(content) > _MOST_BYTES:
                raise UserError(f"more than {_MOST_BYTES >> 20} MB came from the pipe {path}: give a file")


def read_all(path):
    """The bytes of a file or pipe. Raises as `readable`, and UserError for a very large file."""
    found = readable(path)
    if found is not path:
        return found.getvalue()
    if path.stat().st_size > _MOST_BYTES:
        raise UserError(f"{path} has more than {_MOST_BYTES >> 20} MB")
    return path.read_bytes()
