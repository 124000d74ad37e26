"""The flags that test.py and batch_test.py share."""

from absl import flags

from inpaint.inpainter import Inpainter
from inpaint.picture_files import MAX_PIXELS

FLAGS = flags.FLAGS

flags.DEFINE_string(
    "checkpoint_dir",
    None,
    "Folder or prefix of a checkpoint, ours or the original's. Default: the bundled weights.",
)
flags.DEFINE_bool("guided", False, "Whether the checkpoint's generator takes a sketch.")
flags.DEFINE_float("edge_threshold", 0.6, "A sketch's value / 255 above this is a line.", 0, 1)
flags.DEFINE_enum(
    "padding",
    "SAME",
    ["SAME", "SYMMETRIC", "REFLECT"],
    "Borders of the generator's convolutions, as it was trained.",
    case_sensitive=False,
)
flags.DEFINE_integer("max_pixels", MAX_PIXELS, "Largest picture (height x width) that is read.", 1)


def inpainter():
    """The `Inpainter` that the flags describe; says what it loaded."""
    return Inpainter.from_checkpoint(
        FLAGS.checkpoint_dir,
        guided=FLAGS.guided,
        padding=FLAGS.padding,
        edge_threshold=FLAGS.edge_threshold,
        say=print,
    )
