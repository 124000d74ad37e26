import cv2
import numpy as np
import pytest
from PIL import Image

from inpaint.data import DataOptions, fit, load_example, training_batches
from inpaint.errors import UserError
from inpaint.file_lists import picture_paths
from inpaint.masks import BoxOptions
from inpaint.static_view import static_view

BOX = BoxOptions(16, 16, 4, 4)


@pytest.fixture
def pictures(tmp_path, rng):
    """Five pictures of different sizes and colours, and their paths."""
    paths = []
    for i, size in enumerate([(40, 40), (64, 48), (33, 90), (50, 50), (20, 20)]):
        path = tmp_path / f"{i}.png"
        Image.fromarray(rng.integers(0, 256, (*size, 3), dtype=np.uint8)).save(path)
        paths.append(str(path))
    return paths


def take(paths, options, count, **position):
    batches = training_batches(paths, options, 2, **position)
    return [[np.array(t) for t in batch] for batch in batches.take(count)]


def test_a_later_start_continues_the_same_stream(pictures):
    options = DataOptions((32, 32), True, BOX)
    whole = take(pictures, options, 6, seed=5)
    rest = take(pictures, options, 3, seed=5, start=3)
    for one, other in zip(whole[3:], rest):
        for mine, theirs in zip(one, other):
            np.testing.assert_array_equal(mine, theirs)
    assert np.any(take(pictures, options, 1, seed=6)[0][1] != whole[0][1])
    # Every picture of a batch has its own mask, and every batch other ones.
    masks = np.concatenate([batch[1] for batch in whole])
    assert len({mask.tobytes() for mask in masks}) == len(masks)


def test_list_is_read_in_order_and_round_again(pictures):
    options = DataOptions((32, 32), False, BOX)
    images = np.concatenate([batch[0] for batch in take(pictures, options, 4)])
    for index, image in enumerate(images):
        rgb = np.float32(Image.open(pictures[index % 5]))
        expected = cv2.resize(rgb[..., ::-1].copy(), (32, 32), interpolation=cv2.INTER_LINEAR)
        np.testing.assert_allclose(image, expected / 127.5 - 1, atol=1e-5)


def test_random_crop_keeps_scale_and_reaches_every_corner():
    image = np.float32(np.arange(12 * 10).reshape(12, 10, 1))
    rng = np.random.default_rng(0)
    corners = {int(fit(image, (8, 8), True, rng)[0, 0, 0]) for _ in range(400)}
    assert corners == {10 * top + left for top in range(5) for left in range(3)}
    crop = fit(image, (8, 8), True, rng)[..., 0]
    assert np.all(np.diff(crop, axis=1) == 1) and np.all(np.diff(crop, axis=0) == 10)


@pytest.mark.parametrize("size", [(4, 100), (100, 4), (7, 7), (31, 33)])
def test_too_small_pictures_are_enlarged(size):
    image = np.ones((*size, 3), np.float32) * 9
    fitted = fit(image, (32, 32), True, np.random.default_rng(0))
    np.testing.assert_allclose(fitted, np.full((32, 32, 3), 9))


def test_guided_reads_sketches(tmp_path):
    Image.fromarray(np.zeros((32, 32, 3), np.uint8)).save(tmp_path / "a.png")
    sketch = np.zeros((32, 32), np.uint8)
    sketch[:16] = 255
    Image.fromarray(sketch).save(tmp_path / "a_edge.jpg")
    options = DataOptions((32, 32), False, BOX, guided=True)
    image, lines = load_example(str(tmp_path / "a.png"), options, np.random.default_rng(0))
    np.testing.assert_array_equal(image, np.full((32, 32, 3), -1))
    np.testing.assert_array_equal(lines[..., 0], sketch / 255)
    batch = take([str(tmp_path / "a.png")], options, 1)[0]
    np.testing.assert_array_equal(batch[2][0], lines)


def test_static_view_is_always_the_same(pictures):
    options = DataOptions((32, 32), True, BOX)
    one, other = static_view(pictures, options, 3), static_view(pictures, options, 3)
    assert len(one) == 2 and len(one[0]) == 3
    np.testing.assert_array_equal(one[0], other[0])
    assert one[1][:, 8:24, 8:24].min() == 1 and one[1].sum() == 3 * 16 * 16


def test_file_list_order_and_missing_files(tmp_path, pictures):
    flist = tmp_path / "a.flist"
    flist.write_text("\n".join(reversed(pictures)) + "\n\n")
    assert picture_paths(flist) == pictures[::-1]
    flist.write_text("\n".join([*pictures, "gone1.png", "gone2.png", "gone3.png", "gone4.png"]))
    with pytest.raises(UserError, match="4 of the 9 files of .*gone1.png, gone2.png, gone3.png;"):
        picture_paths(flist)
    flist.write_text("\n")
    with pytest.raises(UserError, match="is empty"):
        picture_paths(flist)
    with pytest.raises(UserError, match="no file list"):
        picture_paths(tmp_path / "none.flist")


def test_guided_lists_need_their_sketches(tmp_path, pictures):
    (tmp_path / "0_edge.jpg").write_bytes(b"")
    with pytest.raises(UserError, match="4 of the 10 files of .*1_edge.jpg, .*3_edge.jpg"):
        flist = tmp_path / "a.flist"
        flist.write_text("\n".join(pictures))
        picture_paths(flist, guided=True)
    # In a folder, sketches are no pictures.
    assert sorted(picture_paths(tmp_path)) == pictures


def test_folder_is_shuffled_by_seed(tmp_path, pictures):
    (tmp_path / "notes.txt").write_text("no picture")
    found = picture_paths(tmp_path, seed=1)
    assert sorted(found) == pictures
    assert found == picture_paths(tmp_path, seed=1)
    assert any(picture_paths(tmp_path, seed=s) != found for s in range(5))
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="no pictures in"):
        picture_paths(tmp_path / "empty")
