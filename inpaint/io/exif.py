"""EXIF data of Pillow images: the orientation is applied, the rest is kept."""

import struct

from PIL import ExifTags, ImageOps

_ORIENTATION = ExifTags.Base.Orientation
_SIDEWAYS = (5, 6, 7, 8)  # the orientations that swap width and height
# What Pillow raises on damaged EXIF data, found by changing bytes of it.
_DAMAGED = (SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, struct.error)


def is_sideways(image):
    """Whether turning an opened image upright swaps its width and height."""
    if image.format == "TIFF":
        return False  # Pillow has swapped them already
    try:
        return image.getexif().get(_ORIENTATION) in _SIDEWAYS
    except _DAMAGED:
        return False


def upright(image):
    """Turn a loaded image upright.

    Args:
        image: a Pillow image.

    Returns:
        (the image as it is seen; its EXIF data without the orientation as bytes, or None where there is
        none or it is damaged).
    """
    if image.format == "TIFF":
        return image, None  # Pillow has turned it; its EXIF data is mixed with the tags of the file's layout
    try:
        exif = image.getexif()
        orientation = exif.pop(_ORIENTATION, None)
    except _DAMAGED:
        return image, None
    kept = _to_bytes(exif)
    if orientation is not None:
        exif[_ORIENTATION] = orientation
    # Or `exif_transpose` writes the rest again, and fails where that is damaged.
    for name in ("exif", "Raw profile type exif"):
        image.info.pop(name, None)
    return ImageOps.exif_transpose(image), kept


def _to_bytes(exif):
    """EXIF data as bytes; None if it is empty or damaged."""
    write = exif.tobytes
    try:
        return write() if exif else None
    except (*_DAMAGED, AttributeError):  # Pillow calls `encode` of a number where text belongs
        return None
