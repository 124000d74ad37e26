"""All differences between Keras 2 (TensorFlow 2.15) and Keras 3 that matter here."""

import os
import re

import tensorflow as tf


def _refuse_other_backends():
    cause = None
    try:
        backend = tf.keras.backend.backend()
    except ImportError as error:  # what the other backend is made of, such as JAX, is not installed
        if os.environ.get("TF_USE_LEGACY_KERAS"):
            raise ImportError(
                "TF_USE_LEGACY_KERAS is set, but tf_keras is not installed: unset it, or pip install tf_keras"
            ) from error
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
# How Adam names the first and the second moment of a variable; the suffixes are TF1's names.
_MOMENTS = {"Adam": r"_momentum$", "Adam_1": r"_velocity$"} if KERAS_3 else {"Adam": r"^m/", "Adam_1": r"^v/"}
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
        variables: all the Keras weights that the optimizer was built on, in that order.

    Returns:
        dict: `iterations`, `<name>/Adam` (first moments), `<name>/Adam_1` (second moments) and,
        where losses are scaled, `loss_scale` and `loss_scale_good_steps`.

    Raises:
        RuntimeError: the moments are not those of `variables`, or Keras names them in a new way.
    """
    state = {}
    adam = optimizer
    if is_loss_scaled(optimizer):
        adam = optimizer.inner_optimizer
        if KERAS_3:
            scale, good_steps = optimizer.dynamic_scale, optimizer.step_counter
        else:
            # The one private name: Keras 2.15, the last of its line, shows the value but not the variable.
            scale, good_steps = optimizer._loss_scale.current_loss_scale, optimizer.dynamic_counter
        state = {"loss_scale": tf_variable(scale), "loss_scale_good_steps": tf_variable(good_steps)}
    state["iterations"] = tf_variable(adam.iterations)
    for suffix, pattern in _MOMENTS.items():
        moments = [variable for variable in adam.variables if re.search(pattern, variable.name)]
        if [tuple(m.shape) for m in moments] != [tuple(v.shape) for v in variables]:
            raise RuntimeError(
                f"cannot tell Adam's moments of {len(variables)} variables apart: looked for {pattern} in "
                f"the order and shapes of the variables, found {[v.name for v in adam.variables]}. Was Adam "
                f"built on others, or does the Keras of TensorFlow {tf.__version__} name it otherwise?"
            )
        state.update({f"{name}/{suffix}": tf_variable(m) for name, m in zip(names, moments)})
    return state
