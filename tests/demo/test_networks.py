"""What the page does with a network."""

import numpy as np
import pytest
from support import golden_data
from support.helpers import SEED

from inpaint.demo.networks import INSIDE_SIDE, STAGES, Network
from inpaint.inference.inpainter import Inpainter
from inpaint.models.generator import Generator


@pytest.fixture
def hole():
    hole = np.zeros((64, 80), bool)
    hole[10:30, 20:50] = True
    return hole


def test_fills_as_asked(generator, rng, hole):
    rgb = rng.integers(0, 256, (*hole.shape, 3), dtype=np.uint8)
    network, told = Network("x", Inpainter(generator, fill_size=64)), []
    nothing = np.zeros(hole.shape, np.uint8)
    for size, detail in (("auto", "residual"), ("whole", "none")):
        expected = Inpainter(generator, fill_size=size, detail=detail, eager=True)(rgb, hole)
        filled = network.fill(rgb, hole, nothing, size, detail, lambda *parts: told.append(parts))
        np.testing.assert_array_equal(filled, expected)
        assert told[-1][0] == told[-1][1] > 10


@pytest.mark.usefixtures("eagerly")
def test_sketch_of_a_guided_network(rng, hole):
    golden_data.seed_weights(generator := Generator(guided=True), SEED)
    network = Network("x", Inpainter(generator))
    rgb = rng.integers(0, 256, (*hole.shape, 3), dtype=np.uint8)
    sketch = np.zeros(hole.shape, np.uint8)
    sketch[18:22] = 255
    filled = network.fill(rgb, hole, sketch, "whole", "none", None)
    np.testing.assert_array_equal(filled, Inpainter(generator)(rgb, hole, sketch))
    assert (filled != network.fill(rgb, hole, 0 * sketch, "whole", "none", None)).any()


def test_look_makes_large_photos_smaller(generator):
    network = Network("x", Inpainter(generator))
    rgb, hole = np.full((96, 1024, 3), 90, np.uint8), np.zeros((96, 1024), bool)
    hole[40:44, 100] = True  # narrower than a pixel of what is shown
    images = network.look_inside(rgb, hole, np.uint8(hole), ["conv2_downsample"])
    height = 96 * INSIDE_SIDE // 1024
    assert list(images) == [
        *STAGES,
        "gates_conv2_downsample",
        "masks_conv2_downsample",
        "gate_key",
        "flow_key",
    ]
    assert images["coarse"].shape == (height, INSIDE_SIDE, 3)
    assert images["gates_conv2_downsample"].shape == (2 * height, 2 * INSIDE_SIDE, 3)
