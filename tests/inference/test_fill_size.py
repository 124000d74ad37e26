"""Filling through working copies, and what it reports meanwhile."""

import cv2
import numpy as np
import pytest
import tensorflow as tf
from support.naive_attention import attention as naive_attention

from inpaint.errors import UserError
from inpaint.evaluation.texture import sharpness, sliced_wasserstein
from inpaint.inference.inpainter import Inpainter
from inpaint.inference.runtimes.working_copy import enlarged, reduced
from inpaint.models.generator import Generator
from inpaint.ops import ContextualAttention


@pytest.fixture(scope="module")
def scene():
    """A photograph of 320 x 384 with a smooth part and a fine texture everywhere, and its mask."""
    rng = np.random.default_rng(3)
    smooth = cv2.resize(rng.uniform(60, 190, (5, 6, 3)), (384, 320), interpolation=cv2.INTER_CUBIC)
    grain = cv2.GaussianBlur(rng.normal(size=(320, 384, 3)), (0, 0), 0.8) * 60
    mask = np.zeros((320, 384), np.uint8)
    mask[100:200, 150:230] = 1
    return np.uint8(np.clip(smooth + grain, 0, 255)), mask


def with_size(bundled, fill_size, detail="none", **options):
    return Inpainter(bundled.generator, fill_size=fill_size, detail=detail, **options)


def test_reduced_is_the_mean_of_areas(rng):
    x = rng.uniform(size=(2, 48, 72, 3)).astype(np.float32)
    means = x.reshape(2, 16, 3, 24, 3, 3).mean(axis=(2, 4))
    np.testing.assert_allclose(reduced(x, 24), means, atol=1e-6)
    # 11 pixels to 8: each is 11 / 8 pixels wide.
    ones = np.zeros((1, 11, 11, 1), np.float32)
    ones[0, :2] = 1
    np.testing.assert_allclose(reduced(ones, 11)[0, :3, 0, 0], [1, 5 / 11, 0], atol=1e-6)


@pytest.mark.parametrize("cell", [8, 11, 24])
def test_enlarged(rng, cell):
    x = rng.uniform(size=(1, 32, 40, 3)).astype(np.float32)
    whole = enlarged(x, np.array([0, 0, 4, 5]), cell)
    assert whole.shape == (1, 4 * cell, 5 * cell, 3)
    part = enlarged(x, np.array([1, 2, 3, 5]), cell)
    np.testing.assert_allclose(part, whole[:, cell : 3 * cell, 2 * cell : 5 * cell], atol=1e-5)
    # A slope stays the same slope, and in place: pixels' middles are where they were.
    slope = np.broadcast_to(np.arange(32, dtype=np.float32)[None, :, None, None], (1, 32, 40, 1))
    found = enlarged(slope, np.array([1, 1, 3, 3]), cell)[0, :, 0, 0]
    np.testing.assert_allclose(found, (np.arange(cell, 3 * cell) + 0.5) * 8 / cell - 0.5, atol=1e-3)


@pytest.mark.parametrize("cell", [2, 5, 6])
def test_transfer_pastes_other_values(rng, cell):
    features = tf.constant(rng.normal(size=(1, 16, 20, 4)), tf.float32)
    values = tf.constant(rng.normal(size=(1, 8 * cell, 10 * cell, 2)), tf.float32)
    mask = np.zeros((1, 16, 20, 1), np.float32)
    mask[:, 4:8, 6:12] = 1
    expected = naive_attention(features, features, tf.constant(mask), scale=50.0, values=values, cell=cell)
    found = ContextualAttention().transfer(features, mask, values, cell, 50.0, [2, 3, 4, 7])
    np.testing.assert_allclose(found, expected[:, 2 * cell : 4 * cell, 3 * cell : 7 * cell], atol=1e-5)


def test_copy_of_blocks_is_filled_as_the_small_image(bundled, scene):
    """An image of 2 x 2 blocks has a working copy without loss: its fill, enlarged, is the result."""
    small, mask = scene[0][::2, ::2], scene[1][::2, ::2]
    image, hole = (np.kron(x, np.ones((2, 2) + (1,) * (x.ndim - 2), np.uint8)) for x in (small, mask))
    found = with_size(bundled, 192, eager=True)(image, hole)
    np.testing.assert_array_equal(found[hole == 0], image[hole == 0])
    expected = with_size(bundled, "whole", eager=True)(small, mask)
    means = found.reshape(160, 2, 192, 2, 3).mean(axis=(1, 3))
    inner = cv2.erode(mask, np.ones((5, 5))) > 0
    assert np.abs(means - expected)[inner].mean() < 1.5


@pytest.mark.parametrize("fill_size, detail", [("whole", "residual"), (200, "none"), (200, "residual")])
def test_graph_equals_eager(bundled, scene, fill_size, detail):
    inpainter = with_size(bundled, fill_size, detail)
    found = inpainter(*scene).astype(int)
    eager = inpainter(*scene, progress=lambda *_: None)
    assert np.abs(found - eager).max() <= 1 and (found != eager).mean() < 1e-3
    # As a served model calls it.
    batch = [tf.constant(scene[0][None]), tf.constant(scene[1][None, ..., None])]
    np.testing.assert_array_equal(inpainter.fill(*batch)[0], found)


def test_residuals_bring_texture(bundled, scene):
    image, mask = scene
    for fill_size, most in (("whole", 0.8), (192, 0.6)):
        plain, detailed = (
            with_size(bundled, fill_size, detail, eager=True)(image, mask) for detail in ("none", "residual")
        )
        np.testing.assert_array_equal(detailed[mask == 0], image[mask == 0])
        distances = [sliced_wasserstein(image, filled, mask) for filled in (detailed, plain)]
        assert distances[0] < most * distances[1]
    # The working copy lacks the texture, which has no detail of its size; the network makes up some.
    assert sharpness(image, plain, mask) < 0.6 < 0.75 < sharpness(image, detailed, mask) < 1.2


def test_residuals_shift_colours(bundled, scene):
    """A network whose colours are wrong everywhere is set right by the pixels around the hole."""
    image, mask = scene
    generator = Generator.from_config(bundled.generator.get_config())
    generator.set_weights(bundled.generator.get_weights())
    right = Inpainter(generator, detail="residual")(image, mask)
    generator.allconv17.bias.assign_add([0.1, 0.1, 0.1])
    plain, shifted = (Inpainter(generator, detail=detail)(image, mask) for detail in ("none", "residual"))
    plain_off, shifted_off = ((x.astype(int) - right)[mask > 0].mean() for x in (plain, shifted))
    assert plain_off > 8 and abs(shifted_off) < 1.5


def test_auto_fills_all_holes(bundled, scene):
    image = np.tile(scene[0], (2, 2, 1))
    mask = np.zeros(image.shape[:2], np.uint8)
    mask[100:220, 100:220] = 1
    mask[600:610, 700:720] = 1
    inpainter = with_size(bundled, "auto", "residual", eager=True)
    found = inpainter(image, mask)
    np.testing.assert_array_equal(found[mask == 0], image[mask == 0])
    gray = np.full_like(image, 128)
    gray[mask == 0] = image[mask == 0]
    # What lies under the hole has no influence, and both holes are filled by something better than gray.
    np.testing.assert_array_equal(inpainter(gray, mask), found)
    error = np.abs(found.astype(int) - image)
    assert error[:400][mask[:400] > 0].mean() < 40 and error[400:][mask[400:] > 0].mean() < 40


def test_guided(rng):
    from support import golden_data

    golden_data.seed_weights(generator := Generator(guided=True), 1003)
    image, mask = rng.integers(0, 256, (96, 128, 3), dtype=np.uint8), np.zeros((96, 128), np.uint8)
    mask[30:60, 40:80] = 1
    lines = np.zeros((96, 128), np.uint8)
    lines[45, 40:80] = 255
    inpainter = Inpainter(generator, fill_size=64, eager=True)
    with_line, without = inpainter(image, mask, lines), inpainter(image, mask, 0 * lines)
    assert (with_line != without)[mask > 0].any()
    _, hole, copied = inpainter.filler.inputs(
        image[None], mask[None, ..., None], lines[None, ..., None], cell=16
    )
    # A line of one pixel is still a line in the copy.
    assert hole.shape == (1, 48, 64, 1)
    np.testing.assert_array_equal(copied[0, :, 25, 0], np.arange(48) == 22)


@pytest.mark.parametrize("fill_size", ["whole", "auto", 128])
def test_progress(bundled, scene, fill_size):
    image, mask = scene
    mask = mask.copy()
    mask[300:320, 360:384] = 1
    told = []
    with_size(bundled, fill_size, "residual")(image, mask, progress=lambda *counts: told.append(counts))
    (total,) = {total for _, total in told}
    done = [done for done, _ in told]
    assert done == sorted(done) and done[-1] == total and len(set(done)) > 20


def test_progress_can_stop(bundled, scene):
    class Enough(Exception):
        pass

    calls = []

    def stop(done, total):
        calls.append(done)
        if done == 5:
            raise Enough

    with pytest.raises(Enough):
        bundled(*scene, progress=stop)
    assert calls == [1, 2, 3, 4, 5]


def test_no_known_pixel_in_the_copy(bundled):
    image = np.full((400, 400, 3), 90, np.uint8)
    mask = np.zeros((400, 400), np.uint8)
    mask[::6, ::6] = 1
    with pytest.raises(UserError, match="fill_size=32 leaves no known pixel"):
        with_size(bundled, 32)(image, mask)
    # All of it a hole: nothing is known at any size.
    assert with_size(bundled, 64, "residual", eager=True)(image, np.ones_like(mask)).shape == image.shape


@pytest.mark.parametrize("fill_size", [0, 7, "half", 1.5, None])
def test_unknown_sizes(bundled, fill_size):
    with pytest.raises(ValueError, match="fill_size must be"):
        with_size(bundled, fill_size)


def test_unknown_detail(bundled):
    with pytest.raises(ValueError, match="detail must be one of none, residual"):
        with_size(bundled, "whole", "sharp")


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (9, 5), (65, 64)])
@pytest.mark.parametrize("fill_size", ["auto", 8])
def test_small_images(bundled, rng, size, fill_size):
    image, mask = rng.integers(0, 256, (*size, 3), dtype=np.uint8), np.zeros(size, np.uint8)
    mask[-1, -1] = 1
    found = with_size(bundled, fill_size, "residual", eager=True)
    try:
        filled = found(image, mask)
    except UserError as error:
        assert "leaves no known pixel" in str(error)
    else:
        np.testing.assert_array_equal(filled[mask == 0], image[mask == 0])
