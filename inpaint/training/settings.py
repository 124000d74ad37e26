"""What a run was started with, so that going on with something else does not pass unnoticed."""

import dataclasses
import hashlib
import json
import pathlib

from inpaint.errors import UserError
from inpaint.io.atomic import write_whole

_NAME = "settings.json"


def settings_of(trainer, paths, data, options):
    """What decides the numbers of a run: dict of plain values by their flags' names.

    Args:
        trainer: a `Trainer`.
        paths: the training images.
        data: a `DataOptions`.
        options: a `RunOptions`.
    """
    return {
        "precision": trainer.generator.dtype_policy.name,
        "padding": trainer.generator.padding,
        "guided": trainer.generator.guided,
        "gan_with_mask": trainer.discriminator.with_mask,
        "gan": "sngan" if trainer.gan else "none",
        "gan_loss_alpha": trainer.gan_loss_alpha,
        "l1_loss_alpha": trainer.l1_loss_alpha,
        "known_weight": trainer.known_weight,
        "ae_loss": trainer.ae_loss,
        "l1_loss": trainer.l1_loss,
        "batch_size": options.batch_size,
        "random_seed": options.seed,
        "img_shapes": list(data.size),
        "random_crop": data.random_crop,
        "edge_threshold": data.edge_threshold,
        "box": dataclasses.asdict(data.box),
        "data_flist": _digest(paths),
        "mask_flist": _digest(data.masks),
    }


def _digest(paths):
    """A list as its length and the beginning of its hash."""
    return f"{len(paths)} files, {hashlib.sha256('|'.join(paths).encode()).hexdigest()[:12]}"


def changes(folder, settings):
    """Compare with what the run in a folder began with; write it there if it begins now.

    Args:
        folder: the log directory.
        settings: what `settings_of` returns.

    Returns:
        list of strings like `"padding was same, is reflect"`.

    Raises:
        UserError: the file there is damaged or cannot be written.
    """
    path = pathlib.Path(folder) / _NAME
    if not path.is_file():
        write_whole(path, json.dumps(settings, indent=1) + "\n")
        return []
    try:
        before = dict(json.loads(path.read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise UserError(f"{path} is damaged: remove it") from error
    return [f"{n} was {before[n]}, is {v}" for n, v in settings.items() if n in before and before[n] != v]
