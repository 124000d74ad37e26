"""Filling with LiteRT: what `working_copy` does in TensorFlow, in NumPy and OpenCV."""

import cv2
import numpy as np
from PIL import Image

from inpaint.inference.runtimes.pasting import pasted
from inpaint.models.architecture import CELL

_BLUR = 1  # sigma, in pixels of the copy; as in `working_copy`
_REACH = 3  # of the blur


class LiteRTFiller:
    """Fills square images at one size, one by one.

    Args:
        network: a `LiteRTNetwork`.
        detail: whether residuals are laid in.
    """

    def __init__(self, network, detail):
        self._network = network
        self._detail = detail
        self.sides = network.sides
        self.precision = network.precision

    @staticmethod
    def check_process():
        """LiteRT works in any process."""

    def hides_all(self, masks, cell):
        """Whether working copies of masks, uint8 [N, H, W, 1] in {0, 1}, have no known pixel."""
        return all(_hole(mask, cell).all() for mask in masks)

    def fill(self, inputs, cell, progress=None):
        """As `TensorFlowFiller.fill`, for squares that are `cell / 8` times one of the network's sides."""
        filled = []
        for number, one in enumerate(zip(*inputs), start=1):
            filled.append(self._fill_one(cell, *one))
            if progress:
                progress(number, len(inputs[0]))
        return np.stack(filled)

    def _fill_one(self, cell, image, mask, sketch=None):
        """uint8 [H, W, 3], [H, W, 1] and, if guided, [H, W, 1] -> uint8 [H, W, 3], right in the hole."""
        hole = _hole(mask, cell)  # [h, w]
        inputs = {"image": _reduced(image, cell), "mask": np.float32(hole)[..., None]}
        if sketch is not None:
            lines = np.float32(sketch / 255 > self._network.edge_threshold)
            inputs["sketch"] = np.float32(_reduced(lines, cell) > 0).reshape(*hole.shape, 1)
        found = self._network.copy(**{name: x[None] for name, x in inputs.items()})
        copy = found["shifted" if self._detail else "filled"][0]
        rows, columns = _cells(hole)
        place = tuple(slice(part.start * cell, part.stop * cell) for part in (rows, columns))
        values = _enlarged_part(copy, rows, columns, cell)
        if self._detail:
            residuals = _residuals(image, copy, hole, cell)
            values += pasted(found["weights"][0], residuals, cell, rows, columns)
        filled = image.copy()
        filled[place] = np.uint8(np.clip(np.rint(values), 0, 255))
        return filled


def _hole(mask, cell):
    """A working copy's hole, bool [h, w]: a pixel is in it if anything of it is."""
    return _reduced(np.float32(mask), cell).reshape(*(len(mask) // cell * CELL,) * 2) > 0


def _reduced(x, cell):
    """Means of areas, float32: [H, W, C] -> [H / cell * 8, W / cell * 8, C]."""
    size = x.shape[1] // cell * CELL, x.shape[0] // cell * CELL
    x = np.float32(x)
    return x if cell == CELL else cv2.resize(x, size, interpolation=cv2.INTER_AREA)


def _cells(hole):
    """The rows and columns of cells that hold all of a hole, bool [h, w], as slices."""
    cells = hole.reshape(len(hole) // CELL, CELL, -1, CELL).any(axis=(1, 3))
    ends = [np.nonzero(cells.any(axis=axis))[0][[0, -1]] for axis in (1, 0)]
    return tuple(slice(int(first), int(last) + 1) for first, last in ends)


def _enlarged_part(copy, rows, columns, cell):
    """Cubic interpolation of some cells of a working copy: [h, w, 3] -> float32 [rows * cell, ..., 3]."""
    # One more cell at each side, so that the part's edges are interpolated like its middle.
    padded = np.pad(copy, [(CELL, CELL), (CELL, CELL), (0, 0)], "symmetric")
    ys, xs = (slice(part.start * CELL, (part.stop + 2) * CELL) for part in (rows, columns))
    return _enlarged(padded[ys, xs], cell)[cell:-cell, cell:-cell]


def _enlarged(x, cell):
    """Cubic interpolation: float32 [h, w, C] -> float32 [h / 8 * cell, w / 8 * cell, C]."""
    if cell == CELL:
        return x.copy()
    size = x.shape[1] // CELL * cell, x.shape[0] // CELL * cell
    # Pillow's kernel is TensorFlow's, OpenCV's is another.
    channels = [Image.fromarray(np.ascontiguousarray(x[..., c])) for c in range(x.shape[-1])]
    return np.stack([np.asarray(c.resize(size, Image.Resampling.BICUBIC)) for c in channels], axis=-1)


def _residuals(image, copy, hole, cell):
    """Levels of an image without what a fill has of them, zero in the hole: float32 [H, W, 3]."""
    side = 2 * _REACH * _BLUR + 1
    smooth = cv2.GaussianBlur(copy, (side, side), _BLUR, borderType=cv2.BORDER_REFLECT)
    rows, columns = (_nearest(*pair) for pair in zip(hole.shape, image.shape))
    covered = hole[rows][:, columns, None]
    return np.where(covered, np.float32(0), image - _enlarged(smooth, cell))


def _nearest(n_in, n_out):
    """Which of `n_in` places each of `n_out` is, in float32 arithmetic as in TensorFlow."""
    positions = (np.arange(n_out, dtype=np.float32) + np.float32(0.5)) * np.float32(n_in / n_out)
    return np.minimum(np.int64(positions), n_in - 1)
