import concurrent.futures
import threading

import numpy as np
import pytest
from support import golden_data

from inpaint.errors import UserError
from inpaint.inference.inpainter import Inpainter
from inpaint.inference.runtimes.batch_fill import BatchFill
from inpaint.models.generator import Generator
from inpaint.models.preprocessing import holes


@pytest.fixture(scope="module")
def golden():
    return golden_data.load("testpy_96x168")


@pytest.fixture(scope="module")
def inpainter(golden):
    golden_data.seed_weights(model := Generator(), golden["seed"])
    return Inpainter(model)


@pytest.mark.parametrize("eager", [False, True])
def test_equals_the_originals_test_py(inpainter, golden, eager):
    image = golden["image_bgr"][..., ::-1]
    hole = golden["mask"] > 0
    fill = Inpainter(inpainter.generator, eager=True) if eager else inpainter
    result = fill(image, golden["mask"])
    difference = np.abs(result.astype(int) - golden["result_rgb"])
    # The original truncates; ours rounds.
    assert difference[hole].max() <= 1 and 0.3 < (difference[hole] > 0).mean() < 0.7
    np.testing.assert_array_equal(result[~hole], image[~hole])


@pytest.mark.parametrize("size", [(1, 1), (3, 17), (8, 8), (33, 40), (50, 7)])
def test_any_size_keeps_known_pixels(inpainter, rng, size):
    image = rng.integers(0, 256, (*size, 3), dtype=np.uint8)
    mask = rng.random(size) < 0.4
    mask[0, 0] = True
    result = inpainter(image, mask)
    assert result.shape == image.shape and result.dtype == np.uint8
    np.testing.assert_array_equal(result[~mask], image[~mask])
    assert np.any(result[mask] != image[mask])


@pytest.mark.parametrize("padding", ["symmetric", "reflect"])
def test_small_images_with_mirrored_borders(rng, padding):
    inpainter = Inpainter(Generator(padding=padding), eager=True)
    image = rng.integers(0, 256, (20, 33, 3), dtype=np.uint8)
    mask = rng.random((20, 33)) < 0.4
    result = inpainter(image, mask)
    np.testing.assert_array_equal(result[~mask], image[~mask])
    assert np.any(result[mask] != image[mask])


def test_padding_mirrors_and_crops_back(inpainter, rng):
    image = rng.integers(0, 256, (13, 22, 3), dtype=np.uint8)
    mask = (rng.random((13, 22)) < 0.3).astype(np.uint8)
    padded = np.pad(image, ((0, 3), (0, 2), (0, 0)), mode="symmetric")
    padded_mask = np.pad(mask, ((0, 3), (0, 2)), mode="symmetric")
    expected = inpainter(padded, padded_mask)[:13, :22]
    np.testing.assert_array_equal(inpainter(image, mask), expected)


def test_hole_content_does_not_matter(inpainter, rng):
    image = rng.integers(0, 256, (40, 40, 3), dtype=np.uint8)
    mask = np.zeros((40, 40), np.uint8)
    mask[10:30, 5:37] = 1
    other = image.copy()
    other[mask > 0] = 7
    np.testing.assert_array_equal(inpainter(image, mask), inpainter(other, mask))


def test_channels_are_swapped_for_the_network(inpainter, rng):
    image = rng.integers(0, 256, (16, 16, 3), dtype=np.uint8)
    mask = np.zeros((1, 16, 16, 1), np.float32)
    mask[:, 4:12, 4:12] = 1
    bgr = (image[None, ..., ::-1] / np.float32(127.5) - 1) * (1 - mask)
    refined = inpainter.generator(bgr, mask)["refined"][0].numpy()[..., ::-1]
    expected = np.round((refined + 1) * 127.5)
    result = inpainter(image, mask[0])
    assert np.abs(result.astype(int) - expected)[4:12, 4:12].max() <= 1


def test_batch_equals_singles(inpainter, rng):
    images = rng.integers(0, 256, (3, 20, 28, 3), dtype=np.uint8)
    masks = rng.random((3, 20, 28, 1)) < 0.3
    together = inpainter(images, masks)
    for image, mask, result in zip(images, masks, together):
        assert np.abs(inpainter(image, mask).astype(int) - result).max() <= 1


def test_one_trace_serves_all_sizes(inpainter):
    for shape in ((8, 8), (9, 30), (24, 16)):
        inpainter(np.zeros((*shape, 3), np.uint8), np.ones(shape))
    inpainter(np.zeros((2, 16, 8, 3), np.uint8), np.ones((2, 16, 8, 1)))
    assert inpainter.filler._whole.experimental_get_tracing_count() == 1


def test_no_hole_and_nothing_but_hole(inpainter, rng):
    image = rng.integers(0, 256, (16, 24, 3), dtype=np.uint8)
    np.testing.assert_array_equal(inpainter(image, np.zeros((16, 24))), image)
    covered = inpainter(image, np.ones((16, 24)))
    np.testing.assert_array_equal(covered, inpainter(image * 0, np.ones((16, 24))))


def test_masks_of_any_kind(inpainter, rng):
    image = rng.integers(0, 256, (16, 16, 3), dtype=np.uint8)
    soft = np.zeros((16, 16), np.uint8)
    soft[3:12, 3:12], soft[4:11, 4:11] = 127, 128
    hole = soft > 127
    expected = inpainter(image, hole)
    as_read = np.repeat(soft[..., None], 3, axis=-1)
    for mask in (soft, np.uint8(hole), hole * 255, soft / 255.0, hole[..., None], as_read, as_read[None]):
        np.testing.assert_array_equal(inpainter(image, mask), expected)


def test_one_mask_for_a_batch(inpainter, rng):
    images = rng.integers(0, 256, (2, 16, 24, 3), dtype=np.uint8)
    mask = np.zeros((16, 24), np.uint8)
    mask[3:12, 3:12] = 255
    expected = inpainter(images, np.stack([mask, mask]))
    for shared in (mask, mask[..., None], np.repeat(mask[..., None], 3, axis=-1)):
        np.testing.assert_array_equal(inpainter(images, shared), expected)


@pytest.mark.parametrize("fill_size", ["whole", 64])
def test_threads_that_come_first_share_one_trace(inpainter, monkeypatch, fill_size):
    traces, meet = [], threading.Barrier(4)

    def counted(self, *inputs, progress=None):
        traces.append(len(inputs))
        return inputs[-2]

    for way in ("whole", "copy"):
        monkeypatch.setattr(BatchFill, way, counted)
    fill = Inpainter(inpainter.generator, fill_size=fill_size)
    image, mask = np.zeros((100, 100, 3), np.uint8), np.eye(100)

    def visit(_):
        meet.wait()
        return fill(image, mask)

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        assert all(result.shape == image.shape for result in pool.map(visit, range(4)))
    assert len(traces) == 1


def test_a_masks_kind_is_its_own(inpainter, rng):
    # A batch of a mask of 0 and 1 and one of 0 and 255: neither decides for the other.
    images = rng.integers(0, 256, (2, 16, 16, 3), dtype=np.uint8)
    hole = np.zeros((2, 16, 16), bool)
    hole[0, 3:9, 4:12], hole[1, 5:14, 2:7] = True, True
    masks = np.stack([np.uint8(hole[0]), np.where(hole[1], 200, 100).astype(np.uint8)])
    np.testing.assert_array_equal(inpainter(images, masks), inpainter(images, hole))


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int64, np.float16, np.float32, np.float64])
def test_holes(dtype):
    values = [[0, 0.5, 0.75, 1], [0, 127, 128, 255], [0, 1, 1, 2], [0, 0, 0, 0]]
    masks = np.array(values).astype(dtype).reshape(4, 2, 2, 1)
    expected = {
        "b": [[0, 1, 1, 1], [0, 1, 1, 1], [0, 1, 1, 1], [0, 0, 0, 0]],
        "u": [[0, 0, 0, 1], [0, 0, 1, 1], [0, 0, 0, 0], [0, 0, 0, 0]],
        "f": [[0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 0, 0], [0, 0, 0, 0]],
    }["u" if dtype == np.int64 else np.dtype(dtype).kind]
    found = holes(masks).numpy()
    assert found.dtype == np.uint8 and found.shape == masks.shape
    np.testing.assert_array_equal(found.reshape(4, 4), expected)


def test_guided_follows_lines_inside_the_hole(rng):
    golden_data.seed_weights(guided := Generator(guided=True), 1003)
    inpainter = Inpainter(guided, eager=True)
    image = rng.integers(0, 256, (32, 32, 3), dtype=np.uint8)
    mask = np.zeros((32, 32), np.uint8)
    mask[8:24, 8:24] = 1
    lines = np.zeros((32, 32), np.uint8)
    lines[12] = 200
    drawn = inpainter(image, mask, lines)
    assert np.any(drawn != inpainter(image, mask, lines * 0))
    np.testing.assert_array_equal(drawn, inpainter(image, mask, np.where(mask, lines, 255)))
    # 0.6 * 255 = 153: below it is no line.
    np.testing.assert_array_equal(
        inpainter(image, mask, lines * 0), inpainter(image, mask, lines // 200 * 150)
    )
    np.testing.assert_array_equal(drawn, inpainter(image, mask, lines > 0))
    with pytest.raises(UserError, match="needs a sketch"):
        inpainter(image, mask)


@pytest.mark.parametrize(
    "image, mask, message",
    [
        (np.zeros((8, 9, 3), np.uint8), np.zeros((9, 8)), "the image is 9 x 8, the mask 8 x 9"),
        (
            np.zeros((8, 8, 3), np.uint8),
            None,
            "the mask must be a path, a PIL image or an array of numbers, received NoneType of dtype object",
        ),
        (
            np.zeros((8, 8, 3), np.uint8),
            "mask.png",
            "no such file: mask.png",
        ),
        (
            [np.zeros((8, 8, 3)), np.zeros((9, 8, 3))],
            np.zeros((8, 8)),
            "the image is no array, as its parts differ",
        ),
        (["a.png", "b.png"], "mask.png", "the image must be a path, .*, received list of dtype <U5"),
        (np.zeros((8, 8, 3), np.uint8), [[1, 2], [3]], "the mask is no array, as its parts differ in size"),
        (np.zeros((8, 8, 3), np.uint8), np.full((8, 8), np.nan), "the mask holds NaN or Inf"),
        (np.zeros((8, 8, 3), np.uint8), np.full((8, 8), np.inf), "the mask holds NaN or Inf"),
        (np.zeros((8, 8, 3), np.uint8), np.eye(8) - 1, "from 0 to 1 or to 255, received -1 to 0"),
        (np.zeros((8, 8, 3), np.uint8), np.eye(8) * 256, "from 0 to 1 or to 255, received 0 to 256"),
        (
            np.zeros((8, 8, 3), np.uint8),
            np.eye(8) * 2,
            "largest value is 2, which is no hole: use 1 .* or 255",
        ),
        (
            np.zeros((8, 8, 3), np.uint8),
            np.arange(192.0).reshape(8, 8, 3),
            "must be black and white: its three channels differ",
        ),
        (np.zeros((8, 8, 3), np.uint8), np.zeros(8), r"the mask float64 \[8\]"),
        (
            np.zeros((2, 8, 8, 3), np.uint8),
            np.zeros((3, 8, 8)),
            r"one for all images or one for each, 2: received float64 \[3, 8, 8\]",
        ),
        (np.zeros((8, 8, 3), np.int32), np.zeros((8, 8)), "must be uint8, or .*received int32"),
        (np.full((8, 8, 3), 2.0), np.zeros((8, 8)), "numbers from 0 to 1, received 2 to 2: divide by 255"),
        (np.eye(8) * 2 - 1, np.zeros((8, 8)), "numbers from 0 to 1, received -1 to 1: scale it"),
        (np.full((8, 8, 3), np.nan), np.zeros((8, 8)), "the image holds NaN or Inf"),
        (np.zeros((8, 8, 2), np.uint8), np.zeros((8, 8)), "with 1, 3 or 4 channels, received .8, 8, 2."),
        (np.zeros(8, np.uint8), np.zeros((8, 8)), r"received \[8\]"),
        (np.zeros((0, 8, 3), np.uint8), np.zeros((0, 8)), "no pixels"),
    ],
)
def test_bad_input(inpainter, image, mask, message):
    with pytest.raises(UserError, match=message):
        inpainter(image, mask)


def test_sketch_for_a_generator_that_takes_none(inpainter):
    with pytest.raises(UserError, match="not guided"):
        inpainter(np.zeros((8, 8, 3), np.uint8), np.ones((8, 8)), np.ones((8, 8)))
