"""Making the file lists of a dataset: every image checked, shuffled, some kept for validation."""

import concurrent.futures
import os
import pathlib
import random

from inpaint.errors import UserError, telling
from inpaint.io.atomic import write_whole
from inpaint.io.image_files import image_size, read_image

_PART = 256  # images that are looked at before it is told how far the work is
TRAINING, VALIDATION = "train_shuffled.flist", "validation_static_view.flist"


def checked(paths, least_side=1, decode=True, say=print, done=None):
    """The images that can be used, in the same order; each of the others is told.

    Args:
        paths: list of images.
        least_side: height and width an image needs, in pixels.
        decode: whether to read the whole of each, or only its header.
        say: takes a line for the user, about an image that is left out.
        done: called with the number of images looked at, now and then.

    Returns:
        list of paths.
    """

    def size(path):
        return read_image(path, max_pixels=None).size if decode else image_size(path, max_pixels=None)

    def problem(path):
        try:
            height, width = size(path)
        except UserError as error:
            return str(error)
        if min(height, width) < least_side:
            return f"{path} is {width} x {height}: sides of at least {least_side} are wanted"
        return None

    good = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as threads:
        for start in range(0, len(paths), _PART):
            part = paths[start : start + _PART]
            for path, told in zip(part, threads.map(problem, part)):
                if told:
                    say(f"left out: {told}")
                else:
                    good.append(path)
            if done:
                done(start + len(part))
    return good


def split(paths, validation, seed=0):
    """Shuffle and divide.

    Args:
        paths: list of images.
        validation: how many are for validation.
        seed: of the shuffle; the order of `paths` does not matter.

    Returns:
        (training, validation): two lists of paths without a common image.

    Raises:
        UserError: none would be left to train on.
    """
    if validation >= len(paths):
        raise UserError(
            f"there are {len(paths)} usable images: --validation={validation} leaves none to train on"
        )
    shuffled = sorted(paths)
    random.Random(seed).shuffle(shuffled)
    return shuffled[validation:], shuffled[:validation]


def check_free(folder):
    """Raise UserError if either list is in a folder already: together with a new one it may be wrong."""
    for name in (TRAINING, VALIDATION):
        path = pathlib.Path(folder) / name
        with telling(f"cannot write {path}"):
            if path.exists():
                raise UserError(f"{path} exists already: remove it, or name another --output_dir")


def write_lists(folder, training, validation):
    """Write both lists under the names that train.py's datasets have; absolute paths.

    Args:
        folder: made if needed.
        training, validation: lists of images; without any for validation, only one list is written.

    Raises:
        UserError: as `check_free`, a name that a list cannot hold, or a list cannot be written.
    """
    check_free(folder)
    for path in (*training, *validation):
        if len(str(path).splitlines()) != 1 or str(path) != str(path).strip():
            raise UserError(f"the name {str(path)!r} cannot stand in a list: rename the file")
    lists = {TRAINING: training, **({VALIDATION: validation} if validation else {})}
    folder = pathlib.Path(folder)
    with telling(f"cannot make {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
    for name, paths in lists.items():
        write_whole(folder / name, "".join(f"{os.path.abspath(path)}\n" for path in paths))
