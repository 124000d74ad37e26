"""Fill a million images with Apache Beam: --input=list.txt --report=DIR --runner=DirectRunner."""

import importlib.util
import logging
import os
import sys

from absl.flags import DEFINE_bool, DEFINE_float, DEFINE_integer, DEFINE_string

from inpaint.cli.process import warn
from inpaint.errors import UserError
from inpaint.flags import filling, metadata, scale
from inpaint.flags.network import follow_checkpoint, requested

FURTHER_FLAGS = "Apache Beam's own options follow as they are, such as --runner and --direct_num_workers."


def define(flags):
    DEFINE_string(
        "input",
        None,
        "File list, or a pattern of several, with `image mask output` on each line. Paths may be of any file "
        "system that Beam knows.",
        required=True,
        flag_values=flags,
    )
    DEFINE_string(
        "report", None, "Folder for bad-*.jsonl, which names bad lines.", required=True, flag_values=flags
    )
    DEFINE_bool("overwrite", False, "Fill images again whose output exists.", flag_values=flags)
    DEFINE_float(
        "max_bad_share",
        0.0,
        "Exit with status 1 if more of the lines than this are bad.",
        0,
        1,
        flag_values=flags,
    )
    DEFINE_integer(
        "batch_size",
        1,
        "Maximum number of images filled at once, all of the same size. More than 1 is for GPUs.",
        1,
        flag_values=flags,
    )
    filling.define(flags)
    metadata.define(flags)
    scale.define(flags)


def main(flags, further):
    if importlib.util.find_spec("apache_beam") is None:
        raise UserError('fill_many needs Apache Beam: pip install "deepfillv2[beam]"')
    follow_checkpoint(flags, flags.checkpoint_dir)
    logging.getLogger().setLevel(logging.ERROR)  # Beam warns of what nobody asked for
    from inpaint.bulk.fill_lines import FillOptions
    from inpaint.bulk.lines import check_order, find_lists
    from inpaint.bulk.pipeline import fill_many, make_report_folder
    from inpaint.bulk.runner_options import runner_options, worker_threads

    beam_options = runner_options(further)
    make_report_folder(flags.report)
    flists = find_lists(flags.input)
    count = check_order(flists)
    inpainter = {
        "path": flags.checkpoint_dir and os.path.abspath(flags.checkpoint_dir),
        **requested(flags),
        "guided": flags.guided,
        "precision": flags.precision,
        "edge_threshold": flags.edge_threshold,
        **scale.options(flags),
    }
    options = FillOptions(
        inpainter,
        flags.guided,
        flags.batch_size,
        flags.max_pixels,
        flags.strip_metadata,
        flags.overwrite,
        worker_threads(beam_options),
    )
    print(f"{count} line{'s'[: count != 1]} in {len(flists)} list{'s'[: len(flists) != 1]}", flush=True)
    counts = fill_many(flists, flags.report, options, beam_options)
    print(counts)
    if counts.filled + counts.skipped + counts.bad != count:
        raise UserError(f"the lists had {count} lines when it began: they have changed since")
    if counts.bad > flags.max_bad_share * count:
        warn(f"{counts.bad} of {count} lines are bad, see {flags.report}/bad-*.jsonl")
        sys.exit(1)
