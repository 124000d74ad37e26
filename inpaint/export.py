"""Writing a SavedModel into its version folder, whole or not at all."""

import contextlib
import os
import pathlib
import secrets
import shutil

import tensorflow as tf

from inpaint import warmup
from inpaint.errors import UserError, telling
from inpaint.served import Served

_SAVED_MODEL = "saved_model.pb"


def check_folder(folder, overwrite):
    """Raise UserError unless a model may be written to `folder`.

    Args:
        folder: where the model goes.
        overwrite: whether a model that is there may be replaced.
    """
    folder = pathlib.Path(folder)
    with telling(f"cannot write {folder}"):
        if not os.path.lexists(folder):
            return
        if not folder.is_dir():
            raise UserError(f"cannot write {folder}: it is no folder")
        if not overwrite:
            raise UserError(f"{folder} exists already: name another version, or replace it with --overwrite")
        if any(folder.iterdir()) and not (folder / _SAVED_MODEL).exists():
            raise UserError(f"cannot write {folder}: it holds something else than a SavedModel, name another")


def export(inpainter, folder, max_pixels, overwrite=False, say=print):
    """Write a SavedModel with the signatures of `Served`, and warm-up requests for TensorFlow Serving.

    Everything is written to a hidden folder beside the place and then moved there, so that a server
    that watches the parent folder never finds half a model.

    Args:
        inpainter: an `Inpainter`.
        folder: the version folder, such as `models/inpaint/1`.
        max_pixels: as in `Served`.
        overwrite: whether a model that is there is replaced.
        say: takes a line for the user.

    Raises:
        UserError: the folder exists, or cannot be written.
    """
    check_folder(folder, overwrite)
    target = pathlib.Path(folder).resolve()
    with telling(f"cannot write {folder}"), _new_folders(target.parent):
        part = target.with_name(f".{target.name}.{secrets.token_hex(6)}.part")
        try:
            _write(inpainter, part, max_pixels, say)
            _put(part, target)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    if not target.name.isdecimal():
        say(
            f"note: TensorFlow Serving loads only folders whose name is a whole number, "
            f"such as {pathlib.Path(folder) / '1'}"
        )


def _write(inpainter, folder, max_pixels, say):
    served = Served(inpainter, max_pixels)
    options = tf.saved_model.SaveOptions(experimental_custom_gradients=False)
    tf.saved_model.save(served, str(folder), served.signature_functions(), options)
    if warmup.can_be_written():
        warmup.write_requests(folder, inpainter.generator.guided)
    else:
        say("note: no warm-up requests were written: pip install tensorflow-serving-api, and export again")


def _put(part, target):
    """Move a folder to its place; what was there is gone only once the new one is there."""
    old = target.with_name(f".{target.name}.{secrets.token_hex(6)}.old")
    replaced = target.exists()
    if replaced:
        os.rename(target, old)
    try:
        os.rename(part, target)
    except BaseException:
        if replaced:
            os.rename(old, target)
        raise
    if replaced:
        shutil.rmtree(old)


@contextlib.contextmanager
def _new_folders(folder):
    """Make a folder and those above it; those that were made are removed if the body fails."""
    made = []
    for path in (folder, *folder.parents):
        if path.exists():
            break
        made.append(path)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        for path in made:
            with contextlib.suppress(OSError):  # somebody else uses it by now
                path.rmdir()
        raise
