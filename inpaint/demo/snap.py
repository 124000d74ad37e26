"""From a line drawn loosely around or across a thing to the thing itself: GrabCut (Rother et al., 2004)."""

import cv2
import numpy as np

SIDE = 256  # of the copy that edges are searched in
_ROUNDS = 4
_MARGIN = 0.08  # of the drawing's size, around it: what the thing is told apart from
_REACH = 0.75  # as much around a line across a thing, which may reach beyond the line
_WIDTH = 0.17  # of the line's size, on each side of it: what belongs to the thing at first


def snap(rgb, drawn, window, around):
    """The thing that a visitor pointed at.

    Args:
        rgb: uint8 [H, W, 3].
        drawn: bool [h, w], what was drawn: the inside of a line around the thing, or a line across it.
        window: slices of rows and columns in the photo that `drawn` is in.
        around: whether the line goes around the thing.

    Returns:
        (bool [h2, w2], left, top): the thing in its window; what was drawn if nothing was found there.
    """
    height, width = drawn.shape
    room = round((_MARGIN if around else _REACH) * max(height, width)) + 8
    top, left = (max(part.start - room, 0) for part in window)
    part = rgb[top : window[0].stop + room, left : window[1].stop + room]
    inside = np.zeros(part.shape[:2], np.uint8)
    inside[window[0].start - top :, window[1].start - left :][:height, :width] = drawn
    scale = min(SIDE / max(part.shape[:2]), 1)
    size = [max(round(length * scale), 8) for length in part.shape[1::-1]]
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    seeds = cv2.resize(inside * 255, size, interpolation=cv2.INTER_AREA) > (127 if around else 0)
    found = _cut(small, seeds, around)
    if not found.any():
        return drawn, window[1].start, window[0].start
    soft = cv2.resize(np.float32(found), part.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return soft > 0.5, left, top


def _cut(small, seeds, around):
    """bool [h, w]: GrabCut's foreground that belongs to the seeds, without pinholes."""
    labels = np.full(seeds.shape, cv2.GC_BGD if around else cv2.GC_PR_BGD, np.uint8)
    if around:
        depth = cv2.distanceTransform(np.uint8(seeds), cv2.DIST_L2, 3)
        labels[seeds] = cv2.GC_PR_FGD
        labels[seeds & (depth < 0.12 * depth.max())] = cv2.GC_PR_BGD  # what is just within a loose line
    else:
        side = 2 * round(_WIDTH * max(map(np.ptp, np.nonzero(seeds)))) + 1
        near = cv2.dilate(np.uint8(seeds), np.ones((side, side), np.uint8)) > 0
        labels[near] = cv2.GC_PR_FGD
        labels[seeds] = cv2.GC_FGD
        labels[[0, -1]], labels[:, [0, -1]] = cv2.GC_BGD, cv2.GC_BGD
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(0)  # the same line finds the same thing
    cv2.grabCut(cv2.cvtColor(small, cv2.COLOR_RGB2BGR), labels, None, *models, _ROUNDS, cv2.GC_INIT_WITH_MASK)
    found = np.uint8((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD))
    found = cv2.morphologyEx(found, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    count, parts, stats, _ = cv2.connectedComponentsWithStats(found)
    areas = stats[:, cv2.CC_STAT_AREA]
    touched = {int(part) for part in np.unique(parts[seeds]) if part}
    kept = [part for part in touched if areas[part] > 0.1 * max(areas[p] for p in touched)]
    return np.isin(parts, kept)
