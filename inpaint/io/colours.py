"""Colours of Pillow images that need more care than `Image.convert` takes."""

import contextlib
import io

import numpy as np
from PIL import Image, ImageCms

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
    values = np.asarray(image).astype(np.uint32)
    return Image.fromarray(((values * 255 + 32767) // 65535).astype(np.uint8))


def cmyk_to_rgb(image, profile):
    """Convert to sRGB, with the image's own profile where it has a usable one."""
    if profile and colour_space(profile) == b"CMYK":
        with contextlib.suppress(ImageCms.PyCMSError, OSError):  # a damaged profile
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            return ImageCms.profileToProfile(image, source, srgb, outputMode="RGB")
    return image.convert("RGB")
