"""Lists of images: `.flist` files and folders."""

import os
import pathlib
import random

from inpaint.errors import UserError, as_user_error
from inpaint.io.folders import is_image_name
from inpaint.io.image_files import SUFFIXES, read_image
from inpaint.io.pipes import read_all

_SKETCH = "_edge"


def image_paths(source, seed=0, guided=False):
    """The images a source names.

    Args:
        source: a text file with one path per line, whose order is kept, or a folder, whose images
            (including subfolders, without hidden files) are shuffled, or one image.
        seed: seed for shuffling a folder.
        guided: whether every image that can be read needs a sketch beside it.

    Returns:
        list of paths, strings.

    Raises:
        UserError: the source is missing or empty, or files are missing; says how many and names a few.
    """
    paths = _listed(source, seed)
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


def _listed(source, seed):
    source = pathlib.Path(source)
    with as_user_error(f"cannot read {source}"):
        if source.is_dir():
            found = (p for p in _files(source) if p.suffix.lower() in SUFFIXES and p.is_file())
            # Hidden files are what an interrupted writer or a file manager leaves.
            found = (p for p in found if not p.name.startswith("."))
            paths = sorted(str(p) for p in found if not is_sketch(p))
            random.Random(seed).shuffle(paths)
            if not paths:
                raise UserError(f"no images in {source}: looked for {', '.join(SUFFIXES)}")
            return paths
        if not source.exists():
            raise UserError(f"no file list {source}: make one (one path per line), or name another")
        if is_image_name(source):
            return [str(source)]
    paths = [line.strip() for line in read_lines(source) if line.strip()]
    if not paths:
        raise UserError(f"the file list {source} is empty")
    return paths


def _files(folder):
    """All files below a folder; OSError if one of its folders cannot be read."""

    def fail(error):
        raise error

    for parent, _, names in os.walk(folder, onerror=fail):
        yield from (pathlib.Path(parent) / name for name in names)


def read_lines(path):
    """The lines of a text file or pipe; UserError if it cannot be read or is not text."""
    what = f"cannot read {path} as a list (a text file)"
    with as_user_error(what, UnicodeDecodeError):
        text = read_all(pathlib.Path(path)).decode("utf-8-sig")
    if "\0" in text:
        raise UserError(f"{what}: it holds null bytes")
    return text.splitlines()


def job_fields(line):
    """[image, mask, output] of a line, separated by white space, or by tabs if it has any; None if bad."""
    fields = [field.strip() for field in line.split("\t" if "\t" in line else None)]
    return fields if len(fields) == 3 and all(fields) else None


def is_sketch(path):
    """Whether a `pathlib.Path` is named as the sketch of an image."""
    return path.stem.endswith(_SKETCH)


def sketch_path(path):
    """Where the sketch of an image lies: `name_edge.jpg` beside `name.ext`."""
    path = pathlib.Path(path)
    if not path.name:
        raise UserError(f"{path} is not the name of an image")
    return path.with_name(f"{path.stem}{_SKETCH}.jpg")
