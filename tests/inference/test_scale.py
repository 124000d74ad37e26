"""Which holes are filled together, where and at which size."""

import functools

import cv2
import numpy as np
import pytest

from inpaint.checkpoints.config import GeneratorConfig
from inpaint.inference import scale
from inpaint.inference.hole_windows import disjoint_windows, joined, largest_radius, separate_holes

RADIUS = 24
regions = functools.partial(scale.regions, hole_width=2 * RADIUS)


def disc(mask, row, column, radius):
    cv2.circle(mask, (column, row), radius, 1, -1)
    return mask


def inside(region, size):
    """bool [H, W], what a region fills."""
    where = np.zeros(size, bool)
    where[region.hole] = True
    return where


def test_near_holes_are_one():
    mask = np.zeros((400, 600), np.uint8)
    for column in (20, 80, 500):
        disc(mask, 200, column, 16)
    windows, radii = separate_holes(mask > 0, 40)
    order = np.argsort(windows[:, 1])
    # Rectangles are those of blocks of 8 pixels.
    np.testing.assert_array_equal(windows[order], [[184, 0, 224, 104], [184, 480, 224, 520]])
    np.testing.assert_allclose(radii, 17, atol=1)


def test_windows_that_overlap_when_joined_are_joined_again():
    # An L around a small hole: their rectangles overlap, though the holes are far from each other.
    mask = np.zeros((800, 800), bool)
    mask[0:16] = mask[:, 0:16] = True
    mask[600:616, 600:616] = True
    np.testing.assert_array_equal(disjoint_windows(mask, 40), [[0, 0, 800, 800]])


def test_joined_follows_chains():
    windows = np.array([[0, 0, 10, 10], [0, 100, 10, 110], [0, 12, 10, 22], [0, 24, 10, 30]])
    assert [list(group) for group in joined(windows, 2)] == [[0, 2, 3], [1]]
    assert [list(group) for group in joined(windows, np.array([1, 0, 0, 0]))] == [[0], [1], [2], [3]]


def test_whole_and_number():
    mask = disc(np.zeros((600, 1000), np.uint8), 300, 500, 100) > 0
    (region,) = regions(mask, "whole")
    assert region.cell == 8 and region.window == region.hole == (slice(0, 600), slice(0, 1000))
    assert [regions(mask, side)[0].cell for side in (2000, 1000, 999, 500, 300)] == [8, 8, 9, 16, 27]


def test_auto_fits_the_size_to_each_hole():
    size = (2400, 3200)
    mask = disc(np.zeros(size, np.uint8), 1200, 2400, 4 * RADIUS)
    disc(mask, 300, 200, RADIUS // 2)
    found = sorted(regions(mask > 0, "auto"), key=lambda region: region.cell)
    assert [region.cell for region in found] == pytest.approx([8, 32], abs=1)
    filled = sum(inside(region, size) for region in found)
    assert filled.max() == 1 and (filled[mask > 0] == 1).all()
    for region in found:
        for window, hole, length in zip(region.window, region.hole, size):
            assert window.start <= hole.start and hole.stop <= window.stop
            # A copy of 256 or 512, of which the hole is at most half.
            assert region.side in (256, 512)
            assert hole.stop - hole.start <= region.side // 16 * region.cell
            assert window.stop - window.start == min(region.side // 8 * region.cell, length)


def test_a_copys_side_is_the_least_that_holds_the_hole():
    mask = np.zeros((2000, 2000), bool)
    for extent, side in ((120, 256), (129, 512), (256, 512)):
        mask[1000:1010, 800 : 800 + extent] = True
        (region,) = regions(mask, "auto")
        assert (region.cell, region.side) == (8, side)
    mask[1000:1010, 800:1312] = True  # twice as long as fits
    (region,) = regions(mask, "auto")
    assert (region.cell, region.side) == (16, 512)
    (region,) = regions(mask, "auto", sides=(256,))
    assert (region.cell, region.side) == (32, 256)


def test_a_window_at_the_edge_is_mirrored_to_the_copys_side():
    mask = np.zeros((100, 300), bool)
    mask[10:20, 10:20] = True
    (region,) = regions(mask, "auto")
    x = np.arange(100 * 300).reshape(1, 100, 300, 1)
    cut = region.cut(x)
    assert cut.shape == (1, 256, 256, 1)
    np.testing.assert_array_equal(cut[0, :200, 0, 0], np.r_[x[0, :, 0, 0], x[0, ::-1, 0, 0]])
    np.testing.assert_array_equal(cut[0, 0, :, 0], x[0, 0, :256, 0])


def test_auto_bounds_the_working_copy():
    mask = np.zeros((3000, 4000), bool)
    mask[::200, :] = True  # thin scratches everywhere
    (region,) = regions(mask, "auto")
    assert (region.cell, region.side) == (63, 512)  # all of it, 4000 pixels in 512


@pytest.mark.parametrize("fill_size", ["whole", "auto", 256])
def test_odd_holes(fill_size):
    size = (700, 900)
    speckle = np.random.default_rng(0).random(size) < 0.05  # some 30,000 holes
    frame = np.ones(size, bool)
    frame[1:-1, 1:-1] = False
    for mask in (speckle, frame, np.ones(size, bool), np.eye(*size, dtype=bool), np.eye(1, dtype=bool)):
        found = regions(mask, fill_size)
        filled = sum(inside(region, mask.shape) for region in found)
        assert filled.max() == 1 and (filled[mask] == 1).all()
        assert all(region.cell >= 8 for region in found)


def test_largest_radius():
    assert largest_radius(disc(np.zeros((300, 300), np.uint8), 150, 150, 50) > 0) == pytest.approx(51, abs=1)
    assert largest_radius(np.zeros((30, 30), bool)) == 0
    assert largest_radius(np.ones((30, 40), bool)) == 40


def test_advice():
    advice = functools.partial(scale.advice, config=GeneratorConfig())
    mask = disc(np.zeros((900, 900), np.uint8), 450, 450, 150) > 0
    assert "up to 300 pixels wide" in advice(mask) and "--fill_size=auto" in advice(mask)
    assert advice(mask[:, 360:400]) is not None  # limited by the known pixels above and below only
    assert advice(cv2.erode(np.uint8(mask), np.ones((241, 241))) > 0) is None
    assert scale.advice(mask, GeneratorConfig(fill_size="auto")) is None
    assert "holes of up to 190 pixels" in scale.advice(mask, GeneratorConfig(hole_width=190))
    assert scale.advice(mask, GeneratorConfig(hole_width=210)) is None  # 300 is below one and a half of it
    assert "detail" not in scale.advice(mask, GeneratorConfig(network="pconv_unet"))


def test_auto_goes_by_the_width_that_the_network_fills_well():
    mask = disc(np.zeros((2000, 2000), np.uint8), 450, 450, 150) > 0
    for width, cell in ((48, 51), (96, 26), (301, 10), (400, 10)):  # half of a copy of 512, at least
        (region,) = scale.regions(mask, "auto", width)
        assert region.cell == pytest.approx(cell, abs=1)


def test_no_image_is_reduced_to_less_than_the_smallest_side():
    mask = np.zeros((300, 900), bool)
    mask[20:280, 100:800] = True  # 5 times as wide as the network fills well
    (region,) = regions(mask, "auto")
    assert region.cell == 29 and region.side == 256  # 900 pixels in 256
