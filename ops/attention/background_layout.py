"""How contextual attention lays out the background in the columns of its score matrix."""

import tensorflow as tf

from inpaint.ops.attention.shifted_sums import ALIGNMENT, squared_patch_norms
from inpaint.ops.attention.wrapped_grid import Gaps, in_column_order, runs_at, wrapped_grid


class BackgroundLayout:
    """The background's positions as a wrapped grid with a margin, row by row, and some zeros.

    All steps of a `step_sum`, `pitch + 1` and `across * pitch + width`, are multiples of 32 numbers.

    Args:
        size: (height, width) of the reduced background.
        margin: places around the map.
        reach: half a patch's side.
        across: columns of the foreground's grid.

    Attributes:
        width: columns of the grid.
        pitch: length of the score matrix's rows.
        gapped_pitch: the same while patches are compared, when the grid has gaps.
        ordered: float32 [pitch], see `in_column_order`.
    """

    def __init__(self, size, margin, reach, across):
        self._size = size
        height, width = size
        self._height, self.width = height + 2 * margin, width + 2 * margin
        self.width += (across - self.width) % ALIGNMENT
        self.pitch = _pitch(self._height * self.width)
        self._zeros = self.pitch - self._height * self.width
        rows, columns = tf.range(-margin, height + margin), tf.range(self.width) - margin
        self._positions = wrapped_grid(rows, columns, size)
        self.ordered = self._flat(in_column_order(rows, columns, size)[..., None])[:, 0]
        gaps = Gaps(size, reach, margin)
        gapped, self._places = gaps.around(-margin, self._height)
        self._gapped = tf.reshape(wrapped_grid(gapped, columns, size, gaps.gap), [-1])
        self._gapped_places = (self._height + gaps.more) * self.width
        self.gapped_pitch = _pitch(self._gapped_places)

    def runs(self, background, length):
        """The patches' rows that are compared: [h * w, C] -> [gapped_pitch, length * C]."""
        runs = runs_at(background, self._gapped, self._size, length)
        return tf.pad(runs, [[0, self.gapped_pitch - self._gapped_places], [0, 0]])

    def inverse_norms(self, background, side):
        """1 / the norm of each place's patch, 0 where there is no position.

        Args:
            background: float32 [h * w, C], reduced.
            side: of a patch.

        Returns:
            float32 [grid], without the zeros at the end.
        """
        squares = squared_patch_norms(tf.reshape(background, [1, *self._size, background.shape[-1]]), side)
        inverse = tf.pad(tf.math.rsqrt(tf.reshape(squares, [-1])), [[0, 1]])
        return tf.gather(inverse, tf.reshape(self._positions, [-1]))

    def raw_quarters(self, raw_background, rate):
        """The pixels of the background's cells, quarter by quarter of a cell.

        Args:
            raw_background: [h * rate, w * rate, C], unreduced.
            rate: side of a cell.

        Returns:
            list of [pitch, height * width * C], for each quarter's height and for each quarter's width, see
            `quarter_sides`.
        """
        (h, w), channels = self._size, raw_background.shape[-1]
        cells = tf.reshape(raw_background, [h, rate, w, rate, channels])
        quarters, sides = [], quarter_sides(rate)
        for top, height in zip((0, sides[0]), sides):
            for left, width in zip((0, sides[0]), sides):
                x = cells[:, top : top + height, :, left : left + width]
                x = tf.reshape(tf.transpose(x, [0, 2, 1, 3, 4]), [h, w, height * width * channels])
                quarters.append(self.place(x, 0))
        return quarters

    def without_gaps(self, x):
        """[K, gapped_pitch] -> [K, grid], once the sum over a patch's rows is done."""
        x = tf.reshape(x[:, : self._gapped_places], [tf.shape(x)[0], -1, self.width])
        x = tf.gather(x, self._places, axis=1)
        return tf.reshape(x, [-1, self._height * self.width])

    def padded(self, x):
        """[K, grid] -> [K, pitch]."""
        return tf.pad(x, [[0, 0], [0, self._zeros]])

    def place(self, values, first):
        """[h, w, K] -> [pitch, K], the map's first position at (first, first), zeros elsewhere."""
        below, right = self._height - self._size[0] - first, self.width - self._size[1] - first
        return self._flat(tf.pad(values, [[first, below], [first, right], [0, 0]]))

    def _flat(self, grid):
        rows = tf.shape(grid)[0] * tf.shape(grid)[1]
        return tf.pad(tf.reshape(grid, [rows, -1]), [[0, self._zeros], [0, 0]])


def largest_pitch(size, margin, reach):
    """At least the `gapped_pitch` of the layout of a background, whatever the foreground's grid."""
    (height, width), more = size, Gaps(size, reach, margin).more
    return _pitch((height + 2 * margin + more) * (width + 2 * margin + ALIGNMENT - 1))


def _pitch(places):
    return places + -(places + 1) % ALIGNMENT


def quarter_sides(rate):
    """Heights (and widths) of a cell's quarters, each of which is covered by the same patches."""
    return [1] if isinstance(rate, int) and rate == 1 else [rate - rate // 2, rate // 2]
