"""DeepFill v1's training against what the original printed."""

import numpy as np
import pytest
import tensorflow as tf
from support import golden_data

from inpaint.discriminators.critics import Critics
from inpaint.models.generator import Generator
from inpaint.options.recipes.deepfill_v1 import DeepFillV1Options
from inpaint.training.recipes.deepfill_v1 import DeepFillV1
from inpaint.training.trainer import Trainer


@pytest.fixture(scope="module")
def golden():
    return golden_data.load("v1_training_64x64")


def seeded_trainer(golden, **options):
    generator, critics = Generator(network="deepfill_v1"), Critics((64, 64), (32, 32))
    for model in (generator, critics):
        golden_data.seed_weights(model, golden["seed"], golden_data.FAMILY_GAIN)
    return Trainer(generator, DeepFillV1(critics, DeepFillV1Options(**options)))


def batch(golden, start, index=...):
    """The batch of the update at an index: one mask and box for all its images, as in the original."""
    images, box, mask = (golden[f"{start}_{name}"] for name in ("images", "boxes", "masks"))
    images, mask = images[index].astype(np.float32) / 127.5 - 1, np.float32(mask[index])[None, ..., None]
    mixing = np.zeros((len(images), 2), np.float32)
    if f"{start}_alpha_local" in golden:
        mixing = np.stack([golden[f"{start}_alpha_{side}"][index] for side in ("local", "global")], axis=-1)
    arrays = {"image": images, "mask": mask, "box": box[index][None, :2], "mixing": mixing}
    return {name: tf.constant(array) for name, array in arrays.items()}


def start_batch(golden):
    renamed = {"start_boxes": golden["start_box"], "start_masks": golden["start_mask"]}
    return batch(golden | renamed, "start")


def described(array):
    array = np.array(array)
    return np.array([np.linalg.norm(array), array.mean(), *array.ravel()[:6]])


def test_losses_and_gradients_at_the_start(golden):
    trainer = seeded_trainer(golden)
    of_critics, d_gradients = trainer.discriminator_gradients(start_batch(golden))
    of_generator, g_gradients = trainer.generator_gradients(start_batch(golden))
    for name, found in {**of_critics, **of_generator}.items():
        if f"start_{name}" in golden:
            assert float(found) == pytest.approx(float(golden[f"start_{name}"]), rel=1e-5), name
    scores = {side: golden[f"start_neg_{side}"] - golden[f"start_pos_{side}"] for side in ("local", "global")}
    for side, expected in scores.items():
        assert float(of_critics[f"d_{side}"]) == pytest.approx(expected.mean(), abs=1e-5)
    assert float(of_critics["gp_loss"]) == pytest.approx(
        10 * (golden["start_penalty_local"] + golden["start_penalty_global"]), rel=1e-5
    )
    for letter, model, gradients in (
        ("d", trainer.discriminator, d_gradients),
        ("g", trainer.generator, g_gradients),
    ):
        names = {id(weight): name for name, weight in model.named_weights().items()}
        assert len(names) == (20 if letter == "d" else 84) == len(gradients)
        for weight, gradient in zip(model.trainable_variables, gradients):
            expected, found = golden[f"{letter}grad:{names[id(weight)]}"], described(gradient)
            assert found[0] == pytest.approx(expected[0], rel=1e-4, abs=1e-6), names[id(weight)]
            np.testing.assert_allclose(found[2:], expected[2:], atol=1e-3 * expected[0] + 1e-6)


def test_training_run(golden):
    trainer = seeded_trainer(golden)
    for i in range(int(golden["steps"])):
        for j in range(int(golden["critic_steps"])):
            d = trainer.discriminator_step(batch(golden, "d", (i, j)))
            assert float(d["d_loss"]) == pytest.approx(golden["d_loss"][i, j], rel=2e-3)
            assert float(d["gp_loss"]) == pytest.approx(golden["gp_loss"][i, j], rel=2e-3)
        g = trainer.generator_step(batch(golden, "g", i))
        for name in ("g_loss", "l1_loss", "ae_loss"):
            assert float(g[name]) == pytest.approx(golden[name][i], rel=2e-3)
    assert int(trainer.optimizer.iterations) == 12
    first_elements = []
    models = trainer.generator, trainer.discriminator
    for name, weight in ((n, w) for model in models for n, w in model.named_weights().items()):
        found, expected = described(weight), golden[f"final:{name}"]
        assert found[0] == pytest.approx(expected[0], rel=5e-4, abs=1e-6), name
        first_elements.append(np.abs(found[2:] - expected[2:]).max())
    # Two separate Adams, or a beta_2 of 0.999, give 5.6e-5.
    assert np.median(first_elements) < 1e-6


@pytest.mark.usefixtures("eagerly")
def test_a_box_for_each_image_and_one_pass_for_both_updates(golden):
    one = start_batch(golden)
    same = {**one, "mask": tf.repeat(one["mask"], 2, axis=0), "box": tf.repeat(one["box"], 2, axis=0)}
    expected = seeded_trainer(golden).discriminator_gradients(one)[0]
    for name, found in seeded_trainer(golden).discriminator_gradients(same)[0].items():
        assert float(found) == pytest.approx(float(expected[name]), rel=1e-5), name
    shared, apart = seeded_trainer(golden), seeded_trainer(golden)
    found = shared.shared_step(same)
    expected = {**apart.discriminator_step(same), **apart.generator_step(same)}
    for name in expected:
        assert float(found[name]) == pytest.approx(float(expected[name]), rel=1e-4), name


def test_what_the_options_weigh(golden):
    one = start_batch(golden)
    plain = seeded_trainer(golden)
    result = plain.forward(one)
    images, mask, top_left = one["image"].numpy(), one["mask"].numpy(), one["box"].numpy()[0]
    errors = [np.abs(images - stage.numpy()) for stage in result.stages]
    box = np.s_[:, top_left[0] : top_left[0] + 32, top_left[1] : top_left[1] + 32]
    undiscounted = 3 * errors[0][box].mean() + errors[1][box].mean()
    options = {"coarse_l1_alpha": 3.0, "discounted_mask": False, "ae_loss_alpha": 0.5}
    options |= {"gan_loss_alpha": 0.0, "l1_loss_alpha": 2.0}
    losses, _ = seeded_trainer(golden, **options).generator_gradients(one)
    known = (3 * (errors[0] * (1 - mask)).mean() + (errors[1] * (1 - mask)).mean()) / (1 - mask).mean()
    assert float(losses["l1_loss"]) == pytest.approx(undiscounted, rel=1e-5)
    assert float(losses["ae_loss"]) == pytest.approx(known, rel=1e-5)
    assert float(losses["g_loss"]) == pytest.approx(2 * undiscounted + 0.5 * known, rel=1e-5)
    without = seeded_trainer(golden, **options, ae_loss=False)
    assert float(without.generator_gradients(one)[0]["g_loss"]) == pytest.approx(2 * undiscounted, rel=1e-5)


@pytest.mark.usefixtures("eagerly")
def test_the_coarse_network_alone(golden):
    generator, options = Generator(network="deepfill_v1"), DeepFillV1Options(pretrain_coarse_network=True)
    trainer = Trainer(generator, DeepFillV1(None, options, patch=(32, 32)))
    assert trainer.discriminator is None and not options.has_discriminator
    before = {name: weight.numpy() for name, weight in trainer.generator.named_weights().items()}
    one = start_batch(golden)
    result = trainer.forward(one)
    (coarse,) = result.stages
    completed = coarse * one["mask"] + result.incomplete * (1 - one["mask"])
    np.testing.assert_array_equal(result.completed, completed)
    assert trainer.generator_step(one).keys() == {"g_loss", "l1_loss", "ae_loss", "g_gradient_norm"}
    for name, weight in trainer.generator.named_weights().items():
        moved = np.any(weight.numpy() != before[name])
        assert moved == name.startswith("inpaint_net/conv"), name


def test_an_empty_hole_gives_finite_gradients(golden):
    one = start_batch(golden)
    empty = {**one, "mask": 0 * one["mask"]}
    _, gradients = seeded_trainer(golden).discriminator_gradients(empty)
    assert all(np.isfinite(gradient).all() for gradient in gradients)
