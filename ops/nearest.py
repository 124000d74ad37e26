"""Nearest-neighbour resizing as TF1 did it."""

import tensorflow as tf


def resize_nearest(images, size):
    """Resize by nearest neighbour with `align_corners=True`.

    Output row i reads input row `round(i * (n_in - 1) / (n_out - 1))`, halves rounded up; columns
    likewise. Halving a map therefore reads even rows in its first half and odd rows in its second.
    This differs from ordinary nearest-neighbour sampling, and the original's attention depends on it.

    Args:
        images: [N, H, W, C] tensor of any dtype.
        size: new (height, width), integers or an int32 tensor [2].

    Returns:
        [N, height, width, C] tensor of the same dtype.
    """
    # Gathered, because XLA cannot compile the gradient of TensorFlow's own operation.
    shape = tf.shape(images)
    rows = tf.gather(images, _positions(shape[1], size[0]), axis=1)
    return tf.gather(rows, _positions(shape[2], size[1]), axis=2)


def _positions(n_in, n_out):
    """The input positions that `n_out` outputs read, in float32 arithmetic as in TF1's kernel."""
    scale = tf.cast(n_in - 1, tf.float32) / tf.cast(tf.maximum(n_out - 1, 1), tf.float32)
    positions = tf.cast(tf.floor(tf.range(n_out, dtype=tf.float32) * scale + 0.5), tf.int32)
    return tf.minimum(positions, n_in - 1)


def enlarge_nearest(x):
    """Enlarge maps by two, repeating each position: [N, H, W, C] -> [N, 2H, 2W, C]."""
    return tf.repeat(tf.repeat(x, 2, axis=1), 2, axis=2)
