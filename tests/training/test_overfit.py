"""Whether the whole of it learns: the loss of one batch, seen again and again, must fall far."""

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from support.helpers import ROOT

from inpaint.checkpoints.restore import load_generator
from inpaint.models.generator import Generator
from inpaint.models.optimizer import make_optimizer
from inpaint.models.preprocessing import to_network
from inpaint.options.recipes.deepfill_v2 import DeepFillV2Options
from inpaint.training.recipes.deepfill_v2 import DeepFillV2
from inpaint.training.trainer import Trainer


@pytest.mark.slow
def test_one_batch_is_learned_by_heart():
    with Image.open(ROOT / "inpaint/examples/photographs/chelsea.png") as image:
        rgb = np.asarray(image.convert("RGB").resize((128, 64)))
    images = to_network(np.stack([rgb[:, :64], rgb[:, 64:]]))  # [2, 64, 64, 3]
    masks = np.zeros((2, 64, 64, 1), np.float32)
    masks[:, 20:44, 16:40] = 1
    batch = {"image": images, "mask": tf.constant(masks)}
    load_generator(None, generator := Generator())
    recipe = DeepFillV2(options=DeepFillV2Options(gan="none"))
    trainer = Trainer(generator, recipe, make_optimizer(2e-4))
    before = _error_in_holes(trainer, batch)
    losses = [float(trainer.generator_step(batch)["ae_loss"]) for _ in range(100)]
    assert losses[-1] < 0.65 * losses[0]
    assert _error_in_holes(trainer, batch) < 0.5 * before


def _error_in_holes(trainer, batch):
    error = tf.abs(trainer.fill(batch) - batch["image"]) * batch["mask"]
    return float(tf.reduce_sum(error) / (3 * tf.reduce_sum(batch["mask"])))
