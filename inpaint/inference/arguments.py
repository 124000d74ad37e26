"""Checking what callers give an `Inpainter`."""

import numpy as np

from inpaint.errors import UserError
from inpaint.images.image_files import size_text
from inpaint.inference.pictures import as_array, as_plane


def checked(image, mask, sketch=None):
    """Convert an image or a batch, and what belongs to it, to a batch.

    Args:
        image: uint8 [H, W, 3] or [N, H, W, 3].
        mask, sketch: as in a call of the `Inpainter`.

    Returns:
        [uint8 [N, H, W, 3], uint8 [N, H, W, 1] in {0, 1}], and with a sketch uint8 [N, H, W, 1].

    Raises:
        UserError: shapes, types or values that are not those of an image, mask or sketch.
    """
    batch = image if image.ndim == 4 else image[None]
    mask = _one_channel(mask, batch, "mask")
    halves = np.where(mask.max(axis=(1, 2, 3), keepdims=True) > 1, 127.5, 0.5)
    hole = np.uint8(mask > halves)
    for highest, has_hole in zip(mask.max(axis=(1, 2, 3)), hole.any(axis=(1, 2, 3))):
        if highest > 1 and not has_hole:
            raise UserError(
                f"the mask's largest value is {highest:g}, which is no hole: use 1 (of 0 to 1) or 255 (of 0 "
                f"to 255)"
            )
    inputs = [batch, hole]
    if sketch is not None:
        sketch = _one_channel(sketch, batch, "sketch")
        inputs.append(np.uint8(sketch * 255 if sketch.dtype == bool else sketch))
    return inputs


def _one_channel(array, batch, name):
    """Bring a mask or sketch to [N, H, W, 1]; all values are numbers from 0 to 255, or booleans."""
    array = as_array(as_plane(array), name)
    received = f"{array.dtype} {list(array.shape)}"
    count, height, width = batch.shape[:3]
    each, shared = (count, height, width), (height, width)
    if array.shape in (each, shared):
        array = array[..., None]
    if array.shape[:-1] not in (each, shared) or array.shape[-1] not in (1, 3):
        if shared in (array.shape[:2], array.shape[1:3]):
            raise UserError(
                f"the {name} must have no, 1 or 3 channels, and be one for all images or one for each, "
                f"{count}: received {received}"
            )
        told = f"{size_text(array.shape)} ({received})" if array.ndim == 2 else received
        raise UserError(
            f"the {name} must have the image's size: the image is {size_text(shared)}, the {name} {told}"
        )
    if array.shape[-1] == 3:
        if not (array == array[..., :1]).all():
            raise UserError(f"the {name} must be black and white: its three channels differ")
        array = array[..., :1]
    if array.min() < 0 or array.max() > 255:
        raise UserError(
            f"the {name} must hold numbers from 0 to 1 or to 255, received {array.min():g} to {array.max():g}"
        )
    return np.broadcast_to(array, (*each, 1))
