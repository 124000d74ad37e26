"""The partial convolution paper's losses against numbers that were computed apart."""

import numpy as np
import pytest
import tensorflow as tf
from support import golden_data

from inpaint.errors import UserError
from inpaint.losses.partial import gram, hole_and_valid, perceptual, style, total_variation
from inpaint.losses.vgg import VggFeatures


def test_golden():
    golden = golden_data.load("pconv_losses")
    truth, output = np.float32(golden["truth"] / 255), np.float32(golden["output"] / 255)
    masks = 1 - np.float32(golden["known"])[..., None]
    hole, valid = hole_and_valid(truth, output, masks)
    assert float(hole) == pytest.approx(float(golden["hole"]), rel=1e-6)
    assert float(valid) == pytest.approx(float(golden["valid"]), rel=1e-6)
    completed = output * masks + truth * (1 - masks)
    found = float(total_variation(completed, masks))
    assert found == pytest.approx(float(golden["tv"]), rel=1e-5)
    assert found < 0.5 * float(golden["tv_whole_picture"])
    np.testing.assert_allclose(gram(truth), golden["gram"], rtol=1e-5)


def test_one_mask_for_a_batch(rng):
    truth, output = rng.random((2, 3, 6, 7, 3)).astype(np.float32)
    mask = np.float32(rng.random((1, 6, 7, 1)) < 0.2)
    masks = mask.repeat(3, axis=0)
    np.testing.assert_allclose(
        hole_and_valid(truth, output, mask), hole_and_valid(truth, output, masks), 1e-6
    )
    np.testing.assert_allclose(total_variation(output, mask), total_variation(output, masks), rtol=1e-6)


def test_distances_of_features_by_hand(rng):
    maps, others = ([rng.normal(size=(2, 4, 5, c)).astype(np.float32) for c in (2, 3)] for _ in range(2))
    expected = sum(np.abs(x - y).mean() for x, y in zip(maps, others))
    assert float(perceptual(maps, others)) == pytest.approx(expected, rel=1e-5)
    expected = 0
    for x, y in zip(maps, others):
        flat = [z.reshape(2, 20, -1) for z in (x, y)]
        grams = [z.transpose(0, 2, 1) @ z / z[0].size for z in flat]
        expected += np.abs(grams[0] - grams[1]).mean()
    assert float(style(maps, others)) == pytest.approx(expected, rel=1e-5)


@pytest.fixture(scope="module")
def vgg_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("vgg") / "vgg16.weights.h5"
    tf.keras.applications.VGG16(include_top=False, weights=None).save_weights(path)
    return path


def test_features_are_those_of_keras(vgg_file, rng):
    images = rng.uniform(-1, 1, (2, 16, 24, 3)).astype(np.float32)
    vgg = tf.keras.applications.VGG16(include_top=False, weights=None)
    vgg.load_weights(vgg_file)
    x = tf.keras.applications.vgg16.preprocess_input((images[..., ::-1] + 1) * 127.5)
    expected = []
    for layer in vgg.layers[1:11]:
        x = layer(x)
        if layer.name.endswith("_pool"):
            expected.append(x / 57.63)
    assert len(expected) == 3 and layer.name == "block3_pool"
    features = VggFeatures(vgg_file)
    for found, known in zip(features(images), expected, strict=True):
        np.testing.assert_allclose(found, known, atol=1e-4 * np.abs(known).max())
    with tf.GradientTape() as tape:
        tape.watch(x := tf.constant(images))
        loss = tf.reduce_sum(features(x)[2])
    assert np.any(tape.gradient(loss, x))


@pytest.mark.parametrize("name", ["missing.h5", "imagenet", "vgg.npz", "damaged.h5"])
def test_files_that_are_no_weights(tmp_path, name):
    (tmp_path / "vgg.npz").write_bytes(b"x")
    (tmp_path / "damaged.h5").write_bytes(b"x" * 100)
    with pytest.raises(UserError, match=f"cannot use .*{name} as VGG16's weights: "):
        VggFeatures(tmp_path / name)
