"""train.py --recipe=deepfill_v1, and what becomes of its checkpoints."""

import json
import re

import numpy as np
import pytest
import tensorflow as tf
from support import golden_data
from support.helpers import SMALL, weights_in

from inpaint.checkpoints import restore
from inpaint.checkpoints.formats import tf1
from inpaint.discriminators.critics import Critics
from inpaint.models.generator import Generator
from inpaint.training.recipes.deepfill_v1 import DeepFillV1
from inpaint.training.trainer import Trainer


@pytest.mark.slow
def test_trains_resumes_and_goes_to_tf1(script, images, tmp_path):
    common = [
        f"--data_flist={images},{images}",
        *SMALL,
        "--batch_size=2",
        "--random_crop",
        "--train_spe=1",
        "--val",
    ]
    common += ["--network=deepfill_v1", "--recipe=deepfill_v1", "--val_psteps=1"]

    def train(log_dir, *more):
        done = script("train.py", *common, f"--log_dir={tmp_path / log_dir}", *more)
        assert done.returncode == 0, done.stderr
        return done.stdout

    said = train("whole", "--max_iters=2")
    assert re.search(
        r"2/2  d_loss \S+  gp_loss \S+  g_loss \S+  l1_loss \S+  ae_loss \S+  gan_loss \S+  \S+ images/s",
        said,
    )
    train("halves", "--max_iters=1")
    said = train("halves", "--max_iters=2")
    assert "changed since this run began" not in said and "snap-1" in said
    whole, halves = weights_in(tmp_path / "whole/snap-2"), weights_in(tmp_path / "halves/snap-2")
    assert whole.keys() == halves.keys() and len(whole) > 310
    for name, value in whole.items():
        np.testing.assert_array_equal(value, halves[name], err_msg=name)
    settings = json.loads((tmp_path / "whole/settings.json").read_text())
    assert (settings["recipe"], settings["gan"]) == ("deepfill_v1", "wgan_gp")
    assert (settings["gan_loss_alpha"], settings["l1_loss_alpha"]) == (0.001, 1.2)
    assert (settings["discriminator_steps"], settings["wgan_gp_lambda"]) == (5, 10.0)

    done = script("to_tf1", f"--checkpoint_dir={tmp_path / 'whole'}", f"--output_dir={tmp_path / 'tf1'}")
    assert done.returncode == 0, done.stderr
    reader = tf.train.load_checkpoint(str(tmp_path / "tf1/snap-2"))
    assert len(reader.get_variable_to_shape_map()) == 316  # as in the original's
    # Five updates of the critics and one of the generator in each iteration.
    assert reader.get_tensor("beta1_power") == np.float32(0.5**13)
    assert reader.get_tensor("beta2_power") == np.float32(0.9**13)
    again, step = new_trainer(Critics((64, 64), (24, 24))), tf.Variable(0, dtype=tf.int64)
    said = restore.restore_training(tmp_path / "tf1", again, step)
    assert said.endswith("tf1/snap-2") and int(step) == 2 and int(again.optimizer.iterations) == 12


def new_trainer(critics):
    return Trainer(Generator(network="deepfill_v1"), DeepFillV1(critics))


def test_continues_from_a_snapshot_of_the_original(tmp_path, rng):
    # As TF 1.15 wrote it in step 2: between the critics' updates and the generator's.
    trainer = new_trainer(Critics((64, 64), (32, 32)))
    tensors = {"lr": np.float32(1e-4), "global_step": np.int32(2)}
    tensors |= {"beta1_power": np.float32(0.5**12), "beta2_power": np.float32(0.9**12)}
    for name in (n[len("final:") :] for n in golden_data.load("v1_training_64x64") if n.startswith("final:")):
        model = trainer.generator if name.startswith("inpaint_net") else trainer.discriminator
        shape = tuple(model.named_weights()[name].shape)
        for suffix in ("", "/Adam", "/Adam_1"):
            tensors[name + suffix] = rng.random(shape).astype(np.float32)
    tf.raw_ops.SaveV2(
        prefix=str(tmp_path / "snap-2"),
        tensor_names=list(tensors),
        shape_and_slices=[""] * len(tensors),
        tensors=list(tensors.values()),
    )
    assert len(tensors) == 316
    step = tf.Variable(0, dtype=tf.int64)
    said = restore.restore_training(tmp_path / "snap-2", trainer, step)
    assert "not in it" not in said and int(step) == 2 and int(trainer.optimizer.iterations) == 11
    written = tf1.save(tmp_path / "again", trainer.generator, trainer.discriminator, trainer.optimizer, 2)
    reader = tf.train.load_checkpoint(written)
    for name, value in tensors.items():
        np.testing.assert_allclose(reader.get_tensor(name), value, rtol=1e-6, err_msg=name)


@pytest.mark.parametrize(
    "flags, message",
    [
        (["--gan=wgan_gp", "--guided"], "--guided is not for --recipe=deepfill_v1, whose critics see no"),
        (
            ["--gan=wgan_gp", "--gan_with_mask"],
            "--gan_with_mask is for --recipe=deepfill_v2, received --recipe=deepfill_v1",
        ),
        (["--recipe=deepfill_v1", "--known_weight=0.5"], "--known_weight is for --recipe=deepfill_v2, rec"),
        (["--recipe=deepfill_v1", "--split_frequencies"], "--split_frequencies is for --recipe=deepfill_v2"),
        (["--recipe=deepfill_v1", "--mask_flist=masks"], "--mask_flist is not for --recipe=deepfill_v1"),
        (["--recipe=deepfill_v1", "--gan=sngan"], "--gan must be wgan_gp, received sngan"),
        (["--recipe=deepfill_v2", "--gan=wgan_gp"], "--gan must be sngan or projected or none, received"),
        (
            ["--coarse_l1_alpha=2"],
            "--coarse_l1_alpha is for --recipe=deepfill_v1, received --recipe=deepfill_v2",
        ),
        (["--pretrain_coarse_network"], "--pretrain_coarse_network is for --recipe=deepfill_v1"),
        (
            ["--gan=wgan_gp", "--nodiscounted_mask", "--spatial_discounting_gamma=0.8"],
            "--spatial_discounting_gamma needs --discounted_mask, without which it has no effect",
        ),
        (
            ["--gan=wgan_gp", "--pretrain_coarse_network", "--discriminator_warmup=2"],
            "--discriminator_warmup needs a discriminator: leave it out",
        ),
    ],
)
def test_flags_that_contradict_the_kind_of_training(in_process, images, tmp_path, flags, message):
    done = in_process("train", f"--data_flist={images}", *SMALL, f"--log_dir={tmp_path / 'run'}", *flags)
    assert done.returncode == 1 and done.stderr.startswith(f"error: {message}"), done.stderr
    assert done.stderr.count("\n") == 1 and not (tmp_path / "run").exists()
