"""Snapshots of the original TF1 code: reading them, and writing ones that it can restore."""

import math
import pathlib
import re
import typing

import numpy as np
import tensorflow as tf

from inpaint.checkpoints.locate import find
from inpaint.checkpoints.native import adam_variables, check_names, check_network, model_variables, readable
from inpaint.errors import UserError, as_user_error, reason
from inpaint.io.atomic import write_whole
from inpaint.models.architecture import NETWORKS
from inpaint.models.optimizer import beta_2, learning_rate

_BETA_1 = 0.5
_PART_OF_ADAM = re.compile(r"/Adam(_1)?$")


class Loaded(typing.NamedTuple):
    """What `load` found.

    Attributes:
        prefix: the snapshot, without its suffix.
        step: the snapshot's `global_step`, or None.
        missing: what was asked for and is not in it: "discriminator", and "optimizer" or, where only one
            model's slots are there, "the generator's Adam slots" or "the discriminator's Adam slots".
    """

    prefix: str
    step: int | None
    missing: tuple


def load(path, generator, discriminator=None, optimizer=None, discriminator_optimizer=None):
    """Load a snapshot of the original. All names and shapes are checked before anything changes.

    A snapshot may lack the discriminator, or all Adam slots of either model, as released ones do: these
    then keep their values and are named in the result.

    Args:
        path: what `find` understands.
        generator: the `Generator` to fill.
        discriminator: the `Discriminator` or `Critics` to fill, or None.
        optimizer: the Adam of both models, or None; needs the discriminator.
        discriminator_optimizer: the discriminator's Adam if it has one of its own; `optimizer` is then the
            generator's alone.

    Returns:
        a `Loaded`.

    Raises:
        UserError: there is no snapshot, or it does not fit, for example because it holds only some of a
            model's weights or slots: lists what is missing and what is unknown.
    """
    prefix = find(path)
    with readable(prefix) as plain:
        shapes = tf.train.load_checkpoint(plain).get_variable_to_shape_map()
    check_network(prefix, generator, shapes)

    scopes = tuple({f"{architecture.scope}/" for architecture in NETWORKS.values()})
    parts = [("generator", scopes, generator)]
    if discriminator is not None and model_variables(discriminator):
        parts.append(("discriminator", "discriminator/", discriminator))
    # Slots are of no use without the count of updates.
    with_slots = optimizer is not None and "beta2_power" in shapes
    adams = {}  # the state of the Adam that each part's slots belong to
    two_adams = discriminator_optimizer not in (None, optimizer)
    if with_slots and two_adams:
        adams["generator"] = adam_variables(optimizer, generator)
        adams["discriminator"] = adam_variables(discriminator_optimizer, discriminator)
    elif with_slots:
        adam = adam_variables(optimizer, generator, discriminator)
        adams = {"generator": adam, "discriminator": adam}
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
            targets |= _slots(adams[part], scope)
            found |= slots
        else:
            no_slots.append(f"the {part}'s Adam slots")
    check_names(prefix, targets, found)
    has_adam = with_slots and len(no_slots) < len(parts)
    if optimizer is not None:
        missing += no_slots if has_adam else ["optimizer"]

    counts = [name for name in ("global_step", "beta2_power") if name in shapes]
    if many := [name for name in counts if shapes[name]]:
        raise UserError(f"the checkpoint {prefix} does not fit: {', '.join(many)} should be one number")
    arrays = _arrays(prefix, [*targets, *counts])
    step = int(arrays["global_step"]) if "global_step" in arrays else None
    for name, variable in targets.items():
        variable.assign(arrays[name].astype(np.float32))
    if has_adam:
        updates = _updates(float(arrays["beta2_power"]), beta_2(optimizer), step or 0)
        for part, adam in adams.items():
            if f"the {part}'s Adam slots" not in no_slots or not two_adams:
                adam["iterations"].assign(updates)
    return Loaded(prefix, step, tuple(missing))


def save(path, generator, discriminator=None, optimizer=None, step=0):
    """Write a snapshot that the original code can restore: `<path>/snap-<step>` and `checkpoint`.

    Args:
        path: the folder; created if needed.
        generator: the `Generator` to write.
        discriminator: the `Discriminator` or `Critics` to write, or None.
        optimizer: the Adam of both models to write, or None; needs the discriminator.
        step: number of finished iterations, the original's `global_step`.

    Returns:
        the snapshot's prefix, a string.

    Raises:
        UserError: the folder or the snapshot cannot be written.
    """
    tensors = model_variables(generator)
    if discriminator is not None:
        tensors |= model_variables(discriminator)
    if optimizer is not None:
        adam = adam_variables(optimizer, generator, discriminator)
        tensors |= _slots(adam)
        updates = int(adam["iterations"])
        # TF1 keeps the powers for the next update.
        tensors["beta1_power"] = tf.constant(_BETA_1 ** (updates + 1), tf.float32)
        tensors["beta2_power"] = tf.constant(beta_2(optimizer) ** (updates + 1), tf.float32)
        tensors["lr"] = tf.constant(learning_rate(optimizer), tf.float32)
        tensors["global_step"] = tf.constant(step, tf.int32)

    folder = pathlib.Path(path)
    with as_user_error(f"cannot make the folder {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
    prefix = str(folder / f"snap-{step}")
    names = sorted(tensors)
    _remove_leftovers(prefix)
    try:
        tf.raw_ops.SaveV2(
            prefix=prefix,
            tensor_names=names,
            shape_and_slices=[""] * len(names),
            tensors=[tf.convert_to_tensor(tensors[name]) for name in names],
        )
    except tf.errors.OpError as error:  # disk full or no permission, in TensorFlow no OSError
        _remove_leftovers(prefix)
        raise UserError(f"cannot write the snapshot {prefix}: {reason(error)}") from error
    state = f'model_checkpoint_path: "snap-{step}"\nall_model_checkpoint_paths: "snap-{step}"\n'
    write_whole(folder / "checkpoint", state)
    return prefix


def _remove_leftovers(prefix):
    """Remove what a write of a snapshot left that failed or was killed."""
    prefix = pathlib.Path(prefix)
    for left in prefix.parent.glob(f"{prefix.name}.*.tempstate*"):
        left.unlink()


def _slots(adam, scope=""):
    """Of Adam's state, the slots of the variables in a scope or several, by their TF1 names."""
    return {n: v for n, v in adam.items() if _PART_OF_ADAM.search(n) and n.startswith(scope)}


def _arrays(prefix, names):
    """Tensors of a snapshot by name; UserError where one does not hold numbers."""
    with readable(prefix) as plain:
        reader = tf.train.load_checkpoint(plain)
        dtypes = reader.get_variable_to_dtype_map()
        odd = [name for name in names if not (dtypes[name].is_floating or dtypes[name].is_integer)]
        if odd:
            raise UserError(f"the checkpoint {prefix} does not fit: no numbers in {', '.join(odd)}")
        return {name: np.asarray(reader.get_tensor(name)) for name in names}


def _updates(power, beta, step):
    """Adam's finished updates: TF1 stores only beta_2 to the power of their number plus one."""
    if power > 1e-30:
        return round(math.log(power) / math.log(beta)) - 1
    # The power has faded (after 69,000 updates with 0.999): any large number has the same effect.
    return max(2 * step, 100_000)
