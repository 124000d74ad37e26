import numpy as np
import pytest
import tensorflow as tf

from inpaint.ops.attention.shifted_sums import diagonal_sum, squared_patch_norms, step_sum, whole_rows


def twin(x, axes, offsets):
    result = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        for offset in offsets:
            other = list(index)
            for axis in axes:
                other[axis] += offset
            if all(0 <= i < n for i, n in zip(other, x.shape)):
                result[index] += x[tuple(other)]
    return result


@pytest.mark.parametrize(
    "axes, offsets", [((1, 2), (-1, 0, 1)), ((0, 2), (-1, 0)), ((2, 1), (0, 1, 2)), ((0, 1), (-4, 0, 5))]
)
def test_diagonal_sum_and_its_gradient(rng, axes, offsets):
    x = rng.normal(size=(4, 3, 5)).astype(np.float32)
    weight = rng.normal(size=x.shape).astype(np.float32)
    with tf.GradientTape() as tape:
        tape.watch(variable := tf.constant(x))
        y = diagonal_sum(variable, axes, offsets)
        loss = tf.reduce_sum(y * weight)
    np.testing.assert_allclose(y, twin(x, axes, offsets), atol=1e-6)
    expected = twin(weight, axes, [-offset for offset in offsets])
    np.testing.assert_allclose(tape.gradient(loss, variable), expected, atol=1e-6)


@pytest.mark.parametrize("taps, first", [(3, 0), (2, 0), (2, 1), (1, 2)])
def test_step_sum(rng, taps, first):
    x = rng.normal(size=[100]).astype(np.float32)
    found = step_sum(x, 7, taps, first)
    length = 100 - 7 * (first + taps - 1)
    length -= length % 32
    expected = [sum(x[i + 7 * t] for t in range(first, first + taps)) for i in range(length)]
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_whole_rows():
    assert whole_rows(tf.range(8), 3).numpy().tolist() == [[0, 1, 2], [3, 4, 5]]
    assert whole_rows(tf.range(8), 3, 1).numpy().tolist() == [[0, 1, 2]]


def test_squared_patch_norms_by_hand():
    # 1 2
    # 3 4, of two channels that both hold these numbers; zeros around, where nothing is too small.
    x = np.arange(1, 5, dtype=np.float32).reshape(1, 2, 2, 1).repeat(2, axis=-1)
    x = np.pad(x, ((0, 0), (0, 0), (0, 3), (0, 0)))
    found = squared_patch_norms(x, 3)[0].numpy()
    np.testing.assert_allclose(found[:, :3], [[60, 60, 40]] * 2)
    np.testing.assert_allclose(found[:, 3:], 1e-8)
