"""The flag for the checkpoint to load."""

from absl import flags


def define(values):
    flags.DEFINE_string(
        "checkpoint_dir",
        None,
        "Folder or prefix of a checkpoint of this project or the original. Default: the bundled weights.",
        flag_values=values,
    )
