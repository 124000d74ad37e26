import numpy as np
import pytest
import tensorflow as tf

from inpaint.checkpoints import native, restore
from inpaint.checkpoints.formats import tf1
from inpaint.discriminators.sn_patchgan import Discriminator
from inpaint.errors import UserError
from inpaint.models.generator import Generator
from inpaint.models.optimizer import make_optimizer
from inpaint.training.recipes.deepfill_v2 import DeepFillV2
from inpaint.training.trainer import Trainer


def everything(trainer):
    """Every variable of a run by name."""
    return {
        **native.model_variables(trainer.generator),
        **native.model_variables(trainer.discriminator),
        **native.adam_variables(trainer.optimizer, trainer.generator, trainer.discriminator),
    }


@pytest.fixture(scope="module")
def trainer():
    return Trainer(Generator(), DeepFillV2(Discriminator()))


def save(trainer, folder, step=3):
    step = tf.Variable(step, dtype=tf.int64)
    checkpoint = native.training_checkpoint(trainer, step)
    return tf.train.CheckpointManager(checkpoint, str(folder), 2, checkpoint_name="snap").save()


@pytest.mark.parametrize("precision", ["float32", "mixed_float16"])
def test_nothing_is_forgotten(tmp_path, rng, precision):
    recipe = DeepFillV2(Discriminator())
    trainer = Trainer(Generator(dtype=precision), recipe, make_optimizer(1e-4, precision))
    variables = everything(trainer)
    trained = 84 + 12
    scaled = 2 if precision == "mixed_float16" else 0
    assert len(variables) == trained + 6 + 2 * trained + 1 + scaled
    values = {}
    for name, variable in variables.items():
        values[name] = np.asarray(rng.integers(1, 100, variable.shape), variable.dtype.as_numpy_dtype)
        variable.assign(values[name])
    prefix = save(trainer, tmp_path)
    for variable in variables.values():
        variable.assign(tf.zeros_like(variable))

    step = tf.Variable(0, dtype=tf.int64)
    assert "this project" in restore.restore_training(prefix, trainer, step)
    assert int(step) == 3
    for name, variable in everything(trainer).items():
        np.testing.assert_array_equal(variable.numpy(), values[name], err_msg=name)


def test_slots_belong_to_their_variables(trainer):
    state = native.adam_variables(trainer.optimizer, trainer.generator, trainer.discriminator)
    for model in (trainer.generator, trainer.discriminator):
        for name, weight in model.named_weights().items():
            if weight.trainable:
                assert state[f"{name}/Adam"].shape == state[f"{name}/Adam_1"].shape == weight.shape
    images = tf.random.uniform([1, 64, 64, 3])
    trainer.discriminator_step({"image": images, "mask": tf.ones([1, 64, 64, 1])})
    changed = {n for n, v in state.items() if n.endswith("/Adam_1") and np.any(v.numpy())}
    assert len(changed) == 12 and all(name.startswith("discriminator/") for name in changed)


def test_generator_alone_from_a_training_checkpoint(tmp_path, trainer):
    save(trainer, tmp_path)
    generator = Generator()
    assert "this project" in restore.load_generator(tmp_path, generator)
    for mine, saved in zip(generator.get_weights(), trainer.generator.get_weights()):
        np.testing.assert_array_equal(mine, saved)
    with pytest.raises(UserError, match=r"conv1/kernel is \[5, 5, 5, 48\].*guided"):
        restore.load_generator(tmp_path, Generator(guided=True))


def test_the_originals_are_told_apart(tmp_path, trainer):
    tf1.save(tmp_path, trainer.generator, step=12)
    generator = Generator()
    assert "original TF1 code" in restore.load_generator(tmp_path, generator)
    step = tf.Variable(0, dtype=tf.int64)
    said = restore.restore_training(tmp_path, Trainer(generator, DeepFillV2(Discriminator())), step)
    assert said.endswith("not in it: discriminator, optimizer")


def test_weights_that_are_no_numbers(tmp_path):
    generator = Generator()
    generator.conv17.bias.assign([0, np.nan, 0])
    tf1.save(tmp_path, generator)
    with pytest.raises(UserError, match="values that are not finite"):
        restore.load_generator(tmp_path, Generator())


def test_another_discriminator(tmp_path, trainer):
    prefix = save(trainer, tmp_path)
    other = Trainer(Generator(), DeepFillV2(Discriminator(with_mask=False)))
    with pytest.raises(UserError, match=r"conv1/kernel is \[5, 5, 4, 64\], the model's is \[5, 5, 3, 64\]"):
        restore.restore_training(prefix, other, tf.Variable(0, dtype=tf.int64))


def test_damaged_checkpoint(tmp_path, trainer):
    prefix = save(trainer, tmp_path)
    data = tmp_path / (prefix.split("/")[-1] + ".data-00000-of-00001")
    data.write_bytes(data.read_bytes()[:1000])
    with pytest.raises(UserError, match="damaged"):
        restore.load_generator(tmp_path, Generator())
