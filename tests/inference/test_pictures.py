"""Files, PIL images and arrays of all kinds as the `Inpainter` takes them and gives them back."""

import numpy as np
import pytest
from PIL import Image


@pytest.fixture(scope="module")
def rgb():
    return np.random.default_rng(4).integers(0, 256, (40, 48, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def hole():
    mask = np.zeros((40, 48), bool)
    mask[10:24, 8:30] = True
    return mask


@pytest.fixture(scope="module")
def filled(bundled, rgb, hole):
    return bundled(rgb, hole)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16])
def test_floating_point(bundled, rgb, hole, filled, dtype):
    image = (rgb / 255).astype(dtype)
    if dtype != np.float16:  # known pixels between two levels stay as they are
        image = np.minimum(image + dtype(1e-4), 1)
    found = bundled(image, hole)
    assert found.dtype == dtype and np.array_equal(found[~hole], image[~hole])
    np.testing.assert_array_equal(np.rint(found[hole] * 255.0), filled[hole])


def test_gray(bundled, rgb, hole):
    gray = rgb[..., 0]
    expected = bundled(np.repeat(gray[..., None], 3, axis=-1), hole)
    found = bundled(gray, hole)
    assert found.shape == gray.shape and np.array_equal(found[~hole], gray[~hole])
    light = expected[hole] @ [0.299, 0.587, 0.114]
    assert np.abs(found[hole] - light).max() <= 0.5 and np.ptp(found[hole]) > 0
    for shape in ((40, 48, 1), (1, 40, 48, 1)):
        np.testing.assert_array_equal(bundled(gray.reshape(shape), hole), found.reshape(shape))
    image = bundled(Image.fromarray(gray), hole)
    assert image.mode == "L" and np.abs(np.int16(image) - found).max() <= 1


def test_transparency_stays(bundled, rgb, hole, filled):
    rgba = np.dstack([rgb, np.uint8(rgb[..., 0] // 2)])
    expected = np.dstack([filled, rgba[..., 3]])
    np.testing.assert_array_equal(bundled(rgba, hole), expected)
    image = bundled(Image.fromarray(rgba), hole)
    assert image.mode == "RGBA"
    np.testing.assert_array_equal(image, expected)


def test_batches(bundled, rgb, hole, filled):
    found = bundled(np.stack([rgb, rgb]) / np.float32(255), np.stack([hole, ~hole]))
    np.testing.assert_array_equal(np.rint(found[0] * 255), bundled(np.stack([rgb] * 2), [hole, ~hole])[0])


def test_paths_and_pil_images(bundled, rgb, hole, filled, tmp_path):
    Image.fromarray(rgb).save(tmp_path / "x.png")
    mask = Image.fromarray(np.uint8(hole) * 255)
    mask.save(tmp_path / "m.png")
    for image in (tmp_path / "x.png", str(tmp_path / "x.png"), rgb):
        for place in (tmp_path / "m.png", str(tmp_path / "m.png"), mask, mask.convert("1"), hole):
            np.testing.assert_array_equal(bundled(image, place), filled)
    image = bundled(Image.open(tmp_path / "x.png"), mask)
    assert isinstance(image, Image.Image) and image.mode == "RGB"
    np.testing.assert_array_equal(image, filled)
    palette = Image.fromarray(rgb).quantize(32)
    found = bundled(palette, hole)
    assert found.mode == "RGB"
    np.testing.assert_array_equal(found, bundled(np.array(palette.convert("RGB")), hole))


def test_a_palette_is_seen_in_its_colours(bundled, rgb, hole, filled):
    mask = Image.fromarray(np.uint8(hole) * 255).quantize(2)
    assert np.asarray(mask)[hole].max() == 0  # its indices are the other way round
    np.testing.assert_array_equal(bundled(rgb, mask), filled)
    clear = Image.fromarray(np.dstack([np.full_like(rgb, 255), np.uint8(hole) * 255]))
    np.testing.assert_array_equal(bundled(rgb, clear), filled)


def test_says_what_it_is(bundled, as_it_comes):
    assert repr(bundled) == "<Inpainter: gated, float32, fill_size=whole, detail=none>"
    assert repr(as_it_comes) == "<Inpainter: gated, float32, fill_size=auto, detail=residual>"
