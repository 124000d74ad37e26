"""Snapshots of the original TF1 code: read them, and write ones that it can restore."""

import math
import pathlib
import re
import typing

import numpy as np
import tensorflow as tf

from inpaint.checkpoints.locate import find
from inpaint.checkpoints.native import adam_variables, check_names, model_variables, readable
from inpaint.errors import UserError, reason, telling
from inpaint.io.atomic import write_whole
from inpaint.models.optimizer import learning_rate

_BETA_1, _BETA_2 = 0.5, 0.999
_PART_OF_ADAM = re.compile(r"/Adam(_1)?$")


class Loaded(typing.NamedTuple):
    """What `load` found.

    Attributes:
        prefix: the snapshot, without its suffix.
        step: the snapshot's `global_step`, or None.
        missing: what was asked for and is not in it: "discriminator", and "optimizer" or, if it holds
            the other model's, "the generator's Adam slots" or "the discriminator's Adam slots".
    """

    prefix: str
    step: int | None
    missing: tuple


def load(path, generator, discriminator=None, optimizer=None, discriminator_optimizer=None):
    """Load a snapshot of the original; every name and shape is checked before anything changes.

    A snapshot may lack the discriminator, or either model's Adam slots, as a whole (released ones
    do): they then stay as they are and are named in the result.

    Args:
        path: what `find` understands.
        generator: the `Generator` to fill.
        discriminator: the `Discriminator` to fill, or None.
        optimizer: an Adam built on both models' variables, or None.
        discriminator_optimizer: that of the discriminator, if it has another one.

    Returns:
        a `Loaded`.

    Raises:
        UserError: no snapshot, or one that does not fit, as when a model's weights or slots are there
            in part: what is missing and left over is listed.
    """
    prefix = find(path)
    with readable(prefix):
        reader = tf.train.load_checkpoint(prefix)
        shapes = reader.get_variable_to_shape_map()

    parts = [("generator", "inpaint_net/", generator)]
    if discriminator is not None:
        parts.append(("discriminator", "discriminator/", discriminator))
    # Slots are of no use without the count of updates.
    with_slots = optimizer is not None and "beta2_power" in shapes
    targets, found, missing, no_slots = {}, {}, [], []
    for part, scope, model in parts:
        theirs = {n: s for n, s in shapes.items() if n.startswith(scope)}
        slots = {n: theirs.pop(n) for n in list(theirs) if _PART_OF_ADAM.search(n)}
        if theirs or slots or part == "generator":
            targets |= model_variables(model)
            found |= theirs
        else:
            missing.append(part)
        if slots and with_slots:
            own = discriminator_optimizer if model is discriminator else None
            targets |= _slots(own or optimizer, model)
            found |= slots
        else:
            no_slots.append(f"the {part}'s Adam slots")
    check_names(prefix, targets, found)
    has_adam = with_slots and len(no_slots) < len(parts)
    if optimizer is not None:
        missing += no_slots if has_adam else ["optimizer"]

    with readable(prefix):
        tensors = {name: np.asarray(reader.get_tensor(name), np.float32) for name in targets}
        step = int(reader.get_tensor("global_step")) if "global_step" in shapes else None
        updates = _updates(reader, step or 0) if has_adam else None
    for name, variable in targets.items():
        variable.assign(tensors[name])
    if has_adam:
        _iterations(optimizer).assign(updates)
        if discriminator_optimizer is not None and "the discriminator's Adam slots" not in no_slots:
            _iterations(discriminator_optimizer).assign(updates)
    return Loaded(prefix, step, tuple(missing))


def save(path, generator, discriminator=None, optimizer=None, step=0):
    """Write a snapshot that the original code restores: `<path>/snap-<step>` and `checkpoint`.

    Args:
        path: the folder; made if needed.
        generator: the `Generator` to write.
        discriminator: the `Discriminator` to write, or None.
        optimizer: the Adam to write, built on both models' variables, or None.
        step: finished iterations; the original's `global_step`.

    Returns:
        the snapshot's prefix, a string.

    Raises:
        UserError: the folder cannot be made, or the snapshot not be written.
    """
    tensors = {}
    for model in [generator] if discriminator is None else [generator, discriminator]:
        tensors |= model_variables(model)
        if optimizer is not None:
            tensors |= _slots(optimizer, model)
    if optimizer is not None:
        updates = int(_iterations(optimizer))
        # TF1 keeps the powers for the next update.
        tensors["beta1_power"] = tf.constant(_BETA_1 ** (updates + 1), tf.float32)
        tensors["beta2_power"] = tf.constant(_BETA_2 ** (updates + 1), tf.float32)
        tensors["lr"] = tf.constant(learning_rate(optimizer), tf.float32)
        tensors["global_step"] = tf.constant(step, tf.int32)

    folder = pathlib.Path(path)
    with telling(f"cannot make the folder {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
    prefix = str(folder / f"snap-{step}")
    names = sorted(tensors)
    try:
        tf.raw_ops.SaveV2(
            prefix=prefix,
            tensor_names=names,
            shape_and_slices=[""] * len(names),
            tensors=[tf.convert_to_tensor(tensors[name]) for name in names],
        )
    except tf.errors.OpError as error:  # disk full or no permission, in TensorFlow no OSError
        for left in folder.glob(f"snap-{step}.*.tempstate*"):
            left.unlink()
        raise UserError(f"cannot write the snapshot {prefix}: {reason(error)}") from error
    state = f'model_checkpoint_path: "snap-{step}"\nall_model_checkpoint_paths: "snap-{step}"\n'
    write_whole(folder / "checkpoint", state)
    return prefix


def _slots(optimizer, model):
    """Adam's slots of a model by their TF1 names, `tf.Variable`s."""
    return {n: v for n, v in adam_variables(optimizer, model).items() if _PART_OF_ADAM.search(n)}


def _iterations(optimizer):
    """Adam's count of updates, a `tf.Variable`."""
    return adam_variables(optimizer)["iterations"]


def _updates(reader, step):
    """Adam's finished updates: TF1 stores only beta_2 to the power of their number plus one."""
    power = float(reader.get_tensor("beta2_power"))
    if power > 1e-30:
        return round(math.log(power) / math.log(_BETA_2)) - 1
    # The power has faded (69,000 updates): any large number has the same effect.
    return max(2 * step, 100_000)
