"""Creating an `Inpainter` from a command's options."""

from inpaint.cli.tensorflow_start import load_tensorflow


def make_inpainter(options, config, say=print, **more):
    """Load TensorFlow and the weights.

    Args:
        options: an `InpainterOptions`.
        config: the checkpoint's `GeneratorConfig`, see `inpaint.checkpoints.config.resolve`.
        say: called with one line of text that describes the loaded checkpoint.
        more: further arguments of the `Inpainter`.

    Returns:
        An `Inpainter`.
    """
    load_tensorflow()
    from inpaint.inference.inpainter import Inpainter

    threshold = options.edge_threshold
    return Inpainter.of_config(options.checkpoint_dir, config, options.precision, threshold, say, **more)
