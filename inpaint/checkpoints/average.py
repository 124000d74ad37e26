"""The mean of a run's newest checkpoints, often better than the last one (Izmailov et al., UAI 2018)."""

import pathlib

from inpaint.checkpoints import native, restore
from inpaint.checkpoints.config import config_of
from inpaint.checkpoints.convert import write_generator
from inpaint.checkpoints.listed import listed
from inpaint.checkpoints.locate import check_free
from inpaint.errors import UserError


def write_average(log_dir, count, folder, generator, config=None):
    """Write the mean of a run's newest checkpoints as a generator-only snapshot in the original's format.

    Args:
        log_dir: the run's folder.
        count: how many checkpoints to average.
        folder: where the result goes; created if needed.
        generator: a `Generator` like the run's; receives the mean.
        config: the `GeneratorConfig` to write. Default: the generator's.

    Returns:
        (the prefix written, the prefixes that were averaged, oldest first).

    Raises:
        UserError: there are fewer checkpoints, or they do not fit or are not finite; `folder` holds a
            checkpoint already, or cannot be written.
    """
    prefixes = _newest(log_dir, count)
    step = _step(prefixes[-1])
    check_free(folder)
    _fill_with_mean(generator, prefixes)
    return write_generator(folder, generator, config or config_of(generator), step), prefixes


def _fill_with_mean(generator, prefixes):
    sums = None
    for prefix in prefixes:
        restore.load_generator(prefix, generator)
        arrays = [array.astype("float64") for array in generator.get_weights()]
        sums = arrays if sums is None else [a + b for a, b in zip(sums, arrays)]
    generator.set_weights([(total / len(prefixes)).astype("float32") for total in sums])


def _step(prefix):
    step = prefix.rpartition("-")[2]
    if not step.isdigit():
        raise UserError(f"{prefix} has no step in its name: snap-100, for example, is needed")
    return int(step)


def _newest(log_dir, count):
    if not pathlib.Path(log_dir).is_dir():
        raise UserError(f"there is no folder {log_dir}: name the --log_dir of a run")
    prefixes, _ = listed(pathlib.Path(log_dir))
    if len(prefixes) < count:
        raise UserError(
            f"{log_dir} holds {len(prefixes)} of the {count} checkpoints of a run that are wanted: lower "
            f"--count, train on, or train with a larger --keep_checkpoints"
        )
    for prefix in prefixes[-count:]:
        if not native.is_ours(prefix):
            raise UserError(
                f"{prefix} is a snapshot of the original TF1 code: a run of this project is needed"
            )
    return prefixes[-count:]
