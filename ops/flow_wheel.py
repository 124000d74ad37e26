"""The Middlebury colour wheel, which draws where the attention looked."""

import math

import numpy as np
import tensorflow as tf


def _wheel():
    """The wheel's 55 colours, RGB in [0, 255]: six arcs between the primary and mixed colours."""
    arcs = ((15, 0, 1, True), (6, 1, 0, False), (4, 1, 2, True))
    arcs += ((11, 2, 1, False), (13, 2, 0, True), (6, 0, 2, False))
    colours = []
    for length, full, moving, rising in arcs:
        ramp = np.floor(255 * np.arange(length) / length)
        arc = np.zeros((length, 3))
        arc[:, full] = 255
        arc[:, moving] = ramp if rising else 255 - ramp
        colours.append(arc)
    return np.concatenate(colours).astype(np.float32)


_WHEEL = _wheel()  # [55, 3]


def flow_image(offsets, scale=1):
    """Draw attention offsets: hue is the direction, saturation the distance.

    Distances are divided by the largest one in this image and those before it in the batch, as in the
    original. The enlargement is bilinear with `align_corners=True`.

    Args:
        offsets: [N, H, W, 2] integers or floats, (row, column) offsets.
        scale: integer factor to enlarge by.

    Returns:
        [N, H * scale, W * scale, 3] float32 in [-1, 1], RGB.
    """
    offsets = tf.cast(offsets, tf.float32)
    u, v = offsets[..., 0], offsets[..., 1]  # [N, H, W] each
    radius = tf.sqrt(u * u + v * v)
    largest = tf.reduce_max(radius, axis=[1, 2])  # [N]
    earlier = tf.linalg.band_part(tf.ones([tf.size(largest)] * 2), -1, 0)  # [N, N], 1 where j <= i
    largest = tf.reduce_max(earlier * largest[None, :], axis=1)[:, None, None]  # [N, 1, 1]
    scale_down = 1.0 / (largest + np.finfo(float).eps)
    u, v, radius = u * scale_down, v * scale_down, radius * scale_down

    position = (tf.atan2(-v, -u) / math.pi + 1) / 2 * (len(_WHEEL) - 1)
    below = tf.floor(position)
    share = (position - below)[..., None]
    below = tf.cast(below, tf.int32)
    wheel = tf.constant(_WHEEL / 255)
    colour = (1 - share) * tf.gather(wheel, below)
    colour += share * tf.gather(wheel, (below + 1) % len(_WHEEL))  # [N, H, W, 3]
    radius = radius[..., None]
    colour = tf.where(radius <= 1, 1 - radius * (1 - colour), colour * 0.75)
    image = tf.floor(255 * colour) / 127.5 - 1
    if scale == 1:
        return image
    size = tf.shape(image)[1:3] * scale
    return tf.raw_ops.ResizeBilinear(images=image, size=size, align_corners=True)
