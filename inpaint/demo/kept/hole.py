"""A visitor's hole in a photo, and the lines for a guided network."""

import dataclasses

import numpy as np

from inpaint.demo.kept.sent_file import called, check_size
from inpaint.errors import UserError
from inpaint.images.image_files import size_text
from inpaint.images.mask_files import read_gray
from inpaint.images.opened_image import opened_image


@dataclasses.dataclass
class Hole:
    """A hole, kept small while it waits to be filled.

    Attributes:
        size: (height, width) of the photo.
        window: slices of rows and columns that the hole is in.
        mask: bool, the hole in its window.
    """

    size: tuple[int, int]
    window: tuple[slice, slice]
    mask: np.ndarray

    def whole(self):
        """The hole in the photo, bool [H, W]."""
        whole = np.zeros(self.size, bool)
        whole[self.window] = self.mask
        return whole

    def place(self):
        """Its window as a dict: left, top, width, height."""
        rows, columns = self.window
        height, width = self.mask.shape
        return {"left": columns.start, "top": rows.start, "width": width, "height": height}


def read_hole(path, size, left, top, max_pixels):
    """Read a mask that covers a part of a photo, white is hole.

    Args:
        path: the file.
        size: (height, width) of the photo.
        left, top: place of its upper left corner in the photo, or None if it must have the photo's size.
        max_pixels: as for `read_photo`.

    Returns:
        A `Hole`.

    Raises:
        UserError: as `read_photo`, the mask is not within the photo, or it has no hole.
    """
    hole = _read_part(path, "mask", size, left, top, max_pixels) > 127.5
    if not hole.any():
        raise UserError("there is no hole yet: draw one, or drop a mask")
    found = (np.flatnonzero(hole.any(axis=axis)) for axis in (1, 0))
    window = tuple(slice(int(places[0]), int(places[-1]) + 1) for places in found)
    return Hole(size, window, hole[window].copy())


def read_sketch(path, size, left, top, max_pixels):
    """Read the lines for a guided network: uint8 [H, W] in [0, 255]. Arguments and errors as `read_hole`."""
    return np.uint8(_read_part(path, "sketch", size, left, top, max_pixels))


def _read_part(path, name, size, left, top, max_pixels):
    """float32 [H, W] in [0, 255], 0 where a mask or sketch does not reach."""
    with called(path, f"the {name}"):
        with opened_image(path, None, decode=False) as opened:
            check_size(f"the {name}", opened.size[::-1], max_pixels)
        part = read_gray(path, None)
    if left is None and top is None and part.shape != size:
        raise UserError(
            f"the {name} is {size_text(part.shape)}, the photo {size_text(size)}: they must have the same "
            f"size"
        )
    left, top = left or 0, top or 0
    if part.shape == size and not left and not top:
        return part
    bottom, right = top + part.shape[0], left + part.shape[1]
    if bottom > size[0] or right > size[1]:
        raise UserError(f"the {name} reaches ({right}, {bottom}), beyond the photo of {size_text(size)}")
    whole = np.zeros(size, np.float32)
    whole[top:bottom, left:right] = part
    return whole
