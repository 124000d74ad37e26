"""This project's own checkpoints: `tf.train.Checkpoint` over variables named as in the original.

Variables are saved by name, not as attributes of objects: both Keras versions read the same files, and the
generator can be loaded alone.
"""

import contextlib
import pathlib

import numpy as np
import tensorflow as tf

from inpaint.checkpoints.config import check, read_config
from inpaint.checkpoints.plain_path import plain_prefix
from inpaint.errors import UserError, reason
from inpaint.models.architecture import NETWORKS
from inpaint.ops.keras_compat import optimizer_state, tf_variable


def model_variables(model):
    """A model's `tf.Variable`s by their original names; none of no model."""
    if model is None:
        return {}
    return {name: tf_variable(weight) for name, weight in model.named_weights().items()}


def adam_variables(optimizer, *models):
    """The state of an Adam by name, `tf.Variable`s. `models` are those it was built on, in their order."""
    models = [model for model in models if model is not None]
    variables = [variable for model in models for variable in model.trainable_variables]
    names = {id(weight): name for model in models for name, weight in model.named_weights().items()}
    return optimizer_state(optimizer, [names[id(variable)] for variable in variables], variables)


# The first kernel of a network, by its scope.
_FIRST = {"inpaint_net": "inpaint_net/conv1/kernel", "unet": "unet/enc_1/kernel"}
MEAN = "generator_mean"
_OWN_ADAM = "discriminator_optimizer"
DISCRIMINATOR = "discriminator"
# Parts that begin anew where a checkpoint lacks them, in words.
PARTS = {
    DISCRIMINATOR: "this kind of discriminator",
    _OWN_ADAM: "an Adam of the discriminator's own",
    MEAN: "the exponential mean of the weights",
    "steering": "the adapted adversarial weight",
}


def training_checkpoint(trainer, step, without=()):
    """The `tf.train.Checkpoint` of a whole run.

    Args:
        trainer: a `Trainer`.
        step: int64 `tf.Variable`, finished iterations.
        without: parts that are left out, of those that `missing_parts` names.
    """
    adam, _ = _adams(trainer)
    further = {part: state for part, state in _further_parts(trainer).items() if part not in without}
    if DISCRIMINATOR in without:
        adam = {name: slot for name, slot in adam.items() if not name.startswith("discriminator/")}
    else:
        further[DISCRIMINATOR] = model_variables(trainer.discriminator)
    return tf.train.Checkpoint(
        generator=model_variables(trainer.generator), optimizer=adam, step=step, **further
    )


def missing_parts(prefix, trainer):
    """Names of what a run saves beside generator, Adam and step, and a checkpoint of ours lacks."""
    if not lacks_discriminator(prefix, trainer.discriminator):
        return [part for part in _further_parts(trainer) if not has_part(prefix, part)]
    # What belongs to another discriminator says nothing about this one.
    others = [part for part in _further_parts(trainer) if part != MEAN or not has_part(prefix, MEAN)]
    return [DISCRIMINATOR, *others]


def lacks_discriminator(prefix, discriminator):
    """Whether a checkpoint of ours has a discriminator of another kind, or none where one is needed."""
    names = model_variables(discriminator).keys()
    return bool(names) and not names & _saved_shapes(prefix, DISCRIMINATOR).keys()


def begin(trainer, parts):
    """Begin parts that a restored checkpoint did not hold, as its models and Adam suggest it."""
    if MEAN in parts:
        trainer.mean.start()
    if _OWN_ADAM in parts:
        slots, own = _adams(trainer)
        # Moments without their count would make the first updates of a new discriminator far too large.
        trained = any(np.any(v) for n, v in slots.items() if n.startswith("discriminator/"))
        own["iterations"].assign(slots["iterations"] if trained else 0)


def _adams(trainer):
    """(all slots and the generator's count; the discriminator's count, if it has an Adam of its own)."""
    models = trainer.generator, trainer.discriminator
    if trainer.discriminator_optimizer is trainer.optimizer:
        return adam_variables(trainer.optimizer, *models), {}
    adam, own = map(adam_variables, (trainer.optimizer, trainer.discriminator_optimizer), models)
    slots = {name: own.pop(name) for name in list(own) if name.startswith("discriminator/")}
    return {**adam, **slots}, own


def _further_parts(trainer):
    """What options add to a run's state: dict of name -> `tf.Variable`s."""
    parts = {"warmed": trainer.warmed}
    if own := _adams(trainer)[1]:
        parts[_OWN_ADAM] = own
    if trainer.mean:
        parts[MEAN] = model_variables(trainer.mean.model)
    if trainer.adaptive_weight:
        parts["steering"] = trainer.adaptive_weight.variables
    return parts


class Damaged(UserError):
    """Files of a checkpoint cannot be read."""


@contextlib.contextmanager
def readable(prefix):
    """Turn what TensorFlow raises on damaged checkpoint files into `Damaged`, or UserError without memory.

    The body should only read them: any other error is one in the code and gets through.

    Yields:
        the prefix as TensorFlow understands it, which is valid in the body alone.
    """
    try:
        with plain_prefix(prefix) as plain:
            yield plain
    except tf.errors.ResourceExhaustedError as error:
        raise UserError(f"not enough memory to read the checkpoint {prefix}") from error
    except (tf.errors.OpError, IndexError) as error:  # IndexError: a file that ends too soon
        raise Damaged(f"the checkpoint {prefix} is damaged: {reason(error)}") from error


def is_ours(prefix):
    """Whether this project wrote the checkpoint; if not, it is taken for a snapshot of the original."""
    with readable(prefix) as plain:
        names = tf.train.load_checkpoint(plain).get_variable_to_shape_map()
    return "_CHECKPOINTABLE_OBJECT_GRAPH" in names


def has_part(prefix, part):
    """Whether a checkpoint of ours holds variables under this name."""
    with readable(prefix) as plain:
        names = tf.train.load_checkpoint(plain).get_variable_to_shape_map()
    return any(name.startswith(f"{part}/") for name in names)


def saved_shape(prefix, part, name):
    """The shape (list) of a variable in a checkpoint of ours, or None if it is not there.

    Args:
        prefix: the checkpoint.
        part: `"generator"` or `"discriminator"`.
        name: by which it is saved.
    """
    return _saved_shapes(prefix, part).get(name)


def load_generator(prefix, generator):
    """Load the generator alone from a checkpoint of this project: the mean of its weights where there is one.

    Returns:
        whether it was the mean.

    Raises:
        UserError: the checkpoint is damaged, or its generator differs: names and shapes are listed.
    """
    part = MEAN if has_part(prefix, MEAN) else "generator"
    check_generator(prefix, generator, part)
    with readable(prefix) as plain:
        tf.train.Checkpoint(**{part: model_variables(generator)}).restore(plain).expect_partial()
    return part == MEAN


def check_generator(prefix, generator, part="generator"):
    """As `check_part`, and as `check_network`."""
    check_network(prefix, generator, _saved_shapes(prefix, part))
    check_part(prefix, part, generator)


def check_network(prefix, generator, found):
    """Check that a checkpoint is of a generator's network.

    Its config.json tells. Where there is none, as beside the original's snapshots, the network is guessed by
    the width of its first kernel, which several may share.

    Args:
        prefix: the checkpoint.
        generator: a `Generator`.
        found: dict of name -> shape (list) of the checkpoint's variables.

    Raises:
        UserError: it is of another one, or its config contradicts the generator in another way.
    """
    check(prefix, generator)
    if read_config(pathlib.Path(prefix).parent):
        return
    widths = {scope: found.get(first, ())[-1:] for scope, first in _FIRST.items()}
    networks = [name for name, kind in NETWORKS.items() if widths[kind.scope] == [kind.width]]
    if networks and generator.network not in networks:
        named = " or --network=".join(networks)
        raise UserError(f"the checkpoint {prefix} is one of another network: give --network={named}")


def check_part(prefix, part, model):
    """Compare a model with a part of the checkpoint, such as `"generator"`; raises as `check_names`."""
    check_names(prefix, model_variables(model), _saved_shapes(prefix, part))


def _saved_shapes(prefix, part):
    """Names and shapes of what a checkpoint of ours has in a part: dict of name -> list."""
    with readable(prefix) as plain:
        shapes = tf.train.load_checkpoint(plain).get_variable_to_shape_map()
    start, end = f"{part}/", "/.ATTRIBUTES/VARIABLE_VALUE"
    return {
        key[len(start) : -len(end)].replace(".S", "/"): shape
        for key, shape in shapes.items()
        if key.startswith(start) and key.endswith(end)
    }


def check_names(prefix, variables, found):
    """Compare names and shapes of both sides.

    Args:
        prefix: the checkpoint, for the message.
        variables: dict of name -> `tf.Variable` of the model.
        found: dict of name -> shape (list) of the checkpoint.

    Raises:
        UserError: they differ; lists what is missing, unknown or of another shape.
    """
    problems = []
    expected = {name: variable.shape.as_list() for name, variable in variables.items()}
    missing, left_over = sorted(expected.keys() - found.keys()), sorted(found.keys() - expected.keys())
    shapes = {
        name: f"{name} is {list(found[name])}, the model's is {expected[name]}"
        for name in sorted(expected.keys() & found.keys())
        if list(found[name]) != expected[name]
    }
    if missing:
        problems.append(f"missing in it: {', '.join(missing)}")
    if left_over:
        problems.append(f"unknown to the model: {', '.join(left_over)}")
    if shapes:
        problems.append(f"other shapes: {'; '.join(shapes.values())}")
    if _FIRST["inpaint_net"] in shapes:
        problems.append("is one of them guided and the other not?")
    if problems:
        raise UserError(f"the checkpoint {prefix} does not fit: {' | '.join(problems)}")
