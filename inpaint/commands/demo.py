"""Serve a page for drawing and filling holes; prints its address."""

import importlib.util
import os
import tempfile

from absl.flags import DEFINE_float, DEFINE_integer, DEFINE_string

from flags import filling, scale
from flags.network import follow_checkpoint
from inpaint.cli.make_inpainter import make_inpainter
from inpaint.errors import UserError


def define(flags):
    DEFINE_string(
        "host",
        "127.0.0.1",
        "Address to listen on; 0.0.0.0 allows other machines to connect.",
        flag_values=flags,
    )
    DEFINE_integer(
        "port", None, "Port to listen on. Default: the first free one from 7860.", 1, 65535, flag_values=flags
    )
    DEFINE_integer("max_upload_mb", 64, "Maximum size of an upload, in megabytes.", 1, flag_values=flags)
    DEFINE_float(
        "keep_minutes", 60, "Age in minutes at which visitors' files are removed.", 0.001, flag_values=flags
    )
    filling.define(flags)
    scale.define(flags, fill_size="auto", detail="residual")


def main(flags):
    if importlib.util.find_spec("gradio") is None:
        raise UserError('the page needs Gradio, which is not installed: pip install ".[demo]"')
    follow_checkpoint(flags, flags.checkpoint_dir)
    inpainter = make_inpainter(flags)
    with tempfile.TemporaryDirectory(prefix="inpaint-page-") as folder:
        os.environ["GRADIO_TEMP_DIR"] = folder  # removed with everything in it when the page ends
        from inpaint.demo.server import serve

        limits = flags.max_upload_mb, flags.keep_minutes
        serve(inpainter, flags.max_pixels, folder, flags.host, flags.port, *limits)
