"""Short functions that XLA compiles, and that keep only their input for the gradient."""

import functools

import tensorflow as tf


def compiled(function):
    """Let XLA compile a function of one tensor, forwards and backwards.

    TensorFlow runs elementwise operations one by one, each with a pass over memory and a result to
    keep; XLA makes one loop of them. The gradient is compiled as well and computes the function
    again from its input, so nothing else is kept. XLA compiles for each shape anew, so the shape should
    seldom change.

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
    def call(x):
        return forward(x), lambda upstream: backward(x, upstream)

    return functools.wraps(function)(call)
