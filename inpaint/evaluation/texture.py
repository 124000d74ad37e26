"""How much texture a filled hole has, and whether it is the right one: sharpness and SWD.

L1 and PSNR are best for a blur; these two see it.
"""

import cv2
import numpy as np

_SHRINK = 2  # pixels next to known ones, which the hole's edge would make sharp
_BLUR = 2.0  # sigma of the Gaussian that is taken away, in pixels
_SIDE = 7  # of a window, in pixels
_MOST_WINDOWS = 600
_DIRECTIONS = 256
_PLACES_SEED, _DIRECTIONS_SEED = 0, 1


def sharpness(real, filled, mask):
    """Mean gradient magnitude in the hole, filled / real.

    Of the gray image, by central differences, in the hole shrunk by two pixels.

    Args:
        real, filled: uint8 [H, W, 3] RGB.
        mask: [H, W], above zero in the hole.

    Returns:
        a float, 1 where both have as much detail; NaN if the shrunk hole is empty, or the real image flat
        there.
    """
    kernel = np.ones((2 * _SHRINK + 1,) * 2, np.uint8)
    inner = cv2.erode(np.uint8(np.asarray(mask) > 0), kernel) > 0
    amounts = [_gradient(image)[inner].sum() for image in (filled, real)]
    return float(amounts[0] / amounts[1]) if amounts[1] > 0 else float("nan")


def sliced_wasserstein(real, filled, mask):
    """Sliced Wasserstein distance of the hole's texture (Bonneel et al., 2015), in levels of 255.

    The texture is `x - GaussianBlur(x, sigma 2)`. Its windows of 7 x 7 x 3 that lie in the hole, at most 600
    at seeded places that are the same in both images, are projected on 256 seeded directions of length 1;
    the distance is the mean absolute difference of the sorted projections.

    Args:
        real, filled: uint8 [H, W, 3].
        mask: [H, W], above zero in the hole.

    Returns:
        a float, or NaN if no window lies in the hole.
    """
    places = _windows_in(np.asarray(mask) > 0)
    if not len(places):
        return float("nan")
    directions = np.random.default_rng(_DIRECTIONS_SEED).standard_normal((_SIDE * _SIDE * 3, _DIRECTIONS))
    directions /= np.linalg.norm(directions, axis=0)
    one, other = (np.sort(_texture(image, places) @ directions, axis=0) for image in (real, filled))
    return float(np.abs(one - other).mean())


def _gradient(image):
    """[H, W] float32: length of the central differences of the gray image, twice the gradient."""
    gray = np.float32(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))
    across, down = (cv2.Sobel(gray, cv2.CV_32F, dx, 1 - dx, ksize=1) for dx in (1, 0))
    return np.hypot(across, down, dtype=np.float64)


def _windows_in(hole):
    """Upper left corners [N, 2] of at most 600 windows that lie in the hole."""
    if min(hole.shape) < _SIDE:
        return np.empty((0, 2), int)
    inside = np.lib.stride_tricks.sliding_window_view(hole, (_SIDE, _SIDE)).all(axis=(2, 3))
    corners = np.argwhere(inside)
    return corners[np.random.default_rng(_PLACES_SEED).permutation(len(corners))[:_MOST_WINDOWS]]


def _texture(image, places):
    """[N, 7 * 7 * 3] float32: the windows of the image without its Gaussian blur."""
    image = np.float32(image)
    detail = image - cv2.GaussianBlur(image, (0, 0), _BLUR)
    return np.stack([detail[y : y + _SIDE, x : x + _SIDE].ravel() for y, x in places])
