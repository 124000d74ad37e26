"""Converting checkpoints to snapshots in the format of the original TF1 code."""

import pathlib

import tensorflow as tf

from inpaint.checkpoints import native, restore
from inpaint.checkpoints.config import resolve, write_config
from inpaint.checkpoints.formats import tf1
from inpaint.checkpoints.locate import check_free
from inpaint.discriminators.critics import FILTERS, Critics
from inpaint.discriminators.sn_patchgan import Discriminator
from inpaint.errors import UserError, as_user_error
from inpaint.models.architecture import NETWORKS
from inpaint.models.make_generator import make_generator


def write_generator(folder, generator, config, step=0):
    """Write a generator alone, as a snapshot with a config.json beside it.

    Args:
        folder: where it goes; created if needed.
        generator: the `Generator`.
        config: its `GeneratorConfig`.
        step: number of finished iterations.

    Returns:
        the snapshot's prefix, a string.

    Raises:
        UserError: `folder` holds a checkpoint already, or cannot be written.
    """
    check_free(folder)
    with as_user_error(f"cannot make the folder {folder}"):
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    write_config(folder, config)  # first, so that there is no snapshot without one
    return tf1.save(folder, generator, step=step)


def models_of(path):
    """New models like those of a training checkpoint of ours, by its config and the shapes in it.

    Args:
        path: folder or prefix of the checkpoint.

    Returns:
        (`Generator`; `Discriminator`, `Critics`, or None where the checkpoint has neither). Of the sizes of
        critics a checkpoint tells the areas, and so the number of weights, only.

    Raises:
        UserError: there is no checkpoint, it is damaged, one of the original already, or of a network that
            the original does not have.
    """
    prefix, ours = restore.kind(path)
    if not ours:
        raise UserError(f"{prefix} is a snapshot of the original TF1 code already")
    config = resolve(path)
    if not NETWORKS[config.network].in_original:
        raise UserError(f"{prefix} is of network {config.network}, which the original TF1 code does not have")
    if config.padding == "centred":
        raise UserError(f"{prefix} is of padding centred, which the original TF1 code does not have")
    guided = native.saved_shape(prefix, "generator", "inpaint_net/conv1/kernel")[2] == 6
    generator = make_generator(guided, config.padding, config.network)
    judged = native.saved_shape(prefix, "discriminator", "discriminator/sn_patch_gan/conv1/kernel")
    sizes = {}
    for side, filters in FILTERS.items():
        if dense := native.saved_shape(prefix, "discriminator", f"discriminator/dout_{side}_fc/kernel"):
            sizes[side] = (16 * dense[0] // filters[-1], 16)
    if sizes:
        return generator, Critics(sizes["global"], sizes["local"])
    if judged is None:
        return generator, None
    return generator, Discriminator(guided, with_mask=judged[2] - guided == 4)  # BGR and the mask


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
        UserError: there is no checkpoint or it does not fit; the folder holds others, or cannot be
            written.
    """
    prefix, _ = restore.kind(path)
    check_free(folder)
    step = tf.Variable(0, dtype=tf.int64)
    restore.restore_training(prefix, trainer, step)
    if trainer.discriminator is None:
        return tf1.save(folder, trainer.generator, step=int(step)), int(step)
    models = trainer.generator, trainer.discriminator
    return tf1.save(folder, *models, trainer.optimizer, int(step)), int(step)
