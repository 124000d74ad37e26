"""Filling picture files: one, or a list of them in batches."""

import dataclasses
import itertools
import pathlib

import cv2
import numpy as np

from inpaint.errors import UserError
from inpaint.file_lists import sketch_path
from inpaint.inpainter import size_text
from inpaint.picture_files import (
    MAX_PIXELS,
    check_output,
    picture_size,
    read_gray,
    read_mask,
    read_picture,
    write_picture,
)


@dataclasses.dataclass(frozen=True)
class Job:
    """One picture to fill.

    Attributes:
        image, mask, output: paths.
        sketch: path, or None if not guided.
        line: number of the line in the file list, from 1; 0 if there is no list.
    """

    image: str
    mask: str
    output: str
    sketch: str | None = None
    line: int = 0


def load(job, max_pixels=MAX_PIXELS, size=None):
    """Read a job's files.

    Args:
        job: a `Job`.
        max_pixels: the largest picture that is read.
        size: (height, width) to resize everything to, or None to keep the picture's.

    Returns:
        (picture, mask, sketch): a `Picture`, uint8 [H, W] in {0, 1}, float32 [H, W] or None.

    Raises:
        UserError: a file that cannot be read, or a mask or sketch of another size.
    """
    picture = read_picture(job.image, max_pixels)
    mask = read_mask(job.mask, max_pixels)
    sketch = read_gray(job.sketch, max_pixels) if job.sketch else None
    if size is not None:
        picture.rgb = _resized(picture.rgb, size)
        picture.alpha = None if picture.alpha is None else _resized(picture.alpha, size)
        mask = np.uint8(_resized(np.float32(mask), size) > 0.5)
        sketch = None if sketch is None else _resized(sketch, size)
    for name, path, other in (("mask", job.mask, mask), ("sketch", job.sketch, sketch)):
        if other is not None and other.shape != picture.size:
            raise UserError(
                f"the {name} {path} is {size_text(other.shape)}, the picture {job.image} is "
                f"{size_text(picture.size)}: they must be of one size"
            )
    return picture, mask, sketch


def fill_loaded(inpainter, job, loaded, say=print):
    """Fill one picture and write it.

    Args:
        inpainter: an `Inpainter`.
        job: a `Job`.
        loaded: what `load` returned for it.
        say: takes a line for the user.

    Raises:
        UserError: the result cannot be written.
    """
    picture, mask, sketch = loaded
    _note(mask, job, say)
    picture.rgb = inpainter(picture.rgb, mask, sketch)
    write_picture(job.output, picture)


def read_jobs(flist, guided, say):
    """The jobs of a file list, `image mask output` a line, and the number of bad lines.

    Fields are separated by white space, or by tabs where a line has tabs. Empty lines are passed
    over.

    Raises:
        UserError: no such list, or nothing in it.
    """
    path = pathlib.Path(flist)
    try:
        lines = path.read_text().splitlines()
    except FileNotFoundError as error:
        raise UserError(f"no such file: {path}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"cannot read {path} as a list with `image mask output` a line") from error
    jobs, bad = [], 0
    for number, line in enumerate(lines, start=1):
        fields = line.split("\t" if "\t" in line else None)
        if not fields:
            continue
        if len(fields) != 3:
            say(f"line {number}: needs `image mask output`, has {len(fields)} fields")
            bad += 1
            continue
        sketch = str(sketch_path(fields[0])) if guided else None
        jobs.append(Job(*fields, sketch, number))
    if not jobs and not bad:
        raise UserError(f"the file list {path} is empty")
    return jobs, bad


def fill_list(inpainter, jobs, batch_size, size=None, max_pixels=MAX_PIXELS, say=print, done=None):
    """Fill many files, in batches of pictures that have one size. A bad one does not stop the rest.

    Args:
        inpainter: an `Inpainter`.
        jobs: list of `Job`s.
        batch_size: the most pictures in a batch.
        size: (height, width) to resize everything to, or None to keep each picture's size.
        max_pixels: the largest picture that is read.
        say: takes a line for the user; a bad job is told by its line number.
        done: called with the number of jobs finished, good or bad, after each batch.

    Returns:
        how many jobs failed.
    """
    failed = 0

    def attempt(job, action):
        nonlocal failed
        try:
            return action()
        except UserError as error:
            failed += 1
            say(f"line {job.line}: {error}")
            return None

    sized = []
    for job in jobs:
        found = attempt(job, lambda: _checked_size(job, size, max_pixels))  # noqa: B023
        if found:
            sized.append((found, job))
    finished = failed
    sized.sort(key=lambda pair: (pair[0], pair[1].line))
    for _, group in itertools.groupby(sized, key=lambda pair: pair[0]):
        for batch in _chunks([job for _, job in group], batch_size):
            loaded = [(job, attempt(job, lambda: load(job, max_pixels, size))) for job in batch]  # noqa: B023
            _fill_batch(inpainter, [pair for pair in loaded if pair[1]], attempt, say)
            finished += len(batch)
            if done:
                done(finished)
    return failed


def _fill_batch(inpainter, loaded, attempt, say):
    if not loaded:
        return
    jobs, contents = zip(*loaded)
    pictures, masks, sketches = zip(*contents)
    for job, mask in zip(jobs, masks):
        _note(mask, job, say)
    sketches = np.stack(sketches)[..., None] if inpainter.generator.guided else None
    images = np.stack([picture.rgb for picture in pictures])
    results = inpainter(images, np.stack(masks)[..., None], sketches)
    for job, picture, result in zip(jobs, pictures, results):
        picture.rgb = result
        attempt(job, lambda: write_picture(job.output, picture))  # noqa: B023


def _checked_size(job, size, max_pixels):
    check_output(job.output)
    return size or picture_size(job.image, max_pixels)


def _chunks(jobs, length):
    return [jobs[i : i + length] for i in range(0, len(jobs), length)]


def _note(mask, job, say):
    if not mask.any():
        say(f"note: the mask {job.mask} has no hole, the picture is returned as it is")
    elif mask.all():
        say(f"note: the mask {job.mask} covers everything, the result is free invention")


def _resized(array, size):
    return cv2.resize(array, (size[1], size[0]), interpolation=cv2.INTER_LINEAR)
