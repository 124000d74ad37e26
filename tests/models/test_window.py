import numpy as np
import pytest
import tensorflow as tf
from support import golden_data

from inpaint.inference.inpainter import Inpainter
from inpaint.models import plans
from inpaint.models.generator import Generator
from inpaint.ops.convolution.padded_conv import PaddedConv

HOLES = {
    "in the middle": [(60, 50, 30, 44)],
    "in a corner": [(0, 0, 9, 14)],
    "in the last corner": [(110, 140, 10, 13)],
    "at two borders": [(40, 0, 20, 5), (100, 148, 20, 5)],
    "one pixel": [(77, 31, 1, 1)],
    "almost everything": [(3, 2, 110, 150)],
    "everything": [(0, 0, 120, 153)],
}


def smooth_photo(rng, size):
    """Smooth colours with some noise."""
    small = tf.image.resize(rng.integers(0, 256, (6, 7, 3)), size, "bicubic").numpy()
    return np.uint8(np.clip(small + rng.normal(size=(*size, 3)) * 8, 0, 255))


def mask_of(size, holes):
    mask = np.zeros(size, np.uint8)
    for top, left, height, width in holes:
        mask[top : top + height, left : left + width] = 1
    return mask


@pytest.fixture(scope="module")
def full(bundled):
    """The bundled weights, everything computed."""
    return Inpainter(bundled.generator, hole_only=False, eager=True)


@pytest.mark.parametrize("holes", HOLES.values(), ids=HOLES)
def test_equals_the_full_computation(bundled, full, rng, holes):
    size = (120, 153)
    image, mask = smooth_photo(rng, size), mask_of(size, holes)
    found = bundled(image, mask)
    np.testing.assert_array_equal(found[mask == 0], image[mask == 0])
    difference = np.abs(found.astype(int) - full(image, mask))
    # The order of float32 sums may tip a value that lies between two levels.
    assert difference.max() <= 1 and (difference > 0).mean() < 5e-4


@pytest.mark.parametrize("padding", ["symmetric", "reflect", "centred"])
def test_other_borders(bundled, rng, padding):
    generator = Generator(padding=padding)
    generator.set_weights(bundled.generator.get_weights())
    image = np.stack([smooth_photo(rng, (80, 96)) for _ in range(2)])
    masks = np.stack([mask_of((80, 96), [hole]) for hole in [(0, 70, 12, 20), (20, 60, 10, 36)]])
    # Traces take longer than all else here; the two ways to mirror differ in one operation.
    found = Inpainter(generator, eager=padding != "symmetric")(image, masks).astype(int)
    full = Inpainter(generator, hole_only=False, eager=True)(image, masks)
    assert np.abs(found - full).max() <= 1 and (found != full).mean() < 5e-4


def test_guided(rng):
    golden_data.seed_weights(guided := Generator(guided=True), 1003)
    image, mask = smooth_photo(rng, (88, 104)), mask_of((88, 104), [(30, 0, 25, 40)])
    lines = np.uint8(rng.random((88, 104)) < 0.1) * 255
    found = Inpainter(guided, eager=True)(image, mask, lines).astype(int)
    full = Inpainter(guided, hole_only=False, eager=True)(image, mask, lines)
    assert np.abs(found - full).max() <= 1 and (found != full).mean() < 1e-3


def test_half_precision_stays_close(bundled, rng):
    image, mask = smooth_photo(rng, (128, 128)), mask_of((128, 128), [(40, 40, 50, 60)])
    half = Inpainter.from_checkpoint(precision="mixed_bfloat16", eager=True, fill_size="whole")
    half = half(image, mask).astype(int)
    error = (half - bundled(image, mask))[mask > 0]
    assert 10 * np.log10(255**2 / np.mean(error**2)) > 50


def test_far_places_are_not_computed(bundled, full, rng, monkeypatch):
    made = {}

    def count(how):
        inner = PaddedConv.convolve
        made[how] = 0

        def convolve(self, *arguments):
            y = inner(self, *arguments)
            made[how] += int(tf.size(y))
            return y

        return convolve

    image, mask = smooth_photo(rng, (256, 256)), mask_of((256, 256), [(120, 120, 16, 16)])
    for how in (True, False):
        with monkeypatch.context() as patched:
            patched.setattr(PaddedConv, "convolve", count(how))
            inpainter = bundled if how else full
            inpainter(image, mask, progress=lambda *_: None)  # eagerly
    # The whole image's layers before the attention alone are a third of all numbers.
    assert 0.3 * made[False] < made[True] < 0.7 * made[False]


def test_far_holes_are_filled_window_by_window(bundled, full, rng, monkeypatch):
    image, mask = smooth_photo(rng, (96, 640)), mask_of((96, 640), [(30, 20, 20, 20), (60, 600, 30, 40)])
    windows = []
    inner = PaddedConv.piece
    monkeypatch.setattr(
        PaddedConv, "piece", lambda self, piece, window: windows.append(window) or inner(self, piece, window)
    )
    found = bundled(image, mask)
    assert windows and max(right - left for _, left, _, right in windows) < 320
    difference = np.abs(found.astype(int) - full(image, mask))
    assert difference.max() <= 1 and (difference > 0).mean() < 5e-4


def test_large_images_run_in_bands(bundled, rng, monkeypatch):
    image, mask = smooth_photo(rng, (200, 248)), mask_of((200, 248), [(80, 90, 30, 40)])
    expected = bundled(image, mask).astype(int)
    monkeypatch.setattr(plans, "_BAND_PIXELS", 9_000)  # five bands
    heights, told = {}, []
    inner = PaddedConv.convolve

    def convolve(self, x, *rest):
        heights.setdefault(self.name, []).append(x.shape[1])
        return inner(self, x, *rest)

    monkeypatch.setattr(PaddedConv, "convolve", convolve)
    found = bundled(image, mask, progress=lambda done, total: told.append((done, total)))
    assert np.abs(found - expected).max() <= 1 and (found != expected).mean() < 5e-4
    # Features and gates are two convolutions.
    assert len(heights["pmconv1"]) == 10 and max(heights["pmconv1"]) < 80
    assert told[-1][0] == told[-1][1] == len(told)
