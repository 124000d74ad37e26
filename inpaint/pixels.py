"""Between pixels (uint8 RGB) and what the network sees (float32 BGR in [-1, 1])."""

import tensorflow as tf


def to_network(rgb):
    """uint8 or float [..., 3] RGB in [0, 255] -> float32 [..., 3] BGR in [-1, 1]."""
    return tf.reverse(tf.cast(rgb, tf.float32), axis=[-1]) / 127.5 - 1.0


def from_network(bgr):
    """float32 [..., 3] BGR in [-1, 1] -> uint8 [..., 3] RGB, rounded to the nearest level."""
    levels = tf.clip_by_value(tf.round((bgr + 1.0) * 127.5), 0.0, 255.0)
    return tf.cast(tf.reverse(levels, axis=[-1]), tf.uint8)
