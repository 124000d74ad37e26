"""Partial convolutions of a map that carries its mask, against `PartialConv`."""

import numpy as np
import pytest
import tensorflow as tf

from inpaint.ops import PackedPartialConv, PackedPartialUpsamplingConv, PartialConv
from inpaint.ops.pieces import Piece, run_piece


@pytest.fixture
def x(rng):
    return rng.normal(size=(2, 12, 10, 3)).astype(np.float32)


@pytest.fixture
def known(rng):
    known = (rng.random((2, 12, 10, 1)) < 0.15).astype(np.float32)
    known[:, 4:] = 0
    return known


def twins(kind, filters, kernel_size, x, **options):
    """A packed layer, and a `PartialConv` with the same weights."""
    layer, apart = kind(filters, kernel_size, **options), PartialConv(filters, kernel_size, **options)
    layer.build(x.shape)
    apart.build(x.shape)
    layer.bias.assign(np.linspace(-1, 1, filters))
    apart.set_weights(layer.get_weights())
    return layer, apart


@pytest.mark.parametrize("options", [{}, {"strides": 2}, {"dilation_rate": 2}, {"activation": "relu"}])
def test_equals_the_layer_with_a_mask_apart(x, known, options):
    layer, apart = twins(PackedPartialConv, 4, 5, x, **options)
    expected, mask = apart(x, known)
    y = layer(np.concatenate([x, known], axis=-1))
    np.testing.assert_array_equal(y[..., :-1], expected)
    np.testing.assert_array_equal(y[..., -1:], mask)
    np.testing.assert_array_equal(layer.known(np.concatenate([x, known], axis=-1)), mask)
    assert y.shape == layer.compute_output_shape((2, 12, 10, 4))
    assert 0 < mask.numpy().mean() < 1


def test_enlarges_the_map_and_its_mask(x, known):
    layer, apart = twins(PackedPartialUpsamplingConv, 4, 3, x)
    large = [z.repeat(2, axis=1).repeat(2, axis=2) for z in (x, known)]
    expected, mask = apart(*large)
    y = layer(np.concatenate([x, known], axis=-1))
    np.testing.assert_array_equal(y, tf.concat([expected, mask], axis=-1))
    assert y.shape == layer.compute_output_shape((2, 12, 10, 4))
    np.testing.assert_array_equal(layer.known(np.concatenate([x, known], axis=-1)), mask)


@pytest.mark.parametrize("kind", [PackedPartialConv, PackedPartialUpsamplingConv])
def test_without_a_mask_everything_is_known(x, kind):
    layer = kind(4, 3, return_mask=False)
    layer.build(x.shape)
    np.testing.assert_array_equal(layer(x), layer(np.concatenate([x, np.ones_like(x[..., :1])], axis=-1)))
    assert layer(x).shape[-1] == 4


@pytest.mark.parametrize("with_mask", [True, False])
def test_windows(x, known, with_mask):
    layers = [
        PackedPartialConv(4, 3, strides=2, activation="elu", return_mask=with_mask),
        PackedPartialConv(5, 3, dilation_rate=2, return_mask=with_mask),
        PackedPartialUpsamplingConv(3, 3, return_mask=with_mask),
        PackedPartialConv(2, 5, return_mask=False),
    ]
    y = np.concatenate([x, known], axis=-1) if with_mask else x
    first, channels = tf.constant(y), 3
    for layer in layers:
        layer.build((None, None, None, channels))
        y, channels = layer(y), layer.output_channels
    for window in ([0, 0, 3, 2], [5, 3, 12, 10], [3, 5, 4, 6]):
        window = np.int32(window)
        piece = Piece.whole(first)
        found = run_piece(layers, piece, window)
        top, left, bottom, right = found.window
        np.testing.assert_allclose(found.values, y[:, top:bottom, left:right], atol=1e-6)
        assert np.all(found.window == window)
    np.testing.assert_array_equal(layers[2].input_window(np.int32([4, 4, 6, 7])), [1, 1, 4, 4])


def test_bad_arguments():
    with pytest.raises(ValueError, match="must be \"same\", received 'reflect'"):
        PackedPartialConv(4, 3, padding="reflect")
    with pytest.raises(ValueError, match="strides must be 1, received 2"):
        PackedPartialUpsamplingConv(4, 3, 2)
