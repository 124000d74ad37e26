"""Reading masks and sketches: images of which only the brightness counts."""

import numpy as np
from PIL import Image

from inpaint.io.image_files import MAX_PIXELS, read_image

# The hole of a file is brighter. Arrays may also hold 0 and 1, see `preprocessing.holes`.
HOLE_ABOVE = 127.5


def read_mask(path, max_pixels=MAX_PIXELS):
    """Read a mask: white is hole. A mask with alpha is read over black, so clear means known.

    Args:
        path: a file or pipe.
        max_pixels: as in `read_image`.

    Returns:
        uint8 [H, W], 1 where the gray value is above 127.5 (hole), else 0.

    Raises:
        UserError: as `read_image`.
    """
    return hole_in(read_image(path, max_pixels))


def read_gray(path, max_pixels=MAX_PIXELS):
    """Read an image's brightness over black: float32 [H, W] in [0, 255]. Raises as `read_image`."""
    return _brightness(read_image(path, max_pixels))


def hole_in(image):
    """The hole of an `ImageFile` that is a mask, uint8 [H, W] in {0, 1}."""
    return (_brightness(image) > HOLE_ABOVE).astype(np.uint8)


def why_no_hole(image):
    """Tell what is in an `ImageFile` that is a mask without a hole, for a message."""
    brightness = _brightness(image)
    brightest = float(brightness.max())
    if image.rgb.max() <= HOLE_ABOVE:
        if brightest == 0:
            return "it is black everywhere" if image.alpha is None else "it is black or clear everywhere"
        if brightest == 1:
            return "its values are 0 and 1, but the hole must be white (255)"
    elif brightest == 0:
        return "it is clear where it is not black"
    elif image.rgb.max() > image.rgb.min(axis=-1).max() + HOLE_ABOVE:
        return f"its colours are dark as gray values (at most {brightest:.0f}), but the hole must be white"
    return f"its brightest value is {brightest:.0f}, but the hole must be above {HOLE_ABOVE}"


def _brightness(image):
    gray = np.asarray(Image.fromarray(image.rgb).convert("L"), np.float32)
    return gray if image.alpha is None else gray * (image.alpha / np.float32(255))
