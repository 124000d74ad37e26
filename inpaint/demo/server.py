"""Serving the page."""

import pathlib
import signal
import socket
import sys
import threading

import numpy as np
from PIL import Image

from inpaint.demo.actions import Actions
from inpaint.demo.cleanup import keep_clean
from inpaint.demo.layout import build
from inpaint.demo.offline import theme
from inpaint.errors import UserError, telling

_EXAMPLES = pathlib.Path(__file__).parents[1] / "examples"


def serve(inpainter, max_pixels, folder, host, port, max_upload_mb, keep_minutes):
    """Serve the page until the process is terminated.

    Args:
        inpainter: an `Inpainter`.
        max_pixels: maximum number of pixels of an image.
        folder: folder for uploads and results.
        host, port: address to listen on; port None for the first free one from 7860.
        max_upload_mb: maximum size of an upload, in megabytes.
        keep_minutes: age in minutes at which uploads and results are removed.

    Raises:
        UserError: if the server cannot listen on this address.
    """
    with telling(f"cannot listen on {host}: choose another --host"):
        socket.getaddrinfo(host, None)  # Gradio would look the name up for ever
    # Gradio decodes drawings before they can be checked here; Pillow rejects those of twice as many pixels.
    Image.MAX_IMAGE_PIXELS = max_pixels
    photographs = sorted((_EXAMPLES / "photographs").iterdir())
    examples = [(path, _EXAMPLES / "masks" / f"{path.stem}.png") for path in photographs]
    # The first call is slow, because it traces the network's graph: make it before the first visitor does.
    sketch = np.zeros((64, 64), np.uint8) if inpainter.generator.guided else None
    inpainter(np.zeros((64, 64, 3), np.uint8), np.eye(64), sketch)
    keep_clean(folder, keep_minutes * 60)
    page = build(Actions(inpainter, max_pixels, folder, examples))
    try:
        _, address, _ = page.launch(
            server_name=host,
            server_port=port,
            max_file_size=f"{max_upload_mb}mb",
            allowed_paths=[str(_EXAMPLES)],
            theme=theme(),
            footer_links=[],
            quiet=True,
            prevent_thread_lock=True,
        )
    except OSError as error:
        raise UserError(
            f"cannot listen on {host}, port {port or '7860 to 7959'}: in use, or no address of this machine; "
            f"choose another --port or --host"
        ) from error
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that files are removed
    print(f"the page is at {address}", flush=True)
    threading.Event().wait()
