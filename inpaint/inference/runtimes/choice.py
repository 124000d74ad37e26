"""Choosing what runs a network: TensorFlow, or LiteRT, which starts sooner and needs less memory."""

import importlib.util

from inpaint.checkpoints.formats.litert_file import find_litert
from inpaint.checkpoints.locate import BUNDLED
from inpaint.errors import UserError
from inpaint.inference.runtimes.litert_filler import LiteRTFiller
from inpaint.inference.runtimes.litert_network import LiteRTNetwork


def loaded_network(path, config, precision, runtime, say):
    """The network of a checkpoint, for the runtime that is asked for.

    With `"auto"` it is LiteRT where the checkpoint is a file for it, and otherwise TensorFlow. The bundled
    weights are such a file, too, in an installation that has one.

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
    has_tensorflow, has_litert = (importlib.util.find_spec(x) for x in ("tensorflow", "ai_edge_litert"))
    if runtime == "tensorflow" or (file is None and runtime == "auto"):
        if path is not None and file is not None:
            raise UserError(f"{path} is for LiteRT, received --runtime=tensorflow: name the checkpoint")
        if not has_tensorflow:
            raise UserError(
                f"{path or 'the bundled weights'} need TensorFlow, which is not installed: pip install "
                f"deepfillv2, or name a file that export --format=litert wrote"
            )
        return None
    if file is None:
        raise UserError(
            f"--runtime=litert needs a file that export --format=litert wrote, received "
            f"--checkpoint_dir={path}"
        )
    why = _why_not(config, precision)
    optional = runtime == "auto" and path is None and has_tensorflow
    if optional and (why or not has_litert):
        return None
    if why:
        raise UserError(f"LiteRT {why}")
    return file


def _why_not(config, precision):
    if config.fill_size != "auto":
        return f"fills with --fill_size=auto only, received {config.fill_size}"
    if precision != "float32":
        return f"computes as its file says: leave --precision out, received {precision}"
    return None


def filler_for(generator, edge_threshold, hole_only, eager, fill_size, detail):
    """What fills batches for an `Inpainter`: arguments as of its constructor, but `detail` a bool."""
    if isinstance(generator, LiteRTNetwork):
        if fill_size != "auto":
            raise UserError(f"LiteRT fills with fill_size=auto only, received {fill_size}")
        return LiteRTFiller(generator, detail)
    from inpaint.inference.runtimes.tensorflow_filler import TensorFlowFiller

    return TensorFlowFiller(generator, edge_threshold, hole_only, eager, detail)
