"""Fill the hole in an image, or those of a folder: --image x.png --mask m.png --output out.png."""

import dataclasses
import os
import sys

from inpaint.checkpoints.config import resolve
from inpaint.cli.make_inpainter import make_inpainter
from inpaint.cli.process import warn
from inpaint.cli.progress_bar import ProgressBar
from inpaint.errors import UserError
from inpaint.images.image_files import check_output, takes_quality
from inpaint.inference.fill_file import fill_loaded, load, make_job
from inpaint.inference.fill_folder import folder_jobs
from inpaint.inference.fill_list import Failures, fill_list
from inpaint.inference.scale import advice
from inpaint.options.filling import JobOptions, OneImageOptions, RuntimeOptions, ScaleOptions
from inpaint.options.option import option


@dataclasses.dataclass(frozen=True)
class Options(OneImageOptions, ScaleOptions, RuntimeOptions, JobOptions):
    image: str | None = option(None, "The image to fill, or a folder of images.", required=True)
    mask: str | None = option(
        None,
        "Mask: white (above 127.5) is the hole. For a folder, a folder of masks with the images' names, with "
        "or without _mask at the end, or a mask for all images of its size.",
    )
    output: str = option("output.png", "Output file: .png, .jpg, .webp or .tif. For a folder, a folder.")


def main(options):
    config = resolve(options.checkpoint_dir, **options.requested())
    if os.path.isdir(options.image):
        _fill_folder(options, config)
    else:
        _fill_file(options, config)


def _fill_folder(options, config):
    if options.sketch:
        raise UserError("--sketch is for one image; those of a folder have theirs beside them, NAME_edge.jpg")
    failures = Failures(warn, numbered=False)
    jobs = folder_jobs(
        options.image, options.mask, options.output, config.guided, failures, **options.for_jobs()
    )
    if jobs:
        inpainter = make_inpainter(options, config, runtime=options.runtime)
        with ProgressBar("images", len(jobs)) as bar:
            fill_list(inpainter, jobs, 1, failures, None, options.max_pixels, warn, bar.update)
    print(failures.summary(jobs))
    if failures.lines:
        sys.exit(1)


def _fill_file(options, config):
    job = make_job(options, config.guided, options.output, **options.for_jobs())
    check_output(job.output)
    if job.quality and not takes_quality(job.output):
        raise UserError(f"--quality is for .jpg and .webp, received --output={job.output}")
    for path in (job.mask, job.sketch):
        if path and os.path.realpath(path) == os.path.realpath(job.output):
            raise UserError(f"--output={job.output} would replace the mask or sketch: name another")
    loaded = load(job, options.max_pixels)  # before loading the network, to fail early
    # Filling one image is faster than tracing a graph.
    inpainter = make_inpainter(options, config, runtime=options.runtime, eager=True)
    if told := advice(loaded.mask > 0, config):
        print(told)
    with ProgressBar("parts", ends=False) as bar:
        fill_loaded(inpainter, loaded, progress=bar.update)
    print(options.output)
