"""Short functions that XLA compiles where it can, and that keep only their input for the gradient."""

import functools

import tensorflow as tf


def compiled(function):
    """Let XLA compile a function of one tensor wherever the tensor's whole shape is known.

    TensorFlow runs elementwise operations one by one, each with a pass over memory and a result to
    keep; XLA makes one loop of them. The gradient is compiled as well and computes the function
    again from its input, so nothing else is kept. Eagerly, or where a size is not known while the
    graph is made (images of any size), the function runs as it is written: compiling for every
    new size would cost more than it gains.

    Args:
        function: takes and returns one tensor, differentiable, no variables inside.

    Returns:
        a function with the same values and gradients.
    """
    forward = tf.function(function, jit_compile=True)

    @tf.function(jit_compile=True)
    def backward(x, upstream):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = function(x)
        return tape.gradient(y, x, upstream)

    @tf.custom_gradient
    def compiled_call(x):
        return forward(x), lambda upstream: backward(x, upstream)

    @functools.wraps(function)
    def call(x):
        return compiled_call(x) if compiles(x) else function(x)

    return call


def compiles(x):
    """Whether a `compiled` function of this tensor is compiled."""
    return not tf.executing_eagerly() and x.shape.is_fully_defined()
