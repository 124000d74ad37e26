"""Files and folders that are there as a whole or not at all, whenever the process dies."""

import contextlib
import os
import pathlib
import secrets
import shutil
import stat

from inpaint.errors import UserError, as_user_error

_MODELS = ("saved_model.pb", "model*.onnx", "model.tflite")  # what tells a folder that may be replaced


@contextlib.contextmanager
def whole_file(path):
    """A new file beside its place, moved there once the body has succeeded.

    A file that it replaces keeps its mode and, where the process may set them, owner and group.

    Args:
        path: where the file goes. Links stay links.

    Yields:
        the file, open for writing bytes.

    Raises:
        OSError: it cannot be written; everything is as it was before.
    """
    target = pathlib.Path(path).resolve()
    part = target.with_name(f".{secrets.token_hex(6)}.part")
    before = target.stat() if target.exists() else None
    # Nobody reads the new file who may not read the old one.
    mode = 0o666 if before is None else 0o600
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            yield file
        if before:
            with contextlib.suppress(PermissionError):
                os.chown(part, before.st_uid, before.st_gid)
            os.chmod(part, stat.S_IMODE(before.st_mode))
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


def write_whole(path, content):
    """Write a file, of text or bytes, as `whole_file` does.

    Raises:
        UserError: it cannot be written.
    """
    # UnicodeEncodeError: what neither is text nor was the name of a file.
    with as_user_error(f"cannot write {path}", UnicodeEncodeError), whole_file(path) as file:
        # Names of files need not be UTF-8.
        file.write(content.encode(errors="surrogateescape") if isinstance(content, str) else content)


def check_folder(folder, overwrite):
    """Check that a model may be written to `folder`.

    Args:
        folder: where the model goes.
        overwrite: whether an existing model may be replaced.

    Raises:
        UserError: the folder exists, and `overwrite` is false or it holds something other than a model.
    """
    folder = pathlib.Path(folder)
    with as_user_error(f"cannot write {folder}"):
        if not os.path.lexists(folder):
            return
        if not folder.is_dir():
            raise UserError(f"cannot write {folder}: it is not a folder")
        if not overwrite:
            raise UserError(f"{folder} exists already: name another version, or replace it with --overwrite")
        if any(folder.iterdir()) and not any(any(folder.glob(name)) for name in _MODELS):
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
        UserError: as `check_folder`.
        OSError: the folder cannot be written.
    """
    check_folder(folder, overwrite)
    target = pathlib.Path(folder).resolve()
    with _new_folders(target.parent):
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
