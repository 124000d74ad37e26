"""Sketches for guided training and filling, extracted from the images by edge detection."""

import math
import pathlib

import cv2
import numpy as np

from inpaint.errors import UserError
from inpaint.images.image_files import ImageFile, read_image, write_image
from inpaint.lists.file_lists import sketch_path

BLUR = 1.4
# Canny's two thresholds, relative to the distance of the median from black or white, whichever is nearer:
# very dark and very bright images have little contrast. Below the minimum, noise would become lines.
CANNY_PARTS = (2 / 3, 4 / 3)
LEAST_MEDIAN = 32
# Threshold of the Laplacian, relative to its mean over the image, and the lowest absolute threshold.
LAPLACIAN_PART = 4
LEAST_LAPLACIAN = 2
TRAINING_SIDE = 256


def sketch(rgb, method="canny"):
    """Extract the edges of an image.

    Lines are thicker in images with a side over 256, so that they survive the resize to 256 x 256
    in training: bilinear interpolation and the threshold of 0.6 would remove most one-pixel lines.

    Args:
        rgb: uint8 [H, W, 3].
        method: one of `METHODS`: "canny" draws one line along each edge, "laplacian" draws both
            sides of sharp edges.

    Returns:
        uint8 [H, W], 255 on lines, 0 elsewhere.

    Raises:
        KeyError: if the method is unknown.
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
    # In float: rounding the blurred image to whole gray levels would add steps.
    blurred = cv2.GaussianBlur(np.float32(gray), (0, 0), BLUR)
    response = np.abs(cv2.Laplacian(blurred, cv2.CV_32F))
    return np.uint8(255) * (response > max(LEAST_LAPLACIAN, LAPLACIAN_PART * response.mean()))


METHODS = {"canny": _canny, "laplacian": _laplacian}


def _line_width(side):
    """An odd width, greater than the number of pixels that training reduces to one along this side."""
    return 1 if side <= TRAINING_SIDE else 2 * math.ceil(side / TRAINING_SIDE / 2) + 1


def write_sketches(paths, method="canny", overwrite=False, say=print, done=None):
    """Write `name_edge.jpg` beside each image. A failure does not stop the others.

    Each file is written atomically.

    Args:
        paths: list of image paths; duplicates are ignored.
        method: see `sketch`.
        overwrite: Whether to replace existing sketches.
        say: called with one line of text for the user, for each image that failed.
        done: called with the number of images finished so far, failed ones included, after each.

    Returns:
        (written, kept, failed): number of sketches written, already there, and failed.

    Raises:
        KeyError: if the method is unknown.
    """
    written = kept = failed = 0
    owners = {}
    for finished, path in enumerate(dict.fromkeys(map(pathlib.Path, paths)), start=1):
        try:
            target = sketch_path(path)
            owner = owners.setdefault(target, path)
            if owner != path:
                raise UserError(f"{path} would share {target} with {owner}: rename one of them")
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
