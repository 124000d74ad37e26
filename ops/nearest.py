"""Nearest-neighbour resizing as TF1 did it, and as others do."""

import tensorflow as tf


def resize_nearest(images, size, align_corners=True):
    """Resize by nearest neighbour.

    With `align_corners`, output row i reads input row `round(i * (n_in - 1) / (n_out - 1))`, halves rounded
    up; columns likewise. Halving a map therefore reads even rows in its first half and odd rows in its
    second. The original's attention depends on it. Without, row i reads `floor(i * n_in / n_out)`, as in
    PyTorch.

    Args:
        images: [N, H, W, C] tensor of any dtype.
        size: new (height, width), integers or an int32 tensor [2].
        align_corners: Whether the corners of both sizes lie on each other.

    Returns:
        [N, height, width, C] tensor of the same dtype.
    """
    # Gathered, because XLA cannot compile the gradient of TensorFlow's own operation.
    shape = tf.shape(images)
    positions = _aligned if align_corners else _plain
    rows = tf.gather(images, positions(shape[1], size[0]), axis=1)
    return tf.gather(rows, positions(shape[2], size[1]), axis=2)


def _plain(n_in, n_out):
    return tf.range(n_out) * n_in // n_out


def _aligned(n_in, n_out):
    """The input positions that `n_out` outputs read, in float32 arithmetic as in TF1's kernel."""
    scale = tf.cast(n_in - 1, tf.float32) / tf.cast(tf.maximum(n_out - 1, 1), tf.float32)
    positions = tf.cast(tf.floor(tf.range(n_out, dtype=tf.float32) * scale + 0.5), tf.int32)
    return tf.minimum(positions, n_in - 1)


def enlarge_nearest(x):
    """Enlarge maps by two, repeating each position: [N, H, W, C] -> [N, 2H, 2W, C]."""
    return tf.repeat(tf.repeat(x, 2, axis=1), 2, axis=2)
