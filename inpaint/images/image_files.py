"""Reading and writing image files with Pillow."""

import dataclasses
import os
import pathlib
import warnings

import numpy as np
from PIL import ExifTags, Image

from inpaint.errors import Note, UserError, as_user_error
from inpaint.images.colours import cmyk_to_rgb, colour_space
from inpaint.images.metadata import Metadata, is_sideways, upright
from inpaint.images.opened_image import damage_told, opened_image
from inpaint.images.png_chunks import are_srgb
from inpaint.io.atomic import whole_file

MAX_PIXELS = 1 << 24

# Pillow's name of the format and how it is written.
_JPEG = ("JPEG", {"quality": 95, "subsampling": 0})
_TIFF = ("TIFF", {})  # uncompressed: Pillow cannot write EXIF data into compressed ones
_FORMATS = {
    ".png": ("PNG", {}),
    ".jpg": _JPEG,
    ".jpeg": _JPEG,
    # exact: colours under transparent pixels stay as they are.
    ".webp": ("WEBP", {"lossless": True, "exact": True}),
    ".tif": _TIFF,
    ".tiff": _TIFF,
}
SUFFIXES = tuple(_FORMATS)
MOST_A_SIDE = {"JPEG": 65_500, "WEBP": 16_383}  # libjpeg's limit is below that of the format


@dataclasses.dataclass
class ImageFile:
    """An image, turned upright, and what is kept of its file besides the colours.

    Attributes:
        rgb: uint8 [H, W, 3].
        alpha: uint8 [H, W], or None.
        icc_profile: colour profile of the pixels, bytes, or None.
        metadata: the rest of what the file told.
        gray: whether the file held a grayscale image; it is written as one again.
        turned: the EXIF orientation if it swapped width and height when the image was turned upright, else 0.
    """

    rgb: np.ndarray
    alpha: np.ndarray | None = None
    icc_profile: bytes | None = None
    metadata: Metadata = Metadata()
    gray: bool = False
    turned: int = 0

    @property
    def size(self):
        """(height, width)."""
        return self.rgb.shape[:2]


def read_image(path, max_pixels=MAX_PIXELS):
    """Read any image Pillow can: grayscale, palette, 10 to 16 bits (brought to 8), CMYK, with alpha.

    A colour profile is kept where it fits the pixels: not that of a CMYK or Lab image, which is
    converted. Damaged EXIF data is dropped.

    Args:
        path: a file or pipe.
        max_pixels: the largest image that is decoded (sides rounded up to multiples of 8), or None.

    Returns:
        an `ImageFile`.

    Warns:
        Note: as `opened_image`.

    Raises:
        UserError: no such file, not an image, damaged, without pixels, with several frames, or too large for
            `max_pixels` or the memory.
    """
    with opened_image(path, max_pixels) as image:
        gray = image.mode in ("1", "L", "LA", "La")
        profile = image.info.get("icc_profile")
        turned = image.getexif()[ExifTags.Base.Orientation] if is_sideways(image) else 0
        image, metadata = upright(image)
        if image.mode == "CMYK":
            image = cmyk_to_rgb(image, profile)
            profile = None
        alpha = None
        if image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info:
            image = image.convert("RGBA")
            alpha = np.asarray(image)[..., 3]
        rgb = np.asarray(image.convert("RGB"))
    if profile and colour_space(profile) != (b"GRAY" if gray else b"RGB "):
        profile = None
    return ImageFile(rgb, alpha, profile or None, metadata, gray, turned)


def image_size(path, max_pixels=MAX_PIXELS):
    """(height, width) of an image as it is seen, from the file's header. Raises as `read_image`."""
    with opened_image(path, max_pixels, decode=False) as image:
        with damage_told(path):  # Pillow reads all of a PNG to find its EXIF data
            sideways = is_sideways(image)
        return image.size if sideways else image.size[::-1]


def size_text(size):
    """(height, width) as text, width first: `640 x 480`."""
    return f"{size[1]} x {size[0]}"


def check_output(path):
    """Raise UserError unless an image can be written to `path`: known suffix, writable folder."""
    path = pathlib.Path(path)
    with as_user_error(f"cannot write {path}"):
        if path.is_dir():
            raise UserError(f"cannot write {path}: it is a folder")
        if path.suffix.lower() not in SUFFIXES:
            raise UserError(f"cannot write {path}: the name must end in one of {', '.join(SUFFIXES)}")
        if not path.parent.is_dir():
            raise UserError(f"cannot write {path}: there is no folder {path.parent}, create it first")
        if path.exists() and not path.is_file():
            raise UserError(f"cannot write {path}: it is no regular file")
        if not os.access(path.parent, os.W_OK):
            raise UserError(f"cannot write {path}: the folder {path.parent} is not writable")


def check_fits(path, size):
    """Raise UserError if an image of a size, (height, width), is too large for the format of a path."""
    format, _ = _FORMATS.get(pathlib.Path(path).suffix.lower(), (None, None))
    most = MOST_A_SIDE.get(format)
    if most and max(size) > most:
        raise UserError(
            f"cannot write {path}: {format} holds up to {most} pixels a side, the image is "
            f"{size_text(size)}: write a .png or .tif"
        )


def keeps_alpha(path):
    """Whether the format that a path's suffix names has transparency."""
    return pathlib.Path(path).suffix.lower() not in (".jpg", ".jpeg")


def takes_quality(path):
    """Whether the format that a path's suffix names can be written with a quality."""
    return _FORMATS[pathlib.Path(path).suffix.lower()][0] in ("JPEG", "WEBP")


def write_image(path, image, quality=None):
    """Write an image as a whole: PNG, WebP and TIFF lossless, JPEG at quality 95 and without alpha.

    Args:
        path: the file; its suffix names the format.
        image: an `ImageFile`.
        quality: from 1 to 100, of JPEG, and of WebP, which is lossy then; other formats ignore it.

    Warns:
        Note: the format has no place for what the image's PNG told of its colours, or the image's file had
            a part that is not written.

    Raises:
        UserError: as `check_output`, or the file cannot be written.
    """
    check_output(path)
    check_fits(path, image.size)
    format, options = _FORMATS[pathlib.Path(path).suffix.lower()]
    if quality and takes_quality(path):
        options = options | {"quality": quality, **({"lossless": False} if format == "WEBP" else {})}
    pil = Image.fromarray(image.rgb)
    if image.gray:
        pil = pil.convert("L")
    if image.alpha is not None and keeps_alpha(path):
        pil.putalpha(Image.fromarray(image.alpha))
    # WebP stores gray as RGB, which a gray profile does not describe.
    profile = None if format == "WEBP" and image.gray else image.icc_profile
    if image.metadata.lost:
        warnings.warn(Note(f"{path} is written without {' and '.join(image.metadata.lost)}"), stacklevel=2)
    if format != "PNG" and not profile and not are_srgb(image.metadata.colours):
        names = ", ".join(name.decode() for name in image.metadata.colours)
        warnings.warn(
            Note(f"{path} has no place for the colours that the PNG told ({names}): write a .png"),
            stacklevel=2,
        )
    options = options | image.metadata.save_options(format) | ({"icc_profile": profile} if profile else {})
    with as_user_error(f"cannot write {path}"), whole_file(path) as file:
        pil.save(file, format, **options)
