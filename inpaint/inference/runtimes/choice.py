"""Choosing what runs a network: TensorFlow, or LiteRT, which starts sooner and needs less memory."""

import importlib.util

from inpaint.checkpoints.formats.litert_file import find_litert
from inpaint.checkpoints.locate import BUNDLED
from inpaint.errors import UserError
from inpaint.inference.runtimes.litert_filler import LiteRTFiller
from inpaint.inference.runtimes.litert_network import LiteRTNetwork


def loaded_network(path, config, precision, runtime, say):
    """The network of a checkpoint, for the runtime that is asked for.

    With `"auto"` it is LiteRT where the checkpoint is a file for it, as are the bundled weights of the light
    distribution; otherwise TensorFlow.

    Args:
        path, config, precision: as of `Inpainter.of_config`.
        runtime: `"auto"`, `"tensorflow"` or `"litert"`.
        say: called with one line of text that describes what was loaded, or None.

    Returns:
        what `make_generator` returns, or a `LiteRTNetwork`.

    Raises:
        UserError: the runtime is missing or cannot run this.
    """
    file = litert_file(path, config, precision, runtime)
    if file is None:
        from inpaint.checkpoints.restore import restored_generator
        from inpaint.inference.runtimes.tensorflow_filler import TensorFlowFiller

        TensorFlowFiller.check_process()
        return restored_generator(path, config, precision, say)
    network = LiteRTNetwork(file)
    if say:
        say(f"loaded {file} into LiteRT")
    return network


def litert_file(path, config, precision, runtime):
    """The file that LiteRT is to run, or None for TensorFlow; arguments and errors as of `loaded_network`."""
    file = find_litert(BUNDLED if path is None else path)
    name = path or "the bundled weights"
    if file is None and runtime == "litert":
        raise UserError(f"--runtime=litert needs a file that export --format=litert wrote, received {name}")
    if file is None or runtime == "tensorflow":
        if importlib.util.find_spec("tensorflow") is None:
            raise UserError(
                f"this needs TensorFlow, which is not installed, to run {name}: pip install deepfillv2, or "
                f"name a file that export --format=litert wrote"
            )
        if file is None:
            return None
        raise UserError(f"{name} are for LiteRT, received --runtime=tensorflow: name a checkpoint")
    _check_auto(config.fill_size)  # before the file is read, which takes time
    if precision != "float32":
        raise UserError(f"LiteRT computes as its file says: leave --precision out, received {precision}")
    return file


def filler_for(generator, edge_threshold, hole_only, eager, fill_size, detail):
    """What fills batches for an `Inpainter`: arguments as of its constructor, but `detail` a bool."""
    if isinstance(generator, LiteRTNetwork):
        _check_auto(fill_size)
        return LiteRTFiller(generator, detail)
    from inpaint.inference.runtimes.tensorflow_filler import TensorFlowFiller

    return TensorFlowFiller(generator, edge_threshold, hole_only, eager, detail)


def _check_auto(fill_size):
    if fill_size != "auto":
        raise UserError(f"LiteRT fills with --fill_size=auto only, received {fill_size}")
