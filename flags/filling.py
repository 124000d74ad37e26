"""The flags that test.py and batch_test.py share."""

from absl import flags

from flags import checkpoint, network, precision
from inpaint.inpainter import Inpainter
from inpaint.picture_files import MAX_PIXELS

FLAGS = flags.FLAGS
flags.adopt_module_key_flags(network)
flags.adopt_module_key_flags(checkpoint)
flags.adopt_module_key_flags(precision)

flags.DEFINE_integer("max_pixels", MAX_PIXELS, "Largest picture that is read, sides rounded up to 8.", 1)


def inpainter(checkpoint=None):
    """The `Inpainter` that the flags describe; says what it loaded.

    Args:
        checkpoint: another one, instead of --checkpoint_dir.
    """
    return Inpainter.from_checkpoint(
        checkpoint or FLAGS.checkpoint_dir,
        guided=FLAGS.guided,
        padding=FLAGS.padding,
        precision=FLAGS.precision,
        edge_threshold=FLAGS.edge_threshold,
        say=print,
    )
