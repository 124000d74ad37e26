"""A training run: the loop around the two updates, its checkpoints and reports."""

import contextlib
import math

import numpy as np
import tensorflow as tf

from inpaint.checkpoints import native, restore
from inpaint.checkpoints.manager import RunCheckpoints
from inpaint.data.batches import Batches
from inpaint.data.pipeline import distributed_batches
from inpaint.data.unreadable import UnreadableFiles
from inpaint.errors import Stopped, UserError
from inpaint.models.optimizer import learning_rate
from inpaint.ops.keras_compat import is_loss_scaled
from inpaint.training.adversarial import Guard, Schedule
from inpaint.training.distribution import any_worker, in_several_processes, is_chief
from inpaint.training.reports.progress import Progress
from inpaint.training.reports.run_reports import RunReports
from inpaint.training.settings import changes, settings_of
from inpaint.training.stop_signal import StopSignal


class TrainingLoop:
    """Trains until `run.max_iters`; goes on where `run.log_dir` holds an unfinished run.

    Args:
        trainer: a `Trainer`.
        options: a `TrainingOptions`.
        validation: a `Validation` to measure at each checkpoint and to draw, or None.
        say: takes a line for the user; of several workers only the chief's is called.

    Raises:
        UserError: log directory not writable, a checkpoint that does not fit, or a batch that
            cannot be split over the replicas.
    """

    def __init__(self, trainer, options, validation=None, say=print):
        run, replicas = options.run, trainer.strategy.num_replicas_in_sync
        if run.batch_size % replicas:
            raise UserError(
                f"--batch_size must be a multiple of the {replicas} replicas that share it, "
                f"received {run.batch_size}"
            )
        self._trainer = trainer
        self._config = options.config
        self._paths = options.paths
        self._examples = options.examples
        self._run = run
        self._chief = is_chief(trainer.strategy)
        self._say = say if self._chief else _say_nothing
        self._validation = validation
        self._step = tf.Variable(0, dtype=tf.int64)
        self._schedule = Schedule(trainer)
        self._guard = Guard(self._say)
        self._reports = None
        self._checkpoints = RunCheckpoints(
            run.log_dir, trainer, self._step, run.keep_checkpoints, self._chief, self._config
        )

    def train(self):
        """Train to the end.

        Returns:
            the last checkpoint's prefix, a string.

        Raises:
            Stopped: SIGTERM or Ctrl-C came; a checkpoint was saved.
            UserError: too many unreadable images, a checkpoint that cannot be written, or a loss or
                gradient that is NaN or Inf.
        """
        run, trainer = self._run, self._trainer
        if self._validation:
            _ = self._validation.static_view  # fails early
        if self._chief:
            recipe = trainer.recipe.options
            settings = settings_of(self._config, recipe, run, self._examples, self._paths)
            begun = self._checkpoints.latest is not None
            if changed := changes(run.log_dir, settings, begun, run.continue_with_other_data):
                self._say(f"changed since this run began: {'; '.join(changed)}")
        restored = self._restore()
        done = int(self._step)
        if done >= run.max_iters:
            self._say(f"nothing to do: {done} of {run.max_iters} iterations are done")
            return restored

        kept = run.keep_checkpoints + bool(self._validation)
        size = math.ceil(self._checkpoints.bytes_each / 1e6)
        self._say(f"each checkpoint takes {size} MB; up to {kept} are kept in {run.log_dir}")
        schedule = self._schedule
        if schedule.warmup_left:
            self._say(f"warm-up: the discriminator alone for {schedule.warmup_left} iterations")
        errors = []
        dataset = distributed_batches(
            trainer.strategy,
            self._paths,
            self._examples,
            run.batch_size,
            UnreadableFiles("training images", len(self._paths), run.max_bad_share, self._say),
            UnreadableFiles("masks", len(self._examples.masks), run.max_bad_share, self._say),
            run.random_seed,
            start=schedule.batches_before(done),
            errors=errors,
        )
        batches = Batches(dataset, errors, say=self._say)
        progress = Progress(run.max_iters, schedule.batches_each * run.batch_size, start=done)
        if self._chief:
            self._reports = RunReports(run.log_dir, done, trainer, run.viz_max_out, self._validation)
        with contextlib.closing(self._checkpoints), contextlib.closing(batches), StopSignal() as signal:
            stopped = self._loop(batches, progress, signal)
            any_worker(trainer.strategy, stopped)  # the others wait for the chief's last checkpoint
        if stopped:
            raise Stopped(
                f"stopped by {signal.name or 'another worker'} at iteration {int(self._step)}: the same "
                f"command goes on from {self._checkpoints.latest}",
                signal.number,
            )
        return self._checkpoints.latest

    def _restore(self):
        """Load what the run goes on from, a damaged checkpoint aside; returns its path, or ""."""
        while path := self._checkpoints.latest:
            try:
                self._say(restore.restore_training(path, self._trainer, self._step))
                return path
            except native.Damaged as error:
                self._checkpoints.pass_over(path)
                if not self._checkpoints.latest:
                    raise
                self._say(f"{error}; going on from the one before")
        if self._run.model_restore:
            self._say(restore.restore_training(self._run.model_restore, self._trainer, self._step))
        return self._run.model_restore

    def _loop(self, batches, progress, signal):
        """Iterate to the end (False) or until a signal stops it (True); either way the last is saved."""
        run, strategy = self._run, self._trainer.strategy
        done, before = int(self._step), {}
        while done < run.max_iters:
            losses, batch = self._iteration(batches, done)
            # The iteration before is looked at while the device may be busy with this one.
            self._check_finite(before, done)
            self._guard.watch(before)
            done, before = int(self._step.assign_add(1)), losses

            stopped = any_worker(strategy, signal.name is not None)
            last = done == run.max_iters or stopped
            checkpoint = last or done % run.train_spe == 0
            due = checkpoint or progress.due()
            if due:
                self._check_finite(losses, done)
            if self._chief:
                batch = {n: strategy.experimental_local_results(value)[0] for n, value in batch.items()}
                numbers = {}
                if due:
                    self._checkpoints.check_held()
                    numbers |= self._tell(progress, done, losses, batch, batches.seconds_waited)
                if checkpoint:
                    numbers |= self._save(done)
                if numbers:
                    self._reports.scalars(done, numbers)
                if last or done % run.val_psteps == 0:
                    self._reports.images(done, batch)
            if stopped:
                return True
        return False

    def _iteration(self, batches, done):
        """The updates of an iteration: (losses, the last batch)."""
        try:
            return self._schedule.iterate(batches)
        except tf.errors.OpError as error:
            if not in_several_processes(self._trainer.strategy):
                raise
            reason = type(error).__name__
        raise UserError(
            f"lost another worker after iteration {done}: start all workers again with the same "
            f"commands, they go on from {self._checkpoints.latest or 'the beginning'} ({reason})"
        )

    def _tell(self, progress, done, losses, batch, seconds_waited):
        """Say how far the run is; returns what is reported, a dict of floats."""
        losses = {name: float(value) for name, value in losses.items()}
        self._say(progress.line(done, losses, seconds_waited))
        numbers = {
            "learning_rate": learning_rate(self._trainer.optimizer),
            "hole_share": tf.reduce_mean(batch["mask"]),
            "images_per_second": progress.rate,
            "input_share": progress.input_share,
        }
        if self._trainer.discriminator:
            numbers["discriminator_learning_rate"] = learning_rate(self._trainer.discriminator_optimizer)
        return {**losses, **numbers}

    def _save(self, done):
        """Save a checkpoint and validate it; returns what that measures, a dict of floats."""
        models = filter(None, (self._trainer.generator, self._trainer.discriminator))
        weights_now = [array for model in models for array in model.get_weights()]
        if not all(np.isfinite(array).all() for array in weights_now):
            raise UserError(self._not_finite("a weight", done))
        self._say(f"checkpoint {self._checkpoints.save()}")
        numbers = {}
        if self._validation:
            numbers = self._validation.metrics(self._trainer)
            told = "  ".join(f"{name} {value:.4g}" for name, value in numbers.items())
            best = self._checkpoints.save_if_best(numbers)
            self._say(f"{done} validation  {told}{'  best so far' if best else ''}")
        return numbers

    def _check_finite(self, losses, step):
        optimizers = self._trainer.optimizer, self._trainer.discriminator_optimizer
        if any(map(is_loss_scaled, optimizers)):  # overflowing gradients are part of its work
            losses = {name: value for name, value in losses.items() if "gradient" not in name}
        wrong = [name for name, value in losses.items() if not math.isfinite(float(value))]
        if wrong:
            raise UserError(self._not_finite(", ".join(wrong), step))

    def _not_finite(self, what, step):
        return (
            f"{what} is not a finite number at iteration {step}; the last good checkpoint is "
            f"{self._checkpoints.latest or '(none)'}: go on from it with a smaller --learning_rate"
        )


def _say_nothing(line):
    pass
