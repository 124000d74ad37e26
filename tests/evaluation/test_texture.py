"""Sharpness and SWD against NumPy twins."""

import cv2
import numpy as np
import pytest

from inpaint.evaluation.metrics import METRICS, mean_over_images, measure
from inpaint.evaluation.texture import sharpness, sliced_wasserstein


def gray(image):
    """OpenCV's gray: round(0.299 R + 0.587 G + 0.114 B)."""
    return np.rint(image @ [0.299, 0.587, 0.114])


def sharpness_twin(real, filled, mask):
    amounts = []
    for image in (filled, real):
        x, total, count = np.pad(gray(image), 1, mode="reflect"), 0, 0
        for row, column in np.argwhere(mask):
            around = mask[max(row - 2, 0) : row + 3, max(column - 2, 0) : column + 3]
            if around.all():
                r, c = row + 1, column + 1
                total += np.hypot(x[r, c + 1] - x[r, c - 1], x[r + 1, c] - x[r - 1, c])
                count += 1
        amounts.append(total / count)
    return amounts[0] / amounts[1]


def blurred(image):
    weights = np.exp(-(np.arange(-8, 9) ** 2) / (2 * 2.0**2))
    weights /= weights.sum()
    for axis in (0, 1):
        pads = [(8, 8) if i == axis else (0, 0) for i in range(3)]
        padded, size = np.pad(image, pads, mode="reflect"), image.shape[axis]
        image = sum(w * np.take(padded, range(i, i + size), axis) for i, w in enumerate(weights))
    return image


def swd_twin(real, filled, mask):
    corners = [
        (y, x)
        for y in range(mask.shape[0] - 6)
        for x in range(mask.shape[1] - 6)
        if mask[y : y + 7, x : x + 7].all()
    ]
    chosen = np.random.default_rng(0).permutation(len(corners))[:600]
    directions = np.random.default_rng(1).standard_normal((147, 256))
    directions /= np.sqrt((directions**2).sum(axis=0))
    sorted_projections = []
    for image in (real, filled):
        detail = image - blurred(image.astype(float))
        windows = [detail[y : y + 7, x : x + 7].ravel() for y, x in (corners[i] for i in chosen)]
        sorted_projections.append(np.sort(np.array(windows) @ directions, axis=0))
    return np.mean(np.abs(sorted_projections[0] - sorted_projections[1]))


@pytest.fixture
def example(rng):
    """Real and filled image, and a hole with more than 600 windows that touches the upper border."""
    real = rng.integers(0, 256, (60, 70, 3), dtype=np.uint8)
    filled = cv2.blur(real, (3, 3))
    mask = np.zeros((60, 70), np.uint8)
    mask[:44, 20:64] = 1
    mask[30:, 3:9] = 1  # windows of 7 do not fit in here
    return real, filled, mask


def test_twins(example):
    real, filled, mask = example
    assert sharpness(real, filled, mask) == pytest.approx(sharpness_twin(real, filled, mask), rel=1e-3)
    assert sliced_wasserstein(real, filled, mask) == pytest.approx(swd_twin(real, filled, mask), rel=1e-3)
    assert sharpness(real, filled, mask) < 0.5 and sliced_wasserstein(real, filled, mask) > 10


def test_only_the_hole_counts(example, rng):
    real, _, mask = example
    far = cv2.dilate(mask, np.ones((31, 31))) == 0  # beyond the blur's reach
    changed = np.where(far[..., None], 255 - real, real)
    assert far.any() and sharpness(real, changed, mask) == 1 and sliced_wasserstein(real, changed, mask) == 0
    # The same patches elsewhere in the hole are as good; another brightness is no other texture.
    darker = np.uint8(real // 2), np.uint8(real // 2 + 100)
    assert sliced_wasserstein(*darker, mask) == pytest.approx(0, abs=1e-3)
    assert sharpness(*darker, mask) == pytest.approx(1)


def test_holes_that_are_too_small(rng):
    real = rng.integers(0, 256, (30, 30, 3), dtype=np.uint8)
    mask = np.zeros((30, 30), np.uint8)
    mask[10:16, 10:25] = 1
    assert np.isnan(sliced_wasserstein(real, 255 - real, mask)) and sharpness(
        real, 255 - real, mask
    ) == pytest.approx(1, rel=0.01)
    mask[14:] = 0
    assert np.isnan(sharpness(real, 255 - real, mask))
    found = measure(real, real, mask)
    assert np.isnan(found["swd"]) and found["l1"] == 0
    assert np.isnan(sharpness(np.zeros_like(real), real, np.ones((30, 30))))  # no detail to compare with


def test_means_over_images():
    values = np.array([1.0, np.nan, 2.0, 6.0])
    assert mean_over_images("sharpness", values) == 2 and mean_over_images("swd", values) == 3
    assert mean_over_images("swd", values[1:2]) is None
    assert METRICS[-2:] == ("sharpness", "swd")
