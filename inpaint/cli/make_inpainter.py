"""Creating an `Inpainter` from a command's options."""

import contextlib

from inpaint.cli.captured_stderr import captured_stderr
from inpaint.cli.tensorflow_start import load_tensorflow
from inpaint.inference.inpainter import Inpainter
from inpaint.inference.runtimes.choice import litert_file


def make_inpainter(options, config, say=print, runtime="tensorflow", **more):
    """Load the weights and what runs them.

    Args:
        options: an `InpainterOptions`.
        config: the checkpoint's `GeneratorConfig`, see `inpaint.checkpoints.config.resolve`.
        say: called with one line of text that describes the loaded checkpoint.
        runtime: as of `Inpainter.from_checkpoint`.
        more: further arguments of the `Inpainter`.

    Returns:
        An `Inpainter`.
    """
    path, precision, threshold = options.checkpoint_dir, options.precision, options.edge_threshold
    with contextlib.ExitStack() as stack:
        if litert_file(path, config, precision, runtime):
            stack.enter_context(captured_stderr())  # LiteRT tells how it runs the network
        else:
            load_tensorflow()
        return Inpainter.of_config(path, config, precision, threshold, say, runtime, **more)
