"""All differences between Keras 2 (TensorFlow 2.15) and Keras 3 that matter here."""

import os

import tensorflow as tf


def _refuse_other_backends():
    cause = None
    try:
        backend = tf.keras.backend.backend()
    except ImportError as error:  # what the other backend is made of, such as JAX, is not installed
        backend, cause = None, error
    if backend != "tensorflow":
        told = os.environ.get("KERAS_BACKEND")
        told = f"KERAS_BACKEND is {told!r}" if told else "KERAS_BACKEND is not set, so keras.json decides"
        raise ImportError(
            f"these layers need the TensorFlow backend of Keras ({told}): set KERAS_BACKEND=tensorflow"
        ) from cause


_refuse_other_backends()  # Keras 3 has several, these layers need TensorFlow's

KERAS_3 = hasattr(tf.keras, "ops")

_AUTOCAST = "autocast" if KERAS_3 else "experimental_autocast"
_FIRST = "only_first_replica" if KERAS_3 else tf.VariableAggregation.ONLY_FIRST_REPLICA


def add_float32_weight(layer, name, shape, initializer, trainable=True):
    """Add a weight that stays float32 under any dtype policy; if not trainable, `call` may assign it."""
    options = {_AUTOCAST: False} if trainable else {_AUTOCAST: False, "aggregation": _FIRST}
    return layer.add_weight(
        name=name,
        shape=shape,
        initializer=initializer,
        trainable=trainable,
        dtype="float32",
        **options,
    )


def tf_variable(weight):
    """The `tf.Variable` behind a Keras weight (Keras 3 wraps it)."""
    return weight.value if KERAS_3 else weight


def loss_scaled(optimizer):
    """Wrap an optimizer for float16: losses are scaled dynamically, steps with NaN or Inf skipped."""
    return tf.keras.mixed_precision.LossScaleOptimizer(optimizer)


def is_loss_scaled(optimizer):
    """Whether `loss_scaled` made this optimizer."""
    return isinstance(optimizer, tf.keras.mixed_precision.LossScaleOptimizer)


def scale_loss(optimizer, loss):
    """The loss to differentiate; the loss itself where the optimizer does not scale."""
    if not is_loss_scaled(optimizer):
        return loss
    return optimizer.scale_loss(loss) if KERAS_3 else optimizer.get_scaled_loss(loss)


def apply_gradients(optimizer, gradients, variables):
    """Apply gradients of `scale_loss(optimizer, loss)`."""
    if is_loss_scaled(optimizer) and not KERAS_3:
        gradients = optimizer.get_unscaled_gradients(gradients)
    optimizer.apply_gradients(zip(gradients, variables))


def optimizer_state(optimizer, names, variables):
    """The state of a built Adam as `tf.Variable`s, by name.

    Args:
        optimizer: an Adam, or one wrapped by `loss_scaled`.
        names: one name for each of `variables`.
        variables: Keras weights the optimizer was built on.

    Returns:
        dict: `iterations`, `<name>/Adam` (first moments), `<name>/Adam_1` (second moments) and,
        where losses are scaled, `loss_scale` and `loss_scale_good_steps`.
    """
    state = {}
    adam = optimizer
    if is_loss_scaled(optimizer):
        adam = optimizer.inner_optimizer
        if KERAS_3:
            scale, good_steps = optimizer.dynamic_scale, optimizer.step_counter
        else:
            scale, good_steps = optimizer._loss_scale._weights.values()
        state = {"loss_scale": tf_variable(scale), "loss_scale_good_steps": tf_variable(good_steps)}
    state["iterations"] = tf_variable(adam.iterations)
    for name, variable in zip(names, variables):
        key = adam._get_variable_index(variable) if KERAS_3 else adam._index_dict[adam._var_key(variable)]
        state[f"{name}/Adam"] = tf_variable(adam._momentums[key])
        state[f"{name}/Adam_1"] = tf_variable(adam._velocities[key])
    return state
