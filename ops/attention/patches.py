"""Taking patches out of maps by slices only, so that gradients are cheap."""

import tensorflow as tf


def neighbourhoods(x, size):
    """The zero-padded square patch around every position.

    Args:
        x: [N, H, W, C].
        size: odd side of the patch.

    Returns:
        [N, H, W, size * size * C], the patch row by row, channels last.
    """
    height, width = tf.shape(x)[1], tf.shape(x)[2]
    r = size // 2
    x = tf.pad(x, [[0, 0], [r, r], [r, r], [0, 0]])
    part = [tf.shape(x)[0], height, width, x.shape[-1]]
    taps = [tf.slice(x, [0, i, j, 0], part) for i in range(size) for j in range(size)]
    return tf.concat(taps, axis=-1)
