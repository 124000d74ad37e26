"""Checkpoints of the U-Net: its moving means and variances, and what is said of other networks' ones."""

import numpy as np
import pytest
import tensorflow as tf
from support import golden_data

from inpaint.checkpoints import restore
from inpaint.checkpoints.average import write_average
from inpaint.checkpoints.convert import models_of
from inpaint.checkpoints.formats import tf1
from inpaint.checkpoints.manager import RunCheckpoints
from inpaint.discriminators.sn_patchgan import Discriminator
from inpaint.errors import UserError
from inpaint.inference.inpainter import Inpainter
from inpaint.models.generator import Generator
from inpaint.models.make_generator import make_generator
from inpaint.training.recipes.deepfill_v2 import DeepFillV2
from inpaint.training.trainer import Trainer

pytestmark = pytest.mark.slow


def seeded(seed):
    unet = make_generator(network="pconv_unet")
    golden_data.seed_weights(unet, seed, golden_data.UNET_GAIN)
    return unet


def saved(folder, trainer, step):
    checkpoints = RunCheckpoints(folder, trainer, tf.Variable(step, dtype=tf.int64))
    prefix = checkpoints.save()
    checkpoints.close()
    return prefix


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A folder with two checkpoints, of weights seeded with 1 and 2."""
    folder = tmp_path_factory.mktemp("unet") / "run"
    trainer = Trainer(seeded(1), DeepFillV2(Discriminator()))
    saved(folder, trainer, 1)
    golden_data.seed_weights(trainer.generator, 2, golden_data.UNET_GAIN)
    saved(folder, trainer, 2)
    return folder


def test_filling_loads_every_weight(run):
    generator = Inpainter.from_checkpoint(run).generator  # without being told the network
    assert generator.network == "pconv_unet"
    for name, weight in generator.named_weights().items():
        expected = golden_data.seeded_array(name, tuple(weight.shape), 2, golden_data.UNET_GAIN)
        np.testing.assert_array_equal(weight, expected, err_msg=name)


def test_average(run, tmp_path):
    write_average(run, 2, tmp_path, seeded(3))
    found = Inpainter.from_checkpoint(tmp_path).generator.named_weights()
    for name in ("unet/enc_2/moving_variance", "unet/dec_3/kernel"):
        ends = [golden_data.seeded_array(name, tuple(found[name].shape), seed, 1.4) for seed in (1, 2)]
        np.testing.assert_allclose(found[name], (ends[0] + ends[1]) / 2, atol=1e-6)


def test_the_original_has_no_such_network(run):
    with pytest.raises(UserError, match="of network pconv_unet, which the original TF1 code does not have"):
        models_of(run)


def test_the_right_network_is_named(run, tmp_path):
    (tmp_path / "bare").mkdir()
    for path in run.glob("snap-2*"):
        (tmp_path / "bare" / path.name).symlink_to(path)
    with pytest.raises(UserError, match="is one of another network: give --network=pconv_unet$"):
        Inpainter.from_checkpoint(tmp_path / "bare")
    tf1.save(tmp_path / "mean", seeded(1))
    with pytest.raises(UserError, match="is one of another network: give --network=pconv_unet$"):
        restore.load_generator(tmp_path / "mean", Generator())
    tf1.save(tmp_path / "gated", Generator())
    with pytest.raises(UserError, match="is one of another network: give --network=gated$"):
        restore.load_generator(tmp_path / "gated", seeded(1))
