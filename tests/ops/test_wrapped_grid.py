import numpy as np
import pytest
import tensorflow as tf

from inpaint.ops.attention.wrapped_grid import Gaps, in_column_order, runs_at, wrapped_grid


def test_grid_by_hand():
    # 0 1 2
    # 3 4 5, and one place around: to the right reads on row by row, down column by column.
    grid = wrapped_grid(tf.range(-1, 3), tf.range(-1, 4), (2, 3))
    assert grid.numpy().tolist() == [
        [1, 2, 3, 4, 5],  # the second row, one column further left: above (0, 1) comes (1, 0)
        [6, 0, 1, 2, 3],
        [2, 3, 4, 5, 6],
        [0, 1, 2, 3, 4],  # the first row, one column further right
    ]
    ordered = in_column_order(tf.range(-1, 3), tf.range(3), (2, 3))
    assert ordered.numpy().tolist() == [[0, 1, 1], [1, 1, 1], [1, 1, 1], [1, 1, 0]]


@pytest.mark.parametrize("size", [(1, 1), (1, 5), (6, 1), (2, 3), (5, 4), (7, 9)])
@pytest.mark.parametrize("reach, margin", [(1, 2), (2, 2), (1, 3), (0, 1)])
def test_gapped_neighbours_are_the_maps(size, reach, margin):
    # Around each place of a grid lie, in the grid with gaps, the map's own rows above and below.
    height, width = size
    nothing, first, count = height * width, -margin, height + 2 * margin
    columns = tf.range(-margin, width + margin)
    plain = wrapped_grid(first + tf.range(count), columns, size).numpy()
    gaps = Gaps(size, reach, margin)
    rows, places = gaps.around(first, count)
    assert len(rows) == count + gaps.more
    gapped = wrapped_grid(rows, columns, size, gaps.gap).numpy()
    for i, place in enumerate(places.numpy()):
        for j in range(len(columns)):
            if plain[i, j] == nothing:
                continue
            for d in range(-reach, reach + 1):
                row, column = plain[i, j] // width + d, plain[i, j] % width
                expected = row * width + column if 0 <= row < height else nothing
                assert gapped[place + reach + d, j] == expected


def test_runs_end_with_the_map():
    x = np.arange(1, 7, dtype=np.float32).reshape(6, 1)  # 1 2 3 / 4 5 6
    runs = runs_at(x, tf.constant([0, 2, 4, 6]), (2, 3), 3)
    assert runs.numpy().tolist() == [[0, 1, 2], [2, 3, 0], [4, 5, 6], [0, 0, 0]]
