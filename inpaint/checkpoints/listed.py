"""The list of a folder's checkpoints: TensorFlow's file `checkpoint`, checked."""

import pathlib
import re
import warnings

import tensorflow as tf

from inpaint.errors import Note


def listed(folder):
    """The checkpoints of a folder by its list, or by its files where that is damaged or names others.

    Whoever lists another folder's snapshots is told so: they are never this run's.

    Args:
        folder: a `pathlib.Path`.

    Returns:
        (prefixes, oldest first; whether the list is sound).
    """
    state = _state(folder)
    paths = [pathlib.Path(path) for path in state.all_model_checkpoint_paths] if state else []
    outside = [path for path in paths if path.parent.resolve() != folder.resolve()]
    if outside:
        told = f"{folder / 'checkpoint'} names {outside[0]}, which is not in this folder: it is left alone"
        warnings.warn(Note(told), stacklevel=2)
    elif state and pathlib.Path(f"{state.model_checkpoint_path}.index").is_file():
        return [str(path) for path in paths], True
    # A save writes the index last.
    stems = [path.stem for path in folder.glob("snap-*.index") if re.fullmatch(r"snap-\d+", path.stem)]
    stems.sort(key=lambda stem: int(stem.removeprefix("snap-")))
    return [str(folder / stem) for stem in stems], False


def _state(folder):
    """What the file `checkpoint` holds, with paths as seen from here; None if it is missing or damaged."""
    try:
        return tf.train.get_checkpoint_state(str(folder))
    except UnicodeDecodeError:
        return None
