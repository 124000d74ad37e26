"""Lists of images: `.flist` files and folders."""

import os
import pathlib
import random
import re
import warnings

from inpaint.errors import Note, UserError, as_user_error
from inpaint.images.image_files import read_image
from inpaint.io.pipes import read_all
from inpaint.io.text import decoded
from inpaint.lists.image_folder import images_in, is_image_name

JOB_LINE = "`image mask output`, names with spaces in double quotes"
_SKETCH = "_edge"


def image_paths(source, seed=0, guided=False):
    """The images a source names.

    Args:
        source: a text file with one path per line, whose order is kept; a folder, whose images, found by
            `folder_images`, are shuffled; or one image.
        seed: seed for shuffling a folder.
        guided: whether every image that can be read needs a sketch beside it.

    Returns:
        list of paths, strings.

    Warns:
        Note: something in the folder was left out.

    Raises:
        UserError: the source is missing or empty, or files are missing; says how many and names a few.
    """
    paths = _listed(source, seed, guided)
    needed = [*paths, *(str(sketch_path(path)) for path in paths)] if guided else paths
    missing = [path for path in needed if not os.path.isfile(path)]
    if missing and not (guided and _all_without_sketch_are_broken(paths)):
        raise UserError(
            f"{len(missing)} of the {len(needed)} files of {source} are missing, first "
            f"{', '.join(missing[:3])}; relative paths start at {os.getcwd()}"
            + ("; the command make_sketches draws sketches" if guided else "")
        )
    return paths


def _all_without_sketch_are_broken(paths):
    """Whether no image that lacks a sketch, which a broken one cannot have, can be read."""
    for path in paths:
        if not os.path.isfile(path):
            return False
        if not sketch_path(path).is_file():
            try:
                read_image(path, max_pixels=None)
                return False
            except UserError:
                continue
    return True


def _listed(source, seed, guided):
    source = pathlib.Path(source)
    with as_user_error(f"cannot read {source}"):
        if source.is_dir():
            paths = [str(path) for path in folder_images(source, guided)]
            random.Random(seed).shuffle(paths)
            return paths
        if not source.exists():
            raise UserError(f"no folder or file list {source} (a text file with one path per line)")
        if is_image_name(source):
            return [str(source)]
    paths = [unquoted(line.strip()) for line in read_lines(source) if line.strip()]
    if not paths:
        raise UserError(f"the file list {source} is empty")
    return paths


def folder_images(folder, guided=False):
    """The images in a folder, see `images_in`, without sketches.

    Args:
        folder: its path.
        guided: whether sketches are used, so that they do not count as left out.

    Returns:
        sorted list of `pathlib.Path`s. `cliff_edge.jpg` is a sketch if there is an image `cliff` beside it.

    Warns:
        Note: something was left out.

    Raises:
        UserError: there is no image, or the folder or one of its sub-folders cannot be read.
    """
    with as_user_error(f"cannot read {folder}"):
        paths, left_out = images_in(folder)
    sketches = {sketch_path(path) for path in paths}
    images = [path for path in paths if path not in sketches]
    if not guided:
        left_out["sketches beside their images"] = len(paths) - len(images)
    told = ", ".join(f"{count} {what}" for what, count in (+left_out).most_common(8))
    if not images:
        raise UserError(f"no images in {folder}" + (f": there are {told}" if told else ", it is empty"))
    if told:
        warnings.warn(Note(f"{folder}: {len(images)} images; left out: {told}"), stacklevel=4)
    return images


def read_lines(path):
    """The lines of a text file or pipe; UserError if it cannot be read or is not text.

    What is no UTF-8 stays as it is: names of files need not be.
    """
    what = f"cannot read {path} as a list (a text file)"
    with as_user_error(what, UnicodeDecodeError):
        text = decoded(read_all(pathlib.Path(path)), "surrogateescape")
    if "\0" in text:
        raise UserError(f"{what}: it holds null bytes")
    return text.splitlines()


def unquoted(field):
    """A name without the double quotes around it."""
    return field[1:-1] if len(field) > 2 and field[0] == field[-1] == '"' else field


def job_fields(line):
    """[image, mask, output] of a line; None if bad.

    They are separated by tabs if it has any, else by white space; names with spaces may be in double quotes.
    """
    fields = line.split("\t") if "\t" in line else re.findall(r'"[^"]+"(?!\S)|\S+', line)
    fields = [unquoted(field.strip()) for field in fields]
    return fields if len(fields) == 3 and all(fields) else None


def sketch_path(path):
    """Where the sketch of an image lies: `name_edge.jpg` beside `name.ext`."""
    path = pathlib.Path(path)
    if not path.name:
        raise UserError(f"{path} is not the name of an image")
    return path.with_name(f"{path.stem}{_SKETCH}.jpg")
