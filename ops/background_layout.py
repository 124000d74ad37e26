"""How contextual attention lays out the background in the columns of its score matrix."""

import tensorflow as tf

from ops.wrapped_grid import patches_at, wrapped_grid

_ALIGNMENT = 32  # so many numbers are 64 bytes at least, in half precision too
_SMALLEST_NORM = 1e-4


class BackgroundLayout:
    """How background positions lie in the score matrix's columns.

    Args:
        size: (height, width) of the map of background positions.
        margin: positions around the map.

    Attributes:
        size: as given.
        width: columns of the grid, margins included.
        pitch: length of the score matrix's rows: the grid row by row, and some zeros.
        positions: int32 [pitch], row-major positions of the map; height * width where there is none.
        ordered: float32 [pitch], 1 where `wrapped_grid` calls a place ordered.
    """

    def __init__(self, size, margin):
        height, width = size
        self.size = size
        self._height = height + 2 * margin
        self.width = width + 2 * margin
        self._zeros = -(self._height * self.width + 1) % _ALIGNMENT
        self.pitch = self._height * self.width + self._zeros
        rows, columns = (tf.range(-margin, side + margin) for side in size)
        positions, ordered = wrapped_grid(rows, columns, size)
        positions, ordered = tf.reshape(positions, [-1]), tf.reshape(tf.cast(ordered, tf.float32), [-1])
        self.positions = tf.pad(positions, [[0, self._zeros]], constant_values=height * width)
        self.ordered = tf.pad(ordered, [[0, self._zeros]])

    def place(self, values, first):
        """[height, width, K] -> [pitch, K], the map's first position at (first, first), zeros elsewhere."""
        height, width = self.size
        below, right = self._height - height - first, self.width - width - first
        values = tf.pad(values, [[first, below], [first, right], [0, 0]])
        return tf.pad(tf.reshape(values, [-1, values.shape[-1]]), [[0, self._zeros], [0, 0]])

    def taken(self, values, first):
        """[L, pitch] -> [L, height, width], the map's part where its first position is at (first, first)."""
        grid = tf.reshape(values[:, : self._height * self.width], [-1, self._height, self.width])
        return grid[:, first : first + self.size[0], first : first + self.size[1]]


def part_sides(rate):
    """Heights (and widths) of the parts of a cell that are covered by the same patches."""
    return [side for side in (rate - rate // 2, rate // 2) if side]


def raw_parts(background, rate, layout):
    """The pixels of the background's cells, part by part of a cell.

    Args:
        background: [h * rate, w * rate, C], unreduced.
        rate: side of a cell.
        layout: the `BackgroundLayout` of [h, w].

    Returns:
        list of [pitch, height * width * C], for each part's height and for each part's width.
    """
    shape = tf.shape(background)
    h, w, channels = shape[0] // rate, shape[1] // rate, background.shape[-1]
    cells = tf.transpose(tf.reshape(background, [h, rate, w, rate, channels]), [1, 3, 0, 2, 4])
    parts, sides = [], part_sides(rate)
    for band, height in zip(tf.split(cells, sides, axis=0), sides):
        for part, width in zip(tf.split(band, sides, axis=1), sides):
            part = tf.reshape(tf.transpose(part, [2, 3, 0, 1, 4]), [h, w, height * width * channels])
            parts.append(layout.place(part, 0))
    return parts


def unit_patches(b, size, stride, kernel_size, layout):
    """The background's patches, each divided by its norm, in the score matrix's columns.

    Args:
        b: float32 [h * w, C], the reduced background.
        size: (h, w).
        stride: step between patches.
        kernel_size: side of a patch.
        layout: the `BackgroundLayout` of the positions that have patches.

    Returns:
        float32 [pitch, kernel_size * kernel_size * C].
    """
    height, width = layout.size
    row, column = layout.positions // width, layout.positions % width
    places = row * stride * size[1] + column * stride
    places = tf.where(layout.positions < height * width, places, size[0] * size[1])
    patches = patches_at(b, places, size, kernel_size)
    # The root is taken of a bounded number, not bounded itself: its gradient at 0 is NaN.
    squares = tf.reduce_sum(tf.square(patches), axis=-1, keepdims=True)
    return patches / tf.sqrt(tf.maximum(squares, _SMALLEST_NORM**2))
