"""The relatives of the gated network: without gates, with partial convolutions, DeepFill v1."""

import numpy as np
import pytest
import tensorflow as tf
from support import golden_data
from support.helpers import both_ways

from inpaint.inference.inpainter import Inpainter
from inpaint.models.architecture import NETWORKS
from inpaint.models.generator import Generator
from inpaint.models.plans import AroundHole
from inpaint.ops import flow_image

GOLDEN = {
    "plain_network_64x64": ("plain", {}),
    "partial_network_64x64": ("partial", {}),
    "v1_generator_64x64": ("deepfill_v1", {}),
    "v1_generator_96x128_batch2": ("deepfill_v1", {}),
    "v1_generator_symmetric_64x64": ("deepfill_v1", {"padding": "symmetric"}),
}
TWO_STAGES = [name for name, kind in NETWORKS.items() if kind.has_attention]


def seeded(network, seed, **options):
    generator = Generator(network=network, **options)
    golden_data.seed_weights(generator, seed, golden_data.FAMILY_GAIN)
    return generator


@pytest.mark.parametrize("name", GOLDEN)
def test_golden(name):
    golden = golden_data.load(name)
    network, options = GOLDEN[name]
    generator = seeded(network, golden["seed"], **options)
    _, mask, incomplete = golden_data.network_input(golden)
    for (coarse, refined), offsets in both_ways(generator.forward, incomplete, mask):
        np.testing.assert_allclose(coarse, golden["coarse"], atol=1e-4)
        np.testing.assert_allclose(refined, golden["refined"], atol=1e-4)
        if "flow" in golden:
            # Enlarged by repetition, where v2's is by interpolation.
            flow = flow_image(offsets).numpy().repeat(2, axis=1).repeat(2, axis=2)
            off = np.abs(flow - golden["flow"]).max(axis=-1) > 0.01
            assert off.mean() < 0.01


@pytest.mark.parametrize(
    "network, count", [("plain", 2_026_566), ("partial", 2_026_566), ("deepfill_v1", 3_601_542)]
)
def test_sizes(network, count):
    generator = Generator(network=network)
    assert generator.count_params() == count and len(generator.weights) == 84
    assert generator.named_weights().keys() == Generator().named_weights().keys()


@pytest.mark.parametrize("network", TWO_STAGES)
def test_only_around_the_hole(network, rng):
    generator = seeded(network, 3)
    mask = np.zeros((1, 64, 96, 1), np.float32)
    mask[0, 20:37, :11] = 1  # at the image's edge, where a partial convolution scales differently
    mask[0, 50:55, 80:83] = 1
    incomplete = (1 - mask) * rng.uniform(-1, 1, (1, 64, 96, 3)).astype(np.float32)
    expected = generator.forward(incomplete, mask).refined
    windows = [np.int32([20, 0, 37, 11]), np.int32([50, 80, 55, 83])]
    for plan in (AroundHole(), AroundHole(windows)):
        refined = generator.forward(tf.constant(incomplete), tf.constant(mask), plan=plan).refined
        np.testing.assert_allclose(plan.whole(refined) * mask, expected * mask, atol=2e-5)


@pytest.mark.parametrize(
    "network, size",
    [
        ("partial", 64),
        *(
            pytest.param(*case, marks=pytest.mark.slow)
            for case in [("partial", "whole"), ("deepfill_v1", 64)]
        ),
    ],
)
def test_images_of_any_size_in_a_graph(network, size, rng):
    generator = seeded(network, 3)
    image = rng.integers(0, 256, (70, 101, 3), dtype=np.uint8)
    mask = np.zeros((70, 101), bool)
    mask[20:37, 60:] = True
    options = {"fill_size": size, "detail": "residual" if size == 64 else "none"}
    filled = Inpainter(generator, **options)(image, mask)
    everywhere = Inpainter(generator, hole_only=False, eager=True, **options)(image, mask)
    assert np.abs(filled.astype(int) - everywhere).max() <= 1
    np.testing.assert_array_equal(filled[~mask], image[~mask])


@pytest.mark.parametrize("network", ["plain", "partial", "deepfill_v1"])
def test_config_and_mixed_precision(network, rng):
    generator = Generator(network=network, dtype="mixed_bfloat16")
    twin = Generator.from_config(generator.get_config())
    assert twin.network == network and twin.conv5.compute_dtype == "bfloat16"
    exact = seeded(network, 5)
    twin.set_weights(exact.get_weights())
    mask = np.zeros((1, 64, 64, 1), np.float32)
    mask[0, 20:40, 20:40] = 1
    incomplete = (1 - mask) * rng.uniform(-1, 1, (1, 64, 64, 3)).astype(np.float32)
    for found, expected in zip(twin.forward(incomplete, mask).stages, exact.forward(incomplete, mask).stages):
        assert found.dtype == tf.float32
        assert np.abs(found - expected).mean() < 0.02


def test_a_hole_everywhere_leaves_only_the_bias():
    # All that a partial convolution sees there is nothing.
    generator = seeded("partial", 7)
    ones = np.ones((1, 32, 32, 1), np.float32)
    coarse, refined = generator.forward(np.zeros((1, 32, 32, 3), np.float32), ones).stages
    np.testing.assert_allclose(
        coarse, np.broadcast_to(np.tanh(generator.conv17.bias), coarse.shape), atol=1e-6
    )
    assert np.isfinite(refined).all()


@pytest.mark.parametrize(
    "options, message",
    [
        (
            {"network": "gated_v3"},
            f"network must be one of {', '.join(NETWORKS)}, received 'gated_v3'",
        ),
        ({"network": "pconv_unet"}, "network pconv_unet is a PConvUNet, not a Generator"),
        ({"network": "partial", "guided": True}, "network partial cannot be guided"),
        ({"network": "deepfill_v1", "guided": True}, "network deepfill_v1 cannot be guided"),
        ({"network": "partial", "padding": "symmetric"}, "padding of network partial must be same"),
    ],
)
def test_what_a_network_cannot_be(options, message):
    with pytest.raises(ValueError, match=message):
        Generator(**options)
