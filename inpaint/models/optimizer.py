"""The Adam optimizer shared by both models."""

import tensorflow as tf

from ops.keras_compat import loss_scaled


def make_optimizer(learning_rate=1e-4, precision="float32"):
    """Create Adam as in the original: beta_1 0.5, beta_2 0.999, epsilon 1e-8.

    Args:
        learning_rate: learning rate.
        precision: dtype policy of the models; `"mixed_float16"` adds dynamic loss scaling.
    """
    adam = tf.keras.optimizers.Adam(learning_rate, beta_1=0.5, beta_2=0.999, epsilon=1e-8)
    return loss_scaled(adam) if precision == "mixed_float16" else adam


def learning_rate(optimizer):
    """Return the learning rate of an optimizer from `make_optimizer`, as a float."""
    adam = getattr(optimizer, "inner_optimizer", optimizer)
    return float(tf.convert_to_tensor(adam.learning_rate))
