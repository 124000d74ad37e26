"""Colours of Pillow images that need more care than `Image.convert` takes."""

import contextlib
import io

import cv2
import numpy as np
from PIL import ExifTags, Image, ImageCms

from inpaint.errors import UserError


def colour_space(profile):
    """The colour space in an ICC profile's header, such as b"RGB "."""
    return profile[16:20]


def eight_bit(image, path):
    """Bring 16-bit grayscale to 8 bits; Pillow's own conversion would clip it.

    Raises:
        UserError: 32 bits a pixel; the message names `path`.
    """
    if image.mode in ("I", "F"):
        raise UserError(f"{path} has 32 bits a pixel: save it with 8 or 16 bits")
    if not image.mode.startswith("I;16"):
        return image
    return Image.fromarray(_rounded(np.asarray(image)))


def has_sixteen_bits(image):
    """Whether Pillow will truncate the colours of an opened image, not yet decoded, from 16 bits to 8."""
    if image.mode not in ("RGB", "RGBA") or image.format not in ("PNG", "TIFF"):
        return False
    if image.format == "TIFF" and image.tag_v2.get(ExifTags.Base.Orientation, 1) != 1:
        return False  # Pillow turns it while decoding, OpenCV does not
    return any(";16" in str(tile.args) for tile in image.tile)


def round_colours(image, source):
    """Replace the colours of a decoded image by those that OpenCV reads, rounded from 16 bits to 8.

    Args:
        image: a Pillow image, changed in place.
        source: the path or `io.BytesIO` that it was read from.
    """
    encoded = source.getvalue() if isinstance(source, io.BytesIO) else source.read_bytes()
    found = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_UNCHANGED)
    # OpenCV does not read all that Pillow does; truncated colours differ by one level at most.
    if found is not None and found.dtype == np.uint16 and found.shape[:2] == image.size[::-1]:
        colours = _rounded(found[..., [2, 1, 0, *range(3, found.shape[2])]])
        image.paste(Image.fromarray(colours).convert(image.mode))


def _rounded(values):
    """uint16 brought to uint8."""
    return ((values.astype(np.uint32) * 255 + 32767) // 65535).astype(np.uint8)


def cmyk_to_rgb(image, profile):
    """Convert to sRGB, with the image's own profile where it has a usable one."""
    if profile and colour_space(profile) == b"CMYK":
        with contextlib.suppress(ImageCms.PyCMSError, OSError):  # a damaged profile
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            return ImageCms.profileToProfile(image, source, srgb, outputMode="RGB")
    return image.convert("RGB")
