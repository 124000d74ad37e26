"""What the actors of Ray do: fill the images of lines."""

import collections
import dataclasses
import functools
import os
import tempfile
import typing

import ray

from inpaint.bulk.far_files import Staging, file_errors, file_system, is_local
from inpaint.bulk.lines import Line
from inpaint.cli.tensorflow_start import load_tensorflow
from inpaint.errors import UserError
from inpaint.images.image_files import check_output, image_size
from inpaint.inference.fill_file import Job
from inpaint.inference.fill_list import Failures, fill_list
from inpaint.lists.file_lists import JOB_LINE, job_fields, sketch_path

MOST_DEATHS = 2  # of workers that fill one image and nothing else


@dataclasses.dataclass(frozen=True)
class FillOptions:
    """What a worker needs to know; it is sent to all of them.

    Attributes:
        inpainter: arguments of `Inpainter.from_checkpoint`.
        guided: whether each image has a sketch beside it.
        batch_size, max_pixels: as for `fill_list`.
        job: further attributes of each `Job`.
        overwrite: whether outputs that exist are made again.
        threads: of TensorFlow in each worker process.
        folder: where relative paths begin.
    """

    inpainter: dict
    guided: bool = False
    batch_size: int = 1
    max_pixels: int = 1 << 24
    job: dict = dataclasses.field(default_factory=dict)
    overwrite: bool = False
    threads: int = 1
    folder: str = dataclasses.field(default_factory=os.getcwd)


class Result(typing.NamedTuple):
    """What became of a line: `filled`, `skipped`, `bad`, or `stop` if no line can be filled; pixels; why."""

    outcome: str
    pixels: int = 0
    reason: str = ""


class Attempts:
    """How many workers died over the same lines. One actor counts for all."""

    def __init__(self):
        self._begun = collections.Counter()

    def begin(self, lines):
        """Note that somebody works on these lines; returns how many began before and did not end."""
        self._begun[lines] += 1
        return self._begun[lines] - 1

    def end(self, lines):
        del self._begun[lines]


class FillLines:
    """Fills the images of batches of `Line`s: what `Dataset.map_batches` calls, in processes of its own.

    Ray gives the lines of a worker that dies to another one, which finds some of the outputs already there.
    It fills the rest one by one: so an image that no worker survives is found, and reported like a bad line.

    Args:
        options: a `FillOptions`.
        attempts: handle of an `Attempts` actor.
    """

    def __init__(self, options, attempts):
        self._options = options
        self._attempts = attempts

    @functools.cached_property
    def _inpainter(self):
        return self.load()

    def load(self):
        """The `Inpainter`; raises UserError if there is none to be had on this machine."""
        load_tensorflow()
        import tensorflow as tf

        from inpaint.inference.inpainter import Inpainter

        tf.config.threading.set_intra_op_parallelism_threads(self._options.threads)
        return Inpainter.from_checkpoint(**self._options.inpainter)

    def __call__(self, lines):
        """Fill the images of lines, a data frame; returns it with what became of them: see `Result`."""
        with tempfile.TemporaryDirectory(prefix="deepfillv2-") as folder:
            todo = [Line(*line) for line in lines.itertuples(index=False)]
            try:
                found = self._safely(todo, Staging(folder))
            except UserError as error:  # of `load`; a result, because Ray makes pages of text of exceptions
                found = [Result("stop", reason=str(error))] * len(todo)
        return lines.assign(**dict(zip(Result._fields, map(list, zip(*found)))))

    def _safely(self, lines, staging):
        """The `Result` of each line; one by one if a worker died over these."""
        key = lines[0], len(lines)
        deaths = ray.get(self._attempts.begin.remote(key))
        if deaths and len(lines) > 1:
            results = [result for line in lines for result in self._safely([line], staging)]
        elif deaths >= MOST_DEATHS:
            results = [Result("bad", 0, f"{deaths} workers died over it: it may need too much memory")]
        else:
            results = self._fill(lines, staging)
        self._attempts.end.remote(key)
        return results

    def _fill(self, lines, staging):
        failures = Failures(lambda text: None)
        results, jobs = {}, []
        for index, line in enumerate(lines):
            with failures.of(index):
                job = self._job(line, index)
                check_output(staging.local(job.output))
                if not self._options.overwrite and self._is_done(job):
                    results[index] = Result("skipped")
                else:
                    jobs.append((job, staging.fetch(job)))
        if jobs:  # the network is loaded for the first one
            fill_list(
                self._inpainter,
                [local for _, local in jobs],
                self._options.batch_size,
                failures,
                max_pixels=self._options.max_pixels,
                say=lambda text: None,
            )
        for job, local in jobs:
            with failures.of(job.line):
                if job.line not in failures.reasons:
                    height, width = image_size(local.output, max_pixels=None)
                    staging.deliver(job, local)
                    results[job.line] = Result("filled", height * width)
            if job.line in failures.reasons:
                failures.reasons[job.line] = _renamed(failures.reasons[job.line], job, local)
        results |= {index: Result("bad", 0, reason) for index, reason in failures.reasons.items()}
        return [results[index] for index in range(len(lines))]

    def _job(self, line, index):
        fields = job_fields(line.text)
        if fields is None:
            raise UserError(f"must be {JOB_LINE}, received {line.text!r}")
        fields = [os.path.join(self._options.folder, path) if is_local(path) else path for path in fields]
        folder, name = os.path.split(fields[0])
        sketch = os.path.join(folder, str(sketch_path(name))) if self._options.guided else None
        return Job(*fields, sketch=sketch, line=index, **self._options.job)

    def _is_done(self, job):
        with file_errors(f"cannot write {job.output}"):
            system, path = file_system(job.output)
            return system.exists(path)


def _renamed(reason, job, local):
    """A message about local copies, with the names of the originals."""
    for name in ("image", "mask", "sketch", "output"):
        copy, path = getattr(local, name), getattr(job, name)
        reason = reason.replace(copy, path) if copy else reason
    return reason
