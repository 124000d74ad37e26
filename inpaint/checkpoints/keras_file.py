"""Networks that Keras saved: `generator.save("x.keras")`."""

import json
import pathlib
import zipfile

from inpaint.errors import UserError, reason

_CLASSES = ("Generator", "PConvUNet")
_MOST_BYTES = 1 << 20  # of a description, which has some hundred
_UNREADABLE = OSError, ValueError, LookupError, TypeError, RuntimeError, zipfile.BadZipFile


def is_keras_file(path):
    """Whether a path names such a file; Keras goes by the suffix, too."""
    return path is not None and pathlib.Path(path).suffix == ".keras"


def description(path):
    """What the file says of the network, a dict with `guided`, `padding` and `network`. Needs no TensorFlow.

    Raises:
        UserError: there is no such file, or it holds no network of this project.
    """
    if not pathlib.Path(path).is_file():
        raise UserError(f"no checkpoint at {path}: no such file")
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo("config.json").file_size > _MOST_BYTES:
                raise ValueError("its description is too long")
            found = json.loads(archive.read("config.json"))
        if found["class_name"] not in _CLASSES:
            raise ValueError(f"a {found['class_name']}")
        return dict(found["config"])
    except _UNREADABLE as error:
        raise UserError(
            f"{path} holds no network of this project that Keras saved: {reason(error)}"
        ) from error


def load(path, generator):
    """Give a generator like the saved one its weights; UserError if the file is damaged."""
    import tensorflow as tf

    try:
        generator.set_weights(tf.keras.models.load_model(path, compile=False).get_weights())
    except _UNREADABLE as error:
        raise UserError(f"{path} cannot be read: {reason(error)}") from error
