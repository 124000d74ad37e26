"""A training run: the loop around the two updates, its snapshots and what it tells."""

import contextlib
import dataclasses
import math
import pathlib
import tempfile

import tensorflow as tf

from inpaint import checkpoints, weights
from inpaint.batches import Batches
from inpaint.data import training_batches
from inpaint.errors import UserError, telling
from inpaint.progress import Progress
from inpaint.run_summaries import RunSummaries


@dataclasses.dataclass(frozen=True)
class RunOptions:
    """Names as in the original's options; what they mean stands in `train.py --help`."""

    log_dir: str
    model_restore: str = ""
    batch_size: int = 16
    seed: int = 0
    max_iters: int = 100_000_000
    train_spe: int = 4000
    keep_checkpoints: int = 5
    val_psteps: int = 2000
    viz_max_out: int = 10


def train(trainer, paths, data, options, static_view=None, say=print):
    """Train until `options.max_iters`; go on where `options.log_dir` holds an unfinished run.

    Args:
        trainer: a `Trainer`.
        paths: the training pictures.
        data: a `DataOptions`.
        options: a `RunOptions`.
        static_view: (images, masks) or (images, masks, sketches) to draw again and again, or None.
        say: takes a line for the user.

    Returns:
        the last snapshot's prefix, a string.

    Raises:
        UserError: log directory not writable, a checkpoint that does not fit, or a loss that is no
            number any more.
    """
    step = tf.Variable(0, dtype=tf.int64)
    manager = _checkpoint_manager(trainer, step, options)
    if manager.latest_checkpoint:
        say(weights.restore_training(manager.latest_checkpoint, trainer, step))
    elif options.model_restore:
        say(weights.restore_training(options.model_restore, trainer, step))

    done = int(step)
    if done >= options.max_iters:
        say(f"nothing to do: {done} of {options.max_iters} iterations are done")
        return manager.latest_checkpoint or options.model_restore
    batches_each = 2 if trainer.gan else 1
    start = done * batches_each
    summaries = RunSummaries(options.log_dir, trainer, options.viz_max_out, static_view)
    progress = Progress(options.max_iters, batches_each * options.batch_size, start=done)
    dataset = training_batches(paths, data, options.batch_size, options.seed, start)

    with contextlib.closing(Batches(dataset)) as batches:
        while done < options.max_iters:
            losses = {}
            if trainer.gan:
                losses.update(trainer.discriminator_step(*next(batches)))
            batch = next(batches)
            losses.update(trainer.generator_step(*batch))
            done = int(step.assign_add(1))

            last = done == options.max_iters
            snapshot = done % options.train_spe == 0 or last
            due = progress.due() or last
            if due or snapshot:
                numbers = {name: float(value) for name, value in losses.items()}
                _check_finite(numbers, done, manager.latest_checkpoint)
            if due:
                say(progress.line(done, numbers))
                summaries.scalars(done, {**numbers, "images_per_second": progress.rate})
            if done % options.val_psteps == 0 or last:
                summaries.pictures(done, batch)
            if snapshot:
                say(f"snapshot {manager.save(checkpoint_number=done)}")
    return manager.latest_checkpoint


def _checkpoint_manager(trainer, step, options):
    folder = pathlib.Path(options.log_dir)
    with telling(f"cannot write into the log directory {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    if any(folder.glob("snap-*.index")) and not tf.train.latest_checkpoint(folder):
        raise UserError(
            f"{folder} holds snapshots, but its file `checkpoint` is missing or damaged: name a snapshot by "
            f"--model_restore and another --log_dir"
        )
    return tf.train.CheckpointManager(
        checkpoints.training_checkpoint(trainer, step),
        options.log_dir,
        max_to_keep=options.keep_checkpoints,
        checkpoint_name="snap",
    )


def _check_finite(losses, step, good_checkpoint):
    wrong = [name for name, value in losses.items() if not math.isfinite(value)]
    if wrong:
        advice = f"go on from {good_checkpoint}" if good_checkpoint else "start again"
        raise UserError(
            f"{', '.join(wrong)} is not a finite number at iteration {step}: {advice} with a smaller "
            f"--learning_rate"
        )
