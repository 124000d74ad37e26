"""Choosing what to fill at which size."""

import dataclasses
import math

import numpy as np

from inpaint.inference.hole_windows import joined, largest_radius, separate_holes, united
from inpaint.models.architecture import CELL, NETWORKS

_CONTEXT = 128  # pixels of a working copy around a hole
_LEAST_SIDE = 512  # of a working copy, where the image has as much
_MOST_PIXELS = 1 << 20  # of a working copy


@dataclasses.dataclass(frozen=True)
class Region:
    """A rectangle of an image that is filled at one size.

    Attributes:
        window: its slices of rows and columns.
        hole: the same for the holes that are filled; others in the window belong to other regions.
        cell: how many pixels 8 pixels of the working copy stand for; 8: no copy is needed.
    """

    window: tuple[slice, slice]
    hole: tuple[slice, slice]
    cell: int


def cell_for_side(size, side):
    """The smallest cell that brings the longer side of an image, (height, width), to `side` or less."""
    return max(CELL, math.ceil(CELL * max(size) / side))


def regions(mask, fill_size, hole_width):
    """Divide an image into what is filled at one size each.

    Args:
        mask: bool [H, W] with a hole.
        fill_size: "whole", "auto", or the longer side of the working copy.
        hole_width: diameter of the largest circle in a hole that the network fills well, in pixels.

    Returns:
        list of `Region`s.
    """
    whole = slice(0, mask.shape[0]), slice(0, mask.shape[1])
    if fill_size == "whole":
        return [Region(whole, whole, CELL)]
    if fill_size != "auto":
        return [Region(whole, whole, cell_for_side(mask.shape, fill_size))]
    holes, radii = separate_holes(mask, _CONTEXT // 2)
    while True:
        needed = CELL * 2 * radii / hole_width
        cells = np.array([_cell(mask.shape, hole, least) for hole, least in zip(holes, needed)])
        groups = joined(holes, _CONTEXT // 2 * cells // CELL)
        if len(groups) == len(holes):
            break
        holes = united(holes, groups)
        radii = np.array([radii[g].max() for g in groups])
    return [
        Region(_slices(_with_context(mask.shape, hole, cell)), _slices(hole), int(cell))
        for hole, cell in zip(holes, cells)
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


def _cell(size, hole, least):
    """The cell for a hole, (top, left, bottom, right): at least this, and more for a very large one."""
    cell = max(CELL, math.ceil(least))
    while True:
        top, left, bottom, right = _with_context(size, hole, cell)
        pixels = (bottom - top) * (right - left) * (CELL / cell) ** 2
        if pixels <= _MOST_PIXELS:
            return cell
        cell = max(cell + 1, math.floor(cell * math.sqrt(pixels / _MOST_PIXELS)))


def _with_context(size, hole, cell):
    """A hole's window and its surroundings, within an image of (height, width)."""
    ends = []
    for first, last, length in zip(hole[:2], hole[2:], size):
        side = max(last - first + 2 * _CONTEXT * cell // CELL, _LEAST_SIDE * cell // CELL)
        begin = max(0, min((first + last - side) // 2, length - side))
        ends.append((int(begin), int(min(length, begin + side))))
    (top, bottom), (left, right) = ends
    return top, left, bottom, right


def _slices(window):
    top, left, bottom, right = map(int, window)
    return slice(top, bottom), slice(left, right)
