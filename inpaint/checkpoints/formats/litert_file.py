"""Networks for LiteRT, which `export --format=litert` writes. Needs neither TensorFlow nor LiteRT."""

import json
import pathlib
import zipfile

from inpaint.checkpoints.formats.archived import archived_config
from inpaint.errors import UserError, reason

NAME = "model.tflite"
_MOST_BYTES = 1 << 16  # of a description, which has some hundred
_UNREADABLE = OSError, ValueError, LookupError, TypeError, RuntimeError, zipfile.BadZipFile


def find_litert(path):
    """The LiteRT file that a path names, or None: a .tflite file, or a folder with a `model.tflite`."""
    if path is None:
        return None
    path = pathlib.Path(path)
    return path if path.suffix == ".tflite" else path / NAME if (path / NAME).is_file() else None


def description(path):
    """What the file says of itself, a dict: what is in a config.json, and `sizes` and `edge_threshold`.

    Raises:
        UserError: there is no such file, or none that this version wrote.
    """
    path = find_litert(path)
    if not path.is_file():
        raise UserError(f"no checkpoint at {path}: no such file")
    try:
        found = json.loads(archived_config(path, _MOST_BYTES))
        sizes, threshold = found["sizes"], found["edge_threshold"]
        if not sizes or {*map(type, sizes)} != {int} or type(threshold) is not float:
            raise ValueError("its description has no sizes")
        return found
    except _UNREADABLE as error:
        raise UserError(
            f"{path} is no network of this project for LiteRT: {reason(error)}; write it by export "
            f"--format=litert"
        ) from error


def load(path, generator):
    """Raise UserError: such a file has no weights that a generator could take."""
    raise UserError(f"{path} is for LiteRT, which fills with it: name the checkpoint that it was made of")
