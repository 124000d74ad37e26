"""Wasserstein loss with gradient penalty around a box (Yu et al., CVPR 2018, sections 3.2 and 3.3)."""

import numpy as np
import tensorflow as tf

_LEAST_SQUARE = 1e-12  # of a slope: the root's derivative at 0 is infinite


def cut_out(x, corners, size):
    """Cut a box out of each image.

    Args:
        x: [N or 1, H, W, C].
        corners: int32 [N or 1, 2], (top, left) of each box, which lies within the image.
        size: (height, width) of the boxes.

    Returns:
        [N, height, width, C]; all images have the same box where there is one corner only, and all boxes
        are of the same image where there is one image only.
    """
    count = tf.maximum(tf.shape(x)[0], tf.shape(corners)[0])
    x = tf.broadcast_to(x, tf.concat([[count], tf.shape(x)[1:]], axis=0))
    corners = tf.broadcast_to(corners, [count, 2])
    rows = corners[:, :1] + tf.range(size[0])  # [N, height]
    columns = corners[:, 1:] + tf.range(size[1])  # [N, width]
    x = tf.gather(x, rows, axis=1, batch_dims=1)
    x = tf.transpose(tf.gather(tf.transpose(x, [0, 2, 1, 3]), columns, axis=1, batch_dims=1), [0, 2, 1, 3])
    return tf.ensure_shape(x, [None, *size, x.shape[-1]])


def discounts(size, gamma):
    """How much each pixel of a box counts: less, the farther it is from known pixels (section 3.3).

    It is `max(gamma ** a, gamma ** b)`, with `a` and `b` the distances of row and column to the box's nearer
    side, counted from 0 at its top and left and from 1 at its bottom and right, as in the original.

    Args:
        size: (height, width).
        gamma: the discount for each pixel of distance, 0.9 in the original's code.

    Returns:
        float32 [height, width, 1].
    """
    rows, columns = (gamma ** np.minimum(np.arange(side), side - np.arange(side)) for side in size)
    return np.float32(np.maximum(rows[:, None], columns[None, :]))[..., None]


def gradient_penalty(critic, real, completed, masks, mixing):
    """`mean((slope - 1) ** 2)` at random points between real and completed images (Gulrajani et al., 2017).

    The slope is the norm of the score's gradient, of which only the hole counts.

    Args:
        critic: a function of images [N, h, w, 3] that returns scores [N, 1].
        real, completed: [N, h, w, 3].
        masks: [N or 1, h, w, 1], 1 in the hole.
        mixing: [N], where between the real image (0) and the completed one (1).

    Returns:
        float32 scalar.
    """
    between = real + mixing[:, None, None, None] * (completed - real)
    with tf.GradientTape() as tape:
        tape.watch(between)
        scores = critic(between)
    squares = tf.reduce_sum(tf.square(tape.gradient(scores, between)) * masks, axis=[1, 2, 3])  # [N]
    return tf.reduce_mean(tf.square(tf.sqrt(tf.maximum(squares, _LEAST_SQUARE)) - 1))
