"""Training masks: a random box and free-form strokes (Yu et al., ICCV 2019, algorithm 1).

Masks are uint8 [H, W], 1 in the hole and 0 elsewhere. All randomness comes from the
`numpy.random.Generator` that is passed in.
"""

import math

import cv2
import numpy as np

from inpaint.options.examples import ORIGINAL_BOX

STROKES = (1, 3)
STEPS = (4, 11)
PEN_WIDTHS = (12, 39)
MEAN_ANGLE = 2 * math.pi / 5
ANGLE_SPREAD = 2 * math.pi / 15


def random_box(rng, size, options=ORIGINAL_BOX):
    """A box at a random position, shrunk by a random amount on opposite sides.

    Args:
        rng: `numpy.random.Generator`.
        size: (height, width) of the mask.
        options: a `BoxOptions`, fitted.

    Returns:
        uint8 [height, width].
    """
    return random_box_at(rng, size, options)[0]


def random_box_at(rng, size, options=ORIGINAL_BOX):
    """As `random_box`: (the mask; where the box lay before it was shrunk, (top, left))."""
    height, width = size
    # Both margins bound the box's top left corner; the upper bound is exclusive, as in the original.
    top = rng.integers(options.vertical_margin, height - options.vertical_margin - options.height)
    left = rng.integers(options.horizontal_margin, width - options.horizontal_margin - options.width)
    dy = rng.integers(options.max_delta_height // 2 + 1)
    dx = rng.integers(options.max_delta_width // 2 + 1)
    mask = np.zeros(size, np.uint8)
    mask[top + dy : top + options.height - dy, left + dx : left + options.width - dx] = 1
    return mask, (top, left)


def centred_box(size, options=ORIGINAL_BOX):
    """The mask of the fixed validation view: a centred box, `options.height` x `options.width`."""
    top, left = (size[0] - options.height) // 2, (size[1] - options.width) // 2
    mask = np.zeros(size, np.uint8)
    mask[top : top + options.height, left : left + options.width] = 1
    return mask


def free_form_strokes(rng, size):
    """A few thick random strokes that turn at every step.

    Args:
        rng: `numpy.random.Generator`.
        size: (height, width) of the mask.

    Returns:
        uint8 [height, width].
    """
    height, width = size
    mask = np.zeros(size, np.uint8)
    mean_length = math.hypot(height, width) / 8
    for _ in range(rng.integers(STROKES[0], STROKES[1] + 1)):
        steps = rng.integers(STEPS[0], STEPS[1] + 1)
        least_angle = MEAN_ANGLE - rng.uniform(0, ANGLE_SPREAD)
        most_angle = MEAN_ANGLE + rng.uniform(0, ANGLE_SPREAD)
        x, y = int(rng.integers(width)), int(rng.integers(height))
        points = [(x, y)]
        for step in range(steps):
            angle = rng.uniform(least_angle, most_angle)
            if step % 2 == 0:
                angle = 2 * math.pi - angle
            length = np.clip(rng.normal(mean_length, mean_length // 2), 0, 2 * mean_length)
            x = int(np.clip(x + length * math.cos(angle), 0, width))
            y = int(np.clip(y + length * math.sin(angle), 0, height))
            points.append((x, y))
        pen = int(rng.integers(PEN_WIDTHS[0], PEN_WIDTHS[1] + 1))
        # OpenCV draws a line of thickness t as 2 * (t // 2) + 1 pixels, plus 2 if t is odd. With
        # pen - 1, the stroke is as wide as the circles at its joints.
        cv2.polylines(mask, [np.array(points, np.int32)], False, 1, thickness=pen - 1)
        for point in points:
            cv2.circle(mask, point, pen // 2, 1, thickness=-1)
    return mask


def training_mask(rng, size, options=ORIGINAL_BOX):
    """The union of a random box and free-form strokes; arguments as for `random_box`."""
    return random_box(rng, size, options) | free_form_strokes(rng, size)
