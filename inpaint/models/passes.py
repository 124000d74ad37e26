"""Ways of computing the network: every position, or only those that the hole's pixels depend on.

`Generator.forward` describes the network once and leaves to a pass how much of each layer is computed.
A pass is given the layers in order and, for each chain of them, the window of the result that is wanted.
"""

import tensorflow as tf

from ops.pieces import Piece, bounding_window, map_size, run_piece, window_of, windows_back


class Everywhere:
    """Computes every position of every layer, as training and a look inside need it. Maps are tensors.

    Args:
        see: called as `see(layer, x)` with every layer and its input before it runs, or None.
    """

    def __init__(self, see=None):
        self._see = see

    def hole(self, mask):
        """The window of the result that is wanted: here everything, which needs no window."""
        return None

    def before(self, layers, window, size):
        """The window of the first layer's input that a window of the last one's output depends on."""
        return None

    def start(self, x):
        """A tensor [N, H, W, C] as a map of this pass."""
        return x

    def run(self, layers, x, window):
        """Run layers one after the other; the map of the last one's output, at least its window."""
        return self.run_everywhere(layers, x)

    def run_everywhere(self, layers, x):
        """Run layers one after the other at every position of a tensor [N, H, W, C]."""
        for layer in layers:
            if self._see:
                self._see(layer, x)
            x = layer(x)
        return x

    def attend(self, attention, x, mask, window):
        """Contextual attention of a map [N, H, W, C] with itself: (the window's map, offsets)."""
        return attention(x, x, mask)

    def join(self, x, y):
        """Two maps with the same window, concatenated."""
        return tf.concat([x, y], axis=-1)

    def apply(self, function, x):
        """A function of single positions, of a map."""
        return function(x)

    def whole(self, x):
        """A map as a tensor of full size [N, H, W, C], zero where nothing was computed."""
        return x


class AroundHole:
    """Computes what the bounding window of the holes depends on. Maps are `Piece`s.

    Of a convolution only those places are computed that lie within its reach of the window, of the
    attention those foreground positions. The attention's background, and so the layers before it, are
    the whole image. In the holes the result equals `Everywhere`'s.
    """

    def hole(self, mask):
        return bounding_window(mask)

    def before(self, layers, window, size):
        return windows_back(layers, window, size)[0]

    def start(self, x):
        return Piece.whole(x)

    def run(self, layers, x, window):
        return run_piece(layers, x, window)

    def run_everywhere(self, layers, x):
        return Everywhere().run_everywhere(layers, x)

    def attend(self, attention, x, mask, window):
        # In cells of the attention, which are `rate` positions wide.
        cells = window_of(window[:2] // attention.rate, -(-window[2:] // attention.rate))
        y, offsets = attention(x, x, mask, window=cells)
        return Piece(y, cells * attention.rate, map_size(x)), offsets

    def join(self, x, y):
        return x._replace(values=tf.concat([x.values, y.values], axis=-1))

    def apply(self, function, x):
        return x._replace(values=function(x.values))

    def whole(self, x):
        return x.laid_out()
