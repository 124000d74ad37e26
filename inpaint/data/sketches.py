"""Sketches for guided training and filling, drawn from the images themselves."""

import math
import pathlib

import cv2
import numpy as np

from inpaint.errors import UserError
from inpaint.io.file_lists import sketch_path
from inpaint.io.image_files import ImageFile, read_image, write_image

BLUR = 1.4
# Canny's two thresholds, as parts of how far the median is from black or white, whichever is nearer:
# in very dark and very light images contrast is small. Below the least, noise would count.
CANNY_PARTS = (2 / 3, 4 / 3)
LEAST_MEDIAN = 32
# The Laplacian that makes a line, in parts of the image's mean, and the least that does.
LAPLACIAN_PART = 4
LEAST_LAPLACIAN = 2
TRAINING_SIDE = 256


def sketch(rgb, method="canny"):
    """Draw the lines of an image.

    In images with a side over 256 lines are thicker, so that they outlast training's resize to
    256 x 256: bilinear, with a line only above 0.6 of white, it would lose most lines of one pixel.

    Args:
        rgb: uint8 [H, W, 3].
        method: one of `METHODS`: "canny", one line along each edge, or "laplacian", both sides of it
            where they are sharp.

    Returns:
        uint8 [H, W], 255 on lines, 0 elsewhere.

    Raises:
        KeyError: no such method.
    """
    gray = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    lines = METHODS[method](gray)
    return cv2.dilate(lines, np.ones([_line_width(side) for side in gray.shape], np.uint8))


def _canny(gray):
    blurred = cv2.GaussianBlur(gray, (0, 0), BLUR)
    median = np.median(blurred)
    scale = max(LEAST_MEDIAN, min(median, 255 - median))
    return cv2.Canny(blurred, *(part * scale for part in CANNY_PARTS))


def _laplacian(gray):
    # In float: rounded to whole gray values, the blurred image would have steps of its own.
    blurred = cv2.GaussianBlur(np.float32(gray), (0, 0), BLUR)
    bend = np.abs(cv2.Laplacian(blurred, cv2.CV_32F))
    return np.uint8(255) * (bend > max(LEAST_LAPLACIAN, LAPLACIAN_PART * bend.mean()))


METHODS = {"canny": _canny, "laplacian": _laplacian}


def _line_width(side):
    """Odd, and at least one more than the pixels of this side that become one in training."""
    return 1 if side <= TRAINING_SIDE else 2 * math.ceil(side / TRAINING_SIDE / 2) + 1


def write_sketches(paths, method="canny", overwrite=False, say=print, done=None):
    """Write `name_edge.jpg` beside each image, whole or not at all. A bad one does not stop the rest.

    Args:
        paths: list of images; one that is there twice counts once.
        method: as in `sketch`.
        overwrite: whether to draw again what is there already.
        say: takes a line for the user, about an image that failed.
        done: called with the number of images finished, good or bad, after each.

    Returns:
        (written, kept, failed): how many sketches were drawn, were there already, could not be drawn.

    Raises:
        KeyError: no such method.
    """
    written = kept = failed = 0
    owners = {}
    for finished, path in enumerate(dict.fromkeys(map(pathlib.Path, paths)), start=1):
        try:
            target = sketch_path(path)
            owner = owners.setdefault(target, path)
            if owner != path:
                raise UserError(f"{path} would share {target} with {owner}: rename one of the two")
            if target.exists() and not overwrite:
                kept += 1
            else:
                lines = sketch(read_image(path, max_pixels=None).rgb, method)
                write_image(target, ImageFile(cv2.cvtColor(lines, cv2.COLOR_GRAY2RGB), gray=True))
                written += 1
        except UserError as error:
            say(str(error))
            failed += 1
        if done:
            done(finished)
    return written, kept, failed
