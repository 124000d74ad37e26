"""Two plans of a pass: to compute every position, or only those that the hole's pixels depend on.

`Generator.forward` defines the network once and lets a plan decide how much of each layer to compute.
It gives the plan the layers in order and, for each sequence of layers, the window of the output it needs.
"""

import numpy as np
import tensorflow as tf

from inpaint.ops.pieces import (
    Piece,
    bounding_window,
    clipped,
    input_windows,
    laid_out_together,
    map_size,
    run_piece,
    window_of,
)

_BAND_PIXELS = 1 << 20


def band_count(size):
    """In how many bands `AroundHole` runs layers everywhere, eagerly, for an image of (height, width)."""
    height, width = map(int, size)
    return max(1, height * width // _BAND_PIXELS)


def _output_size(layers, size):
    for layer in layers:
        size = layer.output_size(size)
    return size


class Everywhere:
    """Computes every layer at every position, for training and `look_inside`. Feature maps are tensors.

    Args:
        on_layer: called as `on_layer(layer, x)` with each layer and its input before it runs, or None.
    """

    def __init__(self, on_layer=None):
        self._on_layer = on_layer

    def on_part(self):
        """Called after each layer by networks that ignore the plan; here it does nothing."""

    def result_window(self, mask):
        """Return the window of the result to compute; None here, for everything."""
        return None

    def input_window(self, layers, window, size):
        """Return the window of the first layer's input on which a window of the last one's output depends."""
        return None

    def start(self, x):
        """Convert a tensor [N, H, W, C] to a feature map of this plan."""
        return x

    def run(self, layers, x, window):
        """Run layers in sequence; return the last one's feature map, computed at least in the window."""
        return self.run_everywhere(layers, x)

    def run_everywhere(self, layers, x):
        """Run layers in sequence at every position of a tensor [N, H, W, C]."""
        for layer in layers:
            if self._on_layer:
                self._on_layer(layer, x)
            x = layer(x)
        return x

    def attend(self, attention, x, mask, window):
        """Apply contextual attention to a tensor [N, H, W, C]: (the window's feature map, offsets)."""
        return attention(x, x, mask)

    def join(self, x, y):
        """Concatenate two feature maps that have the same window, along the channels."""
        return tf.concat([x, y], axis=-1)

    def apply(self, function, x):
        """Apply a pointwise function to a feature map."""
        return function(x)

    def whole(self, x):
        """Convert a feature map to a tensor of full size [N, H, W, C], zero where nothing was computed."""
        return x


class AroundHole:
    """Computes only what windows around the holes depend on. Feature maps are lists of `Piece`s,
    one for each window.

    Convolutions are computed only at positions within reach of a window, and the attention only at
    those foreground positions. The attention's background, and so the layers before it, covers the
    whole image. In the holes, the result equals that of `Everywhere`.

    Args:
        windows: disjoint windows that hold all holes of the batch, int32 [4] each. None: the bounding window.
            With more than one, this must run eagerly.
        on_part: called without arguments after each layer in each window, and each layer run everywhere;
            or None. It may raise to stop.
        beside: pixels around the windows of which the result is wanted, too.

    Attributes:
        on_part: as given, or a function that does nothing.
    """

    def __init__(self, windows=None, on_part=None, beside=0):
        self._windows = windows
        self._beside = np.int32([-beside, -beside, beside, beside])
        self.on_part = on_part or (lambda: None)

    def hole_windows(self, mask):
        """The windows that hold the holes of a mask, [N, H, W, 1]."""
        return [bounding_window(mask)] if self._windows is None else self._windows

    def result_window(self, mask):
        return [clipped(window + self._beside, map_size(mask)) for window in self.hole_windows(mask)]

    def input_window(self, layers, windows, size):
        return [input_windows(layers, window, size)[0] for window in windows]

    def start(self, x):
        return [Piece.whole(x)]

    def run(self, layers, x, windows):
        pieces = x * len(windows) if len(x) == 1 else x
        return [run_piece(layers, piece, window, self.on_part) for piece, window in zip(pieces, windows)]

    def run_everywhere(self, layers, x):
        size = map_size(x)
        if tf.executing_eagerly() and (count := band_count(size)) > 1:
            # In bands of rows: eagerly, the first layers would hold several maps of the image's size at once.
            piece, (rows, columns) = Piece.whole(x), _output_size(layers, size)
            ends = np.linspace(0, rows, count + 1, dtype=np.int32)
            windows = [np.int32([top, 0, bottom, columns]) for top, bottom in zip(ends, ends[1:])]
            bands = [run_piece(layers, piece, window, self.on_part).values for window in windows]
            return tf.concat(bands, axis=1)
        for layer in layers:
            x = layer(x)
            self.on_part()
        return x

    def attend(self, attention, x, mask, windows):
        pieces, offsets = [], []
        for window in windows:
            # The window in cells of the attention, which are `rate` positions wide.
            cells = window_of(window[:2] // attention.rate, -(-window[2:] // attention.rate))
            y, found = attention(x, x, mask, window=cells)
            pieces.append(Piece(y, cells * attention.rate, map_size(x)))
            offsets.append(found)
            self.on_part()
        return pieces, offsets

    def join(self, x, y):
        return [a._replace(values=tf.concat([a.values, b.values], axis=-1)) for a, b in zip(x, y)]

    def apply(self, function, x):
        return [piece._replace(values=function(piece.values)) for piece in x]

    def whole(self, x):
        return x[0].laid_out() if len(x) == 1 else laid_out_together(x)
