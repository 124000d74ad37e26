"""Checkpoints of runs that an earlier version wrote: every variable by the name it had there, bit by bit."""

import numpy as np
import pytest
import tensorflow as tf
from support import golden_data

from inpaint.checkpoints import native, restore
from inpaint.checkpoints.manager import RunCheckpoints
from inpaint.discriminators.sn_patchgan import Discriminator
from inpaint.models.generator import Generator
from inpaint.models.optimizer import make_optimizer
from inpaint.options.recipes.deepfill_v2 import DeepFillV2Options
from inpaint.training.recipes.deepfill_v2 import DeepFillV2
from inpaint.training.trainer import Trainer

END = "/.ATTRIBUTES/VARIABLE_VALUE"


def named(start):
    """Shapes of a model's variables, by the names that the original printed."""
    model = {"inpaint_net": Generator, "discriminator": Discriminator}[start]()
    shapes = {name: tuple(weight.shape) for name, weight in model.named_weights().items()}
    printed = golden_data.load("training_64x64")
    names = [name[len("final:") :] for name in printed if name.startswith(f"final:{start}")]
    return {name: shapes[name] for name in names}


@pytest.fixture(scope="module")
def arrays():
    """All that a run of an earlier version could save: dict of dicts of arrays, each number another one."""
    rng = np.random.default_rng(0)
    generator, discriminator = named("inpaint_net"), named("discriminator")
    trained = {name: shape for name, shape in (generator | discriminator).items() if not name.endswith("/u")}

    def some(shapes):
        return {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}

    slots = {f"{name}/{slot}": shape for name, shape in trained.items() for slot in ("Adam", "Adam_1")}
    return {
        "generator": some(generator),
        "discriminator": some(discriminator),
        "optimizer": {**some(slots), "iterations": np.int64(14)},
        "discriminator_optimizer": {"iterations": np.int64(9)},
        "generator_mean": some(generator),
        "steering": {"weight": np.float32(0.125), "mean": np.float32(7), "measured": np.int64(5)},
        "warmed": np.int64(2),
        "step": np.int64(7),
    }


def write(folder, arrays, *parts):
    """A checkpoint of these parts as an earlier version wrote it, without the code under test."""

    def variables(part):
        if isinstance(part, dict):
            return {name: tf.Variable(array) for name, array in part.items()}
        return tf.Variable(part)

    parts = ("generator", "discriminator", "optimizer", "warmed", "step", *parts)
    checkpoint = tf.train.Checkpoint(**{part: variables(arrays[part]) for part in parts})
    tf.train.CheckpointManager(checkpoint, str(folder), 1, checkpoint_name="snap").save(7)
    return folder


def keys(part, values):
    """The names of a part in a checkpoint's file."""
    return {f"{part}/{name.replace('/', '.S')}{END}" for name in values}


def assert_equal(variables, values):
    assert variables.keys() == values.keys()
    for name, value in values.items():
        np.testing.assert_array_equal(variables[name].numpy(), value, err_msg=name)


def of(start, values):
    return {name: value for name, value in values.items() if name.startswith((start, "iterations"))}


def test_of_sn_patchgan(arrays, tmp_path):
    trainer, step = Trainer(Generator(), DeepFillV2(Discriminator())), tf.Variable(0, dtype=tf.int64)
    said = restore.restore_training(write(tmp_path, arrays), trainer, step)
    assert "not in it" not in said and int(step) == 7 and int(trainer.warmed) == 2
    assert_equal(native.model_variables(trainer.generator), arrays["generator"])
    assert_equal(native.model_variables(trainer.discriminator), arrays["discriminator"])
    models = trainer.generator, trainer.discriminator
    assert_equal(native.adam_variables(trainer.optimizer, *models), arrays["optimizer"])


def test_of_everything_that_options_add(arrays, tmp_path):
    recipe = DeepFillV2(Discriminator(), DeepFillV2Options(gan_gradient_ratio=0.2))
    trainer = Trainer(Generator(), recipe, discriminator_optimizer=make_optimizer(), ema=0.9)
    further = "discriminator_optimizer", "generator_mean", "steering"
    step = tf.Variable(0, dtype=tf.int64)
    assert "not in it" not in restore.restore_training(write(tmp_path, arrays, *further), trainer, step)
    assert_equal(native.model_variables(trainer.mean.model), arrays["generator_mean"])
    assert_equal(trainer.adaptive_weight.variables, arrays["steering"])
    slots = of("inpaint_net", arrays["optimizer"])
    assert_equal(native.adam_variables(trainer.optimizer, trainer.generator), slots)
    slots = {**of("discriminator", arrays["optimizer"]), **arrays["discriminator_optimizer"]}
    assert_equal(native.adam_variables(trainer.discriminator_optimizer, trainer.discriminator), slots)


def test_without_a_discriminator(arrays, tmp_path):
    """Which had one in its checkpoints nevertheless, with Adam's slots; they were 120 MB."""
    recipe = DeepFillV2(options=DeepFillV2Options(gan="none"))
    trainer, step = Trainer(Generator(), recipe), tf.Variable(0, dtype=tf.int64)
    said = restore.restore_training(write(tmp_path / "old", arrays), trainer, step)
    assert "not in it" not in said and int(step) == 7
    assert_equal(native.model_variables(trainer.generator), arrays["generator"])
    slots = of("inpaint_net", arrays["optimizer"])
    assert_equal(native.adam_variables(trainer.optimizer, trainer.generator), slots)

    checkpoints = RunCheckpoints(tmp_path / "new", trainer, step)
    prefix = checkpoints.save()
    checkpoints.close()
    found = tf.train.load_checkpoint(prefix).get_variable_to_shape_map().keys()
    expected = keys("generator", arrays["generator"]) | keys("optimizer", slots)
    counters = {f"{name}{END}" for name in ("warmed", "step", "save_counter")}
    assert found == expected | counters | {"_CHECKPOINTABLE_OBJECT_GRAPH"}
    sizes = {}
    for folder in ("old", "new"):
        (data,) = (tmp_path / folder).glob("snap-7.data*")
        sizes[folder] = data.stat().st_size
    assert sizes["new"] < 60e6 < 110e6 < sizes["old"]

    # A discriminator that joins later is new.
    trainer = Trainer(Generator(), DeepFillV2(Discriminator()))
    said = restore.restore_training(tmp_path / "new", trainer, step)
    assert said.endswith("; not in it: this kind of discriminator")
    assert_equal(native.model_variables(trainer.generator), arrays["generator"])
