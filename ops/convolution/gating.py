"""The gate of a gated convolution (Yu et al., ICCV 2019, equation 2)."""

import functools

import tensorflow as tf

from ops.compiled import compiled


@functools.cache
def gating(activation):
    """The function `activation(feature) * sigmoid(gate)` over the two halves of the channels.

    Args:
        activation: of the features, a function of a tensor.

    Returns:
        a function [..., 2C] -> [..., C]; computed in float32, returned in the argument's dtype.
    """

    def gate(x):
        features, gates = tf.split(tf.cast(x, tf.float32), 2, axis=-1)  # [..., C] each
        return tf.cast(activation(features) * tf.sigmoid(gates), x.dtype)

    return compiled(gate)
