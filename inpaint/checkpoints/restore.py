"""Loading any kind of checkpoint: this project's, the original TF1 code's, files of other formats."""

import numpy as np

from inpaint.checkpoints import native
from inpaint.checkpoints.config import resolve_folder
from inpaint.checkpoints.formats import tf1
from inpaint.checkpoints.formats.files import format_of
from inpaint.checkpoints.locate import BUNDLED, find
from inpaint.errors import UserError
from inpaint.models.make_generator import make_generator


def restored_generator(path, config, precision="float32", say=None):
    """A new generator, loaded from any kind of checkpoint.

    Args:
        path: folder, prefix, a file that `format_of` knows, or None for the bundled weights.
        config: the checkpoint's `GeneratorConfig`, which `resolve` returns.
        precision: dtype policy, `"float32"`, `"mixed_bfloat16"` or `"mixed_float16"`.
        say: called with one line of text that describes the loaded checkpoint, or None.

    Returns:
        what `make_generator` returns.

    Raises:
        UserError: as `load_generator`.
    """
    generator = make_generator(config.guided, config.padding, config.network, dtype=precision)
    loaded = load_generator(path, generator)
    if say:
        say(f"loaded {loaded}")
    return generator


def load_generator(path, generator):
    """Load a generator that is there already from any kind of checkpoint.

    Args:
        path: folder, prefix, a file that `format_of` knows, or None for the bundled weights.
        generator: the `Generator` to fill.

    Returns:
        one line that says what was loaded.

    Raises:
        UserError: there is no checkpoint, or it is damaged, does not fit or holds values that are not
            finite.
    """
    if path is None:
        tf1.load(BUNDLED, generator)
        loaded = f"the bundled weights, {BUNDLED.name}"
    elif form := format_of(path):
        resolve_folder(path, generator.guided, generator.padding, generator.network)
        loaded = f"{form.load(path, generator)}, {path}"
    else:
        prefix, ours = kind(path)
        loaded = f"a checkpoint of {'this project' if ours else 'the original TF1 code'}, {prefix}"
        if not ours:
            tf1.load(prefix, generator)
        elif native.load_generator(prefix, generator):
            loaded += " (the exponential mean of its weights)"
    if not all(np.isfinite(array).all() for array in generator.get_weights()):
        raise UserError(f"{loaded}, holds values that are not finite: use an earlier one")
    return loaded


def restore_training(path, trainer, step):
    """Continue training from any kind of checkpoint.

    Args:
        path: folder or prefix, or a file that `format_of` knows.
        trainer: a new `Trainer`; its models and optimizer receive the checkpoint's state.
        step: int64 `tf.Variable`, set to the checkpoint's step where it has one.

    Returns:
        one line that says what was loaded and what the checkpoint lacked.

    Raises:
        UserError: there is no checkpoint, or it is damaged or does not fit.
    """
    if format_of(path):
        said = load_generator(path, trainer.generator)
        native.begin(trainer, [native.MEAN] if trainer.mean else [])
        return f"beginning with {said}, which holds the generator alone"
    prefix, ours = kind(path)
    if ours:
        native.check_generator(prefix, trainer.generator)
        if trainer.discriminator and not native.lacks_discriminator(prefix, trainer.discriminator):
            native.check_part(prefix, native.DISCRIMINATOR, trainer.discriminator)
        with native.readable(prefix) as plain:
            # Partial: without loss scaling, the checkpoint's loss scale has no place.
            missing = native.missing_parts(prefix, trainer)
            restored = native.training_checkpoint(trainer, step, missing).restore(plain).expect_partial()
        try:
            restored.assert_existing_objects_matched()
        except AssertionError as error:
            raise UserError(
                f"the checkpoint {prefix} has no loss scale or other parts of this run: was it trained in "
                f"another --precision?"
            ) from error
        native.begin(trainer, missing)
        told = [native.PARTS[part] for part in missing if part in native.PARTS]
        return f"continuing from a checkpoint of this project, {prefix}" + (
            f"; not in it: {', '.join(told)}" if told else ""
        )
    models = trainer.generator, trainer.discriminator
    found = tf1.load(prefix, *models, trainer.optimizer, trainer.discriminator_optimizer)
    native.begin(trainer, [native.MEAN] if trainer.mean else [])
    step.assign(found.step or 0)
    said = f"continuing from a checkpoint of the original TF1 code, {prefix}"
    if found.missing:
        said += f"; not in it: {', '.join(found.missing)}"
        if found.missing[-1].endswith("slots"):
            said += " (they stay zero)"
    return said


def kind(path):
    """Find a checkpoint and its kind.

    Args:
        path: folder or prefix.

    Returns:
        (prefix, whether this project wrote it).

    Raises:
        UserError: there is no checkpoint, or it is damaged.
    """
    prefix = find(path)
    return prefix, native.is_ours(prefix)
