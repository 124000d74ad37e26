"""What an `Inpainter` takes for pictures, and what it gives back: files, PIL images, arrays of all kinds."""

import os

import numpy as np
from PIL import Image

from inpaint.errors import UserError
from inpaint.images.image_files import read_image
from inpaint.images.mask_files import read_gray

_KEPT = ("L", "LA", "RGB", "RGBA")  # modes of PIL images whose results have the same mode
_GRAY = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601, as Pillow's


def as_levels(image):
    """A picture as the network's levels.

    Args:
        image: a path; a PIL image; or an array [H, W], [H, W, C] or [N, H, W, C] with 1, 3 or 4 channels
            (gray, RGB, RGBA), uint8 or floating point in [0, 1].

    Returns:
        (uint8 [H, W, 3] or [N, H, W, 3] RGB, function). The function takes the filled levels and the hole,
        bool [N, H, W, 1], and returns a picture like `image`, whose pixels outside of the hole are its own: a
        PIL image for a PIL image (of its mode, or RGB or RGBA), uint8 [H, W, 3] for a path, else an array of
        the same shape and dtype. Alpha stays as it is.

    Raises:
        UserError: the file cannot be read, or it is no such array.
    """
    if isinstance(image, (str, os.PathLike)):
        return as_levels(read_image(image).rgb)
    if isinstance(image, Image.Image):
        if image.mode not in _KEPT:
            image = image.convert("RGBA" if image.has_transparency_data else "RGB")
        gray = image.mode in ("L", "LA")
        levels, like = as_levels(np.asarray(image.convert("RGBA" if "A" in image.mode else "RGB")))

        def as_image(filled, hole):
            filled = Image.fromarray(like(filled, hole))
            return filled.convert(image.mode) if gray else filled

        return levels, as_image
    return _levels_of_array(image)


def _levels_of_array(image):
    array = as_array(image, "image")
    channelled = array[..., None] if array.ndim == 2 else array
    if channelled.ndim not in (3, 4) or channelled.shape[-1] not in (1, 3, 4):
        raise UserError(
            f"the image must be [H, W], [H, W, C] or [N, H, W, C] with 1, 3 or 4 channels, received "
            f"{list(array.shape)}"
        )
    if array.size == 0:
        raise UserError(f"the image has no pixels: its shape is {list(array.shape)}")
    floating = array.dtype.kind == "f"
    if not floating and array.dtype != np.uint8:
        raise UserError(f"the image must be uint8, or floating point in [0, 1], received {array.dtype}")
    if floating and not (array.min() >= 0 and array.max() <= 1):
        advice = "divide by 255" if array.min() >= 0 else "scale it"
        raise UserError(
            f"a floating-point image must hold numbers from 0 to 1, received {array.min():g} to "
            f"{array.max():g}: {advice}, or convert to uint8"
        )
    colours = channelled[..., :3]
    levels = np.uint8(np.rint(colours * 255.0)) if floating else colours
    if levels.shape[-1] == 1:
        levels = np.repeat(levels, 3, axis=-1)

    def like(filled, hole):
        if channelled.shape[-1] == 1:
            filled = np.rint(filled @ _GRAY)[..., None]
        found = np.array(channelled)
        filled, hole = filled.reshape(colours.shape), hole.reshape(*colours.shape[:-1], 1)
        np.copyto(found[..., :3], filled / 255 if floating else filled, casting="unsafe", where=hole)
        return found.reshape(array.shape)

    return levels, like


def as_array(picture, name):
    """An array of finite numbers or booleans from what NumPy takes for one; UserError for all else."""
    try:
        array = np.asarray(picture)
    except ValueError as error:
        raise UserError(
            f"the {name} is no array, as its parts differ in size: fill images of several sizes one by one"
        ) from error
    if array.dtype.kind not in "biuf":
        raise UserError(
            f"the {name} must be a path, a PIL image or an array of numbers, received "
            f"{type(picture).__name__} of dtype {array.dtype}"
        )
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise UserError(f"the {name} holds NaN or Inf")
    return array


def as_plane(picture):
    """A mask or sketch as an array; a file or PIL image by its brightness over black, in [0, 255].

    A palette is seen in its colours. A PIL image without one stays as its numbers are, so that 0 and 1 are
    as good as 0 and 255.
    """
    if isinstance(picture, (str, os.PathLike)):
        return read_gray(picture)
    if not isinstance(picture, Image.Image) or picture.mode in ("1", "L", "I", "I;16", "F"):
        return picture
    picture = picture.convert("RGBA")
    return np.asarray(picture.convert("L")) * (np.asarray(picture)[..., 3] / 255)
