"""The images in a folder, by one rule: what can be read is taken, and what is left out is counted."""

import collections
import os
import pathlib

from inpaint.images.opened_image import readable_suffixes

# Folders of file managers and network drives, with thumbnails and what was deleted.
_NO_PHOTOGRAPHS = ("@eaDir", "@Recycle", "#recycle", "$RECYCLE.BIN", "__MACOSX")


def is_image_name(path):
    """Whether a path, a `pathlib.Path`, ends as the images that can be read."""
    return path.suffix.lower() in readable_suffixes()


def images_in(folder):
    """Find the images below a folder.

    Symbolic links are followed, and each image is taken once, by its own path where that is below the folder.

    Args:
        folder: its path; hidden or not.

    Returns:
        (sorted list of `pathlib.Path`s; `Counter` of what was left out, in words).

    Raises:
        OSError: a folder cannot be read.
    """
    left_out = collections.Counter()
    found, linked, links, seen = {}, [], [], set()
    folders = collections.deque([pathlib.Path(folder)])
    # Links last, so that paths without them have precedence.
    while folders or links:
        folder = folders.popleft() if folders else links.pop(0)
        real = os.path.realpath(folder)
        if real in seen:
            left_out["links to what is there already"] += 1
            continue
        seen.add(real)
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
            path, is_link = pathlib.Path(entry.path), entry.is_symlink()
            # Not the entry's own answer for a link, which fails for one to itself.
            is_folder = os.path.isdir(path) if is_link else entry.is_dir()
            if entry.name.startswith(".") or (entry.name in _NO_PHOTOGRAPHS and is_folder):
                left_out["hidden files or folders"] += 1
            elif is_folder:
                (links if is_link else folders).append(path)
            elif not is_image_name(path):
                left_out[f"{path.suffix.lower() or 'other'} files"] += 1
            elif not os.path.isfile(path):
                left_out["broken links or devices"] += 1
            elif is_link:
                linked.append(path)
            else:
                found[os.path.join(real, entry.name)] = path
    for path in linked:
        if found.setdefault(os.path.realpath(path), path) is not path:
            left_out["links to what is there already"] += 1
    return sorted(found.values(), key=str), left_out
