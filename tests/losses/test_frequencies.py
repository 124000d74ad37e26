"""Losses that move a part of the fill only, by NumPy twins."""

import numpy as np
import pytest
import tensorflow as tf
from support import golden_data

from inpaint.discriminators.sn_patchgan import Discriminator
from inpaint.losses.deepfill import generator_hinge, reconstruction
from inpaint.losses.frequencies import highpass, lowpass, with_filtered_gradient
from inpaint.models.generator import Generator
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


@pytest.mark.parametrize("change", [highpass, lowpass])
def test_only_the_gradient_is_filtered(rng, holes, change):
    x, g = (tf.constant(rng.normal(size=(2, 24, 20, 3)).astype(np.float32)) for _ in range(2))

    @tf.function
    def gradient():
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = with_filtered_gradient(x, change, holes, 2.0)
            loss = tf.reduce_sum(y * g)
        return y, tape.gradient(loss, x)

    same, found = gradient()
    np.testing.assert_array_equal(same, x)
    np.testing.assert_allclose(found, change(g, holes, 2.0), atol=1e-6)


def test_each_loss_moves_its_part(rng):
    masks = np.zeros((1, 64, 64, 1), np.float32)
    masks[:, 10:40, 20:50] = 1
    images = tf.constant(rng.uniform(-1, 1, (1, 64, 64, 3)).astype(np.float32))

    def new_trainer(**options):
        models = Generator(), Discriminator()
        for model in models:
            golden_data.seed_weights(model, 1)
        return Trainer(*models, gan_loss_alpha=3.0, known_weight=0.5, **options)

    twin = new_trainer()
    variables = twin.generator.trainable_variables
    with tf.GradientTape(persistent=True) as tape:
        result = twin.forward(images, masks, training=True)
        coarse, refined = result["coarse"], result["refined"]
        (fake,), shares, _ = twin.discriminator.judge([result["completed"]], masks)
        adversarial = 3.0 * generator_hinge(fake, shares)
        ae_loss = reconstruction(images, refined, weights=masks + 0.5 * (1 - masks))
        with tape.stop_recording():
            fine = highpass(tape.gradient(adversarial, refined), masks, 5.0)
            whole = tape.gradient(ae_loss, refined)
            pushes = fine + lowpass(whole, masks, 2.0)
        of_coarse = reconstruction(images, coarse, weights=masks + 0.5 * (1 - masks))
        loss = of_coarse + tf.reduce_sum(refined * pushes)
    expected = tape.gradient(loss, variables)

    losses, gradients = new_trainer(gan_highpass=5.0, l1_lowpass=2.0).generator_gradients(images, masks)
    for variable, one, other in zip(variables, gradients, expected):
        scale = np.abs(other).max()
        np.testing.assert_allclose(one, other, atol=1e-4 * scale, err_msg=variable.name)
    np.testing.assert_allclose(losses["g_gradient"], np.abs(fine).mean(), rtol=1e-3)
    np.testing.assert_allclose(losses["ae_gradient"], np.abs(whole).mean(), rtol=1e-5)
