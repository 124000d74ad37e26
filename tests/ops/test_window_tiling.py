import sys

import numpy as np
import pytest
import tensorflow as tf

from inpaint.ops.attention.window_tiling import WindowTiling, map_tiles


@pytest.mark.parametrize("height, width, most", [(40, 40, 1600), (40, 40, 900), (7, 50, 300), (1, 1, 35)])
def test_tiles_keep_to_the_limit(height, width, most):
    tiles = WindowTiling((3, 5, height, width), most, margins=(6, 4))
    assert (tiles.rows + 6) * (tiles.columns + 4) <= most
    assert tiles.count * tiles.rows * tiles.columns >= height * width


def test_fewest_positions():
    # Two tiles of 20 rows hold 2 * 24 * 44 positions with their margins, two by two 4 * 24 * 24.
    tiles = WindowTiling((0, 0, 40, 40), 1100, margins=(4, 4))
    assert (tiles.count, sorted([tiles.rows, tiles.columns])) == (2, [20, 40])


def test_never_less_than_one_position():
    tiles = WindowTiling((0, 0, 6, 9), 1, margins=(4, 4))
    assert (tiles.count, tiles.rows, tiles.columns) == (54, 1, 1)


def test_sizes_known_only_in_the_graph():
    @tf.function(input_signature=[tf.TensorSpec([4], tf.int32)])
    def layout(window):
        tiles = WindowTiling(tf.unstack(window), 300, (4, 4))
        return tiles.rows, tiles.columns, tiles.count

    static = WindowTiling((0, 0, 7, 50), 300, (4, 4))
    assert [int(x) for x in layout([0, 0, 7, 50])] == [static.rows, static.columns, static.count]


def test_join_undoes_split(rng):
    x = rng.normal(size=(7, 5, 2)).astype(np.float32)
    tiles = WindowTiling((2, 3, 7, 5), 30, margins=(2, 2))
    parts = tiles.split(x)
    assert len(parts) == tiles.count > 2
    np.testing.assert_array_equal(tiles.join(parts), x)
    top, left = tiles.origin(tiles.count - 1)
    np.testing.assert_array_equal(parts[-1][0, 0], x[top - 2, left - 3])


def test_gradient_equals_that_of_the_whole(rng):
    x, y = (tf.constant(rng.normal(size=(9, 8)), tf.float32) for _ in range(2))
    tiles = WindowTiling((1, 2, 7, 5), 30, margins=(2, 2))
    weight = tf.constant(rng.normal(size=(7, 5, 1)), tf.float32)

    def tile(top, left, inputs):
        rows, columns = top + tf.range(tiles.rows), left + tf.range(tiles.columns)
        x, y = (tf.pad(z, [[0, 9], [0, 9]]) for z in inputs)
        part = tf.gather(tf.gather(x * tf.sin(y), rows), columns, axis=1)
        return part[..., None], rows[:, None, None] * 100 + columns[:, None]

    specs = tf.TensorSpec([None, None, 1]), tf.TensorSpec([None, None, 1], tf.int32)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([x, y])
        found, places = map_tiles(tile, tiles, [x, y], specs)
        expected = (x * tf.sin(y))[1:8, 2:7, None]
        losses = [tf.reduce_sum(z * weight) for z in (found, expected)]
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert places[6, 4, 0] == 706
    for ours, theirs in zip(*(tape.gradient(loss, [x, y]) for loss in losses)):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)


@pytest.mark.parametrize("most", [30, 300])
def test_autograph_converts_nothing(most):
    # It would take seconds, and rewritten functions come from a file of its own.
    tiling = WindowTiling((0, 0, 7, 5), most, margins=(0, 0))
    files = []

    def tile(top, left, inputs):
        files.append(sys._getframe().f_code.co_filename)
        return (tf.zeros([tiling.rows, tiling.columns]),) * 2

    map_tiles(tile, tiling, [], (tf.TensorSpec([None, None]),) * 2)
    assert files == [__file__] * tiling.count
