import numpy as np
import pytest
from support import golden_data
from support.helpers import both_ways

from inpaint.discriminators.sn_patchgan import Discriminator


@pytest.fixture(scope="module")
def golden():
    return golden_data.load("discriminator_64x64")


def test_golden_scores_and_u(golden):
    discriminator = Discriminator()
    golden_data.seed_weights(discriminator, golden["seed"])
    images, mask, _ = golden_data.network_input(golden)
    inputs = np.concatenate([images, np.repeat(mask, len(images), axis=0)], axis=-1)
    us = {n: w for n, w in discriminator.named_weights().items() if n.endswith("/u")}
    assert len(us) == 6
    for run, key in enumerate(("logits_first", "logits_second"), start=1):
        # The smallest scores are near 0: relative to the largest.
        scores = discriminator(inputs)
        np.testing.assert_allclose(scores, golden[key], atol=1e-4 * np.abs(golden[key]).max())
        for name, u in us.items():
            np.testing.assert_allclose(np.array(u), golden[f"u{run}:{name}"], atol=1e-5)


def test_graph_equals_eager(golden):
    discriminator = Discriminator()
    golden_data.seed_weights(discriminator, golden["seed"])
    images, mask, _ = golden_data.network_input(golden)
    inputs = np.concatenate([images, np.repeat(mask, len(images), axis=0)], axis=-1)
    first, second = both_ways(discriminator, inputs)
    np.testing.assert_allclose(first, golden["logits_first"], atol=2e-5)
    np.testing.assert_allclose(second, golden["logits_second"], atol=2e-5)


def test_input_channels():
    assert Discriminator().conv1.kernel.shape[2] == 4
    assert Discriminator(guided=True).conv1.kernel.shape[2] == 5
    assert Discriminator(with_mask=False).conv1.kernel.shape[2] == 3
    twin = Discriminator.from_config(Discriminator(guided=True, with_mask=False).get_config())
    assert twin.guided and not twin.with_mask


def test_slope_after_the_last_layer(rng):
    # The last layer's negative outputs come out at 0.2 of their value.
    discriminator = Discriminator()
    inputs = rng.normal(size=(1, 64, 64, 4)).astype(np.float32)
    discriminator.conv6.bias.assign(np.full(256, -100.0))
    assert np.all(np.abs(discriminator(inputs) + 20) < 1)
