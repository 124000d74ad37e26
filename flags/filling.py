"""The flags of all commands that fill images."""

from inpaint.flags import network
from inpaint.flags.define import define as define_options
from inpaint.options.filling import InpainterOptions, ScaleOptions


def define(values, *more, scale=ScaleOptions):
    """Define the flags of the weights, of the size at which they fill unless `scale` is None, and `more`."""
    define_options(values, InpainterOptions)
    network.define(values)
    define_options(values, *filter(None, [scale]), *more)
