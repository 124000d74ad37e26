"""The flag that names a checkpoint to read."""

from absl import flags

flags.DEFINE_string(
    "checkpoint_dir",
    None,
    "Folder or prefix of a checkpoint. To fill pictures: ours or the original's, by default the bundled "
    "weights. To convert: a run of ours.",
)
