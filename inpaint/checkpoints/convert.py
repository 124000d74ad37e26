"""Converting a training checkpoint to a snapshot of the original TF1 code."""

import dataclasses
import pathlib

import tensorflow as tf

from inpaint.checkpoints import native, restore, tf1
from inpaint.checkpoints.config import settle
from inpaint.errors import UserError


def options_of(path):
    """What the models of a training checkpoint of ours were made with, by its config and the shapes in it.

    Args:
        path: folder or prefix of the checkpoint.

    Returns:
        (the generator's `GeneratorConfig`; whether the discriminator sees the mask, True where there is none
        of the original's kind).

    Raises:
        UserError: there is no checkpoint, it is damaged or one of the original already.
    """
    prefix, ours = restore.kind(path)
    if not ours:
        raise UserError(f"{prefix} is a snapshot of the original TF1 code already")
    guided = native.input_channels(prefix, "generator", "inpaint_net/conv1/kernel") == 6
    judged = native.input_channels(prefix, "discriminator", "discriminator/sn_patch_gan/conv1/kernel")
    config = dataclasses.replace(settle(path), guided=guided)
    return config, judged is None or judged - guided == 4  # BGR and the mask


def to_tf1(path, folder, trainer):
    """Write a training checkpoint of this project as a snapshot that the original code can restore.

    The original knows no projected discriminator: of a run with one, the generator is written alone. The loss
    scale of mixed_float16 has no place in the original and is left out.

    Args:
        path: folder or prefix of the checkpoint.
        folder: where the snapshot goes; created if needed.
        trainer: a new `Trainer` of models like the checkpoint's; receives its state. The learning rate of
            its optimizer is written too, since our checkpoints do not hold one.

    Returns:
        (prefix of the snapshot, its step).

    Raises:
        UserError: there is no checkpoint or it does not fit; the folder holds a snapshot of that step or
            cannot be written.
    """
    prefix, _ = restore.kind(path)
    step = tf.Variable(0, dtype=tf.int64)
    restore.restore_training(prefix, trainer, step)
    written = pathlib.Path(folder) / f"snap-{int(step)}"
    if pathlib.Path(f"{written}.index").exists():
        raise UserError(f"there is a snapshot {written} already: name another --output_dir")
    if native.lacks_discriminator(prefix, trainer.discriminator):
        return tf1.save(folder, trainer.generator, step=int(step)), int(step)
    models = trainer.generator, trainer.discriminator
    return tf1.save(folder, *models, trainer.optimizer, int(step)), int(step)
