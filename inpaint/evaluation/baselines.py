"""The ways of filling that are compared: what a method is, and those that learn nothing.

The latter take uint8 [H, W, 3] and uint8 [H, W], 1 in the hole and 0 elsewhere, and return uint8 [H, W, 3].
"""

import typing

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


class Method(typing.NamedTuple):
    """One way to fill holes.

    Attributes:
        told: what it is, in words; numbers of another thing must not be mixed in.
        fill: function of (uint8 [N, H, W, 3], uint8 [N, H, W] {0, 1}, float32 [N, H, W] or None for
            the sketches) to uint8 [N, H, W, 3].
    """

    told: str
    fill: typing.Callable


def baselines():
    """dict of name -> `Method` of those that learn nothing."""
    return {name: Method(fill.__doc__, _one_by_one(fill)) for name, fill in BASELINES.items()}


def _one_by_one(fill):
    def fill_batch(images, masks, sketches):
        return np.stack([fill(image, mask) for image, mask in zip(images, masks)])

    return fill_batch
