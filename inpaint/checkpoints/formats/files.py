"""Networks that lie in one file of another format, told by its suffix. Needs no TensorFlow."""

import importlib
import pathlib

from inpaint.checkpoints.formats.litert_file import NAME

_MODULES = {
    ".keras": "keras_file",
    ".h5": "keras_file",
    ".pth": "port_file",
    ".pt": "port_file",
    ".safetensors": "port_file",
    ".tflite": "litert_file",
}


def format_of(path):
    """The module that reads a file, or None for what is no such file: a folder, a prefix, no path.

    The folder of a `model.tflite` stands for that file.

    Each has `description(path)`, what the file says of its network as a dict with `guided`, `padding` and
    `network`, or None where it says nothing; and `load(path, generator)`, which gives a generator like that
    the file's weights and returns in words what they are. Both raise UserError.
    """
    if path is None:
        return None
    path = pathlib.Path(path)
    if path.is_dir() and not (path / NAME).is_file():
        return None
    name = _MODULES.get(".tflite" if path.is_dir() else path.suffix)
    return name and importlib.import_module(f"inpaint.checkpoints.formats.{name}")
