"""The to_tf1 command as people run it, and the way back into a run of ours."""

import numpy as np
import pytest
import tensorflow as tf

from inpaint.checkpoints import convert, native, restore
from inpaint.checkpoints.formats import tf1
from inpaint.discriminators.sn_patchgan import Discriminator
from inpaint.errors import UserError
from inpaint.models.generator import Generator
from inpaint.models.optimizer import make_optimizer
from inpaint.training.recipes.deepfill_v2 import DeepFillV2
from inpaint.training.trainer import Trainer


def variables(trainer):
    """Weights, Adam's slots and `iterations` by name; without the loss scale."""
    models = (trainer.generator, trainer.discriminator)
    adam = native.adam_variables(trainer.optimizer, *models)
    named = {n: v for n, v in adam.items() if not n.startswith("loss_scale")}
    for model in models:
        named |= native.model_variables(model)
    return named


def values(trainer):
    return {name: variable.numpy() for name, variable in variables(trainer).items()}


def assert_equal(found, expected):
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        np.testing.assert_array_equal(found[name], value, err_msg=name)


def update(trainer, seed):
    """One iteration on a batch of random images."""
    rng = np.random.default_rng(seed)
    images = tf.constant(rng.uniform(-1, 1, (1, 64, 64, 3)).astype(np.float32))
    masks = tf.constant((rng.random((1, 64, 64, 1)) < 0.3).astype(np.float32))
    trainer.discriminator_step({"image": images, "mask": masks})
    trainer.generator_step({"image": images, "mask": masks})


def save(trainer, folder, step):
    """What train.py writes."""
    checkpoint = native.training_checkpoint(trainer, tf.Variable(step, dtype=tf.int64))
    manager = tf.train.CheckpointManager(checkpoint, str(folder), 1, checkpoint_name="snap")
    return manager.save(checkpoint_number=step)


@pytest.fixture(scope="module")
def trainer():
    """One that has been trained for two iterations; each test leaves it as it was."""
    trainer = Trainer(Generator(), DeepFillV2(Discriminator()))
    tf.config.run_functions_eagerly(True)
    for seed in range(2):
        update(trainer, seed)
    tf.config.run_functions_eagerly(False)
    return trainer


@pytest.fixture(scope="module")
def ours(trainer, tmp_path_factory):
    folder = tmp_path_factory.mktemp("ours")
    save(trainer, folder, step=2)
    return folder


@pytest.fixture(scope="module")
def theirs(trainer, tmp_path_factory):
    """A snapshot of the original, of the generator alone: enough to be told apart."""
    folder = tmp_path_factory.mktemp("theirs")
    tf1.save(folder, trainer.generator, step=2)
    return folder


@pytest.mark.slow
def test_there_and_back(script, tmp_path, trainer, ours):
    output = tmp_path / "new" / "tf1"
    done = script("to_tf1", f"--checkpoint_dir={ours}", f"--output_dir={output}", "--learning_rate=3e-5")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert done.stdout == f"wrote {output}/snap-2, a snapshot of the original TF1 code, step 2\n"

    # Every tensor of it, against what was trained.
    expected = values(trainer)
    assert expected.pop("iterations") == 4
    expected["beta1_power"], expected["beta2_power"] = np.float32(0.5**5), np.float32(0.999**5)
    expected["lr"], expected["global_step"] = np.float32(3e-5), np.int32(2)
    reader = tf.train.load_checkpoint(str(output))
    assert_equal({n: reader.get_tensor(n) for n in reader.get_variable_to_shape_map()}, expected)
    slots = [n for n in expected if n.endswith(("/Adam", "/Adam_1"))]
    assert len(slots) == 2 * (84 + 12) and all(np.any(expected[n]) for n in slots)

    # Back into a run of ours, which goes on as if nothing had been.
    again, step = Trainer(Generator(), DeepFillV2(Discriminator())), tf.Variable(0, dtype=tf.int64)
    said = restore.restore_training(output, again, step)
    assert said == f"continuing from a checkpoint of the original TF1 code, {output}/snap-2"
    assert int(step) == 2
    before = values(trainer)
    assert_equal(values(again), before)
    for one in (trainer, again):
        update(one, seed=9)
    after = values(trainer)
    for name, variable in variables(trainer).items():
        variable.assign(before[name])
    assert all(np.any(after[n] != before[n]) for n in after)
    assert_equal(values(again), after)


def test_guided_loss_scaled_and_without_mask(in_process, tmp_path, rng):
    precision = "mixed_float16"
    recipe = DeepFillV2(Discriminator(guided=True, with_mask=False))
    generator = Generator(guided=True, dtype=precision)
    trainer = Trainer(generator, recipe, make_optimizer(precision=precision))
    for variable in variables(trainer).values():
        variable.assign(np.asarray(rng.integers(1, 100, variable.shape), variable.dtype.as_numpy_dtype))
    prefix = save(trainer, tmp_path / "ours", step=30)
    # The checkpoint itself tells what it is of.
    done = in_process("to_tf1", f"--checkpoint_dir={prefix}", f"--output_dir={tmp_path}")
    assert done.returncode == 0, done.stderr
    assert done.stderr == "" and done.stdout.endswith("step 30\n")

    again = Trainer(Generator(guided=True), DeepFillV2(Discriminator(guided=True, with_mask=False)))
    found = tf1.load(tmp_path, again.generator, again.discriminator, again.optimizer)
    assert found == (f"{tmp_path}/snap-30", 30, ())
    assert_equal(values(again), values(trainer))


@pytest.mark.parametrize(
    "source, output, message",
    [
        ("theirs", "new", "snap-2 is a snapshot of the original TF1 code already"),
        ("ours", "theirs", "there are checkpoints in theirs already: name another --output_dir"),
        ("ours", "ours", "there are checkpoints in ours already"),
        ("ours", "file/new", "cannot make the folder file/new: Not a directory"),
        ("ours", "taken", "cannot write the snapshot taken/snap-2: "),
        ("gone", "new", "no checkpoint at gone"),
    ],
)
def test_one_line_for_what_the_user_can_mend(in_process, tmp_path, ours, theirs, source, output, message):
    (tmp_path / "ours").symlink_to(ours)
    (tmp_path / "theirs").symlink_to(theirs)
    (tmp_path / "file").touch()
    (tmp_path / "taken" / "snap-2.data-00000-of-00001").mkdir(parents=True)
    before = {p: p.stat().st_mtime_ns for folder in (ours, theirs) for p in folder.iterdir()}
    done = in_process("to_tf1", f"--checkpoint_dir={source}", f"--output_dir={output}", cwd=tmp_path)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1
    assert message in done.stderr
    assert before == {p: p.stat().st_mtime_ns for folder in (ours, theirs) for p in folder.iterdir()}
    assert not (tmp_path / "new").exists()


def test_another_kind_of_run(tmp_path, ours):
    guided = Trainer(Generator(guided=True), DeepFillV2(Discriminator(guided=True)))
    with pytest.raises(UserError, match="is one of them guided and the other not"):
        convert.to_tf1(ours, tmp_path / "new", guided)
    maskless = Trainer(Generator(), DeepFillV2(Discriminator(with_mask=False)))
    with pytest.raises(UserError, match=r"conv1/kernel is \[5, 5, 4, 64\], the model's is \[5, 5, 3, 64\]"):
        convert.to_tf1(ours, tmp_path / "new", maskless)
    assert not (tmp_path / "new").exists()
