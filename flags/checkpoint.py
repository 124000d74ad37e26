"""The flag that names a checkpoint to read."""

from absl import flags


def define(values):
    flags.DEFINE_string(
        "checkpoint_dir",
        None,
        "Folder or prefix of a checkpoint, this project's or the original's. Default: the bundled weights.",
        flag_values=values,
    )
