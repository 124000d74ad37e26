"""Reading masks and sketches: images of which only the brightness counts."""

import pathlib

import numpy as np
from PIL import Image

from inpaint.errors import UserError
from inpaint.images.image_files import MAX_PIXELS, read_image
from inpaint.images.opened_image import opened_image
from inpaint.images.sample_depth import HIGHEST

# The hole of a file is brighter. Arrays may also hold 0 and 1, see `preprocessing.holes`.
HOLE_ABOVE = 127.5
_GRAY = 16, 239  # from the first to the second value: neither black nor white
_PART_OF_GRAY = 0.1  # of what is seen of a file with transparency, before it is called a photograph
_UNCLEAR = "with an unclear mask"


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


def check_convention(image, hole, path, inverted=False):
    """Raise UserError if an `ImageFile` is no mask, or one by another convention than white for the hole.

    Args:
        image: the `ImageFile`.
        hole: its `hole_in`.
        path: its name, for the message.
        inverted: whether all but the white pixels are taken as the hole.
    """
    gray = np.asarray(Image.fromarray(image.rgb).convert("L"))
    seen = np.ones(gray.shape, bool) if image.alpha is None else image.alpha > HOLE_ABOVE
    counts = np.bincount(gray[seen], minlength=256)[_GRAY[0] : _GRAY[1] + 1]
    outlined = seen.any() and not seen.all()
    # Not one colour alone, as of strokes on a transparent layer.
    if outlined and counts.sum() > _PART_OF_GRAY * seen.sum() and 2 * counts.max() < counts.sum():
        raise UserError(
            f"the mask {path} is a photograph that is transparent in places, but a mask is white where the "
            f"hole is: add --mask_from_alpha if its transparent pixels are the hole",
            _UNCLEAR,
        )
    if 2 * counts.sum() > gray.size and hole.any():
        raise UserError(
            f"most of the mask {path} is neither black nor white: is it a photograph? --mask needs an image "
            f"that is white where the hole is, --image the photograph",
            _UNCLEAR,
        )
    if outlined and not inverted and 2 * hole.sum() > gray.size and (gray[seen] > HOLE_ABOVE).all():
        raise UserError(
            f"most of the mask {path} is white, the rest is transparent: add --invert_mask if its "
            f"transparent pixels are the hole",
            _UNCLEAR,
        )


def why_no_hole(image, path):
    """Tell what is in an `ImageFile` that is a mask without a hole, for a message.

    Args:
        image: the `ImageFile`.
        path: where it was read; what a file holds, before it is converted, is told in the file's own values.
    """
    advice = ""
    if image.alpha is not None and 0 < (image.alpha == 0).sum() < image.alpha.size:
        advice = (
            "; add --mask_from_alpha --invert_mask if the hole is what is painted, --mask_from_alpha alone "
            "if it is what is transparent"
        )
    return (_stored(path) or _what_is_in(image)) + advice


def _stored(path):
    """What is in a file whose values are no colours of 8 bits, or None."""
    if not pathlib.Path(path).is_file():  # a pipe is read once
        return None
    with opened_image(path, max_pixels=None) as stored:
        if stored.mode == "P" and "transparency" not in stored.info:
            labels = list(map(str, np.unique(np.asarray(stored))))
            told = f"{', '.join(labels[:8])}{' ...' * (len(labels) > 8)}"
            return f"the colours of its palette's labels, {told}, are dark, but the hole must be white"
        highest, most = stored.info.get(HIGHEST, (0, 0))
    return highest and f"its largest value is {highest} of {most}, but the hole must be above half of that"


def _what_is_in(image):
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
