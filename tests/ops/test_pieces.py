import numpy as np
import pytest
import tensorflow as tf

from inpaint.ops import GatedConv, GatedUpsamplingConv, PaddedConv
from inpaint.ops.pieces import Piece, bounding_window, input_windows, run_piece


def test_bounding_window_by_hand():
    mask = np.zeros((2, 6, 7, 1), np.float32)
    mask[0, 2, 5], mask[1, 4, 1] = 1, 1
    assert bounding_window(mask).tolist() == [2, 1, 5, 6]
    assert bounding_window(mask[:1]).tolist() == [2, 5, 3, 6]
    assert bounding_window(mask * 0).tolist() == [0, 0, 1, 1]


def test_laid_out(rng):
    x = rng.normal(size=(1, 2, 3, 1)).astype(np.float32)
    whole = Piece(x, tf.constant([1, 2, 3, 5]), tf.constant([4, 6])).laid_out()
    np.testing.assert_array_equal(whole, np.pad(x, ((0, 0), (1, 1), (2, 1), (0, 0))))


@pytest.mark.parametrize("padding", ["same", "symmetric", "reflect", "centred"])
@pytest.mark.parametrize(
    "kind, options",
    [
        (PaddedConv, {"kernel_size": 5}),
        (PaddedConv, {"kernel_size": 1, "strides": 2}),
        (GatedConv, {"kernel_size": 3, "strides": 2}),
        (GatedConv, {"kernel_size": 5, "strides": 2}),
        (GatedConv, {"kernel_size": 3, "dilation_rate": 4}),
        (GatedUpsamplingConv, {}),
    ],
)
def test_a_piece_equals_a_cut_of_the_whole(rng, kind, options, padding):
    layer = kind(6, padding=padding, **options)
    x = tf.constant(rng.normal(size=(2, 12, 16, 3)), tf.float32)
    whole = layer(x).numpy()
    layer.bias.assign(rng.normal(size=6))
    whole = layer(x).numpy()
    height, width = whole.shape[1:3]
    for window in ([0, 0, height, width], [0, 3, 1, 5], [2, 2, 4, 3], [height - 3, width - 1, height, width]):
        given = Piece.whole(x)
        needed = layer.input_window(tf.constant(window))
        # From no more of the input than the layer asks for.
        inside = tf.clip_by_value(needed, 0, [12, 16, 12, 16])
        given = Piece(given.bordered(inside, "CONSTANT"), inside, given.size)
        piece = layer.piece(given, tf.constant(window))
        assert piece.size.tolist() == [height, width]
        top, left, bottom, right = np.array(piece.window)
        assert top <= window[0] and left <= window[1] and bottom >= window[2] and right >= window[3]
        np.testing.assert_allclose(piece.values, whole[:, top:bottom, left:right], atol=1e-5)


def test_layers_one_after_the_other(rng):
    layers = [
        GatedConv(8, 5),
        GatedConv(8, 3, strides=2),
        GatedConv(8, 3, dilation_rate=2),
        GatedUpsamplingConv(8),
        PaddedConv(3, 3),
    ]
    x = tf.constant(rng.normal(size=(1, 40, 48, 2)), tf.float32)
    whole = x
    for layer in layers:
        whole = layer(whole)
    for window in ([17, 20, 19, 27], [0, 40, 3, 48], [39, 0, 40, 1]):
        top, left, bottom, right = window
        piece = run_piece(layers, Piece.whole(x), tf.constant(window))
        assert np.array(piece.window).tolist() == window
        np.testing.assert_allclose(piece.values, whole[:, top:bottom, left:right], atol=1e-5)

    # By hand, from the last: 17..19 -> 16..20 -> 7..11 -> 5..13 -> 10..28 -> 8..30.
    windows = input_windows(layers, tf.constant([17, 20, 19, 27]), tf.constant([40, 48]))
    rows = [window[[0, 2]].tolist() for window in windows]
    assert rows == [[8, 29], [10, 27], [5, 13], [7, 11], [16, 20], [17, 19]]

    # In a graph, where windows are tensors, the same.
    traced = tf.function(lambda wanted, size: input_windows(layers, wanted, size))
    for found, expected in zip(traced(tf.constant([17, 20, 19, 27]), tf.constant([40, 48])), windows):
        np.testing.assert_array_equal(found, expected)
