"""From mask files to holes: growth, inversion, sizes, erased pixels, and files that are no masks."""

import dataclasses

import numpy as np
import pytest
from PIL import Image
from support.helpers import ROOT

from inpaint.errors import UserError
from inpaint.images.image_files import ImageFile, read_image
from inpaint.images.mask_rule import MaskRule, check_size, erased, grown

CASES = ROOT / "tests/cases"


def as_mask(gray, alpha=None):
    rgb = np.repeat(np.uint8(gray)[..., None], 3, axis=-1)
    return ImageFile(rgb, None if alpha is None else np.uint8(alpha))


@pytest.fixture
def photograph(rng):
    """uint8 [40, 50, 3], smooth, with some pixels brighter than 127.5."""
    ramp = np.linspace(20, 235, 50) + rng.normal(size=(40, 50)) * 5
    return np.uint8(np.clip(ramp[..., None] * [1, 0.9, 0.8], 0, 255))


@pytest.mark.parametrize("pixels", [1, 2, 5, 7, -1, -3, -4])
def test_growth_is_by_a_disc(rng, pixels):
    hole = np.uint8(rng.random((30, 41)) > (0.99 if pixels > 0 else 0.02))
    hole[:6, :9] = pixels < 0
    source = hole if pixels > 0 else 1 - hole
    rows, columns = np.mgrid[:30, :41]
    expected = np.zeros(hole.shape, bool)
    for row, column in np.argwhere(source):
        expected |= (rows - row) ** 2 + (columns - column) ** 2 <= pixels**2
    np.testing.assert_array_equal(grown(hole, pixels), expected if pixels > 0 else ~expected)


def test_growth_of_one_pixel_and_of_large_discs():
    hole = np.zeros((2001, 2001), np.uint8)
    hole[1000, 1000] = 1
    # The number of points with whole coordinates in a disc (Gauss' circle problem, OEIS A000328).
    for radius, count in ((0, 1), (1, 5), (2, 13), (3, 29), (10, 317), (1000, 3141549)):
        assert grown(hole, radius).sum() == count
    assert not grown(np.zeros((5, 5), np.uint8), 3).any()
    everything = np.ones((5, 5), np.uint8)
    np.testing.assert_array_equal(grown(everything, -2), everything)  # borders do not shrink


def test_inverted():
    mask = as_mask([[0, 127, 128, 255]])
    assert MaskRule().hole(mask, "m")[0].tolist() == [[0, 0, 1, 1]]
    assert MaskRule(invert=True).hole(mask, "m")[0].tolist() == [[1, 1, 0, 0]]
    hole, why = MaskRule(invert=True).hole(as_mask(np.full((2, 2), 255)), "m")
    assert not hole.any() and why == "it is white everywhere"
    clear = as_mask([[255, 255, 255, 0]], alpha=[[255, 255, 0, 0]])  # what is clear is not white
    assert MaskRule(invert=True).hole(clear, "m")[0].tolist() == [[0, 0, 1, 1]]


def test_resized_by_area():
    hole = np.zeros((4, 8), np.uint8)
    hole[:, 3:] = 1
    image = ImageFile(np.zeros((2, 4, 3), np.uint8))
    rule = MaskRule(resize=True)
    assert rule.fitted(hole, image).tolist() == [[0, 0, 1, 1]] * 2  # half of a pixel is not more than half
    hole[0, 2] = 1
    assert rule.fitted(hole, image).tolist() == [[0, 1, 1, 1], [0, 0, 1, 1]]
    off_by_one = ImageFile(np.zeros((5, 9, 3), np.uint8))
    np.testing.assert_array_equal(rule.fitted(hole, off_by_one)[:, 4:], 1)
    assert rule.fitted(hole, off_by_one).shape == (5, 9)
    assert MaskRule().fitted(hole, image) is hole


@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
def test_resized_masks_turn_with_their_photographs(tmp_path, rng, orientation):
    pixels = np.uint8(rng.random((6, 10)) > 0.5) * 255
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(pixels).save(tmp_path / "x.png", exif=exif)
    image = read_image(tmp_path / "x.png")
    assert image.size == (10, 6) and image.turned == orientation
    turned = MaskRule(resize=True).fitted(pixels // 255, image)
    np.testing.assert_array_equal(255 * turned, image.rgb[..., 0])


def test_other_sizes_are_refused_with_advice():
    image = ImageFile(np.zeros((6, 10, 3), np.uint8))
    check_size("mask", "m", (6, 10), image, "x")
    with pytest.raises(UserError, match="must have the same size, or add --resize_mask") as refused:
        check_size("mask", "m", (6, 11), image, "x")
    assert refused.value.kind == "of another size"
    swapped = MaskRule(resize=True).fitted(np.ones((10, 6), np.uint8), image)
    assert swapped.shape == (10, 6)  # stretched, it would be wrong
    with pytest.raises(UserError, match="is 10 x 6: turn the mask by a quarter$"):
        check_size("mask", "m", swapped.shape, image, "x")
    turned = dataclasses.replace(image, turned=6)
    with pytest.raises(UserError, match="turns it by a quarter, turn the mask, too, or add --resize_mask"):
        check_size("mask", "m", (10, 6), turned, "x")


def test_what_a_soft_eraser_touched():
    alpha = np.full((7, 9), 255, np.uint8)
    alpha[2:5, 2:5], alpha[3, 3] = 100, 0
    alpha[5, 5] = 254  # connected by a corner
    alpha[0, 8] = 100  # on its own
    expected = np.zeros((7, 9), int)
    expected[2:5, 2:5], expected[5, 5] = 1, 1
    np.testing.assert_array_equal(erased(alpha), expected)
    np.testing.assert_array_equal(erased(alpha, hard=True), alpha == 0)
    # In a photograph that shines through everywhere, the hole is where more was erased.
    alpha[alpha == 255] = 200
    alpha[5, 5] = 199
    np.testing.assert_array_equal(erased(alpha), expected)
    assert not erased(np.full((2, 2), 9, np.uint8)).any()


def test_hole_from_the_mask_s_transparency(photograph):
    alpha = np.full((40, 50), 255)
    alpha[10:20, 10:30] = 0
    hole, why = MaskRule(from_alpha=True).hole(ImageFile(photograph, np.uint8(alpha)), "m")
    np.testing.assert_array_equal(hole, alpha == 0)
    assert why is None
    hole, why = MaskRule(from_alpha=True).hole(ImageFile(photograph, np.full((40, 50), 9, np.uint8)), "m")
    assert not hole.any() and why == "no pixel is fully transparent"
    with pytest.raises(UserError, match="m has no transparency to take the hole from"):
        MaskRule(from_alpha=True).hole(ImageFile(photograph), "m")


def test_photographs_are_no_masks(photograph, rng):
    message = "^most of the mask m is neither black nor white: is it a photograph"
    with pytest.raises(UserError, match=message) as refused:
        MaskRule().hole(ImageFile(photograph), "m")
    assert refused.value.kind == "with an unclear mask"
    with pytest.raises(UserError, match=message):
        MaskRule(invert=True).hole(ImageFile(photograph), "m")
    alpha = np.full((40, 50), 255, np.uint8)
    alpha[10:20, 10:30] = 0
    message = "^the mask m is a photograph that is transparent in places.*: add --mask_from_alpha"
    with pytest.raises(UserError, match=message):
        MaskRule().hole(ImageFile(photograph, alpha), "m")
    # One of high contrast, too: most of it is black or white.
    contrast = np.where(rng.random((40, 50, 1)) > 0.2, np.where(photograph > 128, 250, 5), photograph)
    with pytest.raises(UserError, match=message):
        MaskRule().hole(ImageFile(np.uint8(contrast), alpha), "m")
    white = as_mask(np.full((40, 50), 255), alpha)
    with pytest.raises(UserError, match="is white, the rest is transparent: add --invert_mask"):
        MaskRule().hole(white, "m")
    np.testing.assert_array_equal(MaskRule(invert=True).hole(white, "m")[0], alpha == 0)


def test_masks_are_masks():
    """Soft rims, noise of JPEG, strokes on a transparent layer, and a hole of most of the image."""
    soft = np.clip(np.hypot(*np.mgrid[-20:20, -25:25]) * 60 - 500, 0, 255)
    assert 0 < MaskRule().hole(as_mask(255 - soft), "m")[0].sum() < 500
    assert MaskRule().hole(as_mask(soft), "m")[0].mean() > 0.8
    strokes = np.zeros((40, 50))
    strokes[10:20], strokes[20] = 255, 90
    assert MaskRule().hole(as_mask(np.full((40, 50), 255), strokes), "m")[0].sum() == 500
    assert MaskRule().hole(as_mask(np.full((40, 50), 220), strokes), "m")[0].sum() == 500


@pytest.mark.parametrize(
    "name, told",
    [
        ("mask_uint16_255.png", "its largest value is 255 of 65535, but the hole must be above half of that"),
        ("mask_two_labels.png", "the colours of its palette's labels, 0, 1, are dark, but the hole"),
    ],
)
def test_messages_tell_what_the_file_holds(name, told):
    hole, why = MaskRule().hole(read_image(CASES / name), CASES / name)
    assert not hole.any() and why.startswith(told)


def test_black_strokes_on_a_transparent_layer():
    alpha = np.zeros((40, 50))
    alpha[10:20] = 255
    hole, why = MaskRule().hole(as_mask(np.zeros((40, 50)), alpha), "m")
    assert not hole.any()
    assert why == (
        "it is black or clear everywhere; add --mask_from_alpha --invert_mask if the hole is what is "
        "painted, --mask_from_alpha alone if it is what is transparent"
    )
    both = MaskRule(from_alpha=True, invert=True).hole(as_mask(np.zeros((40, 50)), alpha), "m")[0]
    np.testing.assert_array_equal(both, alpha > 0)
