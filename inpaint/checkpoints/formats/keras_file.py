"""Networks that Keras saved: `generator.save("x.keras")` or `"x.h5"`, `save_weights("x.weights.h5")`."""

import json
import pathlib
import zipfile

from inpaint.checkpoints.formats.archived import archived_config
from inpaint.errors import UserError, reason

_CLASSES = ("Generator", "PConvUNet")
_MOST_BYTES = 1 << 20  # of a description, which has some hundred
_UNREADABLE = OSError, ValueError, LookupError, TypeError, RuntimeError, zipfile.BadZipFile


def description(path):
    """What the file says of the network; None of weights alone, which say nothing. Needs no TensorFlow.

    Raises:
        UserError: there is no such file, or it holds no network of this project.
    """
    if not pathlib.Path(path).is_file():
        raise UserError(f"no checkpoint at {path}: no such file")
    try:
        in_hdf5 = pathlib.Path(path).suffix == ".h5"
        text = _text_in_hdf5(path) if in_hdf5 else archived_config(path, _MOST_BYTES)
        if text is None:
            return None
        found = json.loads(text)
        if found["class_name"] not in _CLASSES:
            raise ValueError(f"a {found['class_name']}")
        return dict(found["config"])
    except _UNREADABLE as error:
        raise UserError(
            f"{path} holds no network of this project that Keras saved: {reason(error)}"
        ) from error


def _text_in_hdf5(path):
    import h5py

    with h5py.File(path) as file:
        return file.attrs.get("model_config")


def load(path, generator):
    """Give a generator like the saved one its weights; UserError if the file is damaged."""
    try:
        generator.load_weights(str(path))  # which makes no model, whatever the file describes
    except _UNREADABLE as error:
        raise UserError(f"{path} cannot be read: {reason(error)}") from error
    return "a network that Keras saved"
