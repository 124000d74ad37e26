"""The Adam optimizer shared by both models."""

import tensorflow as tf

from inpaint.ops.keras_compat import loss_scaled


def make_optimizer(learning_rate=1e-4, precision="float32", beta_2=0.999):
    """Create Adam as in the originals: beta_1 0.5 and epsilon 1e-8.

    Args:
        learning_rate: learning rate.
        precision: dtype policy of the models; `"mixed_float16"` adds dynamic loss scaling.
        beta_2: 0.999 in DeepFillv2, 0.9 in DeepFill v1.
    """
    adam = tf.keras.optimizers.Adam(learning_rate, beta_1=0.5, beta_2=beta_2, epsilon=1e-8)
    return loss_scaled(adam) if precision == "mixed_float16" else adam


def learning_rate(optimizer):
    """Return the learning rate of an optimizer from `make_optimizer`, as a float."""
    return float(tf.convert_to_tensor(_adam(optimizer).learning_rate))


def beta_2(optimizer):
    """Return the beta_2 of an optimizer from `make_optimizer`, as a float."""
    return float(_adam(optimizer).beta_2)


def _adam(optimizer):
    return getattr(optimizer, "inner_optimizer", optimizer)
