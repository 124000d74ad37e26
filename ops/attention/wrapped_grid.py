"""Rectangles of map positions that stay regular where reading orders run over a map's edges.

The attention's fuse adds up neighbours in reading order: after a row's last position comes the next
row's first, and, column by column, after a column's lowest the next column's highest. In the grids
made here a step to the right is always a step in row-major order, and a step down one in
column-major order, beyond the map's edges too. Where patches are compared, nothing must lie beyond
a column's end: there the grid has gaps, rows that stand for no position.
"""

import tensorflow as tf


def wrapped_grid(rows, columns, size, gap=0):
    """What the places of a grid stand for.

    Args:
        rows: int32 [R], consecutive; those outside [0, height) run on in the next column.
        columns: int32 [C], consecutive; those outside [0, width) run on in the next row.
        size: (height, width) of the map.
        gap: rows of nothing after each column's end, see `Gaps`.

    Returns:
        int32 [R, C], row-major indices; height * width where there is no position.
    """
    height, width = size
    count = height * width
    row = tf.math.floormod(rows, height + gap)[:, None]
    columns += tf.math.floordiv(rows, height + gap)[:, None]
    index = row * width + columns
    # Columns that run on in the next row lie a row higher or lower, also at their ends.
    above = (row >= height) & (index >= count)
    index = tf.where(above, (row - height - gap) * width + columns + 1, index)
    return tf.where((index >= 0) & (index < count), index, count)


def in_column_order(rows, columns, size):
    """Whether places of a grid without gaps are in column-major order.

    Those are not that run on before the first column or after the last one.

    Returns:
        float32 [R, C], 0 or 1.
    """
    column = columns + tf.math.floordiv(rows, size[0])[:, None]
    return tf.cast((column >= 0) & (column < size[1]), tf.float32)


class Gaps:
    """Rows with gaps, so wide that a patch's rows never reach from one column into the next.

    Args:
        size: (height, width) of the map.
        reach: how many rows up and down a patch reaches.
        margin: how far places may lie outside the map.

    Attributes:
        gap: rows of nothing after each column's end.
        more: rows added to those asked for, see `around`.
    """

    def __init__(self, size, reach, margin):
        self._height = size[0]
        self._reach = reach
        turns = -(-margin // size[0])
        self.gap = reach - (-(margin + turns) // size[1]) if reach else 0
        self._before = self.gap * turns + reach
        self.more = 2 * self._before

    def around(self, first, count):
        """The rows with gaps that hold all neighbours of some rows without.

        Returns:
            rows: int32 [count + more], consecutive.
            places: int32 [count], where each of the rows from `first` is among them, less `reach`.
        """
        start = first - self._before
        own = first + tf.range(count)
        places = own + self.gap * tf.math.floordiv(own, self._height) - start - self._reach
        return start + tf.range(count + self.more), tf.clip_by_value(
            places, 0, count + self.more - 2 * self._reach - 1
        )


def runs_at(x, positions, size, length):
    """The zero-padded horizontal runs around some positions of a map.

    Args:
        x: [h * w, C], a map row by row.
        positions: int32 [K], row-major indices; h * w and above for zeros.
        size: (h, w).
        length: odd length of the runs.

    Returns:
        [K, length * C].
    """
    height, width = size
    column = (positions % width)[:, None] + tf.range(-(length // 2), length // 2 + 1)  # [K, length]
    inside = (column >= 0) & (column < width) & (positions < height * width)[:, None]
    index = tf.where(inside, (positions // width * width)[:, None] + column, height * width)
    runs = tf.gather(tf.pad(x, [[0, 1], [0, 0]]), index)  # [K, length, C]
    return tf.reshape(runs, [-1, length * x.shape[-1]])
