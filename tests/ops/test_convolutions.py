import numpy as np
import pytest
import tensorflow as tf
from support.layer_checks import check_config

from inpaint.ops import GatedConv, GatedUpsamplingConv, PaddedConv, UpsamplingConv


def elu(x):
    return np.where(x > 0, x, np.expm1(x))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def test_gate_by_hand():
    # A 1x1 kernel: feature = 2x + 1, gate = -x.
    layer = GatedConv(2, 1)
    layer.build((None, None, None, 1))
    layer.kernel.assign(np.reshape([2.0, -1.0], (1, 1, 1, 2)))
    layer.bias.assign([1.0, 0.0])
    x = np.array([-3.0, -0.5, 0.0, 2.0], np.float32)
    y = layer(x.reshape(1, 2, 2, 1))
    assert y.shape == (1, 2, 2, 1)
    np.testing.assert_allclose(np.ravel(y), elu(2 * x + 1) * sigmoid(-x), atol=1e-6)


def test_relu_features():
    layer = GatedConv(2, 1, activation="relu")
    layer.build((None, None, None, 1))
    layer.kernel.assign(np.reshape([1.0, 0.0], (1, 1, 1, 2)))
    np.testing.assert_allclose(np.ravel(layer(np.reshape(np.float32([-4, 4]), (1, 1, 2, 1)))), [0, 2])


def test_activation_of_a_plain_convolution():
    layer = PaddedConv(1, 1, activation="elu")
    layer.build((None, None, None, 1))
    layer.kernel.assign(np.reshape([2.0], (1, 1, 1, 1)))
    layer.bias.assign([-1.0])
    x = np.float32([-1, 0, 3])
    np.testing.assert_allclose(np.ravel(layer(x.reshape(1, 1, 3, 1))), elu(2 * x - 1), atol=1e-6)


def test_stride_two_pads_below_and_right():
    # SAME at stride 2 on an even size: no padding above, one row below.
    layer = PaddedConv(1, 3, strides=2)
    layer.build((None, None, None, 1))
    layer.kernel.assign(np.ones((3, 3, 1, 1)))
    x = np.arange(16, dtype=np.float32).reshape(1, 4, 4, 1)
    expected = [[x[0, :3, :3].sum(), x[0, :3, 2:].sum()], [x[0, 2:, :3].sum(), x[0, 2:, 2:].sum()]]
    np.testing.assert_allclose(layer(x)[0, :, :, 0], expected)


@pytest.mark.parametrize("padding", ["symmetric", "reflect"])
def test_padding_equals_numpy(rng, padding):
    layer = PaddedConv(2, 3, dilation_rate=2, padding=padding.upper())
    x = rng.normal(size=(1, 6, 7, 3)).astype(np.float32)
    y = layer(x)
    padded = np.pad(x[0], ((2, 2), (2, 2), (0, 0)), mode=padding)
    expected = sum(
        padded[2 * i : 2 * i + 6, 2 * j : 2 * j + 7] @ np.array(layer.kernel)[i, j]
        for i in range(3)
        for j in range(3)
    )
    np.testing.assert_allclose(y[0], expected, atol=1e-5)


@pytest.mark.parametrize("padding", ["same", "symmetric", "reflect"])
@pytest.mark.parametrize(
    "enlarging, convolution", [(GatedUpsamplingConv, GatedConv), (UpsamplingConv, PaddedConv)]
)
def test_deconv_is_repeat_then_convolution(rng, padding, enlarging, convolution):
    options = {"padding": padding, "activation": "elu"}
    layer, plain = enlarging(4, **options), convolution(4, 3, **options)
    x = tf.constant(rng.normal(size=(2, 3, 5, 2)), tf.float32)
    enlarged = tf.repeat(tf.repeat(x, 2, axis=1), 2, axis=2)
    layer(x), plain(enlarged)
    weights = [rng.normal(size=w.shape).astype(np.float32) for w in layer.get_weights()]
    layer.set_weights(weights), plain.set_weights(weights)

    weight = rng.normal(size=(2, 6, 10, layer.output_channels)).astype(np.float32)
    with tf.GradientTape(persistent=True) as tape:
        found, expected = layer(x), plain(enlarged)
        losses = tf.reduce_sum(found * weight), tf.reduce_sum(expected * weight)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    for ours, theirs in zip(
        tape.gradient(losses[0], layer.trainable_variables),
        tape.gradient(losses[1], plain.trainable_variables),
    ):
        np.testing.assert_allclose(ours, theirs, atol=1e-4)
    assert layer.compute_output_shape((2, 3, 5, 2)) == found.shape


def squares_gradient(layer):
    """A function x -> (y, gradient of the sum of y's squares)."""

    def gradient(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x)
            loss = tf.reduce_sum(y * y)
        return y, tape.gradient(loss, x)

    return gradient


def graphs(function, x):
    """A function as graphs of known and of unknown shape."""
    unknown = tf.TensorSpec([None, None, None, x.shape[-1]])
    return [tf.function(function).get_concrete_function(given) for given in (x, unknown)]


@pytest.mark.parametrize("kind", [GatedConv, GatedUpsamplingConv])
@pytest.mark.parametrize("activation", ["elu", "relu"])
def test_gating_together_equals_gating_apart(rng, activation, kind):
    layer = kind(6, 3, activation=activation)
    x = tf.constant(rng.normal(size=(2, 5, 7, 4)), tf.float32)
    gradient = squares_gradient(layer)
    for graph in graphs(gradient, x):
        for found, expected in zip(graph(x), gradient(x)):
            np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kind", [GatedConv, GatedUpsamplingConv])
def test_gating_is_together_where_shapes_are_known_and_apart_elsewhere(rng, kind, monkeypatch):
    layer = kind(6, 3)
    x = tf.constant(rng.normal(size=(2, 5, 7, 4)), tf.float32)
    known, unknown = (graph.graph.get_operations() for graph in graphs(squares_gradient(layer), x))

    def count(operations, kind):
        return sum(operation.type == kind for operation in operations)

    # Training: one convolution, and a compiled gate that keeps nothing but the convolution's output.
    assert count(known, "Conv2D") == 1 and count(known, "Sigmoid") == 0
    gate, gradient = (op for op in known if "_XlaMustCompile" in op.node_def.attr)
    (kept,) = gate.inputs
    assert [x is kept for x in gradient.inputs] == [True, False]

    # Images of any size: two convolutions, nothing compiled.
    assert count(unknown, "Conv2D") == 2 and count(unknown, "Sigmoid") == 1
    assert not any("_XlaMustCompile" in op.node_def.attr for op in unknown)

    # Eagerly: as well.
    filters, convolve = [], tf.nn.conv2d
    monkeypatch.setattr(tf.nn, "conv2d", lambda x, k, *a: filters.append(k.shape[-1]) or convolve(x, k, *a))
    layer(x)
    assert len(filters) == 2 and filters[0] == filters[1]


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision(rng, policy):
    x = rng.normal(size=(1, 8, 8, 4)).astype(np.float32)
    exact, mixed = GatedConv(8, 3), GatedConv(8, 3, dtype=policy)
    exact(x), mixed(x)
    mixed.set_weights(exact.get_weights())
    y = mixed(x)
    assert y.dtype == policy[len("mixed_") :] and mixed.get_weights()[0].dtype == np.float32
    np.testing.assert_allclose(tf.cast(y, tf.float32), exact(x), atol=0.03)


@pytest.mark.parametrize(
    "layer",
    [
        PaddedConv(3, 3, padding="reflect"),
        PaddedConv(3, 3, activation="relu"),
        UpsamplingConv(3, activation="elu"),
        GatedConv(4, 5, "relu", strides=2),
        GatedConv(4, 3, dilation_rate=4, dtype="mixed_bfloat16"),
        GatedUpsamplingConv(6, padding="symmetric"),
    ],
)
def test_config(rng, layer):
    x = rng.normal(size=(1, 9, 10, 2)).astype(np.float32)
    check_config(layer, x)
    assert layer.compute_output_shape((1, 9, 10, 2)) == layer(x).shape


def test_bad_arguments():
    with pytest.raises(ValueError, match="filters must be even.*received 3"):
        GatedConv(3, 3)
    with pytest.raises(ValueError, match="kernel_size must be odd.*received 4"):
        PaddedConv(4, 4)
    with pytest.raises(ValueError, match="padding must be one of.*received 'zeros'"):
        PaddedConv(4, 3, padding="zeros")
    with pytest.raises(ValueError, match="kernel_size must be 3, received 5"):
        GatedUpsamplingConv(4, 5)
    with pytest.raises(ValueError, match="strides and dilation_rate"):
        PaddedConv(4, 3, strides=2, dilation_rate=2)
