"""Fill a million images with Ray: --flist=list.txt --report=DIR, on this machine or a cluster."""

import dataclasses
import importlib.util
import os
import sys

from inpaint.checkpoints.config import resolve
from inpaint.cli.process import warn
from inpaint.errors import UserError
from inpaint.options.filling import InpainterOptions, JobOptions, ScaleOptions
from inpaint.options.option import option


@dataclasses.dataclass(frozen=True)
class Options(InpainterOptions, ScaleOptions, JobOptions):
    flist: str | None = option(
        None,
        "File list, or a pattern of several, with `image mask output` on each line. Paths may be of any file "
        "system that fsspec knows.",
        required=True,
        earlier=("input",),
    )
    report: str | None = option(None, "Folder for bad-*.jsonl, which names bad lines.", required=True)
    overwrite: bool = option(False, "Also fill images whose output exists.")
    max_bad_share: float = option(
        0.0, "Exit with status 1 if more than this share of the lines are bad.", least=0, most=1
    )
    batch_size: int = option(
        1, "Maximum number of images filled at once, all of the same size. More than 1 is for GPUs.", least=1
    )
    address: str | None = option(
        None,
        "Ray cluster: auto for that of this machine, or HOST:PORT. Default: this machine alone.",
    )
    workers: int = option(0, "Number of worker processes; 0: as many as there is room for.", least=0)
    cpus_per_worker: int = option(1, "Cores of each worker.", least=1)
    gpus_per_worker: float = option(0.0, "GPUs of each worker; below 1, several share one.", least=0)


def main(options):
    if importlib.util.find_spec("ray") is None:
        raise UserError("fill_many needs Ray: pip install 'ray[data]'")
    config = resolve(options.checkpoint_dir, **options.requested())
    from inpaint.bulk.cluster import cluster
    from inpaint.bulk.fill_lines import FillOptions
    from inpaint.bulk.lines import check_order, find_lists
    from inpaint.bulk.pipeline import fill_many, make_report_folder

    make_report_folder(options.report)
    flists = find_lists(options.flist)
    count = check_order(flists)
    inpainter = {
        "path": options.checkpoint_dir and os.path.abspath(options.checkpoint_dir),
        **dataclasses.asdict(config),
        "precision": options.precision,
        "edge_threshold": options.edge_threshold,
    }
    for_workers = FillOptions(
        inpainter,
        config.guided,
        options.batch_size,
        options.max_pixels,
        options.for_jobs(),
        options.overwrite,
        options.cpus_per_worker,
    )
    print(f"{count} line{'s'[: count != 1]} in {len(flists)} list{'s'[: len(flists) != 1]}", flush=True)
    with cluster(options.address):
        each = options.cpus_per_worker, options.gpus_per_worker
        counts = fill_many(flists, options.report, for_workers, options.workers, *each)
    print(counts)
    if counts.filled + counts.skipped + counts.bad != count:
        raise UserError(f"the lists had {count} lines when it began: they have changed since")
    if counts.bad > options.max_bad_share * count:
        warn(f"{counts.bad} of {count} lines are bad, see {options.report}/bad-*.jsonl")
        sys.exit(1)
