"""The Adam that both models share."""

import tensorflow as tf

from ops.keras_compat import loss_scaled


def make_optimizer(learning_rate=1e-4, precision="float32"):
    """The original's Adam: beta_1 0.5, beta_2 0.999, epsilon 1e-8.

    Args:
        learning_rate: step size.
        precision: dtype policy of the models; `"mixed_float16"` adds dynamic loss scaling.
    """
    adam = tf.keras.optimizers.Adam(learning_rate, beta_1=0.5, beta_2=0.999, epsilon=1e-8)
    return loss_scaled(adam) if precision == "mixed_float16" else adam


def learning_rate(optimizer):
    """The step size of what `make_optimizer` returns, a float."""
    adam = getattr(optimizer, "inner_optimizer", optimizer)
    return float(tf.convert_to_tensor(adam.learning_rate))
