"""Fill many images: --flist list.txt, with `image mask output` on each line."""

import sys

from absl.flags import DEFINE_integer, DEFINE_string

from inpaint.cli.make_inpainter import make_inpainter
from inpaint.cli.process import warn
from inpaint.cli.progress_bar import ProgressBar
from inpaint.errors import UserError
from inpaint.flags import filling
from inpaint.flags.define import parsed
from inpaint.flags.network import resolved
from inpaint.inference.fill_list import Failures, fill_list, read_jobs
from inpaint.options.filling import InpainterOptions, OutputOptions, ScaleOptions


def define(values):
    DEFINE_string(
        "flist", None, "File list, with `image mask output` on each line.", required=True, flag_values=values
    )
    DEFINE_integer(
        "image_height", 0, "Resize all inputs to this height; 0: keep sizes.", 0, flag_values=values
    )
    DEFINE_integer("image_width", 0, "Resize all inputs to this width; 0: keep sizes.", 0, flag_values=values)
    DEFINE_integer(
        "batch_size",
        8,
        "Maximum number of images filled at once, all of the same size.",
        1,
        flag_values=values,
    )
    filling.define(values, OutputOptions)


def main(values):
    options, scale = parsed(values, InpainterOptions), parsed(values, ScaleOptions)
    if bool(values.image_height) != bool(values.image_width):
        raise UserError("give both --image_height and --image_width, or neither")
    size = (values.image_height, values.image_width) if values.image_height else None
    if size and size[0] * size[1] > options.max_pixels:
        raise UserError(f"--image_height x --image_width exceeds --max_pixels={options.max_pixels}")
    config = resolved(values, options.checkpoint_dir)
    failures = Failures(warn)
    jobs = read_jobs(values.flist, config.guided, failures, values.strip_metadata)
    inpainter = make_inpainter(options, config, **scale.arguments())
    with ProgressBar("images", len(jobs)) as bar:
        fill_list(inpainter, jobs, values.batch_size, failures, size, options.max_pixels, warn, bar.update)
    listed = len({job.line for job in jobs} | failures.lines)
    print(f"{listed - len(failures.lines)} filled, {len(failures.lines)} failed")
    if failures.lines:
        sys.exit(1)
