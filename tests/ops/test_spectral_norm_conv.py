import numpy as np
import pytest
import tensorflow as tf
from support.helpers import both_ways

from inpaint.ops import SpectralNormConv
from inpaint.ops.keras_compat import KERAS_3


def made(filters=4, channels=3, size=3, **options):
    layer = SpectralNormConv(filters, size, **options)
    layer.build((None, None, None, channels))
    return layer


def iterate(kernel, u):
    """(sigma, next u) in NumPy."""
    w = kernel.reshape(-1, kernel.shape[-1])
    v = u @ w.T
    v /= np.linalg.norm(v) + 1e-12
    next_u = v @ w
    next_u /= np.linalg.norm(next_u) + 1e-12
    return (v @ w @ next_u.T).item(), next_u


def test_each_call_divides_by_sigma_and_stores_u(rng):
    layer = made()
    kernel, u = np.array(layer.kernel), np.array(layer.u)
    x = rng.normal(size=(1, 8, 8, 3)).astype(np.float32)
    for _ in range(3):
        sigma, u = iterate(kernel, u)
        expected = tf.nn.conv2d(x, kernel / np.float32(sigma), 2, "SAME")
        np.testing.assert_allclose(layer(x), expected, atol=1e-5)
        np.testing.assert_allclose(np.array(layer.u), u, atol=1e-5)
    np.testing.assert_array_equal(np.array(layer.kernel), kernel)


def test_sigma_converges_to_the_largest_singular_value():
    layer = made()
    for _ in range(100):
        normalised = layer.normalised_kernel()
    values = np.linalg.svd(np.reshape(normalised, (-1, 4)), compute_uv=False)
    assert values[0] == pytest.approx(1, abs=1e-4)


def test_gradient_flows_through_sigma(rng):
    layer = made(filters=2, channels=1, size=1)
    kernel, u = np.array(layer.kernel).astype(float), np.array(layer.u).astype(float)
    weight = rng.normal(size=kernel.shape)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer.normalised_kernel() * weight)
    (gradient,) = tape.gradient(loss, [layer.kernel])
    direction = rng.normal(size=kernel.shape)

    def numpy_loss(step):
        moved = kernel + step * direction
        return (moved / iterate(moved, u)[0] * weight).sum()

    slope = (numpy_loss(1e-5) - numpy_loss(-1e-5)) / 2e-5
    assert (np.array(gradient) * direction).sum() == pytest.approx(slope, rel=1e-3, abs=1e-4)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_stays_float32_in_mixed_precision(rng, policy):
    layer = made(dtype=policy)
    _, expected = iterate(np.array(layer.kernel), np.array(layer.u))
    y = layer(rng.normal(size=(1, 8, 8, 3)).astype(np.float32))
    assert y.dtype == policy[len("mixed_") :]
    # bfloat16 would be wrong in the third digit.
    np.testing.assert_allclose(np.array(layer.u), expected, atol=1e-6)


def test_graph_stores_u_too(rng):
    layer = made()
    x = rng.normal(size=(1, 8, 8, 3)).astype(np.float32)
    u = np.array(layer.u)
    for _ in both_ways(layer, x):
        pass
    kernel = np.array(layer.kernel)
    np.testing.assert_allclose(np.array(layer.u), iterate(kernel, iterate(kernel, u)[1])[1], atol=1e-5)


def test_starts_from_a_unit_normal():
    u = np.array(made(filters=4000, channels=1, size=1).u)
    assert 0.8 < u.std() < 0.95 and np.abs(u).max() <= 2  # cut at two deviations


def test_bad_arguments():
    with pytest.raises(ValueError, match="strides must be positive, received 0"):
        SpectralNormConv(3, strides=0)


@pytest.mark.skipif(KERAS_3, reason="TensorFlow Addons cannot be imported with Keras 3")
def test_first_step_equals_tensorflow_addons(rng):
    # Only the first step: TensorFlow Addons then overwrites the kernel with its normalised self,
    # so that its second step normalises what is normalised already; ours divides the raw kernel
    # anew each time, as the original does.
    import tensorflow_addons as tfa

    inner = tf.keras.layers.Conv2D(4, 3, strides=2, padding="same")
    theirs = tfa.layers.SpectralNormalization(inner)
    x = rng.normal(size=(1, 8, 8, 3)).astype(np.float32)
    theirs.build(x.shape)
    layer = made()
    inner.kernel.assign(np.array(layer.kernel))
    theirs.u.assign(np.array(layer.u))
    np.testing.assert_allclose(layer(x), theirs(x, training=True), atol=1e-5)
    np.testing.assert_allclose(np.array(layer.u), theirs.u, atol=1e-6)
