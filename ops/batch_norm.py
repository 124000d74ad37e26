"""Batch normalisation (Ioffe and Szegedy, ICML 2015) by PyTorch's rules."""

import tensorflow as tf

from inpaint.ops.keras_compat import add_float32_weight


@tf.keras.utils.register_keras_serializable(package="deepfillv2")
class BatchNorm(tf.keras.layers.Layer):
    """Normalises each channel, then scales it by `gamma` and adds `beta`.

    In training, by mean and variance of the batch, which also move the layer's own: `moving = momentum *
    moving + (1 - momentum) * batch`. Else by the moving ones. Differs from Keras' layer in one point, as
    PyTorch does: the variance that enters the moving one is unbiased, `n / (n - 1)` times that which
    normalises. With several replicas each normalises its own part of the batch, and the moving values are the
    first one's.

    Args:
        momentum: share of the old value in a new moving one.
        epsilon: added to the variance.

    Call arguments:
        inputs: [N, H, W, C].
        training: Whether to use the batch's mean and variance, and to move the layer's.

    Returns:
        [N, H, W, C] in the dtype policy's compute dtype; all arithmetic is float32.
    """

    def __init__(self, momentum=0.9, epsilon=1e-5, **kwargs):
        super().__init__(**kwargs)
        self.momentum = momentum
        self.epsilon = epsilon

    def build(self, input_shape):
        for name, initializer, trainable in (
            ("gamma", "ones", True),
            ("beta", "zeros", True),
            ("moving_mean", "zeros", False),
            ("moving_variance", "ones", False),
        ):
            weight = add_float32_weight(self, name, (input_shape[-1],), initializer, trainable)
            setattr(self, name, weight)
        self.built = True

    def call(self, inputs, training=False):
        x = tf.cast(inputs, tf.float32)
        mean, variance = tf.convert_to_tensor(self.moving_mean), tf.convert_to_tensor(self.moving_variance)
        if training:
            mean, variance = tf.nn.moments(x, axes=[0, 1, 2])
            count = tf.cast(tf.size(x[..., 0]), tf.float32)
            # A single value has a variance of 0, whatever it is divided by.
            unbiased = variance * count / tf.maximum(count - 1, 1)
            self._move(self.moving_mean, mean)
            self._move(self.moving_variance, unbiased)
        scale = tf.math.rsqrt(variance + self.epsilon) * self.gamma
        return tf.cast((x - mean) * scale + self.beta, self.compute_dtype)

    def _move(self, moving, found):
        moving.assign(self.momentum * moving + (1 - self.momentum) * tf.stop_gradient(found))

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "momentum": self.momentum, "epsilon": self.epsilon}
