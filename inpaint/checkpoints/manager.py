"""The checkpoints of a training run: saving them, keeping the best, recovering from a crash."""

import json
import math
import os
import pathlib
import shutil

import filelock
import tensorflow as tf

from inpaint.checkpoints import native
from inpaint.checkpoints.config import check, config_of, write_config
from inpaint.checkpoints.listed import listed
from inpaint.checkpoints.plain_path import check_plain
from inpaint.errors import UserError, as_user_error, reason
from inpaint.io.atomic import write_whole
from inpaint.io.locks import hold

_BEST = "best"
_NUMBERS = "metrics.json"
_LOCK = "lock"


class RunCheckpoints:
    """Saves a run's checkpoints as `<log_dir>/snap-<step>`, and the best one in `<log_dir>/best`.

    A `config.json` beside them tells how to build the generator. The process may die at any moment, also
    during a save: only complete checkpoints count, and partial ones are removed by the next process.
    Two processes cannot use a folder at the same time.

    Args:
        log_dir: the run's folder; created if needed.
        trainer: the `Trainer` to save.
        step: int64 `tf.Variable`, the number of finished iterations.
        keep: how many of the newest to keep.
        writes: whether this process saves; of several workers only the chief does.
        config: the `GeneratorConfig` to write. Default: that of the trainer's generator.

    Raises:
        UserError: the folder cannot be written, is in use by another process, or has a path from which
            TensorFlow cannot load; its checkpoints are of another kind of generator, or the
            record of the best one is damaged.
    """

    def __init__(self, log_dir, trainer, step, keep=5, writes=True, config=None):
        check_plain(log_dir)
        self._folder = pathlib.Path(log_dir)
        self._step = step
        self._writes = writes
        self._config = config or config_of(trainer.generator)
        self._checkpoint = native.training_checkpoint(trainer, step)
        if writes:
            with as_user_error(f"cannot write into the log directory {log_dir}"):
                self._folder.mkdir(parents=True, exist_ok=True)
                self._lock = _locked(self._folder / _LOCK)
                self._held = os.stat(self._folder / _LOCK)
            for folder in (self._folder, self._folder / _BEST):
                _remove_leftovers(folder)
                _mend_list(folder)
            self._least = self._read_least()
        self._manager = tf.train.CheckpointManager(
            self._checkpoint,
            str(log_dir),
            max_to_keep=keep,
            checkpoint_name="snap",
        )
        self._damaged = set()
        if self.latest:
            check(self.latest, trainer.generator)

    @property
    def latest(self):
        """Prefix of the newest checkpoint that is not known to be damaged, or None."""
        return next(reversed([c for c in self._manager.checkpoints if c not in self._damaged]), None)

    @property
    def bytes_each(self):
        """The size of a checkpoint."""
        parts = tf.train.TrackableView(self._checkpoint).descendants()
        variables = [part for part in parts if isinstance(part, tf.Variable)]
        return sum(variable.dtype.size * variable.shape.num_elements() for variable in variables)

    def close(self):
        """Release the folder for other processes, as the end of this process does."""
        if self._writes:
            self._lock.release()

    def check_held(self):
        """Raise UserError if the folder was removed or replaced, and may be another run's by now."""
        with as_user_error(f"the log directory {self._folder} was removed during the run"):
            found = os.stat(self._folder / _LOCK)
        if not os.path.samestat(found, self._held):
            raise UserError(f"the log directory {self._folder} was replaced during the run")

    def pass_over(self, prefix):
        """Take a checkpoint for damaged; `latest` is then the one before, until it is written again."""
        self._damaged.add(prefix)

    def save(self):
        """Save now and return the prefix.

        Raises:
            UserError: the checkpoint cannot be written; the message names the last good one.
        """
        return self._save(self._manager)

    def save_if_best(self, numbers):
        """Save into the folder `best` if `l1` is smaller than ever before.

        Args:
            numbers: dict of the validation metrics; must contain `l1`.

        Returns:
            the prefix, or None if `l1` is no improvement.

        Raises:
            UserError: as `save`.
        """
        if self._least <= numbers["l1"]:
            return None
        folder = self._folder / _BEST
        record = folder / _NUMBERS
        manager = tf.train.CheckpointManager(self._checkpoint, str(folder), 1, checkpoint_name="snap")
        prefix = self._save(manager)
        write_whole(record, json.dumps({"step": int(self._step), **numbers}, indent=1) + "\n")
        self._least = numbers["l1"]
        return prefix

    def _read_least(self):
        """The smallest `l1` so far."""
        record = self._folder / _BEST / _NUMBERS
        if not record.is_file():
            return math.inf
        try:
            return float(json.loads(record.read_text())["l1"])
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise UserError(f"{record} is damaged: remove the folder {record.parent}") from error

    def _save(self, manager):
        try:
            folder = pathlib.Path(manager.directory)
            folder.mkdir(exist_ok=True)
            write_config(folder, self._config)  # first, so that there is no checkpoint without one
            prefix = manager.save(checkpoint_number=int(self._step))
            self._damaged.discard(prefix)
            return prefix
        except (tf.errors.OpError, OSError) as error:
            why = reason(error)
        for folder in (self._folder, self._folder / _BEST):
            _remove_leftovers(folder)
        raise UserError(
            f"cannot save a checkpoint at iteration {int(self._step)}: {why}; the last good one is "
            f"{self.latest or '(none)'}: free some space or repair the folder, then start again"
        )


def _locked(path):
    """A lock that only this process holds; UserError if another one does."""
    try:
        return hold(path)
    except filelock.Timeout as error:
        raise UserError(f"another process trains in {path.parent}: name another --log_dir") from error


def _remove_leftovers(folder):
    """Remove what an interrupted save has left: folders of parts, and data without an index."""
    for parts in folder.glob("snap-*_temp"):
        shutil.rmtree(parts, ignore_errors=True)
    for data in folder.glob("snap-*.data-*"):
        if not data.with_suffix(".index").is_file():
            data.unlink()


def _mend_list(folder):
    """Rewrite the file `checkpoint` where it is not sound.

    TensorFlow removes old checkpoints by the paths in it. They are written without a folder, so that a copy
    of the run never leads back to the original.
    """
    prefixes, sound = listed(folder)
    if sound:
        return
    if not prefixes:
        (folder / "checkpoint").unlink(missing_ok=True)
        return
    stems = [pathlib.Path(prefix).name for prefix in prefixes]
    times = [os.path.getmtime(f"{prefix}.index") for prefix in prefixes]
    lines = [f'model_checkpoint_path: "{stems[-1]}"']
    lines += [f'all_model_checkpoint_paths: "{stem}"' for stem in stems]
    lines += [f"all_model_checkpoint_timestamps: {time}" for time in times]
    write_whole(folder / "checkpoint", "\n".join([*lines, f"last_preserved_timestamp: {times[0] - 1}\n"]))
