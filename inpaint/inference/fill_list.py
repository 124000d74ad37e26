"""Filling the images of a file list, in batches of images of the same size."""

import collections
import contextlib
import dataclasses
import itertools
import os

import numpy as np

from inpaint.errors import UserError
from inpaint.images.image_files import MAX_PIXELS, check_output, image_size
from inpaint.inference.fill_file import Job, load, report_oddities, write_filled
from inpaint.lists.file_lists import JOB_LINE, job_fields, read_lines, sketch_path
from inpaint.lists.line_order import check_order

BATCH_PIXELS = 1 << 20  # larger batches take more memory and are not faster


class Failures:
    """Reports and records errors by line number.

    Args:
        say: called with one line of text for the user.
        numbered: whether these lines begin with a line number, as they do for a list.

    Attributes:
        reasons: dict of line number -> what failed.
    """

    def __init__(self, say, numbered=True):
        self.reasons = {}
        self._kinds = {}
        self._say = say
        self._numbered = numbered

    @property
    def lines(self):
        """Set of the numbers of failed lines."""
        return set(self.reasons)

    def add(self, line, reason, kind):
        """Record what failed, and in two or three words for `summary`."""
        self.reasons[line] = str(reason)
        self._kinds[line] = kind
        self._say(f"line {line}: {reason}" if self._numbered else str(reason))

    @contextlib.contextmanager
    def of(self, line, kind="unreadable"):
        """Context manager that records a UserError as a failure of this line and continues.

        Args:
            line: its number.
            kind: what went wrong if the error does not tell its `kind`.
        """
        try:
            yield
        except UserError as error:
            self.add(line, error, error.kind or kind)

    def summary(self, jobs):
        """One line: how many of the jobs were filled, how many lines failed, and why."""
        filled = len({job.line for job in jobs} - self.lines)
        counts = collections.Counter(self._kinds.values()).most_common()
        why = f" ({', '.join(f'{count} {kind}' for kind, count in counts)})" if counts else ""
        return f"{filled} filled, {len(self.lines)} failed{why}"


def read_jobs(flist, guided, failures, **more):
    """Read the jobs of a file list, one `image mask output` per line.

    Fields are separated by white space, or by tabs if the line has any. Empty lines are skipped;
    invalid lines are added to `failures`.

    Args:
        flist: path of the list.
        guided: Whether each image has a sketch beside it.
        failures: a `Failures`.
        more: further attributes of each `Job`.

    Returns:
        List of `Job`s. Whatever their order, the results are the same.

    Raises:
        UserError: if the list does not exist or is empty, or if a line writes what another one reads or
            writes.
    """
    jobs = []
    for number, line in enumerate(read_lines(flist), start=1):
        if not line.strip():
            continue
        fields = job_fields(line)
        if fields is None:
            failures.add(number, f"must be {JOB_LINE}, received {line.strip()!r}", "malformed")
            continue
        job = Job(*fields, line=number, **more)
        with failures.of(job.line):
            sketch = str(sketch_path(job.image)) if guided else None
            jobs.append(dataclasses.replace(job, sketch=sketch))
    if not jobs and not failures.lines:
        raise UserError(f"the file list {flist} is empty")
    check_order(lambda: _entries(flist, jobs))
    return jobs


def _entries(flist, jobs):
    """What `check_order` needs to know of jobs. Images may be filled in place."""
    for job in jobs:
        in_place = os.path.realpath(job.image) == os.path.realpath(job.output)
        read = [None if in_place else job.image, job.mask, job.sketch]
        yield f"line {job.line} of {flist}", job.output, filter(None, read)


def fill_list(
    inpainter, jobs, batch_size, failures, size=None, max_pixels=MAX_PIXELS, say=print, on_batch=None
):
    """Fill many files, in batches of images of the same size. A failure does not stop the others.

    Args:
        inpainter: an `Inpainter`.
        jobs: list of `Job`s.
        batch_size: maximum number of images in a batch; fewer if together they exceed
            `BATCH_PIXELS` or `max_pixels`.
        failures: a `Failures`.
        size: (height, width) to resize all inputs to, or None to keep each image's size.
        max_pixels: maximum number of pixels of an image.
        say: called with one line of text for the user.
        on_batch: called after each batch with the number of jobs finished so far, failed ones included.
    """
    sized = []
    for job in jobs:
        with failures.of(job.line, "not writable"):
            check_output(job.output)
            with failures.of(job.line):
                sized.append((size or image_size(job.image, max_pixels), job))
    finished = len(jobs) - len(sized)
    sized.sort(key=lambda pair: (pair[0], pair[1].line))
    for one_size, group in itertools.groupby(sized, key=lambda pair: pair[0]):
        same_size = [job for _, job in group]
        count = batch_count(one_size, batch_size, max_pixels)
        for first in range(0, len(same_size), count):
            batch = same_size[first : first + count]
            fill_batch(inpainter, batch, failures, size, max_pixels, say)
            finished += len(batch)
            if on_batch:
                on_batch(finished)


def batch_count(size, batch_size, max_pixels):
    """How many images of a size, (height, width), make a batch; arguments as of `fill_list`."""
    return max(1, min(batch_size, min(BATCH_PIXELS, max_pixels) // (size[0] * size[1])))


def fill_batch(inpainter, jobs, failures, size=None, max_pixels=MAX_PIXELS, say=print):
    """Fill the images of a batch at once; arguments as of `fill_list`."""
    found = []
    for job in jobs:
        with failures.of(job.line):
            found.append(load(job, max_pixels, size))
    # Sorted by the decoded size: the header of a damaged file may give another one.
    found.sort(key=lambda loaded: loaded.image.size)
    for _, group in itertools.groupby(found, key=lambda loaded: loaded.image.size):
        group = list(group)
        for loaded in group:
            report_oddities(loaded, say)
        sketches = np.stack([loaded.sketch for loaded in group]) if inpainter.generator.guided else None
        images = np.stack([loaded.image.rgb for loaded in group])
        try:
            filled = inpainter(images, np.stack([loaded.unknown for loaded in group]), sketches)
        except UserError as error:  # not enough memory: the others may be smaller
            for loaded in group:
                failures.add(loaded.job.line, error, "too large")
            continue
        for loaded, result in zip(group, filled):
            with failures.of(loaded.job.line, "not writable"):
                write_filled(loaded, result)
