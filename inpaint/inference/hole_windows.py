"""Finding holes that are far enough from each other to be filled separately."""

import cv2
import numpy as np

_BLOCK = 8  # pixels; holes in neighbouring blocks are one


def separate_holes(mask, distance):
    """Find groups of holes.

    Args:
        mask: bool [H, W] with a hole.
        distance: holes whose rectangles are nearer to each other than twice this, in pixels, are one.

    Returns:
        (windows, radii): int [K, 4], (top, left, bottom, right) of each group, the last two exclusive;
        float [K], the radius of the largest circle in it. What lies beyond the image does not limit circles.
    """
    depth = _blocks(_depth(mask))
    windows, labels = _grouped(depth > 0, distance, mask.shape)
    radii = np.zeros(len(windows))
    np.maximum.at(radii, labels, depth[depth > 0])
    return windows, radii


def largest_radius(mask):
    """Radius of the largest circle in the holes of a mask, bool [H, W]; 0 without a hole."""
    return float(_depth(mask).max())


def _depth(mask):
    """Distance of each pixel of a hole from the known ones, at most the longer side: float32 [H, W]."""
    depth = cv2.distanceTransform(np.uint8(mask), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.minimum(depth, max(mask.shape))


def _blocks(x):
    """The maximum of each block of [H, W]."""
    padded = np.pad(x, [(0, -side % _BLOCK) for side in x.shape])
    return padded.reshape(len(padded) // _BLOCK, _BLOCK, -1, _BLOCK).max(axis=(1, 3))


def _grouped(blocks, distance, size):
    """(windows of groups in an image of `size`, the group of each true block in reading order)."""
    side = 2 * (distance // _BLOCK) + 1
    count, labels = cv2.connectedComponents(cv2.dilate(np.uint8(blocks), np.ones((side, side), np.uint8)))
    rows, columns = np.nonzero(blocks)
    labels = labels[rows, columns] - 1
    places = np.stack([rows, columns], axis=1) * _BLOCK
    windows = np.full((count - 1, 4), [*size, 0, 0])
    np.minimum.at(windows[:, :2], labels, places)
    np.maximum.at(windows[:, 2:], labels, np.minimum(places + _BLOCK, size))
    return windows, labels


def joined(windows, distances):
    """Group windows that overlap once each is grown at all sides.

    Args:
        windows: int [K, 4].
        distances: by how much each grows, [K] or a number.

    Returns:
        list of index arrays, one a group.
    """
    distances = np.broadcast_to(distances, len(windows))[:, None]
    first, last = windows[:, :2] - distances, windows[:, 2:] + distances
    near = ((first[:, None] < last[None]) & (first[None] < last[:, None])).all(axis=-1)
    labels = np.arange(len(windows))
    while True:
        least = np.where(near, labels[None], len(windows)).min(axis=1)
        if (least == labels).all():
            return [np.nonzero(labels == label)[0] for label in np.unique(labels)]
        labels = least


def united(windows, groups):
    """The rectangle around each group of windows, int [len(groups), 4]; see `joined`."""
    return np.array([np.r_[windows[g, :2].min(axis=0), windows[g, 2:].max(axis=0)] for g in groups])


def disjoint_windows(mask, distance):
    """Windows that hold all holes, those near each other in one: int32 [K, 4]; see `separate_holes`."""
    windows, _ = _grouped(_blocks(mask), distance, mask.shape)
    while len(groups := joined(windows, distance)) < len(windows):
        windows = united(windows, groups)
    return np.int32(windows)
