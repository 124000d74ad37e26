"""Filling through a working copy: it is filled, enlarged, and given the photograph's own detail.

An image is reduced cell by cell: 8 x 8 pixels of the copy, one position of the attention, stand for
`cell` x `cell` pixels. So sizes shrink by `cell / 8`, in steps of an eighth, and the cells of both meet
exactly.
"""

import tensorflow as tf

from inpaint.models.architecture import ATTENTION_ENCODER, CELL
from inpaint.models.generator import complete
from inpaint.models.plans import Everywhere
from inpaint.models.preprocessing import from_network
from inpaint.ops import border, gaussian_blur, smooth_extension
from inpaint.ops.pieces import Piece, at_hand, window_of

# Chosen on photographs of 1024 pixels, between PSNR and sharpness. The attention itself has 10 for the scale,
# but the mean of residuals of many places would be a blur again. The fills are smoother than their working
# copies, so the residuals are taken from a copy that was blurred: sigma 1, in pixels of the copy.
_SOFTMAX_SCALE = 50.0
_BLUR = 1
_MOST_SHIFT = 0.125  # 16 levels


def reduced(x, cell):
    """Means of areas: [N, H, W, C], H and W multiples of `cell` -> float32 [N, H / cell * 8, ..., C]."""
    return tf.image.resize(x, tf.shape(x)[1:3] // cell * CELL, "area")


def enlarged(x, cells, cell):
    """Enlarge a part of a working copy by cubic interpolation.

    Args:
        x: float32 [N, h, w, C], the working copy.
        cells: the part, int32 [4]: (top, left, bottom, right) in cells, the last two exclusive.
        cell: side of a cell of the result.

    Returns:
        float32 [N, rows * cell, columns * cell, C].
    """
    # One more cell at each side, so that the part's edges are interpolated like its middle.
    x = tf.pad(x, [[0, 0], [CELL, CELL], [CELL, CELL], [0, 0]], "SYMMETRIC")
    first, size = cells[:2] * CELL, cells[2:] - cells[:2] + 2
    x = x[:, first[0] : first[0] + size[0] * CELL, first[1] : first[1] + size[1] * CELL]
    return tf.image.resize(x, size * cell, "bicubic")[:, cell:-cell, cell:-cell]


def fill_copy(generator, plan, inputs, images, cell, detail):
    """Fill images through working copies.

    Args:
        generator: what `make_generator` returns.
        plan: an `AroundHole`.
        inputs: (incomplete, mask, sketch) of the working copies, as for the generator.
        images: [N, H, W, 3] RGB in [0, 255], H and W multiples of `cell`.
        cell: side of a cell of the images, at least 8; an integer or scalar tensor.
        detail: Whether to shift colours, see `colour_shift`, and add residuals: what the known image has
            beyond its blurred working copy, taken from the places that the attention finds similar (Yi et
            al., CVPR 2020, section 3.2).

    Returns:
        uint8 [N, H, W, 3], RGB, right at least in the working copies' holes.
    """
    incomplete, mask, sketch = inputs
    refined = generator.forward(incomplete, mask, sketch, plan).refined
    refined = plan.whole(refined)
    if detail:
        refined += colour_shift(refined, incomplete, mask)
    copy = complete(refined, incomplete, mask)  # [N, h, w, 3]
    if detail:
        residuals = _residuals(images, copy, mask)  # [N, H, W, 3]
        features, quarter = _compared(generator, plan, copy, mask)
    pieces = []
    for window in plan.hole_windows(mask):
        cells = window_of(window[:2] // CELL, -(-window[2:] // CELL))
        values = enlarged(copy, cells, cell)
        if detail:
            attention = generator.contextual_attention
            found = attention.transfer(features, quarter, residuals, cell, _SOFTMAX_SCALE, cells)
            values += found / 127.5
            plan.on_part()
        pieces.append(Piece(from_network(values), cells * cell, at_hand(tf.shape(images)[1:3])))
    return plan.whole(pieces)


def colour_shift(refined, incomplete, mask):
    """What to add to a result so that it meets the known image at the hole's border.

    The network draws the known pixels there, too, and what is wrong with them is wrong with the fill: the
    difference, continued smoothly into the hole, takes 1 to 3 % of the error away, and seams with it. It is
    limited, because an object that a mask leaves a rim of would bleed back into the hole.

    Args:
        refined: [N, h, w, 3] in [-1, 1], the network's result in the hole and one pixel around it.
        incomplete, mask: as for the generator, the mask for each image.

    Returns:
        float32 [N, h, w, 3].
    """
    shift = smooth_extension(incomplete - refined, border(mask))
    return tf.clip_by_value(shift, -_MOST_SHIFT, _MOST_SHIFT)


def detail_weights(generator, copy, mask):
    """How residuals are mixed in each cell of filled working copies.

    Args:
        generator: one with attention.
        copy: [N, h, w, 3] in [-1, 1], BGR, filled.
        mask: float32 [N, h, w, 1].

    Returns:
        float32 [N, h / 8, w / 8, h / 8, w / 8]: see `ContextualAttention.transfer_weights`.
    """
    features, quarter = _compared(generator, Everywhere(), copy, mask)
    return generator.contextual_attention.transfer_weights(features, quarter, _SOFTMAX_SCALE)


def _compared(generator, plan, copy, mask):
    """The features [N, h / 4, w / 4, C] by which places of filled copies are compared, and their mask."""
    encoder = generator.made_of(ATTENTION_ENCODER)
    features = plan.run_everywhere(encoder, generator.refinement_input(copy, mask))
    return features, generator.attention_mask(mask)


def _residuals(images, copy, mask):
    """Levels of images without what a fill has of them, zero in the hole: float32 [N, H, W, 3], BGR.

    Channel by channel: a large photograph's temporary arrays are most of the memory that a fill takes.
    """
    size = tf.shape(images)[1:3]
    known = tf.image.resize(mask, size, "nearest") == 0
    channels = []
    blurred = gaussian_blur(copy, _BLUR, "SYMMETRIC")
    for image, smooth in zip(tf.split(images, 3, -1)[::-1], tf.split(blurred, 3, -1)):
        smooth = tf.image.resize((smooth + 1) * 127.5, size, "bicubic")
        channels.append(tf.where(known, tf.cast(image, tf.float32) - smooth, 0.0))
    return tf.concat(channels, axis=-1)
