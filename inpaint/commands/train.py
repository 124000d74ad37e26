"""Train the inpainting network: --dataset=celebahq, or --data_flist=FOLDER."""

import functools

from inpaint.cli.tensorflow_start import load_tensorflow
from inpaint.flags import training

RETIRED_FLAGS = training.RETIRED


def define(values):
    training.define(values)


def main(values):
    options = training.resolved(values)
    load_tensorflow()
    from inpaint.training.run import train

    train(options, functools.partial(print, flush=True))
