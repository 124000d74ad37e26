"""Contextual attention of all foreground positions at once, for a batch of small maps.

All scores are held, [N, Hr, Wr, hr, wr], and every sum over neighbours that move in both maps is a
`diagonal_sum`. Batched and without margins, this suits training; `tiled` handles any size.
"""

import tensorflow as tf

from inpaint.ops.attention.background_layout import quarter_sides
from inpaint.ops.attention.shifted_sums import diagonal_sum, squared_patch_norms


def attend_dense(foreground, background, raw_background, known, options):
    """Attention of a batch.

    Args:
        foreground: float32 [N, Hr, Wr, C], reduced.
        background: float32 [N, hr, wr, C], reduced.
        raw_background: [N, hr * rate, wr * rate, C], in the dtype to paste in.
        known: float32 [N, hr, wr, 1], 1 where the background's patch is known.
        options: `AttentionOptions`.

    Returns:
        output: [N, Hr * rate, Wr * rate, C].
        offsets: [N, Hr, Wr, 2] int32, (row, column) of the background position with the largest
        weight, relative to the position itself.
    """
    weights = dense_weights(foreground, background, known, options)
    pasted = _dense_paste(tf.cast(weights, raw_background.dtype), raw_background, options.rate)
    return pasted, _dense_offsets(weights)


def dense_weights(foreground, background, known, options):
    """The weight of each background patch at each foreground position: float32 [N, Hr, Wr, hr, wr].

    Args:
        foreground, background, known, options: as of `attend_dense`.
    """
    scores = _dense_scores(foreground, background, options.kernel_size)
    for _ in range(2 if options.fuse_taps > 1 else 0):
        # Diagonal neighbours, first in row-major, then in column-major order.
        shape = tf.shape(scores)
        flat = tf.reshape(scores, [shape[0], shape[1] * shape[2], shape[3] * shape[4]])
        scores = tf.reshape(diagonal_sum(flat, (1, 2), _around(options.fuse_taps)), shape)
        scores = tf.transpose(scores, [0, 2, 1, 4, 3])  # twice: back again
    shape = tf.shape(scores)
    known = known[:, None, None, ..., 0]  # [N, 1, 1, hr, wr]
    # Multiplied before and after the softmax, not set to minus infinity: as in the original, excluded
    # positions keep exp(0) in the denominator.
    scores = tf.reshape(scores * (known * options.softmax_scale), tf.concat([shape[:3], [-1]], axis=0))
    return tf.reshape(tf.nn.softmax(scores), shape) * known


def _dense_scores(foreground, background, kernel_size):
    """Inner products of patches: sums of the pixels' products along the patches' diagonals."""
    f_shape, b_shape, channels = tf.shape(foreground), tf.shape(background), foreground.shape[-1]
    rows = tf.reshape(foreground, [f_shape[0], -1, channels])
    columns = tf.reshape(background, [b_shape[0], -1, channels])
    products = tf.matmul(rows, columns, transpose_b=True)
    products = tf.reshape(products, tf.concat([f_shape[:3], b_shape[1:3]], axis=0))
    offsets = _around(kernel_size)
    scores = diagonal_sum(diagonal_sum(products, (1, 3), offsets), (2, 4), offsets)
    return scores / tf.sqrt(squared_patch_norms(background, kernel_size))[:, None, None]


def _dense_paste(weights, raw_background, rate):
    """As `ForegroundTile.paste`: [N, Hr, Wr, hr, wr] -> [N, Hr * rate, Wr * rate, C]."""
    channels = raw_background.shape[-1]
    shape = tf.shape(weights)
    n, f_size, h, w = shape[0], shape[1:3], shape[3], shape[4]
    cells = tf.reshape(raw_background, [n, h, rate, w, rate, channels])
    cells = tf.transpose(cells, [2, 4, 0, 1, 3, 5])

    # A cell's first rows are covered by its own patch and the one before, the others by its own and
    # the one after; columns alike.
    sides, offsets, rows = quarter_sides(rate), [(-1, 0), (0, 1)], []
    for height, row_offsets, band in zip(sides, offsets, tf.split(cells, sides, axis=0)):
        summed = diagonal_sum(weights, (1, 3), row_offsets)
        columns = []
        for width, column_offsets, raw in zip(sides, offsets, tf.split(band, sides, axis=1)):
            four = diagonal_sum(summed, (2, 4), column_offsets)
            four = tf.reshape(four, [n, f_size[0] * f_size[1], h * w])
            raw = tf.transpose(raw, [2, 3, 4, 0, 1, 5])  # [N, h, w, height, width, C]
            raw = tf.reshape(raw, [n, h * w, height * width * channels])
            shape = [n, f_size[0], f_size[1], height, width, channels]
            columns.append(tf.reshape(tf.matmul(four, raw), shape))
        rows.append(tf.concat(columns, axis=4))
    output = tf.concat(rows, axis=3)  # [N, Hr, Wr, rate, rate, C]
    output = tf.transpose(output, [0, 1, 3, 2, 4, 5]) / 4
    return tf.reshape(output, [n, f_size[0] * rate, f_size[1] * rate, channels])


def _dense_offsets(weights):
    shape = tf.shape(weights)
    f_size, width = shape[1:3], shape[4]
    best = tf.argmax(tf.reshape(weights, tf.concat([shape[:3], [-1]], 0)), -1, tf.int32)
    best = tf.stack([best // width, best % width], axis=-1)
    own = tf.stack(tf.meshgrid(tf.range(f_size[0]), tf.range(f_size[1]), indexing="ij"), axis=-1)
    return best - own  # [N, Hr, Wr, 2]


def _around(size):
    """The offsets of a kernel's taps from its middle."""
    return range(-(size // 2), size // 2 + 1)
