"""Bodies of requests as files, and what their queries may say."""

import contextlib
import os
import tempfile
from typing import Annotated

import anyio
from fastapi import Query

from inpaint.demo.errors import TooLarge, TooSlow

SECONDS = 30  # for the next part of a body to come
_MOST_SECONDS = 600  # for all of it
_READ_IN_VAIN = 8  # times the limit that is read of a body that is too large, so that the answer is heard

Name = Annotated[str, Query(description="the file's name, for the download's", max_length=200)]
Left = Annotated[int | None, Query(description="column of its left edge in the photo", ge=0)]
Top = Annotated[int | None, Query(description="row of its upper edge in the photo", ge=0)]
Border = Annotated[int, Query(description="pixels added at this side", ge=0)]
Extent = Annotated[int, Query(ge=1)]
Size = Annotated[str, Query(description='size the network works at: "auto", "whole" or a number')]
Detail = Annotated[str, Query(description='detail of similar places in the hole: "residual" or "none"')]
Layers = Annotated[str, Query(description="names of gated convolutions, between commas", max_length=2000)]


@contextlib.asynccontextmanager
async def received(request, folder, limit):
    """Write a request's body to a file.

    Args:
        request: the request.
        folder: where the file is written.
        limit: maximum size in bytes.

    Returns:
        Async context manager for the file's path; the file is removed after the body.

    Raises:
        TooLarge: if the body has more bytes.
        TooSlow: if it takes too long to come.
    """
    number, path = tempfile.mkstemp(dir=folder)
    try:
        with open(number, "wb") as file:
            count = 0
            async for chunk in _parts(request.stream()):
                count += len(chunk)
                if count <= limit:
                    file.write(chunk)
                elif count > _READ_IN_VAIN * limit:
                    break
        if count > limit:
            raise TooLarge(f"the file has more than {limit / 1e6:.3g} MB: make it smaller first")
        yield path
    finally:
        os.unlink(path)


async def _parts(stream):
    """The parts of a body; raises TooSlow if one, or all of them, take too long to come."""
    end = anyio.current_time() + _MOST_SECONDS
    try:
        while True:
            with anyio.fail_after(min(SECONDS, end - anyio.current_time())):
                part = await anext(stream, None)
            if part is None:
                return
            yield part
    except TimeoutError as error:
        raise TooSlow from error
