import numpy as np
import pytest
import tensorflow as tf

from ops.attention.diagonals import diagonal_sum


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
def test_values_and_gradient(rng, axes, offsets):
    x = rng.normal(size=(4, 3, 5)).astype(np.float32)
    weight = rng.normal(size=x.shape).astype(np.float32)
    with tf.GradientTape() as tape:
        tape.watch(variable := tf.constant(x))
        y = diagonal_sum(variable, axes, offsets)
        loss = tf.reduce_sum(y * weight)
    np.testing.assert_allclose(y, twin(x, axes, offsets), atol=1e-6)
    expected = twin(weight, axes, [-offset for offset in offsets])
    np.testing.assert_allclose(tape.gradient(loss, variable), expected, atol=1e-6)
