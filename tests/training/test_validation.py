import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from inpaint.errors import UserError
from inpaint.evaluation.metrics import image_metrics
from inpaint.models.preprocessing import from_network
from inpaint.options.examples import BoxOptions, ExampleOptions
from inpaint.training.reports.validation import Validation

DATA = ExampleOptions((64, 64), True, BoxOptions(16, 16, 4, 4))


def test_metrics_by_hand():
    real = np.zeros((2, 16, 16, 3), np.float32)
    filled = real.copy()
    filled[0, :8] = 0.5  # half of it is off by a half
    found = image_metrics(tf.constant(real), tf.constant(filled))
    np.testing.assert_allclose(found["l1"], [25, 0], atol=1e-5)
    assert float(found["psnr"][0]) == pytest.approx(-10 * np.log10(0.125), abs=1e-3)
    assert float(found["ssim"][1]) == 1 and float(found["ssim"][0]) < 0.9


class Painter:
    """In the place of a trainer: fills with one level."""

    def __init__(self, level):
        self.level = level

    def fill(self, batch):
        return batch["image"] * (1 - batch["mask"]) + self.level * batch["mask"]


def test_validation_measures_all_images_at_any_batch_size(five_images):
    validation = Validation(five_images, DATA, 2, batch_size=3)
    found = validation.metrics(Painter(0.5))
    images = np.concatenate([batch["image"] for batch in validation.batches()])
    assert images.shape == (5, 64, 64, 3)
    hole = images[:, 24:40, 24:40]
    assert found["l1"] == pytest.approx(100 * np.abs(hole - 0.5).sum() / 2 / images.size, rel=1e-5)
    other = Validation(five_images, DATA, 2, batch_size=5).metrics(Painter(0.5))
    assert other == pytest.approx(found, rel=1e-5) and other.keys() == {"l1", "psnr", "ssim"}


def test_view_is_always_the_same(five_images):
    one, other = (Validation(five_images, DATA, 3, batch_size=2).static_view for _ in range(2))
    assert one.keys() == {"image", "mask"} and len(one["image"]) == 3
    np.testing.assert_array_equal(from_network(one["image"]), from_network(other["image"]))
    masks = one["mask"].numpy()
    assert masks[:, 24:40, 24:40].min() == 1 and masks.sum() == 3 * 16 * 16


def test_unreadable_files_are_left_out_and_told(five_images):
    good = [five_images[i] for i in (0, 2, 3)]
    for i in (1, 4):
        open(five_images[i], "wb").close()
    told = []
    # Crops are by place in the list, so whole images are compared.
    whole = dataclasses.replace(DATA, random_crop=False)
    found = Validation(five_images, whole, 2, 2, told.append).metrics(Painter(0.5))
    assert found == pytest.approx(Validation(good, whole, 2, 2).metrics(Painter(0.5)))
    assert len(told) == 2 and "skipped one of the validation images (1 so far): " in told[0]
    validation = Validation(good, whole, 2, 2, told.append)
    for path in good:
        open(path, "wb").close()
    with pytest.raises(UserError, match="^none of the validation images can be read any more$"):
        validation.metrics(Painter(0.5))
    with pytest.raises(UserError, match="none of the first 2 validation images can be read"):
        _ = Validation(five_images, whole, 2, 2, told.append).static_view
