"""The U-Net of partial convolutions against the arrays of the port with NVIDIA's layer."""

import numpy as np
import pytest
import tensorflow as tf
from support import golden_data
from support.helpers import both_ways

from inpaint.models.plans import AroundHole
from inpaint.models.unet import PConvUNet


@pytest.fixture(scope="module")
def golden():
    return golden_data.load("pconv_unet_64x64")


def seeded(golden, **options):
    unet = PConvUNet(levels=int(golden["levels"]), **options)
    golden_data.seed_weights(unet, golden["seed"], golden_data.UNET_GAIN)
    return unet


def inputs(golden):
    mask = 1 - np.float32(golden["known"])[..., None]
    return (np.float32(golden["images"]) / 127.5 - 1) * (1 - mask), mask


def test_golden_in_inference(golden):
    unet = seeded(golden)
    for result in both_ways(unet.forward, *inputs(golden)):
        np.testing.assert_allclose(result.refined, golden["output"], atol=5e-4)
        assert len(result.stages) == 1 and result.offsets is None
    assert list(unet(*inputs(golden))) == ["refined"]


@pytest.mark.parametrize("how", ["eager", "graph"])
def test_golden_in_training(golden, how):
    unet = seeded(golden)
    call = tf.function(unet) if how == "graph" else unet
    refined = call(*inputs(golden), training=True)["refined"]
    np.testing.assert_allclose(refined, golden["output_batch_statistics"], atol=1e-3)
    named = unet.named_weights()
    for part in ("moving_mean", "moving_variance"):
        np.testing.assert_allclose(named[f"unet/enc_2/{part}"], golden[f"enc_2_{part}"], atol=1e-5)


def test_frozen_encoder_norm(golden):
    unet = seeded(golden)
    unet.encoder_norm_frozen = True
    before = {name: weight.numpy() for name, weight in unet.named_weights().items()}
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(unet.forward(*inputs(golden), training=True).refined)
    moved = {n.split("/")[1] for n, w in unet.named_weights().items() if np.any(w.numpy() != before[n])}
    assert moved == {f"dec_{level}" for level in range(2, 7)}
    assert not any(gradient is None for gradient in tape.gradient(loss, unet.trainable_variables))


def test_size_and_names():
    unet = PConvUNet()
    named = unet.named_weights()
    trained = [weight for name, weight in named.items() if "moving" not in name]
    assert sum(int(np.prod(weight.shape)) for weight in trained) == 32_859_732
    assert unet.count_params() == 32_870_612
    assert len(named) == len(unet.weights) and len(trained) == len(unet.trainable_variables)
    assert {"unet/enc_1/kernel", "unet/dec_1/bias", "unet/enc_8/moving_variance"} <= named.keys()
    assert not {"unet/enc_1/gamma", "unet/dec_1/gamma", "unet/dec_2/bias"} & named.keys()
    assert named["unet/dec_4/kernel"].shape == (3, 3, 512 + 256, 256)


def test_batch_of_one_at_the_deepest_level(golden):
    # A 64 x 64 image is a single position after six layers: its variance is 0, its correction 1 / 0.
    unet = seeded(golden)
    incomplete, mask = (x[:1] for x in inputs(golden))
    refined = unet.forward(incomplete, mask, training=True).refined
    assert np.isfinite(refined).all()
    found = unet.named_weights()["unet/enc_6/moving_variance"].numpy()
    expected = 0.9 * golden_data.seeded_array(
        "unet/enc_6/moving_variance", (512,), golden["seed"], golden_data.UNET_GAIN
    )
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_one_mask_for_a_batch(golden):
    unet = seeded(golden)
    incomplete, mask = inputs(golden)
    incomplete *= 1 - mask[:1]
    expected = unet.forward(incomplete, np.repeat(mask[:1], 2, axis=0)).refined
    np.testing.assert_allclose(unet.forward(incomplete, mask[:1]).refined, expected, atol=1e-5)


def test_where_its_layers_know_the_image(golden):
    unet = seeded(golden)
    incomplete, mask = inputs(golden)
    found, x, known, stack = unet.known(mask), incomplete, 1 - mask, []
    for name in unet.encoder_names:
        stack.append((x, known))
        x, known = getattr(unet, name)(x, known)
        np.testing.assert_array_equal(found[name], known)
    assert found["enc_1"].numpy().min() == 0 and found["enc_6"].numpy().min() == 1
    assert list(found)[-1] == "dec_1"
    big = np.ones((1, 64, 64, 1), np.float32)
    assert not any(np.any(values) for values in unet.known(big).values())


def test_a_hole_everywhere_leaves_nothing(golden):
    nothing, hole = np.zeros((1, 64, 64, 3), np.float32), np.ones((1, 64, 64, 1), np.float32)
    np.testing.assert_array_equal(seeded(golden).forward(nothing, hole).refined, nothing)


def test_the_hole_only_pass_gets_its_feature_maps(golden):
    unet = seeded(golden)
    incomplete, mask = map(tf.constant, inputs(golden))
    parts = []
    plan = AroundHole(on_part=lambda: parts.append(1))
    refined = unet.forward(incomplete, mask, plan=plan).refined
    np.testing.assert_allclose(plan.whole(refined), golden["output"], atol=5e-4)
    assert len(parts) == unet.part_count() == 12


def test_config_and_mixed_precision(golden):
    unet = seeded(golden, dtype="mixed_bfloat16")
    twin = PConvUNet.from_config(unet.get_config())
    assert (twin.levels, twin.enc_3.compute_dtype) == (6, "bfloat16")
    twin.set_weights(unet.get_weights())
    refined = twin.forward(*inputs(golden)).refined
    assert refined.dtype == tf.float32
    assert np.abs(refined - golden["output"]).mean() < 0.05 * np.abs(golden["output"]).mean()


@pytest.mark.parametrize(
    "options, message",
    [
        ({"guided": True}, "network pconv_unet cannot be guided"),
        ({"padding": "symmetric"}, "padding of network pconv_unet must be same, received symmetric"),
        ({"network": "gated"}, "network gated is a Generator, not a PConvUNet"),
        ({"levels": 4}, "levels must be at least 5, received 4"),
    ],
)
def test_what_it_cannot_be(options, message):
    with pytest.raises(ValueError, match=message):
        PConvUNet(**options)


def test_refuses_other_sizes_and_sketches(golden):
    unet = seeded(golden)
    incomplete, mask = inputs(golden)
    with pytest.raises(tf.errors.InvalidArgumentError, match="multiples of 64"):
        unet(incomplete[:, :40], mask[:, :40])
    with pytest.raises(ValueError, match="takes no sketch"):
        unet(incomplete, mask, mask)
