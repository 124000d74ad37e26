"""A loss that somebody adds from outside: an option and a term, without a change to this project."""

import json
import os
import re
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
from support import golden_data
from support.helpers import ROOT, SMALL
from support.own_recipe.contrast import Contrast
from support.own_recipe.options import ContrastOptions

from inpaint.errors import UserError
from inpaint.models.generator import Generator
from inpaint.training.trainer import Trainer


def new_trainer(**options):
    golden_data.seed_weights(generator := Generator(), 1)
    return Trainer(generator, Contrast(None, ContrastOptions(gan="none", **options)))


def test_its_gradient_is_added(rng):
    mask = np.zeros((2, 64, 64, 1), np.float32)
    mask[:, 10:40, 20:50] = 1
    image = tf.constant(rng.uniform(-1, 1, (2, 64, 64, 3)).astype(np.float32))
    batch = {"image": image, "mask": tf.constant(mask)}
    trainer = new_trainer(contrast_alpha=300.0)
    (plain, before), (losses, after) = (each.generator_gradients(batch) for each in (new_trainer(), trainer))
    variables = trainer.generator.trainable_variables
    with tf.GradientTape() as tape:
        completed = trainer.forward(batch).completed
        contrast = tf.abs(tf.math.reduce_std(image) - tf.math.reduce_std(completed))
    assert plain.keys() == losses.keys() == {"g_loss", "ae_loss", "contrast_loss"}
    assert float(losses["contrast_loss"]) == pytest.approx(float(contrast), rel=1e-5)
    assert float(plain["contrast_loss"]) == pytest.approx(float(contrast), rel=1e-5)  # logged only
    assert float(losses["g_loss"] - plain["g_loss"]) == pytest.approx(300 * float(contrast), rel=1e-5)
    for variable, one, other, own in zip(variables, before, after, tape.gradient(contrast, variables)):
        own = 300 * own.numpy()
        np.testing.assert_allclose(other - one, own, atol=1e-4 * np.abs(own).max(), err_msg=variable.name)


def test_its_bounds():
    with pytest.raises(UserError, match="^--contrast_alpha must be at least 0, received -1"):
        ContrastOptions(contrast_alpha=-1.0)


@pytest.fixture
def train(images, tmp_path):
    """Run train with this recipe in a process of its own, as the package that adds it starts it."""
    common = ("train", f"--data_flist={images}", *SMALL, "--batch_size=1", f"--log_dir={tmp_path / 'run'}")

    def run(*flags):
        return subprocess.run(
            [sys.executable, "-m", "support.own_recipe", *common, *flags],
            env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
            capture_output=True,
            text=True,
            timeout=600,
        )

    return run


@pytest.mark.parametrize(
    "flags, message",
    [
        (["--contrast_alpha=1"], "--contrast_alpha is for --recipe=contrast, received --recipe=deepfill_v2"),
        (["--recipe=partial_conv", "--contrast_alpha=1"], "--contrast_alpha is for --recipe=contrast, rec"),
        (["--recipe=contrast", "--contrast_alpha=-1"], "--contrast_alpha must be at least 0, received -1"),
        (["--recipe=contrast", "--contrast_alpha=inf"], "--contrast_alpha must be a finite number"),
    ],
)
def test_where_it_does_not_belong(train, tmp_path, flags, message):
    done = train(*flags)
    assert done.returncode == 1 and done.stderr.startswith(f"error: {message}"), done.stderr
    assert done.stderr.count("\n") == 1 and not (tmp_path / "run").exists()


@pytest.mark.slow
def test_a_run_trains_logs_and_records_it(train, tmp_path):
    flags = ("--recipe=contrast", "--gan=none", "--train_spe=1", "--max_iters=1")
    done = train(*flags, "--contrast_alpha=0.5")
    assert done.returncode == 0, done.stderr
    told = re.search(r"1/1  g_loss (\S+)  ae_loss (\S+)  contrast_loss (\S+)  ", done.stdout)
    g_loss, ae_loss, contrast = map(float, told.groups())
    assert contrast > 0.01 and g_loss == pytest.approx(ae_loss + 0.5 * contrast, abs=2e-4)
    settings = json.loads((tmp_path / "run/settings.json").read_text())
    assert (settings["recipe"], settings["contrast_alpha"]) == ("contrast", 0.5)
    logged = {}
    for file in (tmp_path / "run").glob("events*"):
        for record in tf.data.TFRecordDataset(str(file)):
            for value in tf.compat.v1.Event.FromString(record.numpy()).summary.value:
                logged[value.tag] = value.tensor
    assert tf.make_ndarray(logged["losses/contrast_loss"]) == pytest.approx(contrast, abs=1e-4)
    done = train(*flags)
    assert "changed since this run began: contrast_alpha from 0.5 to 0.0" in done.stdout, done.stderr
