"""Train the inpainting network: --dataset=celebahq, or --data_flist=FOLDER."""

import functools

from inpaint.cli.tensorflow_start import load_tensorflow
from inpaint.flags.training import RETIRED as RETIRED_FLAGS  # noqa: F401  # all of these are the command's
from inpaint.flags.training import define, parse  # noqa: F401


def main(options):
    load_tensorflow()
    from inpaint.training.run import train

    train(options, functools.partial(print, flush=True))
