import numpy as np
import pytest
import tensorflow as tf

from inpaint.ops.convolution.dilated_conv import dilated_conv


def by_taps(x, kernel, rate, border):
    """The same as a sum over the taps, each a product of matrices that TensorFlow can differentiate."""
    size, reach = kernel.shape[0], rate * (kernel.shape[0] - 1)
    if border == "SAME":
        x = tf.pad(x, [[0, 0], [reach // 2] * 2, [reach // 2] * 2, [0, 0]])
    height, width = x.shape[1] - reach, x.shape[2] - reach
    taps = [(i, j) for i in range(size) for j in range(size)]
    return tf.add_n(
        [x[:, rate * i : rate * i + height, rate * j : rate * j + width] @ kernel[i, j] for i, j in taps]
    )


@pytest.mark.parametrize("border", ["SAME", "VALID"])
@pytest.mark.parametrize("rate, height, width", [(2, 9, 8), (4, 12, 17), (16, 33, 40)])
@pytest.mark.parametrize("is_graph", [False, True])
def test_values_and_gradients(rng, border, rate, height, width, is_graph):
    x = tf.constant(rng.normal(size=(2, height, width, 3)), tf.float32)
    kernel = tf.constant(rng.normal(size=(3, 3, 3, 5)), tf.float32)

    def gradients(convolve, x):
        with tf.GradientTape() as tape:
            tape.watch([x, kernel])
            y = convolve(x, kernel, rate, border)
            loss = tf.reduce_sum(tf.sin(y))
        return y, *tape.gradient(loss, [x, kernel])

    expected = gradients(by_taps, x)
    if is_graph:  # of any size
        open_shape = tf.TensorSpec([None, None, None, 3])
        found = tf.function(lambda x: gradients(dilated_conv, x)).get_concrete_function(open_shape)(x)
    else:
        found = gradients(dilated_conv, x)
    for ours, theirs in zip(found, expected):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, atol=2e-4)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_half_precision_has_gradients_on_every_cpu(rng, dtype):
    # Whole numbers that half precision holds exactly.
    x, kernel = rng.integers(-2, 3, (1, 8, 8, 2)), rng.integers(-2, 3, (3, 3, 2, 2))
    results = []
    for convolve, kind in ((dilated_conv, dtype), (by_taps, "float32")):
        arguments = [tf.constant(a, kind) for a in (x, kernel)]
        with tf.GradientTape() as tape:
            tape.watch(arguments)
            loss = tf.reduce_sum(convolve(*arguments, 4, "SAME"))
        results.append([tf.cast(g, tf.float32) for g in tape.gradient(loss, arguments)])
    for ours, theirs in zip(*results):
        np.testing.assert_array_equal(ours, theirs)
