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
    from inpaint.checkpoints.restore import restored_generator
    from inpaint.inference.inpainter import Inpainter

    generator = restored_generator(options.checkpoint_dir, config, options.precision, say)
    return Inpainter(generator, options.edge_threshold, **more)
