"""Filling an image file."""

import dataclasses

import cv2
import numpy as np

from inpaint.errors import UserError
from inpaint.io.file_lists import sketch_path
from inpaint.io.image_files import (
    MAX_PIXELS,
    ImageFile,
    check_fits,
    keeps_alpha,
    read_image,
    size_text,
    write_image,
)
from inpaint.io.mask_files import hole_in, read_gray, why_no_hole


@dataclasses.dataclass(frozen=True)
class Job:
    """One image to fill.

    Attributes:
        image, mask, output: paths. Without a mask, the image's fully transparent pixels are the hole.
        sketch: path, or None if not guided.
        line: line number in the file list, starting at 1; 0 without a list.
        strip_metadata: whether the output is written without the image's metadata.
    """

    image: str
    mask: str | None
    output: str
    sketch: str | None = None
    line: int = 0
    strip_metadata: bool = False


@dataclasses.dataclass
class Loaded:
    """The contents of a job's files.

    Attributes:
        job: the `Job`.
        image: an `ImageFile`; filled and written, it is the result.
        mask: uint8 [H, W] in {0, 1}.
        sketch: float32 [H, W] in [0, 255], or None.
        no_hole: what is in a mask file without a hole, for a message; else None.
    """

    job: Job
    image: ImageFile
    mask: np.ndarray
    sketch: np.ndarray | None = None
    no_hole: str | None = None


def make_job(options, guided, output, strip_metadata=False):
    """The `Job` of a command that fills one image.

    Args:
        options: a `OneImageOptions`.
        guided: whether the network is.
        output: path of the result, or None.
        strip_metadata: as in `Job`.
    """
    if options.sketch and not guided:
        raise UserError("--sketch needs --guided and a checkpoint that was trained with sketches")
    sketch = (options.sketch or str(sketch_path(options.image))) if guided else None
    return Job(options.image, options.mask, output, sketch, strip_metadata=strip_metadata)


def load(job, max_pixels=MAX_PIXELS, size=None):
    """Read the files of a job.

    Args:
        job: a `Job`.
        max_pixels: maximum number of pixels of an image.
        size: (height, width) to resize all inputs to, or None to keep their size.

    Returns:
        a `Loaded`.

    Raises:
        UserError: if a file cannot be read, if the mask's or sketch's size differs from the image's, or if
            there is neither a mask nor transparency, or if the image is too large for the output's format.
    """
    image, no_hole = read_image(job.image, max_pixels), None
    if job.mask:
        found = read_image(job.mask, max_pixels)
        mask = hole_in(found)
        no_hole = None if mask.any() else why_no_hole(found)
    else:
        mask = _erased(job.image, image)
    sketch = read_gray(job.sketch, max_pixels) if job.sketch else None
    if size is not None:
        image.rgb = _resized(image.rgb, size)
        image.alpha = None if image.alpha is None else _resized(image.alpha, size)
        mask = np.uint8(_resized(np.float32(mask), size) > 0.5)
        sketch = None if sketch is None else _resized(sketch, size)
    for name, path, other in (("mask", job.mask, mask), ("sketch", job.sketch, sketch)):
        if other is not None and other.shape != image.size:
            turned = image.turned and other.shape == image.size[::-1]
            advice = f"its EXIF data turns it by a quarter, turn the {name}, too" if turned else ""
            raise UserError(
                f"the {name} {path} is {size_text(other.shape)}, the image {job.image} is "
                f"{size_text(image.size)}: {advice or 'they must have the same size'}"
            )
    if job.output:
        check_fits(job.output, image.size)
    return Loaded(job, image, mask, sketch, no_hole)


def fill_loaded(inpainter, loaded, say=print, progress=None):
    """Fill an image and write the result.

    Args:
        inpainter: an `Inpainter`.
        loaded: a `Loaded`; receives the result.
        say: called with one line of text for the user.
        progress: as in a call of the `Inpainter`.

    Raises:
        UserError: if the result cannot be written.
    """
    report_oddities(loaded, say)
    write_filled(loaded, inpainter(loaded.image.rgb, loaded.mask, loaded.sketch, progress))


def write_filled(loaded, filled):
    """Write the result of a job.

    Args:
        loaded: its `Loaded`, changed.
        filled: uint8 [H, W, 3], RGB.

    Raises:
        UserError: if it cannot be written.
    """
    image = loaded.image
    image.rgb = filled
    if not loaded.job.mask:
        image.alpha = np.where(loaded.mask > 0, np.uint8(255), image.alpha)
    if loaded.job.strip_metadata:
        image.metadata = image.metadata.stripped()
    write_image(loaded.job.output, image)


def report_oddities(loaded, say):
    """Report unusual inputs of a `Loaded` that are not errors."""
    job, image, mask = loaded.job, loaded.image, loaded.mask
    name = f"the mask {job.mask}" if job.mask else f"the transparency of {job.image}"
    if not mask.any():
        why = f" ({loaded.no_hole})" if loaded.no_hole else ""
        say(f"note: {name} has no hole{why}, the image is returned unchanged")
    elif mask.all():
        say(f"note: {name} covers everything, there are no known pixels to fill from")
    elif job.mask and image.alpha is not None and not image.alpha[mask > 0].any():
        say(f"note: the hole is fully transparent in {job.image}: --mask_from_alpha makes the fill visible")
    if image.alpha is not None and not keeps_alpha(job.output):
        say(f"note: {job.output} is written without transparency, which its format does not support")


def _erased(path, image):
    """The fully transparent pixels of an `ImageFile` as a mask."""
    if image.alpha is None:
        raise UserError(f"{path} has no transparency to take the hole from: give a --mask")
    return np.uint8(image.alpha == 0)


def _resized(array, size):
    return cv2.resize(array, (size[1], size[0]), interpolation=cv2.INTER_LINEAR)
