"""Serve a page for drawing and filling holes; prints its address."""

import dataclasses
import importlib.util
import pathlib

from inpaint.checkpoints.config import resolve
from inpaint.cli.make_inpainter import make_inpainter
from inpaint.cli.tensorflow_start import load_tensorflow
from inpaint.errors import UserError
from inpaint.options.filling import InpainterOptions, ScaleOptions
from inpaint.options.option import option

_BUNDLED = "photographs"


@dataclasses.dataclass(frozen=True)
class Options(InpainterOptions, ScaleOptions):
    host: str = option("127.0.0.1", "Address to listen on; 0.0.0.0 allows other machines to connect.")
    port: int | None = option(
        None, "Port to listen on. Default: the first free one from 7860.", least=1, most=65535
    )
    allowed_hosts: tuple = option(
        (), "Names, between commas, by which visitors reach the page, besides this machine's own."
    )
    max_upload_mb: int = option(64, "Maximum size of an upload, in megabytes.", least=1)
    keep_minutes: float = option(
        60.0, "Minutes that a visitor's file is kept after its last use.", least=0.001
    )
    more_checkpoints: tuple = option(
        (), "Further checkpoints for visitors to choose from, separated by commas."
    )


def main(options):
    if missing := [name for name in ("fastapi", "uvicorn") if importlib.util.find_spec(name) is None]:
        raise UserError(f"the page needs {' and '.join(missing)}: pip install {' '.join(missing)}")
    from inpaint.demo.kept.page_folder import page_folder
    from inpaint.demo.settings import Settings
    from inpaint.demo.web.server import listen, serve

    # Before loading, which takes seconds.
    listener = listen(options.host, options.port)
    checkpoints = [options.checkpoint_dir, *options.more_checkpoints]
    configs = [resolve(checkpoint, **options.requested()) for checkpoint in checkpoints]
    load_tensorflow()
    from inpaint.demo.networks import Network

    networks = []
    for checkpoint, config in zip(checkpoints, configs):
        name = pathlib.Path(checkpoint).name if checkpoint else _BUNDLED
        # Visitors choose the size and detail of each fill; not all networks have detail.
        loaded = dataclasses.replace(options, checkpoint_dir=checkpoint)
        networks.append(Network(name, make_inpainter(loaded, dataclasses.replace(config, detail="none"))))
    for network in networks:
        network.warm_up()
    with page_folder() as folder:
        settings = Settings(
            folder=folder,
            hosts=(options.host, *options.allowed_hosts),
            max_pixels=options.max_pixels,
            max_upload_mb=options.max_upload_mb,
            keep_minutes=options.keep_minutes,
            size=configs[0].fill_size,
            detail=configs[0].detail,
        )
        serve(networks, settings, options.host, listener)
