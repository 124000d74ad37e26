"""The fixed view of validation pictures: the same pictures and hole at every look."""

import numpy as np

from inpaint.data import load_example
from inpaint.masks import centred_box


def static_view(paths, data, size):
    """The first validation pictures with a centred box.

    Args:
        paths: list of pictures.
        data: a `DataOptions`; a random crop is the same one every time.
        size: how many pictures.

    Returns:
        (images [N, H, W, 3], masks [N, H, W, 1]), float32, and sketches [N, H, W, 1] if guided.

    Raises:
        UserError: as `load_example`.
    """
    rng = np.random.default_rng(0)
    images, sketches = zip(*(load_example(path, data, rng) for path in paths[:size]))
    mask = np.float32(centred_box(data.size, data.box))[None, ..., None]
    masks = np.repeat(mask, len(images), axis=0)
    view = (np.stack(images), masks, np.stack(sketches))
    return view if data.guided else view[:2]
