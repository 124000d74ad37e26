import numpy as np
import pytest
import tensorflow as tf

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
    # Centred: one row above, as in PyTorch.
    centred = PaddedConv(1, 3, strides=2, padding="centred")
    centred(x), centred.set_weights(layer.get_weights())
    expected = [[x[0, :2, :2].sum(), x[0, :2, 1:].sum()], [x[0, 1:, :2].sum(), x[0, 1:, 1:].sum()]]
    np.testing.assert_allclose(centred(x)[0, :, :, 0], expected)


@pytest.mark.parametrize("padding", ["symmetric", "reflect", "centred"])
def test_padding_equals_numpy(rng, padding):
    layer = PaddedConv(2, 3, dilation_rate=2, padding=padding.upper())
    x = rng.normal(size=(1, 6, 7, 3)).astype(np.float32)
    y = layer(x)
    padded = np.pad(x[0], ((2, 2), (2, 2), (0, 0)), mode="constant" if padding == "centred" else padding)
    expected = sum(
        padded[2 * i : 2 * i + 6, 2 * j : 2 * j + 7] @ np.array(layer.kernel)[i, j]
        for i in range(3)
        for j in range(3)
    )
    np.testing.assert_allclose(y[0], expected, atol=1e-5)


@pytest.mark.parametrize("padding", ["same", "symmetric", "reflect", "centred"])
@pytest.mark.parametrize(
    "enlarging, convolution", [(GatedUpsamplingConv, GatedConv), (UpsamplingConv, PaddedConv)]
)
def test_upsampling_is_repeat_then_convolution(rng, padding, enlarging, convolution):
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


def squares_gradient(layer, training):
    """A function x -> (y, gradient of the sum of y's squares)."""

    def gradient(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x, training=training)
            loss = tf.reduce_sum(y * y)
        return y, tape.gradient(loss, x)

    return gradient


def graphs(function, x):
    """A function as graphs of known and of unknown shape."""
    unknown = tf.TensorSpec([None, None, None, x.shape[-1]])
    return [tf.function(function).get_concrete_function(given) for given in (x, unknown)]


@pytest.mark.parametrize("kind", [GatedConv, GatedUpsamplingConv])
@pytest.mark.parametrize("activation", ["elu", "relu"])
def test_gating_for_training_equals_gating_for_filling(rng, activation, kind):
    layer = kind(6, 3, activation=activation)
    x = tf.constant(rng.normal(size=(2, 5, 7, 4)), tf.float32)
    expected, training = squares_gradient(layer, False)(x), squares_gradient(layer, True)
    for function in (training, *graphs(training, x)):
        for ours, theirs in zip(function(x), expected):
            np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kind", [GatedConv, GatedUpsamplingConv])
def test_the_argument_chooses_how_gates_are_computed(rng, kind):
    layer = kind(6, 3)
    x = tf.constant(rng.normal(size=(2, 5, 7, 4)), tf.float32)

    def count(operations, kind):
        return sum(operation.type == kind for operation in operations)

    for graph in graphs(squares_gradient(layer, True), x):
        # One convolution, and a compiled gate that keeps nothing but the convolution's output.
        operations = graph.graph.get_operations()
        assert count(operations, "Conv2D") == 1 and count(operations, "Sigmoid") == 0
        gate, gradient = (op for op in operations if "_XlaMustCompile" in op.node_def.attr)
        (kept,) = gate.inputs
        assert [x is kept for x in gradient.inputs] == [True, False]

    for graph in (*graphs(squares_gradient(layer, False), x), *graphs(layer, x)):  # False is the default
        # Two convolutions, nothing compiled.
        operations = graph.graph.get_operations()
        assert count(operations, "Conv2D") == 2 and count(operations, "Sigmoid") == 1
        assert not any("_XlaMustCompile" in op.node_def.attr for op in operations)


def test_bad_arguments():
    with pytest.raises(ValueError, match="filters must be even.*received 3"):
        GatedConv(3, 3)
    with pytest.raises(ValueError, match="kernel_size must be odd.*received 4"):
        PaddedConv(4, 4)
    with pytest.raises(ValueError, match="padding must be one of.*received 'zeros'"):
        PaddedConv(4, 3, padding="zeros")
    with pytest.raises(ValueError, match="kernel_size must be 3, received 5"):
        GatedUpsamplingConv(4, 5)
    with pytest.raises(ValueError, match="strides must be 1, received 2"):
        UpsamplingConv(4, 3, 2)
    with pytest.raises(ValueError, match="strides and dilation_rate"):
        PaddedConv(4, 3, strides=2, dilation_rate=2)
