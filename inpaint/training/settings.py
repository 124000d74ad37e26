"""The options of a run, and what it was started with, so that going on with something else is noticed.

Needs no TensorFlow.
"""

import dataclasses
import hashlib
import json
import pathlib

from inpaint.errors import UserError
from inpaint.io.atomic import write_whole

_NAME = "settings.json"
ENDLESS = 100_000_000  # iterations: the original's default, of a run until it is stopped
STRATEGIES = ("auto", "mirrored", "multi_worker", "tpu")


@dataclasses.dataclass(frozen=True)
class RunOptions:
    """Options of a run, named as the original's; `train.py --help` explains them."""

    log_dir: str
    model_restore: str = ""
    batch_size: int = 16
    seed: int = 0
    max_iters: int = ENDLESS
    train_spe: int = 4000
    keep_checkpoints: int = 5
    keep_every_hours: float = 0.0
    max_bad_share: float = 0.01
    stall_seconds: float = 60.0
    val_psteps: int = 2000
    viz_max_out: int = 10
    discriminator_warmup: int = 0
    discriminator_steps: int = 1
    shared_batch: bool = False


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
        "network": trainer.generator.network,
        "padding": trainer.generator.padding,
        "guided": trainer.generator.guided,
        "gan_with_mask": trainer.discriminator.with_mask,
        "gan": trainer.discriminator.gan if trainer.gan else "none",
        **trainer.loss_settings(),
        "discriminator_precision": trainer.discriminator.dtype_policy.name,
        "discriminator_warmup": options.discriminator_warmup,
        "discriminator_steps": options.discriminator_steps,
        "shared_batch": options.shared_batch,
        "freeze_encoder_norm": trainer.freeze_encoder_norm,
        "ema": trainer.mean.decay if trainer.mean else 0.0,
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
