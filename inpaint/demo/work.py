"""What visitors wait for: fills, looks inside and snaps. Each runs in the thread of `Turns`."""

import base64
import io
import time

import numpy as np
from PIL import Image

from inpaint.demo.snap import snap as snapped

_SKETCH = "sketch.png"


def keep_sketch(folder, sketch):
    """Keep the lines that fills of a photo follow, uint8 [H, W], in its folder."""
    Image.fromarray(sketch).save(folder / _SKETCH, compress_level=1)


def fill(photos, owner, folder, network, hole, size, detail, progress):
    """Fill a hole.

    Args:
        photos: the `Photos` that the result is kept in.
        owner: whose it is.
        folder: the photo's folder.
        network: a `Network`.
        hole: a `Hole`.
        size, detail, progress: as for `Network.fill`.

    Returns:
        dict: "id" of the result, "pixels" of the hole, "seconds" that the network took, and the hole's place.
    """
    photo, whole = photos.load(folder), hole.whole()
    start = time.monotonic()
    rgb = network.fill(photo.image.rgb, whole, _sketch(folder, hole), size, detail, progress)
    seconds = time.monotonic() - start
    name = photos.keep(photo.filled(rgb, hole), owner)
    return {"id": name, "pixels": int(hole.mask.sum()), "seconds": seconds, **hole.place()}


def look_inside(photos, owner, folder, network, hole, layers, progress):
    """Draw how a network fills a hole; arguments as for `fill`, and names of layers.

    Returns:
        dict: "id" of a folder with images, and their "names".
    """
    rgb = photos.load(folder).image.rgb
    images = network.look_inside(rgb, hole.whole(), _sketch(folder, hole), layers)
    with photos.store.new(owner) as (name, kept):
        for key, pixels in images.items():
            Image.fromarray(pixels).save(kept / f"{key}.jpg", quality=92, subsampling=0)
    return {"id": name, "names": list(images)}


def snap(photos, owner, folder, hole, around, progress):
    """Find the thing that a line points at; `hole` is what was drawn, see `inpaint.demo.snap`.

    Returns:
        dict: "mask", a PNG file in base64, white on black, and its "left" and "top" in the photo.
    """
    mask, left, top = snapped(photos.load(folder).image.rgb, hole.mask, hole.window, around)
    Image.fromarray(mask).save(content := io.BytesIO(), "PNG")
    return {"mask": base64.b64encode(content.getvalue()).decode(), "left": left, "top": top}


def _sketch(folder, hole):
    """The lines sent for a photo, uint8 [H, W]; if none were sent, zeros."""
    path = folder / _SKETCH
    if not path.exists():
        return np.zeros(hole.size, np.uint8)
    with Image.open(path) as sketch:
        return np.array(sketch)
