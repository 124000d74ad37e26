"""Create the file lists of a dataset: check the images, shuffle them, split off a validation set."""

import concurrent.futures
import os
import pathlib
import random

from inpaint.errors import UserError, as_user_error
from inpaint.images.image_files import image_size, read_image
from inpaint.io.atomic import write_whole

_PART = 256  # images checked between two progress reports
TRAINING, VALIDATION = "train_shuffled.flist", "validation_static_view.flist"


def checked(paths, least_side=1, decode=True, say=print, done=None, max_pixels=None):
    """Return the usable images, in the same order, and report all others.

    Args:
        paths: list of image paths.
        least_side: minimum height and width, in pixels.
        decode: Whether to decode each image completely, or only to read its header.
        say: called with one line of text for the user, for each image left out.
        done: called with the number of images checked so far, after every 256.
        max_pixels: maximum number of pixels of an image, or None.

    Returns:
        List of paths.
    """

    def size(path):
        return read_image(path, max_pixels).size if decode else image_size(path, max_pixels)

    def problem(path):
        try:
            height, width = size(path)
        except UserError as error:
            return str(error)
        if min(height, width) < least_side:
            return f"{path} is {width} x {height}: both sides must be at least {least_side}"
        return None

    good = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as threads:
        for start in range(0, len(paths), _PART):
            part = paths[start : start + _PART]
            for path, reason in zip(part, threads.map(problem, part)):
                if reason:
                    say(f"left out: {reason}")
                else:
                    good.append(path)
            if done:
                done(start + len(part))
    return good


def split(paths, validation, seed=0):
    """Shuffle and split into training and validation images.

    Args:
        paths: list of image paths; their order has no effect.
        validation: number of validation images.
        seed: seed of the shuffle.

    Returns:
        (training, validation): two disjoint lists of paths.

    Raises:
        UserError: if no training images would be left.
    """
    if validation >= len(paths):
        raise UserError(
            f"there are {len(paths)} usable images: --validation={validation} leaves none to train on"
        )
    shuffled = sorted(paths)
    random.Random(seed).shuffle(shuffled)
    return shuffled[validation:], shuffled[:validation]


def check_free(folder):
    """Raise UserError if the folder already has either list: an old and a new list may not match."""
    for name in (TRAINING, VALIDATION):
        path = pathlib.Path(folder) / name
        with as_user_error(f"cannot write {path}"):
            if path.exists():
                raise UserError(f"{path} exists already: remove it, or name another --output_dir")


def write_lists(folder, training, validation):
    """Write both lists, with absolute paths, under the names that the presets of train.py use.

    Args:
        folder: output folder, created if needed.
        training, validation: lists of image paths; an empty validation list is not written.

    Raises:
        UserError: if a list already exists or cannot be written, or if a file name has line breaks
            or surrounding white space.
    """
    check_free(folder)
    for path in (*training, *validation):
        if len(str(path).splitlines()) != 1 or str(path) != str(path).strip():
            raise UserError(f"a file list cannot contain the name {str(path)!r}: rename the file")
    lists = {TRAINING: training, **({VALIDATION: validation} if validation else {})}
    folder = pathlib.Path(folder)
    with as_user_error(f"cannot make {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
    for name, paths in lists.items():
        write_whole(folder / name, "".join(f"{os.path.abspath(path)}\n" for path in paths))
