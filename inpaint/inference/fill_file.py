"""Filling an image file."""

import dataclasses

import cv2
import numpy as np

from inpaint.errors import UserError
from inpaint.images.image_files import (
    MAX_PIXELS,
    ImageFile,
    check_fits,
    keeps_alpha,
    read_image,
    write_image,
)
from inpaint.images.mask_files import read_gray
from inpaint.images.mask_rule import MaskRule, check_size, grown
from inpaint.lists.file_lists import sketch_path


@dataclasses.dataclass(frozen=True)
class Job:
    """One image to fill.

    Attributes:
        image, mask, output: paths. Without a mask, the image's transparency is the hole.
        sketch: path, or None if not guided.
        line: line number in the file list, starting at 1; 0 without a list.
        rule: how the hole is taken from the mask.
        strip_metadata: whether the output is written without the image's metadata.
        quality: as in `write_image`.
    """

    image: str
    mask: str | None
    output: str
    sketch: str | None = None
    line: int = 0
    rule: MaskRule = MaskRule()
    strip_metadata: bool = False
    quality: int | None = None

    @property
    def is_erased(self):
        """Whether the hole is where the image itself is transparent."""
        return not self.mask or (self.rule.from_alpha and self.mask == self.image)


@dataclasses.dataclass
class Loaded:
    """The contents of a job's files.

    Attributes:
        job: the `Job`.
        image: an `ImageFile`; filled and written, it is the result.
        mask: uint8 [H, W] in {0, 1}.
        sketch: float32 [H, W] in [0, 255], or None.
        no_hole: why there is no hole, for a message, or None if there is one.
    """

    job: Job
    image: ImageFile
    mask: np.ndarray
    sketch: np.ndarray | None = None
    no_hole: str | None = None

    @property
    def unknown(self):
        """The hole for the network, uint8 [H, W]: with transparent pixels, whose colours nobody sees."""
        if self.image.alpha is None or self.no_hole:
            return self.mask
        return self.mask | (self.image.alpha == 0)


def make_job(options, guided, output, **more):
    """The `Job` of a command that fills one image.

    Args:
        options: a `OneImageOptions`.
        guided: whether the network is.
        output: path of the result, or None.
        more: further attributes of the `Job`.
    """
    if options.sketch and not guided:
        raise UserError("--sketch needs --guided and a checkpoint that was trained with sketches")
    sketch = (options.sketch or str(sketch_path(options.image))) if guided else None
    return Job(options.image, options.mask, output, sketch, **more)


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
            the mask is none, has no hole that it may lack, there is neither a mask nor transparency, or the
            image is too large for the output's format.
    """
    image, rule = read_image(job.image, max_pixels), job.rule
    path = job.image if job.is_erased else job.mask
    mask, no_hole = rule.hole(image if job.is_erased else read_image(path, max_pixels), path)
    sketch = read_gray(job.sketch, max_pixels) if job.sketch else None
    if size is not None:
        image.rgb = _resized(image.rgb, size)
        image.alpha = None if image.alpha is None else _resized(image.alpha, size)
        mask = np.uint8(_resized(np.float32(mask), size) > 0.5)
        sketch = None if sketch is None else _resized(sketch, size)
    mask = rule.fitted(mask, image)
    for name, other_path, other in (("mask", path, mask), ("sketch", job.sketch, sketch)):
        if other is not None:
            check_size(name, other_path, other.shape, image, job.image)
    mask = grown(mask, rule.grow)
    if not mask.any():
        no_hole = no_hole or "nothing is left of it, resized and grown as asked for"
        if not rule.allow_empty:
            raise UserError(
                f"{_hole_source(job)} has no hole ({no_hole}), nothing was filled; with --allow_empty, the "
                f"image is written as it is",
                "without a hole",
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
    write_filled(loaded, inpainter(loaded.image.rgb, loaded.unknown, loaded.sketch, progress))


def write_filled(loaded, filled):
    """Write the result of a job.

    Args:
        loaded: its `Loaded`, changed.
        filled: uint8 [H, W, 3], RGB.

    Raises:
        UserError: if it cannot be written.
    """
    image = loaded.image
    image.rgb = np.where(loaded.mask[..., None] > 0, filled, image.rgb)
    if loaded.job.is_erased:
        image.alpha = np.where(loaded.mask > 0, np.uint8(255), image.alpha)
    if loaded.job.strip_metadata:
        image.metadata = image.metadata.stripped()
    write_image(loaded.job.output, image, loaded.job.quality)


def report_oddities(loaded, say):
    """Report unusual inputs of a `Loaded` that are not errors."""
    job, image, mask = loaded.job, loaded.image, loaded.mask
    if loaded.no_hole:
        say(f"note: {_hole_source(job)} has no hole ({loaded.no_hole}), the image is returned unchanged")
    elif loaded.unknown.all():
        seen = "" if image.alpha is None else " that is visible"
        say(f"note: {_hole_source(job)} covers everything{seen}, there are no known pixels to fill from")
    elif not job.is_erased and 2 * mask.sum() > mask.size:
        advice = "--invert_mask was given" if job.rule.invert else "--invert_mask fills the rest instead"
        say(f"note: {_hole_source(job)} covers {100 * mask.mean():.0f} % of the image; {advice}")
    elif not job.is_erased and image.alpha is not None and not image.alpha[mask > 0].any():
        say(
            f"note: the hole is fully transparent in {job.image}: --mask_from_alpha without --mask makes the "
            f"fill visible"
        )
    if image.alpha is not None and not keeps_alpha(job.output):
        say(f"note: {job.output} is written without transparency, which its format does not support")


def _hole_source(job):
    return f"the transparency of {job.image}" if job.is_erased else f"the mask {job.mask}"


def _resized(array, size):
    return cv2.resize(array, (size[1], size[0]), interpolation=cv2.INTER_LINEAR)
