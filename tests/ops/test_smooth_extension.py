import numpy as np
import pytest
import tensorflow as tf

from inpaint.ops import border, smooth_extension


def harmonic(values, known):
    """The solution of Laplace's equation on [H, W] with mirrored edges, by many steps of relaxation."""
    x = np.where(known, values, values[known].mean())
    for _ in range(20_000):
        padded = np.pad(x, 1, "symmetric")
        mean = (padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:]) / 4
        x = np.where(known, values, mean)
    return x


@pytest.mark.parametrize("size", [(32, 32), (24, 41)])
def test_close_to_the_harmonic_solution(rng, size):
    rows, columns = np.indices(size)
    values = np.sin(rows / 9) + columns / 20 + (columns > 25)
    known = np.ones(size, bool)
    known[4:20, 7:22] = known[15:22, 18:] = False
    given = [np.float32(x)[None, ..., None] for x in (values, known)]
    found = smooth_extension(*given)[0, ..., 0].numpy()
    np.testing.assert_allclose(found[known], values[known], rtol=1e-6)
    error = found - harmonic(values, known)
    assert np.abs(error).max() < 0.15 * np.ptp(values) and np.abs(error).mean() < 0.015 * np.ptp(values)


def test_constants_and_nothing():
    known = np.zeros((1, 700, 5, 1), np.float32)
    known[0, 3, 2] = 1
    level = np.full((1, 700, 5, 2), [0.25, -3], np.float32)
    np.testing.assert_allclose(smooth_extension(level, known), level, rtol=1e-4)
    np.testing.assert_array_equal(smooth_extension(level, known * 0), level * 0)


def test_border():
    hole = np.zeros((1, 4, 5, 1), np.float32)
    hole[0, 0, 0] = hole[0, 1, 1] = 1
    found = border(tf.constant(hole))[0, ..., 0].numpy()
    assert found.tolist() == [[0, 1, 1, 0, 0], [1, 0, 1, 0, 0], [1, 1, 1, 0, 0], [0, 0, 0, 0, 0]]
