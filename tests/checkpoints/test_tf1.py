import shutil

import numpy as np
import pytest
import tensorflow as tf
from support import golden_data

from inpaint.checkpoints import locate, native, restore
from inpaint.checkpoints.formats import tf1
from inpaint.discriminators.sn_patchgan import Discriminator
from inpaint.errors import UserError
from inpaint.models.generator import Generator
from inpaint.training.recipes.deepfill_v2 import DeepFillV2
from inpaint.training.trainer import Trainer

SEED = 1042  # of the snapshot that TF 1.15 wrote


def write(folder, tensors, name="snap-7", state="checkpoint", said=None):
    """A TF1 snapshot of these arrays, written without the code under test."""
    folder.mkdir(exist_ok=True)
    tf.raw_ops.SaveV2(
        prefix=str(folder / name),
        tensor_names=list(tensors),
        shape_and_slices=[""] * len(tensors),
        tensors=list(tensors.values()),
    )
    if state:
        (folder / state).write_text(f'model_checkpoint_path: "{said or name}"\n')
    return folder


def originals(start, seed=SEED):
    """Arrays by the names TF 1.15 printed for a training run, with the golden rule's values."""
    models = {"inpaint_net": Generator(), "discriminator": Discriminator()}
    shapes = {n: tuple(w.shape) for m in models.values() for n, w in m.named_weights().items()}
    names = [n[len("final:") :] for n in golden_data.load("training_64x64") if n.startswith("final:" + start)]
    return {n: golden_data.seeded_array(n, shapes[n], seed) for n in names}


# What else a training snapshot holds, after 40 updates.
COUNTS = {
    "beta1_power": np.float32(0.5**41),
    "beta2_power": np.float32(0.999**41),
    "lr": np.float32(1e-4),
    "global_step": np.int32(20),
}


def slots_of(arrays, rng):
    """Adam's slots for a model's arrays."""
    slots = {}
    for name in [n for n in arrays if not n.endswith("/u")]:
        slots[f"{name}/Adam"] = rng.normal(size=arrays[name].shape).astype(np.float32)
        slots[f"{name}/Adam_1"] = rng.random(arrays[name].shape).astype(np.float32)
    return slots


@pytest.fixture(scope="module")
def generator_arrays():
    return originals("inpaint_net")


@pytest.fixture(scope="module")
def discriminator_arrays():
    return originals("discriminator")


def assert_holds(model, arrays):
    weights = model.named_weights()
    assert len(weights) == len(arrays)
    for name, weight in weights.items():
        np.testing.assert_array_equal(np.array(weight), arrays[name], err_msg=name)


def test_written_snapshot_has_the_index_that_tf1_wrote(tmp_path, generator_arrays):
    # The index holds every name, shape, position and checksum.
    generator = Generator()
    golden_data.seed_weights(generator, SEED)
    left = tmp_path / "snap-0.data-00000-of-00001.tempstate123"  # by a write that was killed
    left.touch()
    prefix = tf1.save(tmp_path, generator)
    assert not left.exists()
    theirs = golden_data.FOLDER / "tf1_snap-0.index"
    assert (tmp_path / "snap-0.index").read_bytes() == theirs.read_bytes()
    assert tf.train.latest_checkpoint(str(tmp_path)) == prefix
    fresh = Generator()
    tf1.load(tmp_path, fresh)
    assert_holds(fresh, generator_arrays)


@pytest.mark.parametrize(
    "state, said, path",
    [
        ("checkpoint", None, ""),
        ("checkpoint.txt", None, ""),
        ("checkpoint", "/home/somebody/logs/snap-7", ""),
        ("checkpoint", "C:\\\\logs\\\\snap-7", ""),
        (None, None, ""),
        (None, None, "snap-7"),
        (None, None, "snap-7.index"),
        ("checkpoint.txt", None, "checkpoint.txt"),
    ],
)
def test_finds_what_people_download(tmp_path, generator_arrays, state, said, path):
    write(tmp_path / "s", generator_arrays, state=state, said=said)
    generator = Generator()
    found = tf1.load(tmp_path / "s" / path, generator)
    assert found == (str(tmp_path / "s" / "snap-7"), None, ())
    assert_holds(generator, generator_arrays)


def test_generator_only_says_what_is_missing(tmp_path, generator_arrays):
    trainer = Trainer(Generator(), DeepFillV2(Discriminator()))
    before = trainer.discriminator.get_weights()
    folder = write(tmp_path / "s", generator_arrays)
    found = tf1.load(folder, trainer.generator, trainer.discriminator, trainer.optimizer)
    assert found.missing == ("discriminator", "optimizer")
    for mine, old in zip(trainer.discriminator.get_weights(), before):
        np.testing.assert_array_equal(mine, old)


def test_everything_of_a_training_snapshot(tmp_path, generator_arrays, discriminator_arrays, rng):
    arrays = {**generator_arrays, **discriminator_arrays, **COUNTS}
    arrays |= {**slots_of(generator_arrays, rng), **slots_of(discriminator_arrays, rng)}
    trainer = Trainer(Generator(), DeepFillV2(Discriminator()))
    models = (trainer.generator, trainer.discriminator)
    found = tf1.load(write(tmp_path / "s", arrays), *models, trainer.optimizer)
    assert found.step == 20 and found.missing == ()
    assert_holds(trainer.generator, generator_arrays)
    assert_holds(trainer.discriminator, discriminator_arrays)
    assert int(trainer.optimizer.iterations) == 40

    # Written again, name by name the same.
    prefix = tf1.save(tmp_path / "again", *models, trainer.optimizer, step=20)
    reader = tf.train.load_checkpoint(prefix)
    assert set(reader.get_variable_to_shape_map()) == set(arrays)
    for name, value in arrays.items():
        np.testing.assert_allclose(reader.get_tensor(name), value, rtol=1e-6, err_msg=name)
        assert reader.get_tensor(name).dtype == value.dtype

    # After 69,000 updates the power has faded; the step count then tells.
    arrays["beta2_power"], arrays["global_step"] = np.float32(0), np.int32(900_000)
    tf1.load(write(tmp_path / "old", arrays), *models, trainer.optimizer)
    assert int(trainer.optimizer.iterations) == 1_800_000


def assert_slots(trainer, expected):
    """Adam's slots are these arrays, and zero where there is none."""
    state = native.adam_variables(trainer.optimizer, trainer.generator, trainer.discriminator)
    assert int(state.pop("iterations")) == 40 and expected.keys() < state.keys()
    for name, variable in state.items():
        np.testing.assert_array_equal(variable.numpy(), expected.get(name, 0), err_msg=name)


def test_continues_without_a_discriminator(tmp_path, generator_arrays, rng):
    slots = slots_of(generator_arrays, rng)
    folder = write(tmp_path / "s", {**generator_arrays, **slots, **COUNTS})
    trainer, step = Trainer(Generator(), DeepFillV2(Discriminator())), tf.Variable(0, dtype=tf.int64)
    before = trainer.discriminator.get_weights()
    said = restore.restore_training(folder, trainer, step)
    assert said.endswith("snap-7; not in it: discriminator, the discriminator's Adam slots (they stay zero)")
    assert int(step) == 20
    assert_holds(trainer.generator, generator_arrays)
    assert_slots(trainer, slots)
    for mine, old in zip(trainer.discriminator.get_weights(), before):
        np.testing.assert_array_equal(mine, old)


@pytest.mark.parametrize("part, other", [("generator", "discriminator"), ("discriminator", "generator")])
def test_continues_with_slots_of_one_model(
    tmp_path, generator_arrays, discriminator_arrays, rng, part, other
):
    slots = slots_of({"generator": generator_arrays, "discriminator": discriminator_arrays}[part], rng)
    folder = write(tmp_path / "s", {**generator_arrays, **discriminator_arrays, **slots, **COUNTS})
    trainer, step = Trainer(Generator(), DeepFillV2(Discriminator())), tf.Variable(0, dtype=tf.int64)
    said = restore.restore_training(folder, trainer, step)
    assert said.endswith(f"snap-7; not in it: the {other}'s Adam slots (they stay zero)")
    assert int(step) == 20
    assert_holds(trainer.generator, generator_arrays)
    assert_holds(trainer.discriminator, discriminator_arrays)
    assert_slots(trainer, slots)


def test_slots_in_part_are_refused(tmp_path, generator_arrays, rng):
    slots = slots_of(generator_arrays, rng)
    del slots["inpaint_net/conv3/bias/Adam_1"]
    folder = write(tmp_path / "s", {**generator_arrays, **slots, **COUNTS})
    trainer = Trainer(Generator(), DeepFillV2(Discriminator()))
    before = trainer.generator.get_weights()
    with pytest.raises(UserError, match="does not fit: missing in it: inpaint_net/conv3/bias/Adam_1$"):
        restore.restore_training(folder, trainer, tf.Variable(0, dtype=tf.int64))
    for mine, old in zip(trainer.generator.get_weights(), before):
        np.testing.assert_array_equal(mine, old)
    # The generator alone does not ask for them.
    assert tf1.load(folder, trainer.generator).missing == ()

    # Without the count of updates, slots are no optimizer.
    folder = write(tmp_path / "t", {**generator_arrays, **slots, "global_step": np.int32(20)})
    found = tf1.load(folder, trainer.generator, trainer.discriminator, trainer.optimizer)
    assert found.missing == ("discriminator", "optimizer") and found.step == 20
    assert int(trainer.optimizer.iterations) == 0


def test_cannot_be_written(tmp_path, generator):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UserError, match="cannot make the folder .*file"):
        tf1.save(tmp_path / "file", generator)
    (tmp_path / "snap-0.data-00000-of-00001").mkdir()  # where TensorFlow wants to write
    with pytest.raises(UserError, match=f"cannot write the snapshot {tmp_path}/snap-0: .*[Dd]irectory"):
        tf1.save(tmp_path, generator)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["file", "snap-0.data-00000-of-00001"]


def test_misfits_list_both_sides_and_change_nothing(tmp_path, generator_arrays):
    arrays = dict(generator_arrays)
    del arrays["inpaint_net/conv3/bias"]
    arrays["inpaint_net/conv99/bias"] = np.zeros(3, np.float32)
    generator = Generator()
    before = generator.get_weights()
    with pytest.raises(
        UserError,
        match="missing in it: inpaint_net/conv3/bias .*unknown to the model: inpaint_net/conv99/bias",
    ):
        tf1.load(write(tmp_path / "s", arrays), generator)
    for mine, old in zip(generator.get_weights(), before):
        np.testing.assert_array_equal(mine, old)

    with pytest.raises(
        UserError, match=r"conv1/kernel is \[5, 5, 5, 48\], the model's is \[5, 5, 6, 48\].*guided"
    ):
        tf1.load(write(tmp_path / "t", generator_arrays), Generator(guided=True))


def test_nothing_there(tmp_path, generator, generator_arrays):
    for path, message in (
        (tmp_path / "none", "no checkpoint at"),
        (tmp_path, "no checkpoint in"),
        (
            write(tmp_path / "a", generator_arrays, said="snap-9"),
            "names snap-9, but .*snap-9.index is missing",
        ),
    ):
        with pytest.raises(UserError, match=message):
            tf1.load(path, generator)
    several = write(tmp_path / "b", generator_arrays, state=None)
    shutil.copy(several / "snap-7.index", several / "snap-8.index")
    with pytest.raises(UserError, match="name one of its checkpoints, snap-7, snap-8"):
        locate.find(several)
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "checkpoint").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="cannot read .*checkpoint"):
        tf1.load(tmp_path / "c", generator)
    odd = write(tmp_path / "d", {**generator_arrays, "inpaint_net/conv1/bias": np.array([b"a"] * 48)})
    with pytest.raises(UserError, match="does not fit: no numbers in inpaint_net/conv1/bias"):
        tf1.load(odd, generator)
    (tmp_path / "snap-1.index").write_bytes(b"not an index")
    with pytest.raises(UserError, match="damaged"):
        tf1.load(tmp_path / "snap-1", generator)


@pytest.mark.parametrize("name", ["global_step", "beta2_power"])
def test_counts_are_single_numbers(tmp_path, generator, generator_arrays, name):
    many = write(tmp_path, {**generator_arrays, name: np.zeros(1 << 20, np.float32)})
    with pytest.raises(UserError, match=f"does not fit: {name} should be one number"):
        tf1.load(many, generator)
