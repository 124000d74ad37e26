"""Creating an `Inpainter` from a command's flags."""

from inpaint.cli.tensorflow_start import load_tensorflow
from inpaint.flags import scale


def make_inpainter(flags, config, checkpoint=None, say=print, **options):
    """Load TensorFlow and the weights.

    Args:
        flags: parsed flags, including those of `flags.filling` and maybe of `flags.scale`.
        config: the checkpoint's `GeneratorConfig`, see `flags.network.resolved`.
        checkpoint: checkpoint to load instead of --checkpoint_dir.
        say: called with one line of text that describes the loaded checkpoint.
        options: further arguments of the `Inpainter`; they go before the flags.

    Returns:
        An `Inpainter`.
    """
    if "fill_size" in flags:
        options = {**scale.options(flags), **options}
    load_tensorflow()
    from inpaint.checkpoints.restore import restored_generator
    from inpaint.inference.inpainter import Inpainter

    generator = restored_generator(checkpoint or flags.checkpoint_dir, config, flags.precision, say)
    return Inpainter(generator, flags.edge_threshold, **options)
