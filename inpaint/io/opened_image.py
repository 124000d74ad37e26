"""Opening image files with Pillow; whatever is wrong with a file becomes a `UserError`."""

import contextlib
import pathlib
import struct
import zlib

from PIL import Image, UnidentifiedImageError

from inpaint.errors import UserError, telling

# What Pillow's decoders raise on damaged files. AttributeError, NameError and the like are a program's
# errors and get through.
_DAMAGED = (
    # Found by changing and cutting off bytes:
    OSError,
    SyntaxError,  # of a broken PNG, not of Python code
    ValueError,
    TypeError,
    RuntimeError,  # AVIF, and as NotImplementedError DDS
    # What Pillow itself treats as damage, or names in its documentation:
    IndexError,
    KeyError,
    EOFError,
    OverflowError,
    struct.error,
    zlib.error,
)

# Our own limit is checked before an image is decoded; Pillow's would only warn.
Image.MAX_IMAGE_PIXELS = None


@contextlib.contextmanager
def opened_image(path, max_pixels, decode=True):
    """The opened Pillow image.

    Args:
        path: the file.
        max_pixels: the largest image that is decoded (sides rounded up to multiples of 8), or None.
        decode: whether the pixels are needed, not only the header.

    Raises:
        UserError: no such file, not an image, damaged, without pixels, or too large.
    """
    path = pathlib.Path(path)
    with telling(f"cannot read {path}"):
        if not path.exists():
            raise UserError(f"no such file: {path}")
        if path.is_dir():
            raise UserError(f"{path} is a folder, an image file is needed")
        if path.stat().st_size == 0:
            raise UserError(f"{path} is empty (0 bytes)")
    try:
        with contextlib.ExitStack() as stack:
            with damage_told(path):
                image = stack.enter_context(Image.open(path))
                _check_size(path, *image.size, max_pixels)
                if decode:
                    image.load()
            yield image
    except MemoryError as error:
        raise UserError(f"{path} is too large: there is not enough memory to read it") from error


@contextlib.contextmanager
def damage_told(path):
    """Turn what Pillow raises on a damaged file into a `UserError`. The body should do nothing else."""
    try:
        yield
    except Image.DecompressionBombError as error:  # where Pillow has a limit too
        raise UserError(f"{path} has too many pixels: {error}") from error
    except UnidentifiedImageError as error:
        raise UserError(f"{path} is not an image that can be read") from error
    except _DAMAGED as error:
        raise UserError(f"{path} cannot be read, it is damaged: {error}") from error


def _check_size(path, width, height, max_pixels):
    if width * height == 0:
        raise UserError(f"{path} has no pixels: it is {width} x {height}")
    if max_pixels is not None and (-(-width // 8) * 8) * (-(-height // 8) * 8) > max_pixels:
        raise UserError(
            f"{path} is {width} x {height}, over the limit of {max_pixels} pixels (sides rounded up to "
            f"multiples of 8): make it smaller, or raise --max_pixels if memory allows"
        )
