"""Filling with the U-Net, which has one stage, no attention, and sides that are multiples of 256."""

import numpy as np
import pytest
import tensorflow as tf
from support import golden_data

from inpaint.demo.networks import Network
from inpaint.errors import UserError
from inpaint.export.saved_model import export
from inpaint.inference.inpainter import Inpainter
from inpaint.inference.look_inside import look_inside
from inpaint.models.architecture import UNET_LAYERS
from inpaint.models.make_generator import make_generator
from inpaint.models.preprocessing import from_network, to_network


@pytest.fixture(scope="module")
def unet():
    unet = make_generator(network="pconv_unet")
    golden_data.seed_weights(unet, 3061, golden_data.UNET_GAIN)
    unet.dec_1.kernel.assign(unet.dec_1.kernel / 8)  # most results within [-1, 1]
    return unet


@pytest.fixture
def photo(rng):
    """(image uint8 [70, 260, 3], mask uint8 [70, 260] in {0, 1})."""
    mask = np.zeros((70, 260), np.uint8)
    mask[20:50, 30:60] = mask[10:30, 240:] = 1
    return rng.integers(0, 256, (70, 260, 3), dtype=np.uint8), mask


def filled_by_hand(unet, image, mask):
    """Mirrored to 256 x 512, all of it computed, and the hole laid in."""
    margins = ((0, 256 - 70), (0, 512 - 260))
    padded = np.pad(image, (*margins, (0, 0)), "symmetric")[None]
    hole = np.float32(np.pad(mask, margins, "symmetric"))[None, ..., None]
    refined = unet.forward(to_network(padded) * (1 - hole), hole).refined
    return np.where(mask[..., None] > 0, from_network(refined)[0, :70, :260], image)


@pytest.mark.parametrize("options", [{}, {"eager": True}, {"hole_only": False}])
def test_fills_any_size(unet, photo, options):
    image, mask = photo
    filled = Inpainter(unet, **options)(image, mask)
    expected = filled_by_hand(unet, image, mask)
    assert np.abs(filled.astype(int) - expected).max() <= 1  # at halves
    np.testing.assert_array_equal(filled[mask == 0], image[mask == 0])
    assert (filled != image)[mask > 0].any(axis=-1).mean() > 0.9


def test_progress_ends_with_all_of_it(unet, photo):
    told = []
    Inpainter(unet)(*photo, progress=lambda *parts: told.append(parts))
    assert told == [(done, 16) for done in range(1, 17)]


@pytest.mark.parametrize("fill_size", ["auto", 100])
def test_fills_working_copies(unet, rng, fill_size):
    image, mask = rng.integers(0, 256, (300, 400, 3), dtype=np.uint8), np.zeros((300, 400), np.uint8)
    mask[100:200, 100:220] = 1
    filled = Inpainter(unet, fill_size=fill_size)(image, mask)
    np.testing.assert_array_equal(filled[mask == 0], image[mask == 0])
    hole = filled[100:200, 100:220].astype(int)
    assert np.abs(np.diff(hole, axis=0)).mean() < 7  # enlarged from a smaller copy: 13 at full size


def test_residuals_need_an_attention(unet):
    with pytest.raises(UserError, match="detail=residual needs attention, which network pconv_unet lacks"):
        Inpainter(unet, detail="residual")


def test_the_page_fills_without_residuals(unet, photo):
    image, mask = photo
    network, nothing = Network("x", Inpainter(unet)), np.zeros(mask.shape, np.uint8)
    filled = network.fill(image, mask > 0, nothing, "whole", "residual", None)
    assert np.abs(filled - Inpainter(unet)(image, mask).astype(int)).max() <= 1
    images = network.look_inside(image, mask > 0, nothing, ["enc_2"])
    assert {"incomplete", "refined", "completed", "masks_enc_2", "gate_key"} <= images.keys()
    assert not {"coarse", "flow", "flow_key"} & images.keys()


def test_look_inside(unet, photo):
    image, mask = photo
    inside = look_inside(Inpainter(unet), image, mask, layers=UNET_LAYERS)
    assert inside.coarse is None and inside.flow is None and inside.gates == {}
    assert tuple(inside.masks) == UNET_LAYERS
    assert {panel.shape for panel in inside.masks.values()} == {image.shape}
    expected = filled_by_hand(unet, image, mask).astype(int)
    assert np.abs(inside.completed - expected).max() <= 1
    with pytest.raises(UserError, match="no layer is called 'conv1': choose from enc_1, enc_2"):
        look_inside(Inpainter(unet), image, mask, layers=["conv1"])


@pytest.mark.slow
def test_served(unet, photo, tmp_path):
    image, mask = photo
    export(Inpainter(unet), tmp_path / "1", max_pixels=256 * 512)
    model = tf.saved_model.load(str(tmp_path / "1"))
    serve = model.signatures["serving_default"]
    output = serve(image=tf.constant(image[None]), mask=tf.constant(mask[None, ..., None]))["output"][
        0
    ].numpy()
    assert np.abs(output - Inpainter(unet)(image, mask).astype(int)).max() <= 1
    # One column is as much work as 256.
    long = np.zeros((1, 1024, 1, 3), np.uint8)
    with pytest.raises(tf.errors.InvalidArgumentError, match="multiples of 256"):
        serve(image=tf.constant(long), mask=tf.constant(long[..., :1] + np.uint8(1)))
