"""Losses that move a part of the fill only, by NumPy twins."""

import numpy as np
import pytest
import tensorflow as tf
from support import golden_data

from inpaint.discriminators.sn_patchgan import Discriminator
from inpaint.losses.deepfill import generator_hinge, reconstruction
from inpaint.losses.frequencies import highpass, lowpass
from inpaint.models.generator import Generator
from inpaint.options.recipes.deepfill_v2 import DeepFillV2Options
from inpaint.training.recipes.deepfill_v2 import DeepFillV2
from inpaint.training.trainer import Trainer


def local_mean(x, hole, sigma):
    """The mean of [H, W] over the hole, weighted by exp(-d^2 / 2 sigma^2) up to 3 sigma away in y and x."""
    rows, columns = np.nonzero(hole)
    mean = np.zeros_like(x)
    for y, x_ in zip(rows, columns):
        dy, dx = np.abs(rows - y), np.abs(columns - x_)
        weights = np.exp(-(dy**2 + dx**2) / (2 * sigma**2)) * (np.maximum(dy, dx) <= np.ceil(3 * sigma))
        mean[y, x_] = (weights * x[rows, columns]).sum() / weights.sum()
    return mean


@pytest.fixture
def holes():
    holes = np.zeros((2, 24, 20, 1), np.float32)
    holes[0, 3:14, 5:9] = holes[0, 20:, :6] = holes[1, :, 10:] = 1
    return holes


@pytest.mark.parametrize("sigma", [1.3, 4.0])
def test_filters(rng, holes, sigma):
    x = rng.normal(size=(2, 24, 20, 3)).astype(np.float32)
    gray = x.mean(axis=-1)
    means = [local_mean(gray[i], holes[i, ..., 0], sigma) for i in range(2)]
    fine = np.where(holes > 0, (gray - means)[..., None], 0).repeat(3, axis=-1)
    np.testing.assert_allclose(highpass(x, holes, sigma), fine, atol=2e-5)
    np.testing.assert_allclose(lowpass(x, holes, sigma), x - fine, atol=2e-5)
    one = lowpass(x, holes[:1], sigma)  # one mask for the batch
    np.testing.assert_array_equal(one[:1], lowpass(x[:1], holes[:1], sigma))
    np.testing.assert_array_equal(one[1:], lowpass(x[1:], holes[:1], sigma))


def test_each_loss_moves_its_part(rng):
    masks = np.zeros((1, 64, 64, 1), np.float32)
    masks[:, 10:40, 20:50] = 1
    images = tf.constant(rng.uniform(-1, 1, (1, 64, 64, 3)).astype(np.float32))
    batch = {"image": images, "mask": tf.constant(masks)}

    def new_trainer(**options):
        models = Generator(), Discriminator()
        for model in models:
            golden_data.seed_weights(model, 1)
        options = DeepFillV2Options(gan_loss_alpha=3.0, known_weight=0.5, **options)
        return Trainer(models[0], DeepFillV2(models[1], options))

    twin = new_trainer()
    variables = twin.generator.trainable_variables
    with tf.GradientTape(persistent=True) as tape:
        coarse, refined = twin.forward(batch, training=True).stages
        completed = refined * masks + images * (1 - masks)
        (fake,), shares, _ = twin.discriminator.score([completed], masks)
        adversarial = 3.0 * generator_hinge(fake, shares)
        ae_loss = reconstruction(images, refined, weights=masks + 0.5 * (1 - masks))
        with tape.stop_recording():
            fine = highpass(tape.gradient(adversarial, refined), masks, 6.0)
            whole = tape.gradient(ae_loss, refined)
            pushes = fine + lowpass(whole, masks, 2.0)
        of_coarse = reconstruction(images, coarse, weights=masks + 0.5 * (1 - masks))
        loss = of_coarse + tf.reduce_sum(refined * pushes)
    expected = tape.gradient(loss, variables)

    losses, gradients = new_trainer(split_frequencies=True).generator_gradients(batch)
    for variable, one, other in zip(variables, gradients, expected):
        scale = np.abs(other).max()
        np.testing.assert_allclose(one, other, atol=1e-4 * scale, err_msg=variable.name)
    np.testing.assert_allclose(losses["g_gradient"], np.abs(fine).mean(), rtol=1e-3)
    np.testing.assert_allclose(losses["ae_gradient"], np.abs(whole).mean(), rtol=1e-5)
