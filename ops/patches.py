"""Taking patches out of maps and laying them back, by slices only, so that gradients are cheap."""

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
    taps = [x[:, i : i + height, j : j + width] for i in range(size) for j in range(size)]
    return tf.concat(taps, axis=-1)


def overlapping_blocks(x, rate):
    """Patches of side 2 * rate at stride rate with SAME padding: each is 2x2 blocks of side rate.

    Args:
        x: [N, H, W, C], H and W multiples of `rate`.
        rate: side of a block.

    Returns:
        [N, H / rate, W / rate, 2, 2, rate * rate * C]: the 2x2 blocks of each patch.
    """
    shape = tf.shape(x)
    n, h, w = shape[0], shape[1] // rate, shape[2] // rate
    c = x.shape[-1]
    before, after = rate // 2, rate - rate // 2
    x = tf.pad(x, [[0, 0], [before, after], [before, after], [0, 0]])
    x = tf.reshape(x, [n, h + 1, rate, w + 1, rate, c])
    x = tf.reshape(tf.transpose(x, [0, 1, 3, 2, 4, 5]), [n, h + 1, w + 1, rate * rate * c])
    rows = tf.stack([x[:, :-1], x[:, 1:]], axis=3)  # [N, h, w+1, 2, rate*rate*C]
    return tf.stack([rows[:, :, :-1], rows[:, :, 1:]], axis=4)


def lay_blocks(patches, rate, channels):
    """Add up overlapping patches where they lie: the transpose of `overlapping_blocks`.

    Args:
        patches: [N, h, w, 2, 2, rate * rate * channels].
        rate: side of a block.
        channels: channels of the map.

    Returns:
        [N, h * rate, w * rate, channels].
    """
    shape = tf.shape(patches)
    n, h, w = shape[0], shape[1], shape[2]
    total = 0.0
    for i in range(2):
        for j in range(2):
            total += tf.pad(patches[:, :, :, i, j], [[0, 0], [i, 1 - i], [j, 1 - j], [0, 0]])
    total = tf.reshape(total, [n, h + 1, w + 1, rate, rate, channels])
    total = tf.transpose(total, [0, 1, 3, 2, 4, 5])
    total = tf.reshape(total, [n, (h + 1) * rate, (w + 1) * rate, channels])
    before = rate // 2
    return total[:, before : before + h * rate, before : before + w * rate]
