"""The pipeline: lists to lines, lines to filled images, bad lines to a report."""

import contextlib
import json
import logging
import os
import re
import sys
import threading
import time
import typing

import apache_beam as beam
from apache_beam.io.filesystems import FileSystems
from apache_beam.io.textio import WriteToText
from apache_beam.metrics import MetricsFilter

from inpaint.bulk.fill_lines import NAMESPACE, FillLines
from inpaint.bulk.lines import NO_FILE_SYSTEM, is_local, read_lines
from inpaint.errors import UserError, as_user_error


class Counts(typing.NamedTuple):
    """How many lines were filled, skipped (their output was there) and bad; pixels filled; seconds in all."""

    filled: int
    skipped: int
    bad: int
    pixels: int
    seconds: float

    def __str__(self):
        rate = self.filled / max(self.seconds, 1e-9)
        return (
            f"{self.filled} filled, {self.skipped} skipped, {self.bad} bad; {self.pixels / 1e6:.1f} million "
            f"pixels in {self.seconds:.0f} s, {rate:.2f} images/s"
        )


def fill_many(flists, report, options, beam_options):
    """Fill the images of many lists on a runner of Beam.

    Args:
        flists: paths of lists.
        report: folder for `bad-*.jsonl`, a JSON object for each bad line: list, line, text and reason.
        options: a `FillOptions`.
        beam_options: a `PipelineOptions`.

    Returns:
        `Counts`.

    Raises:
        UserError: a worker could not load the network or the report cannot be written.
    """
    start = time.monotonic()
    with as_user_error("Apache Beam cannot start", ValueError):  # of options that do not fit together
        pipeline = beam.Pipeline(options=beam_options)
    (
        pipeline
        | "lists" >> beam.Create(flists)
        | "lines" >> beam.FlatMap(read_lines)
        | "spread" >> beam.Reshuffle()
        | "fill" >> beam.ParDo(FillLines(options))
        | "json" >> beam.Map(json.dumps)
        | "report" >> WriteToText(FileSystems.join(report, "bad"), ".jsonl", num_shards=1)
    )
    with _dead_workers_noticed():
        try:
            result = pipeline.run()
            result.wait_until_finish()
        except Exception as error:
            # Beam gives errors of workers on as text.
            if "KeyboardInterrupt" in str(error):
                raise KeyboardInterrupt from error
            if told := re.search(r"UserError: ([^\n]*?)(?: \[while running|\n|$)", str(error)):
                raise UserError(told[1]) from error
            raise
    found = result.metrics().query(MetricsFilter().with_namespace(NAMESPACE))["counters"]
    counted = {counter.key.metric.name: counter.committed for counter in found}
    numbers = {name: counted.get(name) or 0 for name in Counts._fields[:-1]}
    return Counts(**numbers, seconds=time.monotonic() - start)


def make_report_folder(folder):
    """Make the folder for the report; raises UserError if that fails."""
    with as_user_error(f"cannot make the folder {folder}", NO_FILE_SYSTEM):
        if not FileSystems.exists(folder):
            FileSystems.mkdirs(folder)
        elif is_local(folder) and not os.path.isdir(folder):
            raise UserError(f"cannot make the folder {folder}: it is a file")


@contextlib.contextmanager
def _dead_workers_noticed():
    """End the process if a worker was killed: the runner on one machine would wait for it for ever."""

    def look(arguments):
        if "Worker subprocess exited" not in str(arguments.exc_value):
            return before(arguments)
        logging.disable()
        print("error: a worker process died: the same command does the rest", file=sys.stderr, flush=True)
        os._exit(1)

    before, threading.excepthook = threading.excepthook, look
    try:
        yield
    finally:
        threading.excepthook = before
