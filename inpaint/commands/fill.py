"""Fill the hole in an image: --image x.png --mask m.png --output out.png."""

from absl.flags import DEFINE_string

from flags import one_image
from flags.network import follow_checkpoint
from inpaint.cli.make_inpainter import make_inpainter
from inpaint.inference.fill_file import fill_loaded, load
from inpaint.io.image_files import check_output


def define(flags):
    one_image.define(flags)
    DEFINE_string("output", "output.png", "Output file: .png, .jpg or .webp.", flag_values=flags)


def main(flags):
    follow_checkpoint(flags, flags.checkpoint_dir)
    job = one_image.job(flags, flags.output)
    check_output(job.output)
    loaded = load(job, flags.max_pixels)  # before loading the network, to fail early
    # Filling one image is faster than tracing a graph.
    fill_loaded(make_inpainter(flags, eager=True), job, loaded)
    print(flags.output)
