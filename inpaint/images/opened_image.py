"""Opening image files with Pillow; whatever is wrong with a file becomes a `UserError`."""

import contextlib
import functools
import importlib.util
import io
import pathlib
import struct
import warnings
import zlib

import numpy as np
from PIL import Image, UnidentifiedImageError

from inpaint.errors import Note, UserError, as_user_error
from inpaint.images import png_chunks
from inpaint.images.sample_depth import load_eight_bit
from inpaint.io.pipes import readable

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


# The common ones first. EPS is missing: Pillow has Ghostscript run what is in such a file.
_FORMATS = ("PNG", "JPEG", "WEBP", "TIFF", "GIF", "BMP", "PPM", "AVIF", "JPEG2000", "DDS", "DIB", "ICO")
_FORMATS += ("ICNS", "PCX", "PSD", "SGI", "TGA", "QOI")
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_END_OF_JPEG = b"\xff\xd9"
_NO_DATA = b"\x55" * 64  # decoded where a JPEG's data is cut off, ignored where it is complete


@functools.cache
def readable_suffixes():
    """The suffixes of files that can be read, in small letters: a frozenset of `.png` and the like."""
    Image.init()
    found = {suffix for suffix, format in Image.registered_extensions().items() if format in _FORMATS}
    heif = {".heic", ".heif"} if importlib.util.find_spec("pillow_heif") else set()
    return frozenset(found | heif)


@contextlib.contextmanager
def opened_image(path, max_pixels, decode=True):
    """The opened Pillow image.

    Args:
        path: a file or pipe.
        max_pixels: the largest image that is decoded (sides rounded up to multiples of 8), or None.
        decode: whether the pixels are needed, not only the header.

    Yields:
        the image, as `load_eight_bit` decodes it.

    Warns:
        Note: a JPEG lacks its end marker, samples are signed, or something beside a PNG's pixels is left out.

    Raises:
        UserError: no such file, not an image, damaged, without pixels, too large, or with several frames.
    """
    path = pathlib.Path(path)
    with as_user_error(f"cannot read {path}"):
        if not path.exists():
            raise UserError(f"no such file: {path}")
        if path.is_dir():
            raise UserError(f"{path} is a folder, an image file is needed")
        source = readable(path)
        if source is path and path.stat().st_size == 0:
            raise UserError(f"{path} is empty (0 bytes)")
    try:
        with contextlib.ExitStack() as stack:
            with damage_told(path):
                source, colours = png_chunks.sound_png(path, source)
                image = stack.enter_context(_opened(path, source))
                image.info[png_chunks.COLOURS] = colours
                _check_size(path, *image.size, max_pixels)
                # Of the frames of an MPO, as phones write it, the first is the photograph. Those of a PSD are
                # its layers, of which it holds a composite, too.
                if image.format not in ("MPO", "PSD") and getattr(image, "is_animated", False):
                    raise UserError(f"{path} has several frames or pages: take it apart, give one of them")
                if image.format == "PSD" and not _has_composite(image):
                    raise UserError(
                        f"{path} holds layers alone: save it with maximized compatibility, or as PNG"
                    )
                if decode:
                    image = _loaded(path, source, image, stack)
            yield image
    except MemoryError as error:
        raise UserError(f"{path} is too large: there is not enough memory to read it") from error


def _opened(path, source):
    try:
        return Image.open(source, formats=_FORMATS)
    except UnidentifiedImageError:
        if not _is_heif(source):
            raise
    try:
        importlib.import_module("pillow_heif").register_heif_opener()
    except ImportError as error:
        raise UserError(f"{path} is a HEIC image: pip install pillow-heif to read it") from error
    return Image.open(source, formats=("HEIF",))


def _is_heif(source):
    head = source.getvalue()[:12] if isinstance(source, io.BytesIO) else _head(source)
    return head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS


def _head(path):
    with open(path, "rb") as file:
        return file.read(12)


def _loaded(path, source, image, stack):
    """The image, decoded; one of a JPEG that lacks nothing but its end marker is another one."""
    try:
        load_eight_bit(image, path, source)
        return image
    except OSError:
        if image.format != "JPEG":
            raise
        content = source.getvalue() if isinstance(source, io.BytesIO) else source.read_bytes()
        ends = content + _END_OF_JPEG, content + _NO_DATA + _END_OF_JPEG
        complete, other = (
            stack.enter_context(Image.open(io.BytesIO(end), formats=("JPEG",))) for end in ends
        )
        if not np.array_equal(complete, other):  # the decoder was still waiting for data
            raise
    warnings.warn(Note(f"{path} lacks the end marker of a JPEG: its last rows may be damaged"), stacklevel=2)
    return complete


def _has_composite(psd):
    """Whether a Photoshop file holds what its layers look like together; else that part is white."""
    return not any(number == 1057 and data[4:5] == b"\0" for number, _, data in psd.resources)  # VersionInfo


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


def within_limit(size, max_pixels):
    """Whether (height, width), rounded up to multiples of 8, has at most `max_pixels`; None for no limit."""
    height, width = (-(-side // 8) * 8 for side in size)
    return max_pixels is None or height * width <= max_pixels


def _check_size(path, width, height, max_pixels):
    if width * height == 0:
        raise UserError(f"{path} has no pixels: it is {width} x {height}")
    if not within_limit((height, width), max_pixels):
        raise UserError(
            f"{path} is {width} x {height}, over the limit of {max_pixels} pixels (sides rounded up to "
            f"multiples of 8): make it smaller, or raise --max_pixels if memory allows"
        )
