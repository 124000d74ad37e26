"""The partial convolution paper's training, and batch normalisation in every training."""

import numpy as np
import pytest
import tensorflow as tf
from support import golden_data

from inpaint.checkpoints import restore
from inpaint.checkpoints.manager import RunCheckpoints
from inpaint.discriminators.critics import Critics
from inpaint.discriminators.sn_patchgan import Discriminator
from inpaint.losses.partial import hole_and_valid, perceptual, style, total_variation
from inpaint.models.generator import Generator
from inpaint.models.unet import PConvUNet
from inpaint.training.pconv_trainer import PConvOptions, PConvTrainer
from inpaint.training.trainer import Trainer
from inpaint.training.wgan_trainer import WganOptions, WganTrainer

SIDE = 64


def unet(seed=3061):
    model = PConvUNet(levels=6)
    golden_data.seed_weights(model, seed, golden_data.UNET_GAIN)
    return model


@pytest.fixture
def batch(rng):
    mask = np.zeros((2, SIDE, SIDE, 1), np.float32)
    mask[0, 10:30, 20:40] = mask[1, 30:60, 5:20] = 1
    return tf.constant(rng.uniform(-1, 1, (2, SIDE, SIDE, 3)), tf.float32), tf.constant(mask)


def halves(images):
    """Features of two kinds."""
    return [images[:, ::2, ::2], tf.nn.relu(images[:, ::4, ::4] * 3)]


def test_the_sum_of_the_losses(batch):
    images, masks = batch
    weights = {"valid": 2.0, "hole": 3.0, "tv": 0.5, "perceptual": 0.7, "style": 11.0}
    options = PConvOptions(**{f"{name}_loss_alpha": weight for name, weight in weights.items()})
    trainer = PConvTrainer(unet(), options, vgg=halves)
    losses, gradients = trainer.generator_gradients(images, masks)

    twin = unet()
    with tf.GradientTape() as tape:
        output = twin.forward(images * (1 - masks), masks, training=True).refined
        completed = masks * output + (1 - masks) * images
        hole, valid = hole_and_valid(images, output, masks)
        real = halves(images)
        found = {"valid": valid, "hole": hole, "tv": total_variation(completed, masks)}
        found["perceptual"] = sum(perceptual(halves(x), real) for x in (output, completed))
        found["style"] = sum(style(halves(x), real) for x in (output, completed))
        total = sum(weights[name] * loss for name, loss in found.items())
    for name, loss in found.items():
        assert float(losses[f"{name}_loss"]) == pytest.approx(float(loss), rel=1e-5), name
    assert float(losses["g_loss"]) == pytest.approx(float(total), rel=1e-5)
    expected = tape.gradient(total, twin.trainable_variables)
    for one, other in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4 * max(1e-3, np.abs(other).max()))


def test_the_papers_weights():
    options = PConvOptions()
    assert (options.valid_loss_alpha, options.hole_loss_alpha, options.tv_loss_alpha) == (1, 6, 0.1)
    assert (options.perceptual_loss_alpha, options.style_loss_alpha) == (0.05, 120)


def test_both_stages_of_a_two_stage_generator_count(batch):
    images, masks = batch
    generator = Generator(network="partial")
    golden_data.seed_weights(generator, 5, golden_data.FAMILY_GAIN)
    losses, gradients = PConvTrainer(generator).generator_gradients(images, masks)
    coarse, refined = generator.forward(images * (1 - masks), masks).stages
    expected = [hole_and_valid(images, x, masks) for x in (coarse, refined)]
    assert float(losses["hole_loss"]) == pytest.approx(float(expected[0][0] + expected[1][0]), rel=1e-5)
    assert float(losses["valid_loss"]) == pytest.approx(float(expected[0][1] + expected[1][1]), rel=1e-5)
    assert not any(gradient is None for gradient in gradients)


def moved(trainer, step, *inputs):
    """Names of the moving values that an update changes, without the first part."""
    before = {name: w.numpy() for name, w in trainer.generator.named_weights().items() if "moving" in name}
    losses = step(*inputs)
    assert all(np.isfinite(value) for value in losses.values())
    after = trainer.generator.named_weights()
    return {name for name, value in before.items() if np.any(after[name].numpy() != value)}


@pytest.mark.slow
def test_every_trainer_trains_with_batch_statistics(batch):
    images, masks = batch
    corners, mixing = tf.zeros([1, 2], tf.int32), tf.fill([2, 2], 0.5)
    count = 2 * (2 * 6 - 2)  # means and variances of all layers but the first and the last
    trainer = Trainer(unet(), Discriminator())
    assert len(moved(trainer, trainer.generator_step, images, masks)) == count
    assert len(moved(trainer, trainer.discriminator_step, images, masks)) == count
    trainer = WganTrainer(unet(), Critics((SIDE, SIDE), (32, 32)))
    assert len(moved(trainer, trainer.generator_step, images, masks, corners, mixing)) == count
    trainer = PConvTrainer(unet())
    assert len(moved(trainer, trainer.generator_step, images, masks)) == count
    assert not moved(trainer, lambda *x: {"filled": tf.reduce_sum(trainer.fill(*x))}, images, masks)


def test_one_stage_is_compared_once(batch):
    images, masks = batch
    losses, _ = Trainer(unet(), Discriminator(), gan=False).generator_gradients(images, masks)
    refined = unet().forward(images * (1 - masks), masks, training=True).refined
    assert float(losses["ae_loss"]) == pytest.approx(float(tf.reduce_mean(abs(images - refined))), rel=1e-5)
    # All of the gradient at the result is that of the reconstruction.
    assert float(losses["g_gradient"]) < 1e-3 * float(losses["ae_gradient"])
    with pytest.raises(ValueError, match="network pconv_unet has no coarse network to pretrain"):
        WganTrainer(unet(), Critics((64, 64), (32, 32)), WganOptions(pretrain_coarse_network=True))


def test_frozen_encoder_norm(batch):
    trainer = PConvTrainer(unet(), freeze_encoder_norm=True)
    names = moved(trainer, trainer.generator_step, *batch)
    assert {name.split("/")[1][:3] for name in names} == {"dec"} and len(names) == 10
    with pytest.raises(ValueError, match="freeze_encoder_norm is for network pconv_unet, received gated"):
        PConvTrainer(Generator(), freeze_encoder_norm=True)


def test_what_fills_is_within_the_range_of_images(batch):
    trainer = PConvTrainer(unet())
    assert np.abs(trainer.forward(*batch)["completed"]).max() > 1
    assert np.abs(trainer.fill(*batch)).max() == 1


def test_the_mean_takes_moving_values_along(batch):
    trainer = PConvTrainer(unet(), ema=0.75)
    start = trainer.generator.named_weights()["unet/enc_2/moving_mean"].numpy()
    trainer.generator_step(*batch)
    now = trainer.generator.named_weights()["unet/enc_2/moving_mean"].numpy()
    mean = trainer.mean.model.named_weights()["unet/enc_2/moving_mean"].numpy()
    assert np.abs(now - start).max() > 1e-3
    np.testing.assert_allclose(mean, 0.75 * start + 0.25 * now, atol=1e-6)


@pytest.mark.slow
def test_goes_on_bit_by_bit(batch, tmp_path):
    def weights(trainer):
        return {name: weight.numpy() for name, weight in trainer.generator.named_weights().items()}

    step, first = tf.Variable(0, dtype=tf.int64), PConvTrainer(unet(), ema=0.9)
    first.generator_step(*batch)
    checkpoints = RunCheckpoints(tmp_path, first, step)
    checkpoints.save()
    checkpoints.close()
    second = PConvTrainer(unet(seed=4), ema=0.9)
    said = restore.restore_training(tmp_path, second, step)
    assert "not in it" not in said
    for trainer in (first, second):
        trainer.generator_step(*batch)
    for name, value in weights(first).items():
        np.testing.assert_array_equal(weights(second)[name], value, err_msg=name)
    assert int(second.optimizer.iterations) == 2


@pytest.mark.slow
def test_from_and_to_a_run_with_a_discriminator(tmp_path):
    step = tf.Variable(3, dtype=tf.int64)
    for folder, before, after, missing in (
        ("a", Trainer(unet(1), Discriminator()), PConvTrainer(unet(2)), ""),
        ("b", PConvTrainer(unet(1)), Trainer(unet(2), Discriminator()), "this kind of discriminator"),
    ):
        checkpoints = RunCheckpoints(tmp_path / folder, before, step)
        checkpoints.save()
        checkpoints.close()
        said = restore.restore_training(tmp_path / folder, after, step)
        assert said.partition("not in it: ")[2] == missing
        for one, other in zip(before.generator.get_weights(), after.generator.get_weights()):
            np.testing.assert_array_equal(one, other)
