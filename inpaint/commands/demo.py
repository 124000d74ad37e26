"""Serve a page for drawing and filling holes; prints its address."""

import dataclasses
import importlib.util
import pathlib
import tempfile

from absl.flags import DEFINE_float, DEFINE_integer, DEFINE_list, DEFINE_string

from inpaint.cli.make_inpainter import make_inpainter
from inpaint.cli.tensorflow_start import load_tensorflow
from inpaint.errors import UserError
from inpaint.flags import filling
from inpaint.flags.define import parsed
from inpaint.flags.network import resolved
from inpaint.options.filling import InpainterOptions, PageScaleOptions

_BUNDLED = "photographs"


def define(values):
    DEFINE_string(
        "host",
        "127.0.0.1",
        "Address to listen on; 0.0.0.0 allows other machines to connect.",
        flag_values=values,
    )
    DEFINE_integer(
        "port",
        None,
        "Port to listen on. Default: the first free one from 7860.",
        1,
        65535,
        flag_values=values,
    )
    DEFINE_integer("max_upload_mb", 64, "Maximum size of an upload, in megabytes.", 1, flag_values=values)
    DEFINE_float(
        "keep_minutes",
        60,
        "Minutes after its last use at which a visitor's file is removed.",
        0.001,
        flag_values=values,
    )
    DEFINE_list(
        "more_checkpoints",
        [],
        "Further checkpoints, like --checkpoint_dir, between commas: visitors choose one.",
        flag_values=values,
    )
    filling.define(values, scale=PageScaleOptions)


def main(values):
    if missing := [name for name in ("fastapi", "uvicorn") if importlib.util.find_spec(name) is None]:
        raise UserError(f'the page needs {" and ".join(missing)}, not installed: pip install ".[demo]"')
    from inpaint.demo.settings import Settings
    from inpaint.demo.web.server import listen, serve

    options = parsed(values, InpainterOptions)
    scale = parsed(values, PageScaleOptions).arguments()
    # Before loading, which takes seconds.
    listener = listen(values.host, values.port)
    checkpoints = [options.checkpoint_dir, *values.more_checkpoints]
    configs = [resolved(values, checkpoint) for checkpoint in checkpoints]
    load_tensorflow()
    from inpaint.demo.networks import Network

    networks = []
    for checkpoint, config in zip(checkpoints, configs):
        name = pathlib.Path(checkpoint).name if checkpoint else _BUNDLED
        # Visitors choose the detail of each fill; not all networks have it.
        loaded = dataclasses.replace(options, checkpoint_dir=checkpoint)
        networks.append(Network(name, make_inpainter(loaded, config, fill_size=scale["fill_size"])))
    for network in networks:
        network.warm_up()
    with tempfile.TemporaryDirectory(prefix="inpaint-page-") as folder:  # removed when the page ends
        settings = Settings(
            folder=pathlib.Path(folder),
            max_pixels=options.max_pixels,
            max_upload_mb=values.max_upload_mb,
            keep_minutes=values.keep_minutes,
            size=scale["fill_size"],
            detail=scale["detail"],
        )
        serve(networks, settings, values.host, listener)
