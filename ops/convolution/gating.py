"""The two ways of computing a gated convolution, and the rule that chooses one.

Both compute `activation(features) * sigmoid(gates)` (Yu et al., ICCV 2019, equation 2) and differ by
rounding only.

*Together* is for training. One convolution makes features and gates; XLA compiles all that follows
into one loop, and for the gradient only the convolution's output is kept. XLA compiles for each shape
anew, so the shape must be known while the graph is made.

*Apart* is for filling images of any size, and for running eagerly. Features and gates are convolutions of
their own: TensorFlow makes one operation of a convolution, its bias and ELU, nothing is split at full
size, and nothing is compiled.
"""

import functools

import tensorflow as tf

from inpaint.ops.compiled import compiled


def computed_together(x):
    """Whether a gated convolution of `x` is computed together: in a graph, if all of x's shape is known."""
    return not tf.executing_eagerly() and x.shape.is_fully_defined()


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
