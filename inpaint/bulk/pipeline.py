"""Lists to lines, lines to filled images, bad lines to a report, on Ray Data."""

import itertools
import json
import re
import time
import typing

import fsspec
import ray

from inpaint.bulk.far_files import file_errors, file_system
from inpaint.bulk.fill_lines import Attempts, FillLines
from inpaint.bulk.lines import Line, read_lines
from inpaint.errors import UserError

BLOCK = 16  # lines that a worker fills at once; more than a batch, so that some images have equal sizes


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


def fill_many(flists, report, options, workers=None, cpus=1, gpus=0, filler=FillLines):
    """Fill the images of many lists on the cluster that Ray is connected to.

    Args:
        flists: paths of lists.
        report: folder for `bad-1.jsonl`, a JSON object for each bad line: list, line, text and reason.
        options: a `FillOptions`.
        workers: how many; None: as many as there is room for, also on nodes that come later.
        cpus, gpus: of each worker.
        filler: the class that fills.

    Returns:
        `Counts`.

    Raises:
        UserError: a worker could not load the network or the report cannot be written.
    """
    start = time.monotonic()
    context = ray.data.DataContext.get_current()
    context.print_on_execution_start = context.execution_options.verbose_progress = False
    context.target_max_block_size = 1 << 12  # bytes: some dozens of lines
    attempts = ray.remote(num_cpus=0, max_restarts=-1, max_task_retries=-1)(Attempts).remote()
    rows = (
        ray.data.from_items(flists, override_num_blocks=len(flists))
        # Workers may hold all the cores: reading needs none.
        .map_batches(_blocks, compute=ray.data.TaskPoolStrategy(min(2, len(flists))), num_cpus=0)
        .map_batches(
            filler,
            fn_constructor_args=(options, attempts),
            batch_size=max(BLOCK, 4 * options.batch_size),
            batch_format="pandas",
            compute=ray.data.ActorPoolStrategy(size=workers) if workers else ray.data.ActorPoolStrategy(),
            num_cpus=cpus,
            num_gpus=gpus,
        )
    )
    counts = dict.fromkeys(("filled", "skipped", "bad"), 0)
    pixels = 0
    with file_errors(f"cannot write {report}/bad-1.jsonl"):
        file = fsspec.open(f"{report}/bad-1.jsonl", "w").open()
    try:
        with file:
            for row in rows.iter_rows():
                if row["outcome"] == "stop":
                    raise UserError(row["reason"])
                counts[row["outcome"]] += 1
                pixels += row["pixels"]
                if row["outcome"] == "bad":
                    print(json.dumps({name: row[name] for name in (*Line._fields, "reason")}), file=file)
    except ray.exceptions.RayError as error:
        if told := re.search(r"UserError: ([^\n]*)", str(error)):  # Ray gives errors on as text
            raise UserError(told[1]) from error
        raise
    return Counts(**counts, pixels=pixels, seconds=time.monotonic() - start)


def _blocks(lists):
    """Yield the lines of lists, a batch of Ray Data's, some at once."""
    for flist in lists["item"]:
        lines = read_lines(str(flist))
        while block := list(itertools.islice(lines, BLOCK)):
            yield dict(zip(Line._fields, map(list, zip(*block))))


def make_report_folder(folder):
    """Make the folder for the report; raises UserError if that fails."""
    with file_errors(f"cannot make the folder {folder}"):
        system, path = file_system(folder)
        if system.isfile(path):
            raise UserError(f"cannot make the folder {folder}: it is a file")
        system.makedirs(path, exist_ok=True)
