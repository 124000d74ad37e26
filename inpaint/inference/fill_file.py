"""Filling an image file."""

import dataclasses

import cv2
import numpy as np

from inpaint.errors import UserError
from inpaint.io.image_files import (
    MAX_PIXELS,
    keeps_alpha,
    read_gray,
    read_image,
    read_mask,
    size_text,
    write_image,
)


@dataclasses.dataclass(frozen=True)
class Job:
    """One image to fill.

    Attributes:
        image, mask, output: paths. Without a mask, the image's fully transparent pixels are the hole.
        sketch: path, or None if not guided.
        line: line number in the file list, starting at 1; 0 without a list.
    """

    image: str
    mask: str | None
    output: str
    sketch: str | None = None
    line: int = 0


def load(job, max_pixels=MAX_PIXELS, size=None):
    """Read the files of a job.

    Args:
        job: a `Job`.
        max_pixels: maximum number of pixels of an image.
        size: (height, width) to resize all inputs to, or None to keep their size.

    Returns:
        (image, mask, sketch): an `ImageFile`, uint8 [H, W] in {0, 1}, float32 [H, W] or None.

    Raises:
        UserError: if a file cannot be read, if the mask's or sketch's size differs from the image's, or if
            there is neither a mask nor transparency.
    """
    image = read_image(job.image, max_pixels)
    mask = read_mask(job.mask, max_pixels) if job.mask else _erased(job.image, image)
    sketch = read_gray(job.sketch, max_pixels) if job.sketch else None
    if size is not None:
        image.rgb = _resized(image.rgb, size)
        image.alpha = None if image.alpha is None else _resized(image.alpha, size)
        mask = np.uint8(_resized(np.float32(mask), size) > 0.5)
        sketch = None if sketch is None else _resized(sketch, size)
    for name, path, other in (("mask", job.mask, mask), ("sketch", job.sketch, sketch)):
        if other is not None and other.shape != image.size:
            raise UserError(
                f"the {name} {path} is {size_text(other.shape)}, the image {job.image} is "
                f"{size_text(image.size)}: they must have the same size"
            )
    return image, mask, sketch


def fill_loaded(inpainter, job, loaded, say=print, progress=None):
    """Fill an image and write the result.

    Args:
        inpainter: an `Inpainter`.
        job: a `Job`.
        loaded: the result of `load` for this job.
        say: called with one line of text for the user.
        progress: as in a call of the `Inpainter`.

    Raises:
        UserError: if the result cannot be written.
    """
    image, mask, sketch = loaded
    report_oddities(job, image, mask, say)
    image.rgb = inpainter(image.rgb, mask, sketch, progress)
    if not job.mask:
        image.alpha = np.where(mask > 0, np.uint8(255), image.alpha)
    write_image(job.output, image)


def report_oddities(job, image, mask, say):
    """Report unusual inputs that are not errors."""
    name = f"the mask {job.mask}" if job.mask else f"the transparency of {job.image}"
    if not mask.any():
        say(f"note: {name} has no hole, the image is returned unchanged")
    elif mask.all():
        say(f"note: {name} covers everything, there are no known pixels to fill from")
    elif job.mask and image.alpha is not None and not image.alpha[mask > 0].any():
        say(f"note: the hole is fully transparent in {job.image}: --mask_from_alpha makes the fill visible")
    if image.alpha is not None and not keeps_alpha(job.output):
        say(f"note: JPEG does not support transparency, {job.output} is written without it")


def _erased(path, image):
    """The fully transparent pixels of an `ImageFile` as a mask."""
    if image.alpha is None:
        raise UserError(f"{path} has no transparency to take the hole from: give a --mask")
    return np.uint8(image.alpha == 0)


def _resized(array, size):
    return cv2.resize(array, (size[1], size[0]), interpolation=cv2.INTER_LINEAR)
