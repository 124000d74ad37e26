import threading
import traceback

import cv2
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from inpaint.data import pipeline
from inpaint.data.batches import Batches
from inpaint.data.examples import load_example
from inpaint.data.pipeline import Share, training_batches
from inpaint.data.unreadable import UnreadableFiles
from inpaint.errors import UserError
from inpaint.options.examples import BoxOptions, ExampleOptions

BOX = BoxOptions(16, 16, 4, 4)


def take(paths, options, count, batch_size=2, bad=None, **position):
    bad = UnreadableFiles("training images", len(paths), 0) if bad is None else bad
    batches = training_batches(paths, options, batch_size, bad, **position)
    return [{name: np.array(t) for name, t in batch.items()} for batch in batches.take(count)]


def test_a_later_start_continues_the_same_stream(five_images):
    options = ExampleOptions((32, 32), True, BOX)
    whole = take(five_images, options, 6, seed=5)
    rest = take(five_images, options, 3, seed=5, start=3)
    for one, other in zip(whole[3:], rest):
        assert one.keys() == other.keys() == {"image", "mask"}
        for name, mine in one.items():
            np.testing.assert_array_equal(mine, other[name])
    assert np.any(take(five_images, options, 1, seed=6)[0]["mask"] != whole[0]["mask"])
    # Every image of a batch has its own mask, and every batch other ones.
    masks = np.concatenate([batch["mask"] for batch in whole])
    assert len({mask.tobytes() for mask in masks}) == len(masks)


def test_list_is_read_in_order_and_round_again(five_images):
    options = ExampleOptions((32, 32), False, BOX)
    images = np.concatenate([batch["image"] for batch in take(five_images, options, 4)])
    for index, image in enumerate(images):
        rgb = np.float32(Image.open(five_images[index % 5]))
        expected = cv2.resize(rgb[..., ::-1].copy(), (32, 32), interpolation=cv2.INTER_LINEAR)
        np.testing.assert_allclose(image, expected / 127.5 - 1, atol=1e-5)


def test_replicas_share_the_batches_of_a_single_one(five_images):
    options = ExampleOptions((32, 32), True, BOX)
    whole = take(five_images, options, 3, batch_size=8, start=2)
    # Two processes of two replicas each: batches of two images, those of a replica in turn.
    one = take(five_images, options, 6, batch_size=8, start=2, share=Share(0, 2, 4))
    other = take(five_images, options, 6, batch_size=8, start=2, share=Share(2, 2, 4))
    for step in range(3):
        parts = [*one[2 * step : 2 * step + 2], *other[2 * step : 2 * step + 2]]
        for name, expected in whole[step].items():
            np.testing.assert_array_equal(np.concatenate([part[name] for part in parts]), expected)


def test_guided_batches_hold_sketches(guided_image):
    path, lines = guided_image
    options = ExampleOptions((32, 32), False, BOX, guided=True)
    batch = take([path], options, 1)[0]
    np.testing.assert_array_equal(batch["sketch"][0, :, :, 0], lines / 255)


def test_own_masks_take_the_place_of_random_ones(tmp_path, five_images):
    mask = np.zeros((32, 32), np.uint8)
    mask[3:9, 20:] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")
    Image.fromarray(np.zeros((32, 32), np.uint8)).save(tmp_path / "black.png")
    (tmp_path / "broken.png").write_bytes(b"")
    masks = tuple(str(tmp_path / name) for name in ("mask.png", "black.png", "broken.png"))
    options = ExampleOptions((32, 32), False, BOX, masks=masks)
    told = []
    for batch in take(five_images, options, 6, bad_masks=UnreadableFiles("masks", 3, 1.0, told.append)):
        np.testing.assert_array_equal(batch["mask"][..., 0], np.stack([mask / 255] * 2))
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
    options = ExampleOptions((32, 32), True, BOX)
    bad = UnreadableFiles("training images", len(paths), 0.34, told.append)
    batches = take(paths, options, 2, batch_size=9, bad=bad)
    assert len(bad) == len(told) == 3
    for name in ("truncated.png", "empty.jpg", "text.png"):
        assert sum(name in line for line in told) == 1
    # In their place comes the next good one of the list, with the crop of its own index.
    for index in (6, 7, 8):
        expected, _ = load_example(paths[0], options, np.random.default_rng([0, index]))
        np.testing.assert_array_equal(batches[0]["image"][index], expected)
    expected, _ = load_example(paths[0], options, np.random.default_rng([0, 9]))
    np.testing.assert_array_equal(batches[1]["image"][0], expected)


def test_batches_with_boxes(five_images):
    options = ExampleOptions((64, 64), True, BoxOptions(24, 20, 10, 8), boxes=True)
    batches, seen = take(five_images, options, 4, batch_size=3, seed=4), []
    for batch in batches:
        assert batch["image"].shape == (3, 64, 64, 3) and batch["mixing"].shape == (3, 2)
        assert batch["mask"].dtype == batch["mixing"].dtype == np.float32 and batch["box"].dtype == np.int32
        for mask, (top, left) in zip(batch["mask"][..., 0], batch["box"]):
            rows, columns = np.nonzero(mask)
            assert mask.sum() == (np.ptp(rows) + 1) * (np.ptp(columns) + 1)  # a box without strokes
            above, below = rows.min() - top, top + 24 - 1 - rows.max()
            assert above == below and 0 <= above <= 5
            beside, right = columns.min() - left, left + 20 - 1 - columns.max()
            assert beside == right and 0 <= beside <= 4
        seen += [*batch["mixing"].ravel(), *batch["box"].ravel()]
    assert len(set(np.float32(seen[:6]))) == 6 and 0 <= min(seen)
    again = take(five_images, options, 1, batch_size=3, seed=4, start=3)[0]
    for name in ("mixing", "box"):
        np.testing.assert_array_equal(again[name], batches[3][name])


def read_to_the_error(paths, bad):
    """Take batches until making one fails; examples are made ahead, so it need not be the first."""
    errors = []
    dataset = training_batches(paths, ExampleOptions((32, 32), True, BOX), 5, bad, errors=errors)
    batches = Batches(dataset, errors)
    for _ in range(20):
        next(batches)


def test_too_many_unreadable_files_stop_the_input(five_images):
    for path in five_images[:2]:
        open(path, "wb").close()
    bad = UnreadableFiles("training images", 5, 0.3, lambda line: None)
    with pytest.raises(UserError, match=r"^2 of 5 training images cannot be used.*max_bad_share=0.3"):
        read_to_the_error(five_images, bad)
    for path in five_images[2:]:
        open(path, "wb").close()
    bad = UnreadableFiles("training images", 5, 1.0, lambda line: None)
    with pytest.raises(UserError, match="^none of the training images can be used"):
        read_to_the_error(five_images, bad)


def test_a_bug_in_making_an_example_keeps_its_traceback(five_images, monkeypatch):
    bug = ValueError("not of this image\nbut of ours")

    def broken(path, options, rng):
        raise bug

    monkeypatch.setattr(pipeline, "load_example", broken)
    with pytest.raises(ValueError) as raised:
        read_to_the_error(five_images, UnreadableFiles("training images", 5))
    assert raised.value is bug
    names = [frame.name for frame in traceback.extract_tb(bug.__traceback__)]
    assert names.index("__next__") < names.index("first_good") < names.index("broken")


def test_an_error_of_tensorflow_is_told():
    dataset = tf.data.Dataset.from_tensors(np.nan).map(lambda x: tf.debugging.check_numerics(x, "odd number"))
    with pytest.raises(RuntimeError, match="^the input pipeline failed: .*odd number"):
        next(Batches(dataset, []))


def test_a_stall_is_told_until_it_ends():
    told, enough, watchers = [], threading.Event(), []

    def say(line):
        told.append(line)
        watchers.append(threading.current_thread())
        if len(told) == 2:
            enough.set()

    def wait():
        assert enough.wait(60)
        return np.float32(7)

    dataset = tf.data.Dataset.range(20).map(lambda _: tf.numpy_function(wait, [], tf.float32))
    before = set(threading.enumerate())
    batches = Batches(dataset, [], stall_seconds=0.01, say=say)
    assert float(next(batches)) == 7
    assert len(told) >= 2 and told[0].startswith("no batch for 0 s: ")
    assert batches.seconds_waited >= 0.02
    for _ in range(19):
        next(batches)
    (watcher,) = set(watchers)  # one thread for all batches, which ends with them
    assert watcher not in before and watcher.is_alive()
    batches.close()
    watcher.join(60)
    assert not watcher.is_alive()
