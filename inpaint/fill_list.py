"""Filling the picture files of a list, in batches of equal sizes."""

import contextlib
import itertools
import pathlib

import numpy as np

from inpaint.errors import UserError
from inpaint.file_lists import sketch_path
from inpaint.fill_files import Job, load, tell_oddities
from inpaint.picture_files import MAX_PIXELS, check_output, picture_size, write_picture


class Failures:
    """Tells what went wrong by its line number.

    Args:
        say: takes a line for the user.

    Attributes:
        lines: set of the numbers of the lines that failed.
    """

    def __init__(self, say):
        self.lines = set()
        self._say = say

    def add(self, line, reason):
        self.lines.add(line)
        self._say(f"line {line}: {reason}")

    @contextlib.contextmanager
    def of(self, job):
        """A UserError in the body fails this job alone."""
        try:
            yield
        except UserError as error:
            self.add(job.line, error)


def read_jobs(flist, guided, failures):
    """The jobs of a file list, `image mask output` a line.

    Fields are separated by white space, or by tabs where a line has tabs. Empty lines are passed
    over; other bad lines go to `failures`.

    Args:
        flist: the list's path.
        guided: whether each picture has a sketch beside it.
        failures: a `Failures`.

    Returns:
        list of `Job`s.

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
    jobs = []
    for number, line in enumerate(lines, start=1):
        fields = line.split("\t" if "\t" in line else None)
        if len(fields) == 3:
            sketch = str(sketch_path(fields[0])) if guided else None
            jobs.append(Job(*fields, sketch, number))
        elif fields:
            failures.add(number, f"needs `image mask output`, has {len(fields)} fields")
    if not jobs and not failures.lines:
        raise UserError(f"the file list {path} is empty")
    return jobs


def fill_list(inpainter, jobs, batch_size, failures, size=None, max_pixels=MAX_PIXELS, say=print, done=None):
    """Fill many files, in batches of pictures that have one size. A bad one does not stop the rest.

    Args:
        inpainter: an `Inpainter`.
        jobs: list of `Job`s.
        batch_size: the most pictures in a batch.
        failures: a `Failures`.
        size: (height, width) to resize everything to, or None to keep each picture's size.
        max_pixels: the largest picture that is read.
        say: takes a line for the user.
        done: called with the number of jobs finished, good or bad, after each batch.
    """
    sized = []
    for job in jobs:
        with failures.of(job):
            check_output(job.output)
            sized.append((size or picture_size(job.image, max_pixels), job))
    finished = len(jobs) - len(sized)
    sized.sort(key=lambda pair: (pair[0], pair[1].line))
    for _, group in itertools.groupby(sized, key=lambda pair: pair[0]):
        equal = [job for _, job in group]
        for first in range(0, len(equal), batch_size):
            batch = equal[first : first + batch_size]
            _fill_batch(inpainter, batch, failures, size, max_pixels, say)
            finished += len(batch)
            if done:
                done(finished)


def _fill_batch(inpainter, jobs, failures, size, max_pixels, say):
    loaded = []
    for job in jobs:
        with failures.of(job):
            loaded.append((job, *load(job, max_pixels, size)))
    if not loaded:
        return
    for job, picture, mask, _ in loaded:
        tell_oddities(job, picture, mask, say)
    jobs, pictures, masks, sketches = zip(*loaded)
    sketches = np.stack(sketches)[..., None] if inpainter.generator.guided else None
    images = np.stack([picture.rgb for picture in pictures])
    results = inpainter(images, np.stack(masks)[..., None], sketches)
    for job, picture, result in zip(jobs, pictures, results):
        picture.rgb = result
        with failures.of(job):
            write_picture(job.output, picture)
