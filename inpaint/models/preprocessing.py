"""Conversion between pixels (uint8 RGB, masks of any kind) and network inputs (float32 BGR in [-1, 1])."""

import tensorflow as tf


def to_network(rgb):
    """uint8 or float [..., 3] RGB in [0, 255] -> float32 [..., 3] BGR in [-1, 1]."""
    return tf.cast(tf.reverse(rgb, axis=[-1]), tf.float32) / 127.5 - 1.0


def from_network(bgr):
    """float32 [..., 3] BGR in [-1, 1] -> uint8 [..., 3] RGB, rounded to the nearest level."""
    levels = tf.clip_by_value(tf.round((bgr + 1.0) * 127.5), 0.0, 255.0)
    return tf.cast(tf.reverse(levels, axis=[-1]), tf.uint8)


def holes(masks):
    """Binarize masks, each one with a threshold for its own range of values.

    Args:
        masks: [N, H, W, 1], booleans or numbers. The threshold is 0.5 for a mask whose maximum is at
            most 1, else 127.5; values above it are the hole.

    Returns:
        uint8 [N, H, W, 1] in {0, 1}, 1 in the hole.
    """
    masks = tf.convert_to_tensor(masks)
    if not masks.dtype.is_floating:
        masks = tf.cast(masks, tf.float32)
    highest = tf.reduce_max(masks, axis=[1, 2, 3], keepdims=True)
    half = tf.where(highest > 1, tf.constant(127.5, masks.dtype), tf.constant(0.5, masks.dtype))
    return tf.cast(masks > half, tf.uint8)
