"""This project's own checkpoints: `tf.train.Checkpoint` over variables named as in the original.

Variables are saved by name, not as attributes of objects: both Keras versions read the same files, and the
generator can be loaded alone.
"""

import contextlib

import tensorflow as tf

from inpaint.errors import UserError, reason
from ops.keras_compat import optimizer_state, tf_variable


def model_variables(model):
    """A model's `tf.Variable`s by their original names."""
    return {name: tf_variable(weight) for name, weight in model.named_weights().items()}


def adam_variables(optimizer, generator, discriminator):
    """The state of a run's Adam, which was built on both models: `tf.Variable`s by name."""
    variables = generator.trainable_variables + discriminator.trainable_variables
    named = {**generator.named_weights(), **discriminator.named_weights()}
    names = {id(weight): name for name, weight in named.items()}
    return optimizer_state(optimizer, [names[id(variable)] for variable in variables], variables)


def training_checkpoint(trainer, step):
    """The `tf.train.Checkpoint` of a whole run.

    Args:
        trainer: a `Trainer`.
        step: int64 `tf.Variable`, finished iterations.
    """
    return tf.train.Checkpoint(
        generator=model_variables(trainer.generator),
        discriminator=model_variables(trainer.discriminator),
        optimizer=adam_variables(trainer.optimizer, trainer.generator, trainer.discriminator),
        step=step,
    )


@contextlib.contextmanager
def readable(prefix):
    """Turn what TensorFlow raises on damaged checkpoint files into a UserError.

    The body should only read them: any other error is one in the code and gets through.
    """
    try:
        yield
    except tf.errors.ResourceExhaustedError as error:
        raise UserError(f"not enough memory to read the checkpoint {prefix}") from error
    except (tf.errors.OpError, IndexError) as error:  # IndexError: a file that ends too soon
        raise UserError(f"the checkpoint {prefix} is damaged: {reason(error)}") from error


def is_ours(prefix):
    """Whether this project wrote the checkpoint; if not, it is taken for a snapshot of the original."""
    with readable(prefix):
        names = tf.train.load_checkpoint(prefix).get_variable_to_shape_map()
    return "_CHECKPOINTABLE_OBJECT_GRAPH" in names


def load_generator(prefix, generator):
    """Load the generator alone from a checkpoint of this project.

    Raises:
        UserError: the checkpoint is damaged, or its generator differs: names and shapes are listed.
    """
    check_part(prefix, "generator", generator)
    with readable(prefix):
        tf.train.Checkpoint(generator=model_variables(generator)).restore(prefix).expect_partial()


def check_part(prefix, part, model):
    """Compare a model with the checkpoint's `"generator"` or `"discriminator"`; raises as `check_names`."""
    with readable(prefix):
        shapes = tf.train.load_checkpoint(prefix).get_variable_to_shape_map()
    start, end = f"{part}/", "/.ATTRIBUTES/VARIABLE_VALUE"
    saved = {
        key[len(start) : -len(end)].replace(".S", "/"): shape
        for key, shape in shapes.items()
        if key.startswith(start) and key.endswith(end)
    }
    check_names(prefix, model_variables(model), saved)


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
    if "inpaint_net/conv1/kernel" in shapes:
        problems.append("is one of them guided and the other not?")
    if problems:
        raise UserError(f"the checkpoint {prefix} does not fit: {' | '.join(problems)}")
