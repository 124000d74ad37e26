"""Rectangles of map positions that stay regular where reading orders run over a map's edges.

The attention's fuse adds up neighbours in reading order: after a row's last position comes the next
row's first, and, column by column, after a column's lowest the next column's highest. In the grids
made here a step to the right is always a step in row-major order, and a step down one in
column-major order, beyond the map's edges too.
"""

import tensorflow as tf


def wrapped_grid(rows, columns, size):
    """What the places of a grid stand for.

    Args:
        rows: int32 [R], consecutive; those outside [0, height) run on in the next column.
        columns: int32 [C], consecutive; those outside [0, width) run on in the next row.
        size: (height, width) of the map.

    Returns:
        positions: int32 [R, C], row-major indices; height * width where there is nothing before the
            first or after the last.
        ordered: bool [R, C], whether the place is one of its column-major order: false where a
            column runs on before the first or after the last one.
    """
    height, width = size
    turns = tf.math.floordiv(rows, height)[:, None]
    columns = columns[None] + turns  # [R, C]
    index = tf.math.floormod(rows, height)[:, None] * width + columns
    count = height * width
    exists = (index >= 0) & (index < count)
    return tf.where(exists, index, count), (columns >= 0) & (columns < width)


def patches_at(x, positions, size, side):
    """The zero-padded square patches around some positions of a map.

    Args:
        x: [h * w, C], a map row by row.
        positions: int32 [K], row-major indices; h * w and above for a patch of zeros.
        size: (h, w).
        side: odd side of the patches.

    Returns:
        [K, side * side * C], each patch row by row.
    """
    height, width = size
    around = tf.range(-(side // 2), side // 2 + 1)
    row = (positions // width)[:, None, None] + around[:, None]  # [K, side, 1]
    column = (positions % width)[:, None, None] + around  # [K, 1, side]
    inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
    inside &= (positions < height * width)[:, None, None]
    index = tf.where(inside, row * width + column, height * width)  # [K, side, side]
    channels = x.shape[-1]
    patches = tf.gather(tf.pad(x, [[0, 1], [0, 0]]), index)  # [K, side, side, C]
    return tf.reshape(patches, [-1, side * side * channels])
