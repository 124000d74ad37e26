import threading

import cv2
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from inpaint.data.batches import Batches
from inpaint.data.examples import DataOptions, load_example
from inpaint.data.masks import BoxOptions
from inpaint.data.pipeline import Share, training_batches
from inpaint.data.unreadable import UnreadableFiles
from inpaint.errors import UserError

BOX = BoxOptions(16, 16, 4, 4)


def take(paths, options, count, batch_size=2, bad=None, **position):
    bad = UnreadableFiles("training images", len(paths), 0) if bad is None else bad
    batches = training_batches(paths, options, batch_size, bad, **position)
    return [[np.array(t) for t in batch] for batch in batches.take(count)]


def test_a_later_start_continues_the_same_stream(five_images):
    options = DataOptions((32, 32), True, BOX)
    whole = take(five_images, options, 6, seed=5)
    rest = take(five_images, options, 3, seed=5, start=3)
    for one, other in zip(whole[3:], rest):
        for mine, theirs in zip(one, other):
            np.testing.assert_array_equal(mine, theirs)
    assert np.any(take(five_images, options, 1, seed=6)[0][1] != whole[0][1])
    # Every image of a batch has its own mask, and every batch other ones.
    masks = np.concatenate([batch[1] for batch in whole])
    assert len({mask.tobytes() for mask in masks}) == len(masks)


def test_list_is_read_in_order_and_round_again(five_images):
    options = DataOptions((32, 32), False, BOX)
    images = np.concatenate([batch[0] for batch in take(five_images, options, 4)])
    for index, image in enumerate(images):
        rgb = np.float32(Image.open(five_images[index % 5]))
        expected = cv2.resize(rgb[..., ::-1].copy(), (32, 32), interpolation=cv2.INTER_LINEAR)
        np.testing.assert_allclose(image, expected / 127.5 - 1, atol=1e-5)


def test_replicas_share_the_batches_of_a_single_one(five_images):
    options = DataOptions((32, 32), True, BOX)
    whole = take(five_images, options, 3, batch_size=8, start=2)
    # Two processes of two replicas each: batches of two images, those of a replica in turn.
    one = take(five_images, options, 6, batch_size=8, start=2, share=Share(0, 2, 4))
    other = take(five_images, options, 6, batch_size=8, start=2, share=Share(2, 2, 4))
    for step in range(3):
        parts = [*one[2 * step : 2 * step + 2], *other[2 * step : 2 * step + 2]]
        for index in range(2):
            joined = np.concatenate([part[index] for part in parts])
            np.testing.assert_array_equal(joined, whole[step][index])


def test_guided_batches_hold_sketches(guided_image):
    path, lines = guided_image
    options = DataOptions((32, 32), False, BOX, guided=True)
    batch = take([path], options, 1)[0]
    np.testing.assert_array_equal(batch[2][0, :, :, 0], lines / 255)


def test_own_masks_take_the_place_of_random_ones(tmp_path, five_images):
    mask = np.zeros((32, 32), np.uint8)
    mask[3:9, 20:] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")
    Image.fromarray(np.zeros((32, 32), np.uint8)).save(tmp_path / "black.png")
    (tmp_path / "broken.png").write_bytes(b"")
    masks = tuple(str(tmp_path / name) for name in ("mask.png", "black.png", "broken.png"))
    options = DataOptions((32, 32), False, BOX, masks=masks)
    told = []
    for batch in take(five_images, options, 6, bad_masks=UnreadableFiles("masks", 3, 1.0, told.append)):
        np.testing.assert_array_equal(batch[1][..., 0], np.stack([mask / 255] * 2))
    assert sum("black.png has no hole" in line for line in told) == 1
    assert sum("broken.png is empty" in line for line in told) == 1


def test_every_kind_of_image_is_used_or_skipped_and_told(tmp_path, rng):
    photo = rng.integers(0, 256, (40, 50, 3), dtype=np.uint8)
    usable = {
        "gray.png": Image.fromarray(photo[..., 0]),
        "cmyk.jpg": Image.fromarray(photo).convert("CMYK"),
        "deep.png": Image.fromarray(photo[..., 0].astype(np.uint16) * 257),
        "tiny.png": Image.fromarray(photo[:1, :1]),
        "huge.png": Image.fromarray(np.zeros((9000, 12000), np.uint8)),
        "alpha.webp": Image.fromarray(np.dstack([photo, photo[..., :1]])),
    }
    paths = [str(tmp_path / name) for name in [*usable, "truncated.png", "empty.jpg", "text.png"]]
    for name, image in usable.items():
        image.save(tmp_path / name)
    Image.fromarray(photo).save(tmp_path / "truncated.png")
    content = (tmp_path / "truncated.png").read_bytes()
    (tmp_path / "truncated.png").write_bytes(content[: len(content) // 2])
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "text.png").write_text("no image")

    told = []
    options = DataOptions((32, 32), True, BOX)
    bad = UnreadableFiles("training images", len(paths), 0.34, told.append)
    batches = take(paths, options, 2, batch_size=9, bad=bad)
    assert len(bad) == len(told) == 3
    for name in ("truncated.png", "empty.jpg", "text.png"):
        assert sum(name in line for line in told) == 1
    # In their place comes the next good one of the list, with the crop of its own index.
    for index in (6, 7, 8):
        expected, _ = load_example(paths[0], options, np.random.default_rng([0, index]))
        np.testing.assert_array_equal(batches[0][0][index], expected)
    expected, _ = load_example(paths[0], options, np.random.default_rng([0, 9]))
    np.testing.assert_array_equal(batches[1][0][0], expected)


def test_too_many_unreadable_files_stop_the_input(tmp_path, five_images):
    for path in five_images[:2]:
        open(path, "wb").close()
    options = DataOptions((32, 32), True, BOX)
    bad = UnreadableFiles("training images", 5, 0.3, lambda line: None)
    batches = Batches(training_batches(five_images, options, 5, bad))
    with pytest.raises(UserError, match=r"^2 of 5 training images cannot be used.*max_bad_share=0.3"):
        next(batches)
    for path in five_images[2:]:
        open(path, "wb").close()
    bad = UnreadableFiles("training images", 5, 1.0, lambda line: None)
    batches = Batches(training_batches(five_images, options, 5, bad))
    with pytest.raises(UserError, match="^none of the training images can be used"):
        next(batches)


def test_a_stall_is_told_until_it_ends():
    told, enough = [], threading.Event()

    def say(line):
        told.append(line)
        if len(told) == 2:
            enough.set()

    def wait():
        assert enough.wait(60)
        return np.float32(7)

    dataset = tf.data.Dataset.range(1).map(lambda _: tf.numpy_function(wait, [], tf.float32))
    batches = Batches(dataset, stall_seconds=0.01, say=say)
    assert float(next(batches)) == 7
    assert len(told) >= 2 and told[0].startswith("no batch for 0 s: ")
    assert batches.seconds_waited >= 0.02
    batches.close()
