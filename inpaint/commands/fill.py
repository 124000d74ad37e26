"""Fill the hole in an image: --image x.png --mask m.png --output out.png."""

import dataclasses
import os

from inpaint.checkpoints.config import resolve
from inpaint.cli.make_inpainter import make_inpainter
from inpaint.cli.progress_bar import ProgressBar
from inpaint.errors import UserError
from inpaint.inference.fill_file import fill_loaded, load, make_job
from inpaint.inference.scale import advice
from inpaint.io.image_files import check_output
from inpaint.options.filling import OneImageOptions, OutputOptions, ScaleOptions
from inpaint.options.option import option


@dataclasses.dataclass(frozen=True)
class Options(OneImageOptions, ScaleOptions, OutputOptions):
    output: str = option("output.png", "Output file: .png, .jpg, .webp or .tif.")


def main(options):
    config = resolve(options.checkpoint_dir, **options.requested())
    job = make_job(options, config.guided, options.output, options.strip_metadata)
    check_output(job.output)
    for path in (job.mask, job.sketch):
        if path and os.path.realpath(path) == os.path.realpath(job.output):
            raise UserError(f"--output={job.output} would replace the mask or sketch: name another")
    loaded = load(job, options.max_pixels)  # before loading the network, to fail early
    # Filling one image is faster than tracing a graph.
    inpainter = make_inpainter(options, config, eager=True)
    if told := advice(loaded.mask > 0, config):
        print(told)
    with ProgressBar("parts", ends=False) as bar:
        fill_loaded(inpainter, loaded, progress=bar.update)
    print(options.output)
