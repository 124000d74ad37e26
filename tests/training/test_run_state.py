"""What the options of adversarial training add to a checkpoint, and checkpoints that lack it."""

import numpy as np
import pytest
import tensorflow as tf
from support import golden_data

from inpaint.checkpoints import native, restore
from inpaint.checkpoints.average import write_average
from inpaint.checkpoints.formats import tf1
from inpaint.discriminators.sn_patchgan import Discriminator
from inpaint.models.generator import Generator
from inpaint.models.optimizer import make_optimizer
from inpaint.options.recipes.deepfill_v2 import DeepFillV2Options
from inpaint.training.recipes.deepfill_v2 import DeepFillV2
from inpaint.training.trainer import Trainer


def full_trainer():
    recipe = DeepFillV2(Discriminator(), DeepFillV2Options(gan_gradient_ratio=0.2))
    return Trainer(Generator(), recipe, discriminator_optimizer=make_optimizer(5e-5), ema=0.9)


def state(trainer):
    """Every variable of a run by name."""
    own = native.adam_variables(trainer.discriminator_optimizer, trainer.discriminator)
    return {
        **native.model_variables(trainer.generator),
        **native.model_variables(trainer.discriminator),
        **native.adam_variables(trainer.optimizer, trainer.generator),
        **{f"own {name}": variable for name, variable in own.items()},
        **{f"mean {name}": v for name, v in native.model_variables(trainer.mean.model).items()},
        **trainer.adaptive_weight.variables,
        "warmed": trainer.warmed,
    }


def save(trainer, folder, step):
    checkpoint = native.training_checkpoint(trainer, tf.Variable(step, dtype=tf.int64))
    return tf.train.CheckpointManager(checkpoint, str(folder), 3, checkpoint_name="snap").save(step)


@pytest.fixture(scope="module")
def full():
    """A trainer with everything, each of its variables another number; and the numbers."""
    trainer, rng, values = full_trainer(), np.random.default_rng(0), {}
    for name, variable in state(trainer).items():
        values[name] = np.asarray(rng.integers(1, 100, variable.shape), variable.dtype.as_numpy_dtype)
        variable.assign(values[name])
    return trainer, values


def test_nothing_is_forgotten(full, tmp_path):
    prefix = save(full[0], tmp_path, 3)
    again, step = full_trainer(), tf.Variable(0, dtype=tf.int64)
    said = restore.restore_training(prefix, again, step)
    assert said.endswith(prefix) and int(step) == 3
    assert len(state(again)) == len(full[1]) == 84 + 18 + (168 + 1) + (24 + 1) + 84 + 3 + 1
    for name, variable in state(again).items():
        np.testing.assert_array_equal(variable.numpy(), full[1][name], err_msg=name)


def test_filling_and_averaging_take_the_mean(full, tmp_path):
    for step in (3, 4):
        save(full[0], tmp_path / "run", step)
    generator = Generator()
    said = restore.load_generator(tmp_path / "run", generator)
    assert said.endswith("/snap-4 (the exponential mean of its weights)")
    written, _ = write_average(tmp_path / "run", 2, tmp_path / "average", averaged := Generator())
    tf1.load(written, from_average := Generator())
    for model in (generator, averaged, from_average):
        for name, variable in native.model_variables(model).items():
            np.testing.assert_array_equal(variable.numpy(), full[1][f"mean {name}"], err_msg=name)


@pytest.mark.parametrize("discriminator_was_trained", [True, False])
def test_from_a_run_without_the_options(tmp_path, discriminator_was_trained):
    before = Trainer(Generator(), DeepFillV2(Discriminator()))
    golden_data.seed_weights(before.generator, 1)
    adam = native.adam_variables(before.optimizer, before.generator, before.discriminator)
    adam["iterations"].assign(7000)
    name = "discriminator/sn_patch_gan/conv3/kernel/Adam_1"
    if discriminator_was_trained:
        adam[name].assign(tf.fill(adam[name].shape, 0.25))
    after, step = full_trainer(), tf.Variable(0, dtype=tf.int64)
    said = restore.restore_training(save(before, tmp_path, 3500), after, step)
    assert said.endswith(
        "; not in it: an Adam of the discriminator's own, the exponential mean of the weights, the adapted "
        "adversarial weight"
    )
    found = state(after)
    assert int(step) == 3500 and int(found["iterations"]) == 7000 and int(after.warmed) == 0
    assert float(found[f"own {name}"].numpy().max()) == 0.25 * discriminator_was_trained
    # The count belongs to the moments: without them the first updates would be far too large.
    assert int(found["own iterations"]) == 7000 * discriminator_was_trained
    for name, variable in native.model_variables(before.generator).items():
        np.testing.assert_array_equal(found[f"mean {name}"].numpy(), variable.numpy(), err_msg=name)


def test_a_run_with_the_options_goes_on_without(full, tmp_path):
    after, step = Trainer(Generator(), DeepFillV2(Discriminator())), tf.Variable(0, dtype=tf.int64)
    assert "not in it" not in restore.restore_training(save(full[0], tmp_path, 3), after, step)
    adam = native.adam_variables(after.optimizer, after.generator, after.discriminator)
    for name, variable in adam.items():
        expected = full[1][f"own {name}" if name.startswith("discriminator/") else name]
        np.testing.assert_array_equal(variable.numpy(), expected, err_msg=name)


def test_from_the_originals_snapshots(full, tmp_path):
    theirs = Trainer(Generator(), DeepFillV2(Discriminator()))
    for variable in native.adam_variables(theirs.optimizer, theirs.generator, theirs.discriminator).values():
        variable.assign(tf.cast(tf.fill(variable.shape, 30), variable.dtype))
    golden_data.seed_weights(theirs.generator, 1)
    models = theirs.generator, theirs.discriminator
    tf1.save(tmp_path / "all", *models, theirs.optimizer, step=12)
    tf1.save(tmp_path / "generator", theirs.generator, step=12)
    after, step = full_trainer(), tf.Variable(0, dtype=tf.int64)
    said = restore.restore_training(tmp_path / "generator", after, step)
    found = state(after)
    assert said.endswith("not in it: discriminator, optimizer") and int(found["own iterations"]) == 0
    name = "inpaint_net/conv17/kernel"
    theirs = native.model_variables(theirs.generator)[name].numpy()
    np.testing.assert_array_equal(found[f"mean {name}"].numpy(), theirs)
    restore.restore_training(tmp_path / "all", after, step)
    assert int(found["own iterations"]) == int(found["iterations"]) == 30
    assert float(found["own discriminator/sn_patch_gan/conv1/bias/Adam"][0]) == 30
