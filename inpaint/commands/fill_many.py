"""Fill a million images with Apache Beam: --input=list.txt --report=DIR --runner=DirectRunner."""

import dataclasses
import importlib.util
import logging
import os
import sys

from absl.flags import DEFINE_bool, DEFINE_float, DEFINE_integer, DEFINE_string

from inpaint.cli.process import warn
from inpaint.errors import UserError
from inpaint.flags import filling
from inpaint.flags.define import parsed
from inpaint.flags.network import resolved
from inpaint.options.filling import InpainterOptions, OutputOptions, ScaleOptions

FURTHER_FLAGS = "Apache Beam's own options follow as they are, such as --runner and --direct_num_workers."


def define(values):
    DEFINE_string(
        "input",
        None,
        "File list, or a pattern of several, with `image mask output` on each line. Paths may be of any file "
        "system that Beam knows.",
        required=True,
        flag_values=values,
    )
    DEFINE_string(
        "report", None, "Folder for bad-*.jsonl, which names bad lines.", required=True, flag_values=values
    )
    DEFINE_bool("overwrite", False, "Fill images again whose output exists.", flag_values=values)
    DEFINE_float(
        "max_bad_share",
        0.0,
        "Exit with status 1 if more of the lines than this are bad.",
        0,
        1,
        flag_values=values,
    )
    DEFINE_integer(
        "batch_size",
        1,
        "Maximum number of images filled at once, all of the same size. More than 1 is for GPUs.",
        1,
        flag_values=values,
    )
    filling.define(values, OutputOptions)


def main(values, further):
    if importlib.util.find_spec("apache_beam") is None:
        raise UserError('fill_many needs Apache Beam: pip install "deepfillv2[beam]"')
    options, scale = parsed(values, InpainterOptions), parsed(values, ScaleOptions)
    config = resolved(values, options.checkpoint_dir)
    logging.getLogger().setLevel(logging.ERROR)  # Beam warns of what nobody asked for
    from inpaint.bulk.fill_lines import FillOptions
    from inpaint.bulk.lines import check_order, find_lists
    from inpaint.bulk.pipeline import fill_many, make_report_folder
    from inpaint.bulk.runner_options import runner_options, worker_threads

    beam_options = runner_options(further)
    make_report_folder(values.report)
    flists = find_lists(values.input)
    count = check_order(flists)
    inpainter = {
        "path": options.checkpoint_dir and os.path.abspath(options.checkpoint_dir),
        **dataclasses.asdict(config),
        "precision": options.precision,
        "edge_threshold": options.edge_threshold,
        **scale.arguments(),
    }
    for_workers = FillOptions(
        inpainter,
        config.guided,
        values.batch_size,
        options.max_pixels,
        values.strip_metadata,
        values.overwrite,
        worker_threads(beam_options),
    )
    print(f"{count} line{'s'[: count != 1]} in {len(flists)} list{'s'[: len(flists) != 1]}", flush=True)
    counts = fill_many(flists, values.report, for_workers, beam_options)
    print(counts)
    if counts.filled + counts.skipped + counts.bad != count:
        raise UserError(f"the lists had {count} lines when it began: they have changed since")
    if counts.bad > values.max_bad_share * count:
        warn(f"{counts.bad} of {count} lines are bad, see {values.report}/bad-*.jsonl")
        sys.exit(1)
