"""Folders of models that are there as a whole or not at all."""

import contextlib
import os
import pathlib
import secrets
import shutil

from inpaint.errors import UserError, telling

_MODELS = ("saved_model.pb", "model.onnx")  # what tells a folder that may be replaced


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
        if any(folder.iterdir()) and not any((folder / name).exists() for name in _MODELS):
            raise UserError(f"cannot write {folder}: it holds something else than a model, name another")


@contextlib.contextmanager
def whole_folder(folder, overwrite):
    """A new folder to write into, which takes its place when the body has ended well.

    It is a hidden sibling until then, so that a server that watches the parent folder never finds half
    a model. If anything fails, all is as it was before.

    Args:
        folder: the place.
        overwrite: as in `check_folder`.

    Yields:
        the path to write to; it does not exist yet.

    Raises:
        UserError: as `check_folder`, or the system says no.
    """
    check_folder(folder, overwrite)
    target = pathlib.Path(folder).resolve()
    with telling(f"cannot write {folder}"), _new_folders(target.parent):
        part = target.with_name(f".{target.name}.{secrets.token_hex(6)}.part")
        try:
            yield part
            _put(part, target)
        finally:
            shutil.rmtree(part, ignore_errors=True)


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
