"""Serving the page."""

import pathlib
import signal
import sys
import threading

import numpy as np
from PIL import Image

from inpaint.demo.actions import Actions
from inpaint.demo.cleanup import keep_clean
from inpaint.demo.layout import build
from inpaint.demo.offline import theme
from inpaint.errors import UserError

_EXAMPLES = pathlib.Path(__file__).parents[1] / "examples"


def serve(inpainter, max_pixels, folder, host, port, max_upload_mb, keep_minutes):
    """Show the page until the process is told to end.

    Args:
        inpainter: an `Inpainter`.
        max_pixels: the largest image that is read.
        folder: where visitors' files and results are kept.
        host, port: where to listen; without a port, at the first free one from 7860.
        max_upload_mb: the largest file that is taken, in megabytes.
        keep_minutes: after which visitors' files are removed.

    Raises:
        UserError: it cannot listen there.
    """
    # Gradio decodes drawings before we see them: Pillow refuses those of twice as many pixels.
    Image.MAX_IMAGE_PIXELS = max_pixels
    photographs = sorted((_EXAMPLES / "photographs").iterdir())
    examples = [(path, _EXAMPLES / "masks" / f"{path.stem}.png") for path in photographs]
    # The first image takes long, because the network's graph is made for it: no visitor's.
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
            f"cannot listen on {host}, port {port or '7860 to 7959'}: taken, or no address of this machine; "
            f"choose another --port or --host"
        ) from error
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that files are removed
    print(f"the page is at {address}", flush=True)
    threading.Event().wait()
