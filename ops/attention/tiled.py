"""Contextual attention of any size, in tiles that keep to a memory budget."""

import tensorflow as tf

from ops.attention.key_layout import raw_parts
from ops.attention.tile_scores import AttentionTile
from ops.attention.tiling import Tiles, over_tiles

MATRICES = 5  # score matrices of a tile that live at once


def attend_tiled(f, b, background, known, window, kernel_size, rate, scale, fuse_taps, memory_budget):
    """Attention of a batch, one image after the other, where it is wanted.

    Args:
        f, b, background, known, kernel_size, rate, scale, fuse_taps: as in `attend_whole`.
        window: (top, left, rows, columns) of f's positions that are wanted.
        memory_budget: bytes that the score matrices may take together.

    Returns:
        as `attend_whole`, of the window.
    """
    _, _, rows, columns = window
    f_size, b_size, channels = known_size(f), known_size(b), f.shape[-1]

    def one_image(inputs):
        f, b, background, known = inputs
        tile = AttentionTile(f_size, b_size, known, kernel_size, rate, scale, fuse_taps)
        layout = tile.layout
        b = tf.reshape(b, [-1, channels])
        inputs = [
            tf.reshape(f, [-1, channels]),
            layout.runs(b, kernel_size),
            layout.inverse_norms(b, kernel_size),
            *raw_parts(background, rate, b_size, layout),
        ]
        # The largest matrix is that of scores with gaps.
        tiles = Tiles(window, memory_budget // (MATRICES * 4 * layout.gapped_pitch), tile.margins)

        def one_tile(top, left, inputs):
            f, runs, inverse_norms, *raw = inputs
            place = (top, left, tiles.rows, tiles.columns)
            weights = tile.weights(f, runs, inverse_norms, *place)
            pasted = tile.paste(tf.cast(weights, background.dtype), raw, tiles.rows, tiles.columns)
            return pasted, tile.offsets(weights, *place)

        pasted, offsets = over_tiles(one_tile, tiles, inputs, _specs(background, [rate, rate]))
        pasted = tf.transpose(pasted, [0, 2, 1, 3, 4])  # [rows, rate, columns, rate, C]
        return tf.reshape(pasted, [rows * rate, columns * rate, channels]), offsets

    inputs = (f, b, background, known)
    specs = _specs(background, [])
    return tf.map_fn(one_image, inputs, fn_output_signature=specs, parallel_iterations=1)


def _specs(background, inner):
    shape = [None, None, *inner, background.shape[-1]]
    return tf.TensorSpec(shape, background.dtype), tf.TensorSpec([None, None, 2], tf.int32)


def known_size(x):
    """Height and width of [N, H, W, C]: integers where they are known, else tensors."""
    return tuple(
        size if known is None else known for known, size in zip(x.shape[1:3], tf.unstack(tf.shape(x)[1:3]))
    )
