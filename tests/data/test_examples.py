import os

import numpy as np
import pytest
from PIL import Image

from inpaint.data.examples import fit, load_example, load_mask
from inpaint.errors import UserError
from inpaint.lists.file_lists import image_paths
from inpaint.options.examples import BoxOptions, ExampleOptions

BOX = BoxOptions(16, 16, 4, 4)


def test_random_crop_keeps_scale_and_reaches_every_corner():
    image = np.arange(12 * 10, dtype=np.float32).reshape(12, 10)
    rng = np.random.default_rng(0)
    corners = {int(fit([image], (8, 8), True, rng)[0, 0, 0]) for _ in range(400)}
    assert corners == {10 * top + left for top in range(5) for left in range(3)}
    crop = fit([image], (8, 8), True, rng)[..., 0]
    assert np.all(np.diff(crop, axis=1) == 1) and np.all(np.diff(crop, axis=0) == 10)


@pytest.mark.parametrize("size", [(4, 100), (100, 4), (7, 7), (31, 33)])
def test_too_small_images_are_enlarged(size):
    channels = [np.full(size, 9, np.uint8)] * 3
    fitted = fit(channels, (32, 32), True, np.random.default_rng(0))
    np.testing.assert_allclose(fitted, np.full((32, 32, 3), 9))


def test_guided_reads_sketches(guided_image):
    path, sketch = guided_image
    options = ExampleOptions((32, 32), False, BOX, guided=True)
    image, lines = load_example(path, options, np.random.default_rng(0))
    np.testing.assert_array_equal(image, np.full((32, 32, 3), -1))
    np.testing.assert_array_equal(lines[..., 0], sketch / 255)


def test_own_masks_are_resized_and_stay_hard(tmp_path):
    mask = np.zeros((10, 20), np.uint8)
    mask[:, :5] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")
    expected = np.zeros((32, 32), np.uint8)
    expected[:, :8] = 1
    np.testing.assert_array_equal(load_mask(tmp_path / "mask.png", (32, 32)), expected)
    Image.fromarray(mask * 0).save(tmp_path / "mask.png")
    with pytest.raises(UserError, match="mask.png has no hole"):
        load_mask(tmp_path / "mask.png", (32, 32))


def test_file_list_order_and_missing_files(tmp_path, five_images):
    flist = tmp_path / "a.flist"
    flist.write_text("\n".join(reversed(five_images)) + "\n\n")
    assert image_paths(flist) == five_images[::-1]
    flist.write_text("\n".join([*five_images, "gone1.png", "gone2.png", "gone3.png", "gone4.png"]))
    with pytest.raises(UserError, match="4 of the 9 files of .*gone1.png, gone2.png, gone3.png;"):
        image_paths(flist)
    flist.write_text("\n")
    with pytest.raises(UserError, match="is empty"):
        image_paths(flist)
    with pytest.raises(UserError, match="no folder or file list"):
        image_paths(tmp_path / "none.flist")


def test_guided_lists_need_their_sketches(tmp_path, five_images):
    (tmp_path / "0_edge.jpg").write_bytes(b"")
    with pytest.raises(UserError, match="4 of the 10 files of .*1_edge.jpg, .*3_edge.jpg"):
        flist = tmp_path / "a.flist"
        flist.write_text("\n".join(five_images))
        image_paths(flist, guided=True)
    # In a folder, sketches are no images.
    assert sorted(image_paths(tmp_path)) == five_images


def test_folder_is_shuffled_by_seed(tmp_path, five_images):
    (tmp_path / "notes.txt").write_text("no image")
    found = image_paths(tmp_path, seed=1)
    assert sorted(found) == five_images
    assert found == image_paths(tmp_path, seed=1)
    assert any(image_paths(tmp_path, seed=s) != found for s in range(5))
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="no images in"):
        image_paths(tmp_path / "empty")


def test_a_folder_that_cannot_be_read_is_told(five_images, tmp_path, monkeypatch):
    (tmp_path / "closed").mkdir()
    real = os.scandir

    def scandir(path):
        if str(path).endswith("closed"):  # permissions do not bind root, who may run this
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(UserError, match="cannot read .*: Permission denied"):
        image_paths(tmp_path)
