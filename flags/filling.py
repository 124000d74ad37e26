"""The flags of all commands that fill images."""

from absl import flags

from inpaint.flags import checkpoint, network, precision
from inpaint.io.image_files import MAX_PIXELS


def define(values):
    checkpoint.define(values)
    network.define(values)
    precision.define(values)
    flags.DEFINE_integer(
        "max_pixels",
        MAX_PIXELS,
        "Maximum number of pixels of an image, with sides rounded up to multiples of 8.",
        1,
        flag_values=values,
    )
