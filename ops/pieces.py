"""Pieces of maps, so that a layer can be computed just where it is needed.

A window is int32 [4], (top, left, bottom, right) in positions of a map, the last two exclusive.
"""

import typing

import tensorflow as tf


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
        size = tf.shape(x)[1:3]
        return cls(x, tf.concat([[0, 0], size], axis=0), size)

    def bordered(self, window, mode):
        """The values in another window, [N, h, w, C].

        Args:
            window: may reach over the map's edges; what it shares with the map must be in this piece.
            mode: what lies beyond the edges, as `tf.pad` names it.
        """
        inner = clipped(window, self.size)
        begin, shape = inner[:2] - self.window[:2], inner[2:] - inner[:2]
        x = tf.slice(self.values, tf.pad(begin, [[1, 1]]), tf.pad(shape, [[1, 1]], constant_values=-1))
        beyond = tf.stack([inner[:2] - window[:2], window[2:] - inner[2:]], axis=1)  # [2, 2]
        return tf.pad(x, tf.pad(beyond, [[1, 1], [0, 0]]), mode)

    def laid_out(self):
        """The whole map, [N, H, W, C], zero outside of the piece."""
        around = tf.stack([self.window[:2], self.size - self.window[2:]], axis=1)  # [2, 2]
        return tf.pad(self.values, tf.pad(around, [[1, 1], [0, 0]]))


def clipped(window, size):
    """The part of a window that lies within a map of a size."""
    return tf.clip_by_value(window, 0, tf.tile(size, [2]))


def bounding_window(mask):
    """The smallest window around everything in [N, H, W, 1] that is not zero; one position if all is."""
    rows = tf.where(tf.reduce_any(mask != 0, axis=[0, 2, 3]))
    columns = tf.where(tf.reduce_any(mask != 0, axis=[0, 1, 3]))
    ends = [(x[0, 0], x[-1, 0] + 1) for x in (_at_least_one(rows), _at_least_one(columns))]
    return tf.cast(tf.stack([ends[0][0], ends[1][0], ends[0][1], ends[1][1]]), tf.int32)


def _at_least_one(indices):
    return tf.cond(tf.size(indices) > 0, lambda: indices, lambda: tf.zeros([1, 1], tf.int64))


def windows_back(layers, wanted, size):
    """What each of several layers, one after the other, must compute for the last one's `wanted`.

    Args:
        layers: `PaddedConv`s.
        wanted: window of the last one's output.
        size: int32 [2] of the first one's input.

    Returns:
        list of windows: of the first layer's input, and of each layer's output.
    """
    sizes = [size]
    for layer in layers[:-1]:
        sizes.append(layer.output_size(sizes[-1]))
    windows = [wanted]
    for layer, size in zip(reversed(layers), reversed(sizes)):
        windows.insert(0, clipped(layer.reads(windows[0]), size))
    return windows


def run_piece(layers, piece, wanted):
    """Run layers one after the other, each only where `wanted` of the last one's output needs it."""
    for layer, window in zip(layers, windows_back(layers, wanted, piece.size)[1:]):
        piece = layer.piece(piece, window)
    return piece
