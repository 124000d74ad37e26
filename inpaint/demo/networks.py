"""The networks that visitors fill with."""

import functools

import cv2
import numpy as np

from inpaint.inference.inpainter import Inpainter
from inpaint.inference.look_inside import look_inside

INSIDE_SIDE = 512
STAGES = ("incomplete", "coarse", "refined", "completed", "flow")


class Network:
    """A network with a name.

    Args:
        name: what the page calls it.
        inpainter: an `Inpainter`, whose network is used; visitors choose the size and the detail.
    """

    def __init__(self, name, inpainter):
        self.name = name
        self.guided = inpainter.generator.guided
        self.architecture = inpainter.generator.architecture
        self._inpainter = inpainter
        self._with = functools.cache(self._with)

    def fill(self, rgb, hole, sketch, size, detail, progress):
        """Fill a photo.

        Args:
            rgb: uint8 [H, W, 3].
            hole: bool [H, W].
            sketch: uint8 [H, W] in [0, 255]; ignored unless the network is guided.
            size, detail: `fill_size` and `detail` of an `Inpainter`; a network without attention is given
                detail "none".
            progress: as in a call of the `Inpainter`.

        Returns:
            uint8 [H, W, 3].
        """
        detail = detail if self._inpainter.generator.has_attention else "none"
        return self._with(size, detail)(rgb, hole, sketch if self.guided else None, progress)

    def look_inside(self, rgb, hole, sketch, layers):
        """Draw how the network fills a photo, downsized to at most `INSIDE_SIDE` per side.

        Args:
            rgb, hole, sketch: as for `fill`.
            layers: names of layers, of those in its `architecture`.

        Returns:
            dict of images uint8 [h, w, 3]: those of `STAGES` that the network has, where a layer has them
            "gates_LAYER" and "masks_LAYER", "gate_key" and, with an attention, "flow_key".
        """
        rgb, hole, sketch = (_at_most(x, INSIDE_SIDE) for x in (rgb, np.float32(hole), sketch))
        inside = look_inside(self._inpainter, rgb, hole > 0, sketch if self.guided else None, layers)
        return {**inside.named(), **inside.keys()}

    def warm_up(self):
        """Fill something small, so that the first visitor does not wait for TensorFlow's start."""
        nothing = np.zeros((64, 64), np.uint8)
        black, hole = np.zeros((64, 64, 3), np.uint8), np.eye(64) > 0
        self.fill(black, hole, nothing, "auto", "residual", lambda done, total: None)

    def _with(self, size, detail):
        like, scale = self._inpainter, {"fill_size": size, "detail": detail}
        return Inpainter(like.generator, like.edge_threshold, **scale, hole_width=like.hole_width)


def _at_most(array, side):
    """Downsize an image, mask or sketch so that no side is longer than `side`."""
    if max(array.shape[:2]) <= side:
        return array
    scale = side / max(array.shape[:2])
    size = [max(round(length * scale), 1) for length in array.shape[1::-1]]
    return cv2.resize(array, size, interpolation=cv2.INTER_AREA)
