import numpy as np
import pytest
import tensorflow as tf

from inpaint.ops import flow_image, resize_nearest


def row(values):
    return np.float32(values).reshape(1, 1, -1, 1)


@pytest.mark.parametrize(
    "n_in, n_out, expected",
    [
        (8, 4, [0, 2, 5, 7]),  # even positions, then odd ones
        (10, 5, [0, 2, 5, 7, 9]),  # 4.5 is rounded up
        (6, 1, [0]),
        (4, 8, [0, 0, 1, 1, 2, 2, 3, 3]),
    ],
)
def test_nearest_reads_aligned_corners(n_in, n_out, expected):
    assert np.ravel(resize_nearest(row(range(n_in)), (1, n_out))).tolist() == expected


def test_nearest_equals_tensorflows_own():
    for n_in in range(1, 130):
        for n_out in {1, n_in // 4, n_in // 2, n_in - 1, 2 * n_in} - {0}:
            x = row(range(n_in))
            theirs = tf.raw_ops.ResizeNearestNeighbor(images=x, size=[1, n_out], align_corners=True)
            np.testing.assert_array_equal(resize_nearest(x, (1, n_out)), theirs, f"{n_in} to {n_out}")


def test_flow_wheel_by_hand():
    # No offset is white, the full radius is a pure hue, half of it half as saturated.
    offsets = np.zeros((1, 1, 4, 2))
    offsets[0, 0, 1] = [4, 0]
    offsets[0, 0, 2] = [2, 0]
    offsets[0, 0, 3] = [0, 4]
    image = np.round((flow_image(offsets)[0, 0] + 1) * 127.5)
    assert image[0].tolist() == [255, 255, 255]
    assert image[1].tolist() == [255, 0, 0]
    assert image[2].tolist() == [255, 127, 127]
    assert image[3].tolist()[2] == 0 and image[3].tolist()[0] > 200  # a quarter round: yellow


def test_flow_is_normalised_by_the_largest_so_far():
    offsets = np.zeros((3, 1, 1, 2))
    offsets[:, 0, 0, 0] = [2, 4, 2]
    red = np.ravel(np.round((flow_image(offsets)[..., 1] + 1) * 127.5))
    assert red.tolist() == [0, 0, 127]


def test_flow_is_enlarged_with_aligned_corners():
    offsets = np.zeros((1, 1, 2, 2))
    offsets[0, 0, 1, 0] = 1
    green = np.ravel(flow_image(offsets, 2)[0, 0, :, 1])
    np.testing.assert_allclose(green, [1, 1 / 3, -1 / 3, -1], atol=1e-6)


def test_without_aligned_corners_every_second_is_read(rng):
    x = tf.constant(rng.normal(size=(1, 12, 8, 2)), tf.float32)
    np.testing.assert_array_equal(resize_nearest(x, (6, 4), align_corners=False), x[:, ::2, ::2])
    np.testing.assert_array_equal(resize_nearest(x, (4, 8), align_corners=False), x[:, ::3])
