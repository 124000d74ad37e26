"""Colours of Pillow images that need more care than `Image.convert` takes."""

import contextlib
import io

from PIL import ImageCms


def colour_space(profile):
    """The colour space in an ICC profile's header, such as b"RGB "."""
    return profile[16:20]


def cmyk_to_rgb(image, profile):
    """Convert to sRGB, with the image's own profile where it has a usable one."""
    if profile and colour_space(profile) == b"CMYK":
        with contextlib.suppress(ImageCms.PyCMSError, OSError):  # a damaged profile
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            return ImageCms.profileToProfile(image, source, srgb, outputMode="RGB")
    return image.convert("RGB")
