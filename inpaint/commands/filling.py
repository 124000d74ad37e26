"""The `Inpainter` that a command's flags describe."""

from flags.network import given
from inpaint.cli.tensorflow_start import load_tensorflow


def make_inpainter(flags, checkpoint=None, say=print, **options):
    """Load TensorFlow and the weights.

    Args:
        flags: parsed flags, `flags.filling` among them; `follow_checkpoint` has seen them.
        checkpoint: another checkpoint than --checkpoint_dir.
        say: takes one line that tells what was loaded.
        options: further arguments of `Inpainter`.
    """
    load_tensorflow()
    from inpaint.inference.inpainter import Inpainter

    return Inpainter.from_checkpoint(
        checkpoint or flags.checkpoint_dir,
        guided=flags.guided,
        padding=given(flags, "padding"),
        precision=flags.precision,
        edge_threshold=flags.edge_threshold,
        say=say,
        **options,
    )
