"""Fill the hole in an image: --image x.png --mask m.png --output out.png."""

import os

from absl.flags import DEFINE_string

from inpaint.cli.make_inpainter import make_inpainter
from inpaint.cli.progress_bar import ProgressBar
from inpaint.errors import UserError
from inpaint.flags import filling, one_image
from inpaint.flags.define import parsed
from inpaint.flags.network import resolved
from inpaint.inference.fill_file import fill_loaded, load
from inpaint.inference.scale import advice
from inpaint.io.image_files import check_output
from inpaint.models.architecture import NETWORKS
from inpaint.options.filling import InpainterOptions, OutputOptions, ScaleOptions


def define(values):
    one_image.define(values)
    filling.define(values, OutputOptions)
    DEFINE_string("output", "output.png", "Output file: .png, .jpg, .webp or .tif.", flag_values=values)


def main(values):
    options, scale = parsed(values, InpainterOptions), parsed(values, ScaleOptions)
    config = resolved(values, options.checkpoint_dir)
    job = one_image.job(values, config.guided, values.output, values.strip_metadata)
    check_output(job.output)
    for path in (job.mask, job.sketch):
        if path and os.path.realpath(path) == os.path.realpath(job.output):
            raise UserError(f"--output={job.output} would replace the mask or sketch: name another")
    loaded = load(job, options.max_pixels)  # before loading the network, to fail early
    # Filling one image is faster than tracing a graph.
    inpainter = make_inpainter(options, config, eager=True, **scale.arguments())
    residual = NETWORKS[config.network].has_attention
    if inpainter.fill_size == "whole" and (told := advice(loaded.mask > 0, residual)):
        print(told)
    with ProgressBar("parts", ends=False) as bar:
        fill_loaded(inpainter, loaded, progress=bar.update)
    print(values.output)
