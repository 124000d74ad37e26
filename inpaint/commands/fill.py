"""Fill the hole in an image: --image x.png --mask m.png --output out.png."""

import os

from absl.flags import DEFINE_string

from inpaint.cli.make_inpainter import make_inpainter
from inpaint.cli.progress_bar import ProgressBar
from inpaint.errors import UserError
from inpaint.flags import metadata, one_image, scale
from inpaint.flags.network import resolved
from inpaint.inference.fill_file import fill_loaded, load
from inpaint.inference.scale import advice
from inpaint.io.image_files import check_output
from inpaint.models.architecture import NETWORKS


def define(flags):
    one_image.define(flags)
    metadata.define(flags)
    scale.define(flags)
    DEFINE_string("output", "output.png", "Output file: .png, .jpg, .webp or .tif.", flag_values=flags)


def main(flags):
    config = resolved(flags, flags.checkpoint_dir)
    job = one_image.job(flags, config.guided, flags.output, flags.strip_metadata)
    check_output(job.output)
    for path in (job.mask, job.sketch):
        if path and os.path.realpath(path) == os.path.realpath(job.output):
            raise UserError(f"--output={job.output} would replace the mask or sketch: name another")
    loaded = load(job, flags.max_pixels)  # before loading the network, to fail early
    # Filling one image is faster than tracing a graph.
    inpainter = make_inpainter(flags, config, eager=True)
    residual = NETWORKS[config.network].has_attention
    if inpainter.fill_size == "whole" and (told := advice(loaded.mask > 0, residual)):
        print(told)
    with ProgressBar("parts", ends=False) as bar:
        fill_loaded(inpainter, loaded, progress=bar.update)
    print(flags.output)
