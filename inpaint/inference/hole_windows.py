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
    height, width = mask.shape
    depth = cv2.distanceTransform(np.uint8(mask), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    padded = [(0, -height % _BLOCK), (0, -width % _BLOCK)]
    depth = np.pad(depth, padded).reshape(-(-height // _BLOCK), _BLOCK, -1, _BLOCK).max(axis=(1, 3))
    blocks = np.uint8(depth > 0)
    side = 2 * (distance // _BLOCK) + 1
    near = cv2.dilate(blocks, np.ones((side, side), np.uint8))
    count, labels = cv2.connectedComponents(near)
    rows, columns = np.nonzero(blocks)
    labels = labels[rows, columns] - 1
    windows = np.full((count - 1, 4), [height, width, 0, 0])
    for column, function, values in (
        (0, np.minimum, rows * _BLOCK),
        (1, np.minimum, columns * _BLOCK),
        (2, np.maximum, np.minimum((rows + 1) * _BLOCK, height)),
        (3, np.maximum, np.minimum((columns + 1) * _BLOCK, width)),
    ):
        function.at(windows[:, column], labels, values)
    radii = np.zeros(count - 1)
    np.maximum.at(radii, labels, np.minimum(depth[rows, columns], max(height, width)))
    return windows, radii


def largest_radius(mask):
    """Radius of the largest circle in the holes of a mask, bool [H, W]; 0 without a hole."""
    depth = cv2.distanceTransform(np.uint8(mask), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return float(min(depth.max(), max(mask.shape)))


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


def disjoint_windows(mask, distance):
    """Windows that hold all holes, those near each other in one: int32 [K, 4]; see `separate_holes`."""
    windows, _ = separate_holes(mask, distance)
    while len(groups := joined(windows, distance)) < len(windows):
        windows = np.array([np.r_[windows[g, :2].min(0), windows[g, 2:].max(0)] for g in groups])
    return np.int32(windows)
