"""Pieces of maps, so that a layer can be computed only where it is needed.

A window is int32 [4], (top, left, bottom, right) in positions of a map, the last two exclusive. Windows and
sizes are tensors in a graph. Eagerly they are NumPy arrays, because a layer takes some twenty small steps to
work out its input window, and as TensorFlow operations these would take longer than a small convolution.
"""

import typing

import numpy as np
import tensorflow as tf


def at_hand(x):
    """A window or size as a NumPy array if its value is known now, else the tensor."""
    return x.numpy() if tf.is_tensor(x) and not tf.is_symbolic_tensor(x) else x


def map_size(x):
    """Height and width of [N, H, W, C], int32 [2]."""
    return at_hand(tf.shape(x)[1:3])


def window_of(first, last):
    """A window from its corners, (top, left) and (bottom, right)."""
    return np.concatenate([first, last]) if _library(first) is np else tf.concat([first, last], axis=0)


def _library(x):
    """What computes with a window or size: NumPy or TensorFlow."""
    return np if isinstance(x, np.ndarray) else tf


class Piece(typing.NamedTuple):
    """A rectangle cut out of a map.

    Attributes:
        values: [N, bottom - top, right - left, C].
        window: where it lies, within the map.
        size: int32 [2], height and width of the whole map.
    """

    values: tf.Tensor
    window: tf.Tensor
    size: tf.Tensor

    @classmethod
    def whole(cls, x):
        """All of a map [N, H, W, C]."""
        size = map_size(x)
        return cls(x, window_of(_library(size).zeros_like(size), size), size)

    def bordered(self, window, mode):
        """The values in another window, [N, h, w, C].

        Args:
            window: may reach over the map's edges; what it shares with the map must be in this piece.
            mode: what lies beyond the edges, a mode of `tf.pad`.
        """
        window, numbers = at_hand(window), _library(self.size)
        inner = clipped(window, self.size)
        begin, shape = inner[:2] - self.window[:2], inner[2:] - inner[:2]
        begin = numbers.pad(begin, [[1, 1]])
        shape = numbers.pad(shape, [[1, 1]], constant_values=-1)  # all of the batch and the channels
        inside = tf.slice(self.values, begin, shape)
        x = _padded(inside, inner[:2] - window[:2], window[2:] - inner[2:], mode)
        x.set_shape([None, None, None, self.values.shape[-1]])  # a graph forgets them
        return x

    def laid_out(self):
        """The whole map, [N, H, W, C], zero outside the piece."""
        return _padded(self.values, self.window[:2], self.size - self.window[2:], "CONSTANT")


def laid_out_together(pieces):
    """The whole map of disjoint `Piece`s, [N, H, W, C], zero outside of them; eager only."""
    values = pieces[0].values
    whole = np.zeros([values.shape[0], *pieces[0].size, values.shape[-1]], values.dtype.as_numpy_dtype)
    for piece in pieces:
        top, left, bottom, right = piece.window
        whole[:, top:bottom, left:right] = piece.values
    return tf.constant(whole)


def _padded(x, before, after, mode):
    """[N, H, W, C] padded by int32 [2] rows and columns before it, and after it."""
    numbers = _library(before)
    return tf.pad(x, numbers.pad(numbers.stack([before, after], axis=1), [[1, 1], [0, 0]]), mode)


def clipped(window, size):
    """The part of a window that lies within a map of a size."""
    numbers = _library(size)
    return numbers.minimum(numbers.maximum(window, 0), numbers.tile(size, [2]))


def bounding_window(mask):
    """The smallest window around everything in [N, H, W, 1] that is not zero; one position if all is zero."""
    rows = tf.where(tf.reduce_any(mask != 0, axis=[0, 2, 3]))
    columns = tf.where(tf.reduce_any(mask != 0, axis=[0, 1, 3]))
    ends = [(x[0, 0], x[-1, 0] + 1) for x in (_at_least_one(rows), _at_least_one(columns))]
    return at_hand(tf.cast(tf.stack([ends[0][0], ends[1][0], ends[0][1], ends[1][1]]), tf.int32))


def _at_least_one(indices):
    return tf.cond(tf.size(indices) > 0, lambda: indices, lambda: tf.zeros([1, 1], tf.int64))


def input_windows(layers, wanted, size):
    """Which windows a chain of layers must compute so that the last one has `wanted`.

    Args:
        layers: `PaddedConv`s, in order.
        wanted: window of the last layer's output.
        size: int32 [2] of the first layer's input.

    Returns:
        list of windows: of the first layer's input, and of each layer's output.
    """
    sizes = [at_hand(size)]
    for layer in layers[:-1]:
        sizes.append(layer.output_size(sizes[-1]))
    windows = [at_hand(wanted)]
    for layer, size in zip(reversed(layers), reversed(sizes)):
        windows.insert(0, clipped(layer.input_window(windows[0]), size))
    return windows


def run_piece(layers, piece, wanted, on_layer=None):
    """Run layers one after the other, each only where `wanted` of the last one's output needs it.

    Args:
        layers: `PaddedConv`s, in order.
        piece: the first one's input, at least what `input_windows` tells.
        wanted: window of the last one's output.
        on_layer: called without arguments after each layer, or None.
    """
    for layer, window in zip(layers, input_windows(layers, wanted, piece.size)[1:]):
        piece = layer.piece(piece, window)
        if on_layer:
            on_layer()
    return piece
