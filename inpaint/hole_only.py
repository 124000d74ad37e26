"""Filling a picture by computing only what the hole's pixels depend on."""

import tensorflow as tf

from inpaint.generator import (
    ATTENTION_DECODER,
    COARSE,
    CONVOLUTION_BRANCH,
    DECODER,
)
from ops.pieces import Piece, bounding_window, run_piece, windows_back


def refined_in_hole(generator, incomplete, mask, sketch=None):
    """The refined result where the hole is, equal there to the generator's own.

    Of a convolution only those places are computed that lie within its reach of the hole's bounding
    window; of the attention, those foreground positions. Its background, and so the layers before it,
    is the whole picture.

    Args:
        generator: a `Generator`.
        incomplete, mask, sketch: as in the generator's call, mask [N, H, W, 1].

    Returns:
        `Piece` of the refined result: the bounding window of all N holes, float32 in [-1, 1], BGR.
    """
    hole = bounding_window(mask)
    x = Piece.whole(generator.coarse_input(incomplete, mask, sketch))
    coarse = run_piece([*generator.made_of(COARSE), generator.conv17], x, hole)
    filled = tf.where(mask > 0, _colours(coarse).laid_out(), incomplete)  # [N, H, W, 3]

    decoder = [*generator.made_of(DECODER), generator.allconv17]
    attention_decoder = generator.made_of(ATTENTION_DECODER)
    quarter = coarse.size // 4
    joined = windows_back(decoder, hole, quarter)[0]
    convolved = run_piece(generator.made_of(CONVOLUTION_BRANCH), Piece.whole(filled), joined)

    needed = windows_back(attention_decoder, joined, quarter)[0]
    cells = tf.concat([needed[:2] // 2, -(-needed[2:] // 2)], axis=0)
    x, _ = generator.attend(filled, mask, cells)
    attended = run_piece(attention_decoder, Piece(x, cells * 2, quarter), joined)

    x = Piece(tf.concat([convolved.values, attended.values], axis=-1), joined, quarter)
    return _colours(run_piece(decoder, x, hole))


def _colours(piece):
    return piece._replace(values=tf.tanh(tf.cast(piece.values, tf.float32)))
