"""Folders of photographs, as cameras, editors and file managers leave them."""

import os
import pathlib

from inpaint.errors import UserError, as_user_error

# What photographs are stored in: more than can be written.
IMAGE_SUFFIXES = (
    *(".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".tif", ".tiff", ".gif", ".avif", ".bmp", ".dib"),
    *(".heic", ".heif", ".jp2", ".j2k", ".jpx", ".ppm", ".pgm", ".pbm", ".pnm", ".psd", ".tga", ".qoi"),
    *(".ico", ".icns", ".pcx", ".sgi", ".dds", ".mpo"),
)
_NO_PHOTOGRAPHS = ("@eadir", "__macosx")  # thumbnails and resource forks


def is_image_name(path):
    """Whether a path, a `pathlib.Path`, ends as images do."""
    return path.suffix.lower() in IMAGE_SUFFIXES


def images_in(folder):
    """The images in a folder and its sub-folders, without those whose names begin with a dot.

    Symbolic links are followed; a folder that is reached in several ways is read once.

    Args:
        folder: its path.

    Returns:
        sorted list of `pathlib.Path`s.

    Raises:
        UserError: there is none, or the folder or one of its sub-folders cannot be read.
    """

    def fail(error):
        raise error

    found, seen = [], set()
    with as_user_error(f"cannot read the folder {folder}"):
        for parent, folders, names in os.walk(folder, onerror=fail, followlinks=True):
            real = os.path.realpath(parent)
            if real in seen:
                folders.clear()
                continue
            seen.add(real)
            folders[:] = sorted(name for name in folders if not _is_hidden(name))
            paths = (pathlib.Path(parent, name) for name in names if not _is_hidden(name))
            found += [path for path in paths if is_image_name(path) and path.is_file()]
    if not found:
        raise UserError(f"no images in {folder}: looked for names that end in {', '.join(IMAGE_SUFFIXES)}")
    return sorted(found)


def _is_hidden(name):
    return name.startswith(".") or name.lower() in _NO_PHOTOGRAPHS
