"""Grids of map positions that go on regularly where reading orders run over a map's edges.

The attention's fuse adds up neighbours in reading order. In row-major order, a row's last position is
followed by the next row's first; in column-major order, a column's lowest is followed by the next
column's highest. A wrapped grid is laid out so that *a step to the right is always a step in row-major
order, and a step down one in column-major order*, beyond the map's edges too. This is a map of 3 x 4
positions, numbered in row-major order, with a margin of one place (`.` is no position):

     column  -1    0   1   2   3    4
    row -1    6    7   8   9  10   11     the last row, one column further right
                +----------------+
         0    . |  0   1   2   3 |  4     right of 3, the row's end, comes 4, the next row's start
         1    3 |  4   5   6   7 |  8
         2    7 |  8   9  10  11 |  .
                +----------------+
         3    0    1   2   3   4    5     the first row, one column further left: below 8, the
                                          column's end, comes 1, the next column's start

Patches do not run on like that: above and below the map they hold zeros. Where patches are compared, the
grid has gaps, rows of nothing after each column's end, so wide that no patch reaches across. The same
map and margin for patches that reach one row up and down, `Gaps((3, 4), reach=1, margin=1)`:

    row -4    2    3   4   5   6    7
        -3    6    7   8   9  10   11     <- row -1 of the grid above, now with nothing below it
        -2   10   11   .   .   .    .
        -1    .    .   .   .   .    0     gap of two rows; at its ends, rows run on that begin or end
                +----------------+        beside the map
         0    . |  0   1   2   3 |  4     <- row 0
         1    3 |  4   5   6   7 |  8     <- row 1
         2    7 |  8   9  10  11 |  .     <- row 2
                +----------------+
         3   11    .   .   .   .    .     gap
         4    .    .   .   .   0    1
         5    0    1   2   3   4    5     <- row 3, now with nothing above it
         6    4    5   6   7   8    9
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

    All are but those that run on before the first column or after the last one.

    Args:
        rows, columns, size: as in `wrapped_grid`.

    Returns:
        float32 [R, C], 0 or 1.
    """
    column = columns + tf.math.floordiv(rows, size[0])[:, None]
    return tf.cast((column >= 0) & (column < size[1]), tf.float32)


class Gaps:
    """Rows with gaps that are so wide that no patch reaches from one column into the next.

    Args:
        size: (height, width) of the map.
        reach: how many rows up and down a patch reaches.
        margin: how far places may lie outside the map.

    Attributes:
        gap: rows of nothing after each column's end.
        more: how many rows `around` adds to those asked for.
    """

    def __init__(self, size, reach, margin):
        self._height = size[0]
        self._reach = reach
        turns = -(-margin // size[0])
        self.gap = reach - (-(margin + turns) // size[1]) if reach else 0
        self._before = self.gap * turns + reach
        self.more = 2 * self._before

    def around(self, first, count):
        """The rows with gaps that hold all neighbours of some rows without gaps.

        Args:
            first, count: the rows without gaps, from `first` on.

        Returns:
            rows: int32 [count + more], consecutive.
            places: int32 [count], where among them each row's patches begin, `reach` rows above it.
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
