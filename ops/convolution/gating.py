"""The two ways of computing a gated convolution; the layer's argument `training` chooses one.

Both compute `activation(features) * sigmoid(gates)` (Yu et al., ICCV 2019, equation 2) and differ by
rounding only.

*Together* is for training. One convolution makes features and gates; XLA compiles all that follows
into one loop, and for the gradient only the convolution's output is kept. XLA compiles for each shape
anew, which takes longer than many fills.

*Apart* is for filling images of any size. Features and gates are convolutions of their own: TensorFlow makes
one operation of a convolution, its bias and ELU, nothing is split at full size, and nothing is compiled.
"""

import functools

import tensorflow as tf

from inpaint.ops.compiled import compiled


@functools.cache
def gate_together(activation):
    """The gate of one convolution's output, features first.

    Args:
        activation: of the features, a function of a tensor.

    Returns:
        a compiled function [..., 2C] -> [..., C]; computed in float32, returned in the argument's dtype.
    """

    def gate(x):
        features, gates = tf.split(tf.cast(x, tf.float32), 2, axis=-1)  # [..., C] each
        return tf.cast(activation(features) * tf.sigmoid(gates), x.dtype)

    return compiled(gate)


def gate_apart(activation, features, gates):
    """The gate of two convolutions' outputs.

    Args:
        activation: of the features, a function of a tensor.
        features, gates: [..., C] each, in the same dtype.

    Returns:
        [..., C] in that dtype.
    """
    shares = tf.sigmoid(tf.cast(gates, tf.float32))  # the sigmoid of half precision is slower
    return activation(features) * tf.cast(shares, features.dtype)
