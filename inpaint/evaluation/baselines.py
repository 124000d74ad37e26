"""Ways to fill holes that learn nothing.

All take uint8 [H, W, 3] and uint8 [H, W], 1 in the hole and 0 elsewhere, and return uint8 [H, W, 3].
"""

import cv2
import numpy as np

RADIUS = 3  # of the neighbourhood that OpenCV's methods look at, in pixels


def telea(image, mask):
    """OpenCV's fast marching method (Telea, 2004)."""
    return cv2.inpaint(image, mask, RADIUS, cv2.INPAINT_TELEA)


def navier_stokes(image, mask):
    """OpenCV's fluid dynamics (Bertalmio, Bertozzi and Sapiro, 2001)."""
    return cv2.inpaint(image, mask, RADIUS, cv2.INPAINT_NS)


def mean_colour(image, mask):
    """The mean of all known pixels, or gray where nothing is known."""
    known = image[mask == 0]
    colour = np.round(known.mean(axis=0)) if len(known) else 127.5
    return np.where(mask[..., None] > 0, np.uint8(colour), image)


BASELINES = {"telea": telea, "navier_stokes": navier_stokes, "mean_colour": mean_colour}
