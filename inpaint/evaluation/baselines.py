"""The ways of filling that are compared: what a method is, and those that learn nothing.

Some need libraries that the project itself does without; they are offered where those are installed. All of
the latter take uint8 [H, W, 3] and uint8 [H, W], 1 in the hole and 0 elsewhere, and return uint8 [H, W, 3].
"""

import importlib.util
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


def shift_map(image, mask):
    """OpenCV contrib's shift-map (He and Sun, 2012), in CIE Lab as its documentation asks for."""
    cv2.setRNGSeed(0)  # so that it fills alike every time
    lab = cv2.cvtColor(image, cv2.COLOR_RGB2LAB)
    filled = cv2.cvtColor(_xphoto(lab, mask, cv2.xphoto.INPAINT_SHIFTMAP), cv2.COLOR_LAB2RGB)
    return np.where(mask[..., None] > 0, filled, image)


def fsr(image, mask):
    """OpenCV contrib's frequency selective reconstruction (Genser et al., 2018), the fast variant."""
    return np.where(mask[..., None] > 0, _xphoto(image, mask, cv2.xphoto.INPAINT_FSR_FAST), image)


def _xphoto(image, mask, method):
    filled = np.zeros_like(image)
    cv2.xphoto.inpaint(image, np.uint8(mask == 0) * 255, filled, method)  # there, zero is the hole
    return filled


def biharmonic(image, mask):
    """scikit-image's biharmonic equation (Damelin and Hoang, 2018)."""
    from skimage.restoration import inpaint_biharmonic

    filled = inpaint_biharmonic(image, mask > 0, channel_axis=-1)  # in [0, 1]
    return np.where(mask[..., None] > 0, np.uint8(np.rint(np.clip(filled, 0, 1) * 255)), image)


BASELINES = {
    "telea": telea,
    "navier_stokes": navier_stokes,
    "mean_colour": mean_colour,
    "shift_map": shift_map,
    "fsr": fsr,
    "biharmonic": biharmonic,
}
_CONTRIB, _SKIMAGE = "opencv-contrib-python-headless instead of opencv-python-headless", "scikit-image"
_NEEDS = {"shift_map": _CONTRIB, "fsr": _CONTRIB, "biharmonic": _SKIMAGE}


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
    """dict of name -> `Method` of those that learn nothing and that the installed libraries have."""
    missing = missing_baselines()
    return {
        name: Method(fill.__doc__, _one_by_one(fill))
        for name, fill in BASELINES.items()
        if name not in missing
    }


def missing_baselines():
    """dict of name -> package of those whose library is not installed."""
    here = {
        _CONTRIB: hasattr(cv2, "xphoto") and hasattr(cv2.xphoto, "INPAINT_SHIFTMAP"),
        _SKIMAGE: importlib.util.find_spec("skimage") is not None,
    }
    return {name: package for name, package in _NEEDS.items() if not here[package]}


def _one_by_one(fill):
    def fill_batch(images, masks, sketches):
        return np.stack([fill(image, mask) for image, mask in zip(images, masks)])

    return fill_batch
