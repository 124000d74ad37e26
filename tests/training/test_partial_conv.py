"""The partial convolution paper's recipe, and batch normalisation in every recipe."""

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
from inpaint.options.recipes.deepfill_v1 import DeepFillV1Options
from inpaint.options.recipes.deepfill_v2 import DeepFillV2Options
from inpaint.options.recipes.partial_conv import PartialConvOptions
from inpaint.training.recipes.deepfill_v1 import DeepFillV1
from inpaint.training.recipes.deepfill_v2 import DeepFillV2
from inpaint.training.recipes.partial_conv import PartialConv
from inpaint.training.trainer import Trainer

SIDE = 64


def unet(seed=3061):
    model = PConvUNet(levels=6)
    golden_data.seed_weights(model, seed, golden_data.UNET_GAIN)
    return model


@pytest.fixture
def batch(rng):
    mask = np.zeros((2, SIDE, SIDE, 1), np.float32)
    mask[0, 10:30, 20:40] = mask[1, 30:60, 5:20] = 1
    image = rng.uniform(-1, 1, (2, SIDE, SIDE, 3))
    return {"image": tf.constant(image, tf.float32), "mask": tf.constant(mask)}


def halves(images):
    """Features of two kinds."""
    return [images[:, ::2, ::2], tf.nn.relu(images[:, ::4, ::4] * 3)]


def test_the_sum_of_the_losses(batch):
    images, masks = batch["image"], batch["mask"]
    weights = {"valid": 2.0, "hole": 3.0, "tv": 0.5, "perceptual": 0.7, "style": 11.0}
    options = PartialConvOptions(**{f"{name}_loss_alpha": weight for name, weight in weights.items()})
    trainer = Trainer(unet(), PartialConv(options, vgg=halves))
    losses, gradients = trainer.generator_gradients(batch)

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
    options = PartialConvOptions()
    assert (options.valid_loss_alpha, options.hole_loss_alpha, options.tv_loss_alpha) == (1, 6, 0.1)
    assert (options.perceptual_loss_alpha, options.style_loss_alpha) == (0.05, 120)


def test_both_stages_of_a_two_stage_generator_count(batch):
    images, masks = batch["image"], batch["mask"]
    generator = Generator(network="partial")
    golden_data.seed_weights(generator, 5, golden_data.FAMILY_GAIN)
    losses, gradients = Trainer(generator, PartialConv()).generator_gradients(batch)
    coarse, refined = generator.forward(images * (1 - masks), masks).stages
    expected = [hole_and_valid(images, x, masks) for x in (coarse, refined)]
    assert float(losses["hole_loss"]) == pytest.approx(float(expected[0][0] + expected[1][0]), rel=1e-5)
    assert float(losses["valid_loss"]) == pytest.approx(float(expected[0][1] + expected[1][1]), rel=1e-5)
    assert not any(gradient is None for gradient in gradients)


def moved(trainer, step, batch):
    """Names of the moving values that an update changes, without the first part."""
    before = {name: w.numpy() for name, w in trainer.generator.named_weights().items() if "moving" in name}
    losses = step(batch)
    assert all(np.isfinite(value) for value in losses.values())
    after = trainer.generator.named_weights()
    return {name for name, value in before.items() if np.any(after[name].numpy() != value)}


@pytest.mark.slow
def test_every_recipe_trains_with_batch_statistics(batch):
    batch = {**batch, "box": tf.zeros([1, 2], tf.int32), "mixing": tf.fill([2, 2], 0.5)}
    count = 2 * (2 * 6 - 2)  # means and variances of all layers but the first and the last
    trainer = Trainer(unet(), DeepFillV2(Discriminator()))
    assert len(moved(trainer, trainer.generator_step, batch)) == count
    assert len(moved(trainer, trainer.discriminator_step, batch)) == count
    trainer = Trainer(unet(), DeepFillV1(Critics((SIDE, SIDE), (32, 32))))
    assert len(moved(trainer, trainer.generator_step, batch)) == count
    trainer = Trainer(unet(), PartialConv())
    assert len(moved(trainer, trainer.generator_step, batch)) == count
    assert not moved(trainer, lambda x: {"filled": tf.reduce_sum(trainer.fill(x))}, batch)


def test_one_stage_is_compared_once(batch):
    images, masks = batch["image"], batch["mask"]
    recipe = DeepFillV2(options=DeepFillV2Options(gan="none"))
    losses, _ = Trainer(unet(), recipe).generator_gradients(batch)
    refined = unet().forward(images * (1 - masks), masks, training=True).refined
    assert float(losses["ae_loss"]) == pytest.approx(float(tf.reduce_mean(abs(images - refined))), rel=1e-5)
    with pytest.raises(ValueError, match="network pconv_unet has no coarse network to pretrain"):
        Trainer(unet(), DeepFillV1(None, DeepFillV1Options(pretrain_coarse_network=True), (32, 32)))


def test_frozen_encoder_norm(batch):
    (generator := unet()).encoder_norm_frozen = True
    trainer = Trainer(generator, PartialConv())
    names = moved(trainer, trainer.generator_step, batch)
    assert {name.split("/")[1][:3] for name in names} == {"dec"} and len(names) == 10


def test_what_fills_is_within_the_range_of_images(batch):
    trainer = Trainer(unet(), PartialConv())
    assert np.abs(trainer.forward(batch).completed).max() > 1
    assert np.abs(trainer.fill(batch)).max() == 1


@pytest.mark.usefixtures("eagerly")
def test_the_mean_takes_moving_values_along(batch):
    trainer = Trainer(unet(), PartialConv(), ema=0.75)
    start = trainer.generator.named_weights()["unet/enc_2/moving_mean"].numpy()
    trainer.generator_step(batch)
    now = trainer.generator.named_weights()["unet/enc_2/moving_mean"].numpy()
    mean = trainer.mean.model.named_weights()["unet/enc_2/moving_mean"].numpy()
    assert np.abs(now - start).max() > 1e-3
    np.testing.assert_allclose(mean, 0.75 * start + 0.25 * now, atol=1e-6)


@pytest.mark.slow
def test_goes_on_bit_by_bit(batch, tmp_path):
    def weights(trainer):
        return {name: weight.numpy() for name, weight in trainer.generator.named_weights().items()}

    step, first = tf.Variable(0, dtype=tf.int64), Trainer(unet(), PartialConv(), ema=0.9)
    first.generator_step(batch)
    checkpoints = RunCheckpoints(tmp_path, first, step)
    checkpoints.save()
    checkpoints.close()
    second = Trainer(unet(seed=4), PartialConv(), ema=0.9)
    said = restore.restore_training(tmp_path, second, step)
    assert "not in it" not in said
    for trainer in (first, second):
        trainer.generator_step(batch)
    for name, value in weights(first).items():
        np.testing.assert_array_equal(weights(second)[name], value, err_msg=name)
    assert int(second.optimizer.iterations) == 2


@pytest.mark.slow
def test_from_and_to_a_run_with_a_discriminator(tmp_path):
    step = tf.Variable(3, dtype=tf.int64)
    for folder, recipes, missing in (
        ("a", (DeepFillV2(Discriminator()), PartialConv()), ""),
        ("b", (PartialConv(), DeepFillV2(Discriminator())), "this kind of discriminator"),
    ):
        before, after = (Trainer(unet(seed), recipe) for seed, recipe in enumerate(recipes, start=1))
        checkpoints = RunCheckpoints(tmp_path / folder, before, step)
        checkpoints.save()
        checkpoints.close()
        said = restore.restore_training(tmp_path / folder, after, step)
        assert said.partition("not in it: ")[2] == missing
        for one, other in zip(before.generator.get_weights(), after.generator.get_weights()):
            np.testing.assert_array_equal(one, other)
