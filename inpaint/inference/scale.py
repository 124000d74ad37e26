"""Choosing what to fill at which size."""

import dataclasses
import math

import numpy as np

from inpaint.inference.hole_windows import joined, largest_radius, separate_holes, united
from inpaint.models.architecture import CELL, NETWORKS

# Sides of the working copies of `auto`: few, because runtimes without TensorFlow need a model for each.
SIDES = (256, 512)
_APART = 32  # pixels of a working copy: holes nearer to each other than twice this are filled together


@dataclasses.dataclass(frozen=True)
class Region:
    """A rectangle of an image that is filled at one size.

    Attributes:
        window: its slices of rows and columns.
        hole: the same for the holes that are filled; others in the window belong to other regions.
        cell: how many pixels 8 pixels of the working copy stand for; 8: no copy is needed.
        side: of the working copy, to which a window that the image's edges cut is padded; 0: it is not.
    """

    window: tuple[slice, slice]
    hole: tuple[slice, slice]
    cell: int
    side: int = 0

    def cut(self, x):
        """The window of [N, H, W, C], mirrored at the bottom and right to `side` cells' worth of pixels."""
        x = x[(slice(None), *self.window)]
        beyond = [(0, max(0, self.side * self.cell // CELL - length)) for length in x.shape[1:3]]
        return np.pad(x, [(0, 0), *beyond, (0, 0)], "symmetric")


def cell_for_side(size, side):
    """The smallest cell that brings the longer side of an image, (height, width), to `side` or less."""
    return max(CELL, math.ceil(CELL * max(size) / side))


def regions(mask, fill_size, hole_width, sides=SIDES):
    """Divide an image into what is filled at one size each.

    Args:
        mask: bool [H, W] with a hole.
        fill_size: "whole", "auto", or the longer side of the working copy.
        hole_width: diameter of the largest circle in a hole that the network fills well, in pixels.
        sides: those that a working copy of "auto" may have, in ascending order.

    Returns:
        list of `Region`s.
    """
    whole = slice(0, mask.shape[0]), slice(0, mask.shape[1])
    if fill_size == "whole":
        return [Region(whole, whole, CELL)]
    if fill_size != "auto":
        return [Region(whole, whole, cell_for_side(mask.shape, fill_size))]
    holes, radii = separate_holes(mask, _APART)
    while True:
        needed = np.minimum(CELL * 2 * radii / hole_width, cell_for_side(mask.shape, sides[0]))
        # A hole is at most half as wide and high as its copy, so that there is something to fill it from.
        shown = np.minimum(2 * (holes[:, 2:] - holes[:, :2]).max(axis=1), max(mask.shape))
        cells, chosen = np.transpose([_cell_and_side(*pair, sides) for pair in zip(shown, needed)])
        groups = joined(holes, _APART * cells // CELL)
        if len(groups) == len(holes):
            break
        holes = united(holes, groups)
        radii = np.array([radii[g].max() for g in groups])
    return [
        Region(_window(mask.shape, hole, side * cell // CELL), _slices(*hole), int(cell), int(side))
        for hole, cell, side in zip(holes, cells, chosen)
    ]


def advice(mask, config):
    """Return one line of text if a hole is filled whole that is much wider than those of the training.

    Args:
        mask: bool [H, W], true in the hole.
        config: the `GeneratorConfig` of the network.
    """
    width = 2 * largest_radius(mask)
    if config.fill_size != "whole" or width < 1.5 * config.hole_width:
        return None
    residual = " --detail=residual" if NETWORKS[config.network].has_attention else ""
    return (
        f"note: the hole is up to {width:.0f} pixels wide, and the network fills holes of up to "
        f"{config.hole_width} pixels well: try --fill_size=auto{residual}"
    )


def _cell_and_side(shown, least, sides):
    """The cell, at least this, and the side of the working copy that shows so many pixels."""
    cell = max(CELL, math.ceil(least))
    for side in sides:
        if CELL * shown <= cell * side:
            return cell, side
    return math.ceil(CELL * shown / sides[-1]), sides[-1]


def _window(size, hole, side):
    """A square of a side around a hole, (top, left, bottom, right), within an image of (height, width)."""
    ends = []
    for first, last, length in zip(hole[:2], hole[2:], size):
        begin = max(0, min((first + last - side) // 2, length - side))
        ends.append((begin, min(length, begin + side)))
    return _slices(ends[0][0], ends[1][0], ends[0][1], ends[1][1])


def _slices(top, left, bottom, right):
    return slice(int(top), int(bottom)), slice(int(left), int(right))
