"""Files and folders that are there as a whole or not at all, whenever the process dies."""

import contextlib
import os
import pathlib
import secrets
import shutil

from inpaint.errors import UserError, telling

_MODELS = ("saved_model.pb", "model.onnx")  # what tells a folder that may be replaced


def write_whole(path, content):
    """Write a file, of text or bytes, beside its place, then move it there.

    Raises:
        UserError: it cannot be written.
    """
    path = pathlib.Path(path)
    partial = path.with_name(f"{path.name}.partial")
    with telling(f"cannot write {path}"):
        try:
            partial.write_bytes(content.encode() if isinstance(content, str) else content)
            os.replace(partial, path)
        finally:
            partial.unlink(missing_ok=True)


def check_folder(folder, overwrite):
    """Check that a model may be written to `folder`.

    Args:
        folder: where the model goes.
        overwrite: whether an existing model may be replaced.

    Raises:
        UserError: the folder exists, and `overwrite` is false or it holds something other than a model.
    """
    folder = pathlib.Path(folder)
    with telling(f"cannot write {folder}"):
        if not os.path.lexists(folder):
            return
        if not folder.is_dir():
            raise UserError(f"cannot write {folder}: it is not a folder")
        if not overwrite:
            raise UserError(f"{folder} exists already: name another version, or replace it with --overwrite")
        if any(folder.iterdir()) and not any((folder / name).exists() for name in _MODELS):
            raise UserError(f"cannot write {folder}: it holds something other than a model, name another")


@contextlib.contextmanager
def whole_folder(folder, overwrite):
    """A new folder to write into, moved to its place once the body has succeeded.

    Until then it is a hidden sibling, so that a server watching the parent folder never finds half a
    model. If anything fails, everything is as it was before.

    Args:
        folder: where the new folder goes.
        overwrite: as in `check_folder`.

    Yields:
        the path to write to; it does not exist yet.

    Raises:
        UserError: as `check_folder`, or the folder cannot be written.
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
    """Move a folder to its place; the old one is removed only once the new one is there."""
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
    """Make a folder and its parents; the new ones are removed again if the body fails."""
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
            with contextlib.suppress(OSError):  # in use by another process by now
                path.rmdir()
        raise
