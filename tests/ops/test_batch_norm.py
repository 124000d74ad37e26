"""Batch normalisation against its equations in NumPy."""

import numpy as np
import tensorflow as tf

from inpaint.ops import BatchNorm


def test_training_then_inference(rng):
    layer, x = BatchNorm(), rng.normal(3, 2, (2, 3, 4, 5)).astype(np.float32)
    layer(x)
    layer.gamma.assign(gamma := np.float32(rng.normal(1, 0.1, 5)))
    layer.beta.assign(beta := np.float32(rng.normal(size=5)))
    mean, variance = x.mean((0, 1, 2)), x.var((0, 1, 2))
    y = layer(x, training=True)
    np.testing.assert_allclose(y, (x - mean) / np.sqrt(variance + 1e-5) * gamma + beta, atol=1e-5)
    moving_mean, moving_variance = 0.1 * mean, 0.9 + 0.1 * variance * 24 / 23  # from 0 and 1
    np.testing.assert_allclose(layer.moving_mean, moving_mean, rtol=1e-5)
    np.testing.assert_allclose(layer.moving_variance, moving_variance, rtol=1e-5)
    expected = (x - moving_mean) / np.sqrt(moving_variance + 1e-5) * gamma + beta
    np.testing.assert_allclose(layer(x), expected, atol=1e-5)
    np.testing.assert_allclose(layer.moving_mean, moving_mean, rtol=1e-5)  # inference moves nothing
    assert [w.name.split("/")[-1].split(":")[0] for w in layer.trainable_weights] == ["gamma", "beta"]


def test_gradient_flows_through_the_batchs_statistics(rng):
    layer, x = BatchNorm(), tf.constant(rng.normal(size=(4, 2, 2, 3)), tf.float32)
    weights = tf.constant(rng.normal(size=x.shape), tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = tf.reduce_sum(layer(x, training=True) * weights)
    gradient = tape.gradient(loss, x)
    # The output does not change with the mean of a channel, nor with its scale.
    np.testing.assert_allclose(tf.reduce_sum(gradient, axis=[0, 1, 2]), np.zeros(3), atol=1e-5)
    np.testing.assert_allclose(tf.reduce_sum(gradient * x, axis=[0, 1, 2]), np.zeros(3), atol=1e-3)
