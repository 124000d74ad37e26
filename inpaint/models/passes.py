"""Two ways to compute the network: at every position, or only where the hole's pixels depend on it.

`Generator.forward` defines the network once and lets a pass decide how much of each layer to compute.
It gives the pass the layers in order and, for each sequence of layers, the window of the output it needs.
"""

import tensorflow as tf

from ops.pieces import Piece, bounding_window, map_size, run_piece, window_of, windows_back


class Everywhere:
    """Computes every layer at every position, for training and `look_inside`. Feature maps are tensors.

    Args:
        on_layer: called as `on_layer(layer, x)` with each layer and its input before it runs, or None.
    """

    def __init__(self, on_layer=None):
        self._on_layer = on_layer

    def hole(self, mask):
        """Return the window of the result to compute; None here, for everything."""
        return None

    def before(self, layers, window, size):
        """Return the window of the first layer's input on which a window of the last one's output depends."""
        return None

    def start(self, x):
        """Convert a tensor [N, H, W, C] to a feature map of this pass."""
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
    """Computes only what the bounding window of the holes depends on. Feature maps are `Piece`s.

    Convolutions are computed only at positions within reach of the window, and the attention only at
    those foreground positions. The attention's background, and so the layers before it, covers the
    whole image. In the holes, the result equals that of `Everywhere`.
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
        # The window in cells of the attention, which are `rate` positions wide.
        cells = window_of(window[:2] // attention.rate, -(-window[2:] // attention.rate))
        y, offsets = attention(x, x, mask, window=cells)
        return Piece(y, cells * attention.rate, map_size(x)), offsets

    def join(self, x, y):
        return x._replace(values=tf.concat([x.values, y.values], axis=-1))

    def apply(self, function, x):
        return x._replace(values=function(x.values))

    def whole(self, x):
        return x.laid_out()
