"""Creating an `Inpainter` from a command's flags."""

from inpaint.cli.tensorflow_start import load_tensorflow
from inpaint.flags import scale
from inpaint.flags.network import requested


def make_inpainter(flags, checkpoint=None, say=print, **options):
    """Load TensorFlow and the weights.

    Args:
        flags: parsed flags, including those of `flags.filling` and maybe of `flags.scale`, after
            `follow_checkpoint`.
        checkpoint: checkpoint to load instead of --checkpoint_dir.
        say: called with one line of text that describes the loaded checkpoint.
        options: further arguments of `Inpainter.from_checkpoint`; they go before the flags.

    Returns:
        An `Inpainter`.
    """
    if "fill_size" in flags:
        options = {**scale.options(flags), **options}
    load_tensorflow()
    from inpaint.inference.inpainter import Inpainter

    return Inpainter.from_checkpoint(
        checkpoint or flags.checkpoint_dir,
        **{**requested(flags), "guided": flags.guided},
        precision=flags.precision,
        edge_threshold=flags.edge_threshold,
        say=say,
        **options,
    )
