"""A run of ours as a snapshot of the original."""

import pathlib

import tensorflow as tf

from inpaint.checkpoints import restore, tf1
from inpaint.errors import UserError


def to_tf1(path, folder, trainer):
    """Write a training checkpoint of ours as a snapshot that the original code restores.

    What has no place in the original, the loss scale of mixed_float16, is left out.

    Args:
        path: our checkpoint's folder or prefix.
        folder: where the snapshot goes; made if needed.
        trainer: a new `Trainer` of models like the checkpoint's; it is filled. Its optimizer's
            learning rate is written too: our checkpoints hold none.

    Returns:
        (the snapshot's prefix, a string; its step).

    Raises:
        UserError: no checkpoint there, one that does not fit or is the original's already, a snapshot
            of that step in the folder, or a folder that cannot be written.
    """
    prefix, ours = restore.kind(path)
    if not ours:
        raise UserError(f"{prefix} is a snapshot of the original TF1 code already")
    step = tf.Variable(0, dtype=tf.int64)
    restore.restore_training(prefix, trainer, step)
    written = pathlib.Path(folder) / f"snap-{int(step)}"
    if pathlib.Path(f"{written}.index").exists():
        raise UserError(f"there is a snapshot {written} already: name another --output_dir")
    models = trainer.generator, trainer.discriminator
    return tf1.save(folder, *models, trainer.optimizer, int(step)), int(step)
