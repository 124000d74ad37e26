import numpy as np
import pytest
import tensorflow as tf
from support import golden_data

from inpaint.discriminators.critics import Critics
from inpaint.losses.wasserstein import cut_out, discounts


def test_golden():
    golden = golden_data.load("v1_discriminators_64x64")
    critics = Critics((64, 64), (32, 32))
    golden_data.seed_weights(critics, golden["seed"], golden_data.FAMILY_GAIN)
    images, patches = (golden[name].astype(np.float32) / 127.5 - 1 for name in ("images", "patches"))
    whole, local = critics(images, patches)
    np.testing.assert_allclose(whole, golden["global"], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(local, golden["local"], rtol=1e-4, atol=1e-5)


def test_size_names_and_config(tmp_path):
    critics = Critics(dtype="mixed_bfloat16")
    assert critics.count_params() == 7_072_770 and len(critics.weights) == 20
    names = {n[len("dgrad:") :] for n in golden_data.load("v1_training_64x64") if n.startswith("dgrad:")}
    assert set(critics.named_weights()) == names
    twin = Critics.from_config(critics.get_config())
    assert (twin.size, twin.patch, twin.dtype_policy.name) == ((256, 256), (128, 128), "mixed_bfloat16")
    small = Critics((40, 24), (20, 12))
    small.save(tmp_path / "model.keras")
    again = tf.keras.models.load_model(tmp_path / "model.keras")
    for one, other in zip(small.get_weights(), again.get_weights()):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("count", [1, 3])
def test_boxes_are_cut_out_where_they_lie(rng, count):
    x = rng.normal(size=(3, 9, 11, 2)).astype(np.float32)
    corners = np.int32([[2, 5], [0, 0], [5, 8]])[:count]
    found = cut_out(tf.constant(x), tf.constant(corners), (4, 3))
    for i in range(3):
        top, left = corners[i % count]
        np.testing.assert_array_equal(found[i], x[i, top : top + 4, left : left + 3])
    one = cut_out(tf.constant(x[:1]), tf.constant(corners), (4, 3))
    assert one.shape[0] == count
    np.testing.assert_array_equal(one[-1], x[0, corners[-1, 0] :, corners[-1, 1] :][:4, :3])


def test_discounts():
    found = discounts((4, 6), 0.5)[..., 0]
    rows, columns = [1, 0.5, 0.25, 0.5], [1, 0.5, 0.25, 0.125, 0.25, 0.5]
    np.testing.assert_array_equal(found, np.maximum.outer(rows, columns))
