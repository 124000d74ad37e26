"""Bodies of requests as files, and what their queries may say."""

import contextlib
import os
import tempfile
from typing import Annotated

from fastapi import Query

from inpaint.demo.errors import TooLarge

_READ_IN_VAIN = 8  # times the limit that is read of a body that is too large, so that the answer is heard

Name = Annotated[str, Query(description="the file's name, for the download's", max_length=200)]
Left = Annotated[int | None, Query(description="column of its left edge in the photo", ge=0)]
Top = Annotated[int | None, Query(description="row of its upper edge in the photo", ge=0)]
Extent = Annotated[int, Query(ge=1)]
Size = Annotated[str, Query(description='size the network works at: "auto", "whole" or a number')]
Detail = Annotated[str, Query(description='detail of similar places in the hole: "residual" or "none"')]
Number = Annotated[int, Query(description="number of the network, from 0", ge=0, alias="network")]
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
    """
    number, path = tempfile.mkstemp(dir=folder)
    try:
        with open(number, "wb") as file:
            count = 0
            async for chunk in request.stream():
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
