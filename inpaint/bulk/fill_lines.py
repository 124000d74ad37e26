"""The step of a Beam pipeline that fills images."""

import dataclasses
import typing

import apache_beam as beam
from apache_beam.io.filesystems import FileSystems
from apache_beam.metrics import Metrics
from apache_beam.transforms.window import GlobalWindow
from apache_beam.utils.shared import Shared
from apache_beam.utils.timestamp import MIN_TIMESTAMP
from apache_beam.utils.windowed_value import WindowedValue

from inpaint.bulk.lines import NO_FILE_SYSTEM, Line
from inpaint.bulk.staging import Staging
from inpaint.cli.tensorflow_start import load_tensorflow
from inpaint.errors import UserError, as_user_error
from inpaint.images.image_files import check_output, image_size
from inpaint.inference.fill_file import Job
from inpaint.inference.fill_list import Failures, batch_count, fill_batch
from inpaint.lists.file_lists import job_fields, sketch_path

NAMESPACE = "deepfillv2"


@dataclasses.dataclass(frozen=True)
class FillOptions:
    """What a worker needs to know; it is sent to all of them.

    Attributes:
        inpainter: arguments of `Inpainter.from_checkpoint`.
        guided: whether each image has a sketch beside it.
        batch_size, max_pixels: as for `fill_list`.
        job: further attributes of each `Job`.
        overwrite: whether outputs that exist are made again.
        threads: of TensorFlow in each worker process; 0: as many as there are cores.
    """

    inpainter: dict
    guided: bool = False
    batch_size: int = 8
    max_pixels: int = 1 << 24
    job: dict = dataclasses.field(default_factory=dict)
    overwrite: bool = False
    threads: int = 0


class _Waiting(typing.NamedTuple):
    line: Line
    job: Job
    local: Job  # on files of this machine


class FillLines(beam.DoFn):
    """Fills the images of `Line`s, in batches of equal size, and emits a dict for each bad line.

    Each worker process loads the network once. Lines wait for others of their size until the end of their
    bundle; one that Beam repeats finds its output already there.

    Counters: `filled`, `skipped`, `bad` and `pixels`, in the namespace `deepfillv2`.

    Args:
        options: a `FillOptions`.
    """

    def __init__(self, options):
        self._options = options
        self._shared = Shared()
        self._count = {
            name: Metrics.counter(NAMESPACE, name) for name in ("filled", "skipped", "bad", "pixels")
        }

    def setup(self):
        self._inpainter = self._shared.acquire(self._load)

    def start_bundle(self):
        self._staging = Staging().__enter__()
        self._waiting = {}

    def process(self, line):
        try:
            job = self._job(line)
            check_output(self._staging.output(job))
            if not self._options.overwrite and self._is_done(job):
                self._count["skipped"].inc()
                return
            one = _Waiting(line, job, self._staging.fetch(job))
            size = image_size(one.local.image, self._options.max_pixels)
        except UserError as error:
            yield self._bad(line, str(error))
            return
        group = self._waiting.setdefault(size, [])
        group.append(one)
        if len(group) == batch_count(size, self._options.batch_size, self._options.max_pixels):
            yield from self._fill(self._waiting.pop(size))

    def finish_bundle(self):
        for group in self._waiting.values():
            for bad in self._fill(group):
                yield WindowedValue(bad, MIN_TIMESTAMP, [GlobalWindow()])
        self._staging.__exit__()

    def _job(self, line):
        fields = job_fields(line.text)
        if fields is None:
            raise UserError(f"must be `image mask output`, received {line.text!r}")
        sketch = str(sketch_path(fields[0])) if self._options.guided else None
        return Job(*fields, sketch=sketch, **self._options.job)

    def _is_done(self, job):
        with as_user_error(f"cannot write {job.output}", NO_FILE_SYSTEM):
            return FileSystems.exists(job.output)

    def _fill(self, group):
        """Fill a batch; yields a dict for each line that fails."""
        failures = Failures(lambda text: None)
        jobs = [dataclasses.replace(one.local, line=index) for index, one in enumerate(group)]
        fill_batch(
            self._inpainter, jobs, failures, max_pixels=self._options.max_pixels, say=lambda text: None
        )
        for index, one in enumerate(group):
            with failures.of(jobs[index]):
                if index not in failures.reasons:
                    size = image_size(one.local.output, max_pixels=None)
                    self._staging.deliver(one.job, one.local)
                    self._count["filled"].inc()
                    self._count["pixels"].inc(size[0] * size[1])
            if index in failures.reasons:
                yield self._bad(one.line, _renamed(failures.reasons[index], one))

    def _bad(self, line, reason):
        self._count["bad"].inc()
        return {"list": line.flist, "line": line.number, "text": line.text, "reason": reason}

    def _load(self):
        load_tensorflow()
        import tensorflow as tf

        from inpaint.inference.inpainter import Inpainter

        if self._options.threads:
            tf.config.threading.set_intra_op_parallelism_threads(self._options.threads)
        return Inpainter.from_checkpoint(**self._options.inpainter)


def _renamed(reason, one):
    """A message about local copies, with the names of the originals."""
    for name in ("image", "mask", "sketch", "output"):
        local, path = getattr(one.local, name), getattr(one.job, name)
        reason = reason.replace(local, path) if local else reason
    return reason
