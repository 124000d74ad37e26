"""config.json beside checkpoints: commands and the library build the generator that was trained."""

import dataclasses
import json

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from support.golden_data import seed_weights
from support.helpers import SMALL

from inpaint.checkpoints import config, restore
from inpaint.checkpoints.config import GeneratorConfig
from inpaint.checkpoints.formats import tf1
from inpaint.checkpoints.manager import RunCheckpoints
from inpaint.discriminators.sn_patchgan import Discriminator
from inpaint.errors import UserError
from inpaint.inference.inpainter import Inpainter
from inpaint.models.generator import Generator
from inpaint.training.recipes.deepfill_v2 import DeepFillV2
from inpaint.training.trainer import Trainer


@pytest.fixture(scope="module")
def trained():
    """A `Trainer` of a guided generator with SYMMETRIC padding."""
    trainer = Trainer(Generator(guided=True, padding="symmetric"), DeepFillV2(Discriminator(guided=True)))
    seed_weights(trainer.generator, 1003)
    return trainer


@pytest.fixture(scope="module")
def run(trained, tmp_path_factory):
    """The folder of its run, as training leaves it: a checkpoint, and a best one."""
    folder = tmp_path_factory.mktemp("run")
    written = GeneratorConfig(True, "symmetric", hole_width=96)
    checkpoints = RunCheckpoints(folder, trained, tf.Variable(3, dtype=tf.int64), config=written)
    checkpoints.save()
    checkpoints.save_if_best({"l1": 1.0})
    checkpoints.close()
    return folder


@pytest.fixture
def old(run, tmp_path):
    """The same run without its config, as older versions wrote it."""
    folder = tmp_path / "old"
    folder.mkdir()
    for file in run.iterdir():
        if file.name.startswith(("snap", "checkpoint")):
            (folder / file.name).symlink_to(file)
    return folder


@pytest.fixture
def problem(tmp_path, rng):
    """An image, its mask and its sketch: paths and arrays."""
    image = rng.integers(0, 256, (40, 48, 3), dtype=np.uint8)
    mask, sketch = np.zeros((40, 48), np.uint8), np.zeros((40, 48), np.uint8)
    mask[:20, :20], sketch[10] = 255, 255  # a hole at the border, where padding counts
    paths = [str(tmp_path / name) for name in ("x.png", "m.png", "x_edge.jpg")]
    for path, array in zip(paths, (image, mask, sketch)):
        Image.fromarray(array).save(path, quality=100)
    return paths, (image, mask, np.asarray(Image.open(paths[2])))


@pytest.mark.parametrize("place", ["", "best", "snap-3"])
def test_the_library_builds_what_was_trained(run, trained, place):
    generator = Inpainter.from_checkpoint(run / place).generator
    assert generator.guided and generator.padding == "symmetric"
    for mine, theirs in zip(generator.get_weights(), trained.generator.get_weights()):
        np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize(
    "asked, message",
    [
        ({"padding": "same"}, "padding=symmetric (config.json), received padding=same: leave --padding out"),
        ({"padding": "REFLECT"}, "padding=symmetric (config.json), received padding=reflect"),
        ({"guided": False}, "guided=true (config.json), received guided=false: leave --guided out"),
        ({"network": "plain"}, "network=gated (config.json), received network=plain: leave --network out"),
    ],
)
def test_what_contradicts_it_is_refused(run, asked, message):
    with pytest.raises(UserError) as told:
        Inpainter.from_checkpoint(run, **asked)
    assert message in str(told.value) and str(run) in str(told.value)
    assert Inpainter.from_checkpoint(run, guided=True, padding="SYMMETRIC").generator.padding == "symmetric"


def test_generators_and_runs_that_are_built_already_are_checked(run, old):
    generator = Generator(guided=True, padding="reflect")
    before = generator.get_weights()
    with pytest.raises(UserError, match="padding=symmetric .config.json., received padding=reflect"):
        restore.load_generator(run, generator)
    other, step = Trainer(generator, DeepFillV2(Discriminator(guided=True))), tf.Variable(0, dtype=tf.int64)
    with pytest.raises(UserError, match="padding=symmetric .config.json., received padding=reflect"):
        restore.restore_training(run, other, step)
    for mine, was in zip(generator.get_weights(), before):
        np.testing.assert_array_equal(mine, was)
    assert "this project" in restore.restore_training(old, other, step) and int(step) == 3


def test_old_checkpoints_and_the_originals_are_read_as_asked(old, trained, tmp_path):
    tf1.save(tmp_path / "theirs", trained.generator)
    for folder in (old, tmp_path / "theirs"):
        assert Inpainter.from_checkpoint(folder, True, "reflect").generator.padding == "reflect"
        assert Inpainter.from_checkpoint(folder, True).generator.padding == "same"
        with pytest.raises(UserError, match="is one of them guided"):
            Inpainter.from_checkpoint(folder)
    scale = Inpainter.from_checkpoint(tmp_path / "theirs", True)
    assert (scale.fill_size, scale.detail) == ("whole", "none")


def test_how_a_checkpoint_is_filled(tmp_path, trained):
    bundled = GeneratorConfig(False, "same", "gated", "auto", "residual", 48)
    assert config.resolve(None) == bundled
    assert config.resolve(None, fill_size=512) == dataclasses.replace(bundled, fill_size=512)
    assert config.resolve(None, detail="none") == dataclasses.replace(bundled, detail="none")
    whole = dataclasses.replace(bundled, fill_size="whole")
    assert config.resolve(None, fill_size="whole") == dataclasses.replace(whole, detail="none")
    assert config.resolve(None, fill_size="whole", detail="residual") == whole
    tf1.save(tmp_path, trained.generator)
    config.write_config(tmp_path, GeneratorConfig(True, "symmetric", "gated", 320, "none", 96))
    inpainter = Inpainter.from_checkpoint(tmp_path, say=(said := []).append)
    assert (inpainter.fill_size, inpainter.detail, inpainter.hole_width) == (320, "none", 96)
    assert said[0].endswith("; fill_size=320, detail=none")


def test_a_file_of_keras(tmp_path, trained, problem, in_process):
    (image, mask, _), arrays = problem
    trained.generator.save(tmp_path / "x.keras")
    inpainter = Inpainter.from_checkpoint(tmp_path / "x.keras", precision="mixed_bfloat16")
    assert inpainter.generator.dtype_policy.name == "mixed_bfloat16"
    assert config.config_of(inpainter.generator) == GeneratorConfig(True, "symmetric")
    for mine, theirs in zip(inpainter.generator.get_weights(), trained.generator.get_weights()):
        np.testing.assert_array_equal(mine, theirs)
    common = f"--image={image}", f"--mask={mask}", f"--checkpoint_dir={tmp_path / 'x.keras'}"
    done = in_process("fill", *common, f"--output={tmp_path / 'o.png'}")
    assert done.returncode == 0, done.stderr
    assert f"loaded a network that Keras saved, {tmp_path / 'x.keras'}; fill_size=whole" in done.stdout
    np.testing.assert_array_equal(
        np.asarray(Image.open(tmp_path / "o.png")), Inpainter(trained.generator, eager=True)(*arrays)
    )
    for flags, message in ((["--noguided"], "guided=true"), (["--padding=same"], "padding=symmetric")):
        assert message in in_process("fill", *common, *flags).stderr


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04", b"other", b"cut off"])
def test_bad_files_of_keras(tmp_path, trained, content):
    path = tmp_path / "x.keras"
    if content == b"other":
        model = tf.keras.Sequential([tf.keras.layers.Dense(1)])
        model.build((1, 1))
        model.save(path)
    elif content == b"cut off":
        trained.generator.save(path)
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
    elif content is not None:
        path.write_bytes(content)
    with pytest.raises(UserError, match="x.keras.* (no network of this project|no such file)"):
        Inpainter.from_checkpoint(path)


@pytest.mark.parametrize(
    "content, message",
    [
        ("{", "is damaged: remove it and give --network, --guided and --padding"),
        ("[]", "is damaged"),
        ('{"guided": true, "padding": "same"}', "is damaged"),
        ('{"guided": true, "padding": "same", "network": "gated"}' + " " * (1 << 16), "is damaged"),
        ('{"guided": "false", "padding": "same", "network": "gated"}', "is damaged"),
        ('{"guided": false, "padding": "same", "network": ["gated"]}', "is damaged"),
        (
            '{"guided": false, "padding": "zero", "network": "gated"}',
            "describes no generator of this version: padding of network gated must be same or symmetric",
        ),
        (
            '{"guided": false, "padding": "same", "network": "gated3"}',
            "describes no generator of this version: network must be one of gated, .*received 'gated3'",
        ),
        ('{"guided": true, "padding": "same", "network": "partial"}', "describes .* cannot be guided"),
        ('{"guided": true, "padding": "same", "network": "gated", "fill_size": "big"}', "is damaged"),
        ('{"guided": true, "padding": "same", "network": "gated", "fill_size": true}', "is damaged"),
        ('{"guided": true, "padding": "same", "network": "gated", "detail": []}', "is damaged"),
        ('{"guided": true, "padding": "same", "network": "gated", "hole_width": 0}', "is damaged"),
    ],
)
def test_damaged_configs(old, content, message):
    (old / "config.json").write_text(content)
    with pytest.raises(UserError, match=f"old/config.json {message}"):
        Inpainter.from_checkpoint(old)


def test_a_command_needs_no_flags(in_process, run, problem, trained, tmp_path):
    (image, mask, _), arrays = problem
    output = tmp_path / "o.png"
    done = in_process(
        "fill", f"--image={image}", f"--mask={mask}", f"--output={output}", f"--checkpoint_dir={run}"
    )
    assert done.returncode == 0, done.stderr
    filled = np.asarray(Image.open(output))
    np.testing.assert_array_equal(filled, Inpainter(trained.generator, eager=True)(*arrays))
    # What the config prevents: the weights fit any padding.
    other = Generator(guided=True)
    other.set_weights(trained.generator.get_weights())
    assert np.any(filled != Inpainter(other, eager=True)(*arrays))


@pytest.mark.slow
@pytest.mark.parametrize(
    "command, flags",
    [
        ("fill_list", ["--flist=list"]),
        ("visualize", ["--image=x.png", "--mask=m.png", "--output_dir=o"]),
        ("evaluate", ["--images=guided", "--output_dir=o"]),
        ("export", ["--export_dir=o"]),
        ("to_tf1", ["--output_dir=o"]),
    ],
)
def test_other_commands_need_none_either(in_process, run, problem, tmp_path, command, flags):
    (tmp_path / "list").write_text("x.png m.png o.png\n")
    (tmp_path / "guided").mkdir()
    for name in ("x.png", "x_edge.jpg"):
        pixels = Image.open(tmp_path / name).resize((256, 256))
        pixels.save(tmp_path / "guided" / name)
    done = in_process(command, *flags, f"--checkpoint_dir={run}", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "o").exists() or (tmp_path / "o.png").exists()


def test_an_average_keeps_the_config(in_process, run, tmp_path):
    done = in_process("average_snapshots", f"--log_dir={run}", "--count=1", f"--output_dir={tmp_path / 'a'}")
    assert done.returncode == 0, done.stderr
    assert config.read_config(tmp_path / "a") == config.read_config(run) != GeneratorConfig()


@pytest.mark.parametrize(
    "command, flags",
    [
        ("fill", ["--image=x.png", "--mask=m.png", "--checkpoint_dir=run"]),
        ("fill_list", ["--flist=list", "--checkpoint_dir=run"]),
        ("visualize", ["--image=x.png", "--mask=m.png", "--output_dir=o", "--checkpoint_dir=run"]),
        ("evaluate", ["--images=.", "--output_dir=o", "--checkpoint_dir=run"]),
        ("export", ["--export_dir=o", "--checkpoint_dir=run"]),
        ("demo", ["--checkpoint_dir=run"]),
        ("average_snapshots", ["--log_dir=run", "--output_dir=o"]),
        ("train", ["--data_flist=images", *SMALL, "--log_dir=run"]),
        ("train", ["--data_flist=images", *SMALL, "--log_dir=o", "--model_restore=run"]),
    ],
)
def test_commands_refuse_another_padding(in_process, run, problem, images, tmp_path, command, flags):
    if command == "demo":
        pytest.importorskip("fastapi")
    (tmp_path / "run").symlink_to(run)
    before = sorted(path.name for path in run.iterdir())
    for flag, message in (
        ("--padding=same", "padding=symmetric (config.json), received padding=same"),
        ("--noguided", "guided=true (config.json), received guided=false"),
        ("--network=plain", "network=gated (config.json), received network=plain"),
    ):
        done = in_process(command, *flags, flag, cwd=tmp_path)
        assert done.returncode == 1 and done.stdout == "", done
        assert done.stderr.startswith("error: run holds checkpoints of a generator with ")
        assert message in done.stderr and done.stderr.count("\n") == 1
    assert not (tmp_path / "o").exists() and before == sorted(path.name for path in run.iterdir())


@pytest.mark.slow
def test_a_run_goes_on_as_it_began(script, images, tmp_path):
    common = [f"--data_flist={images}", *SMALL, "--batch_size=1", "--train_spe=1", "--random_crop"]
    first = [*common, "--padding=SYMMETRIC", f"--log_dir={tmp_path / 'a'}"]
    assert script("train.py", *first, "--max_iters=1").returncode == 0
    for more in (
        ["--max_iters=2", f"--log_dir={tmp_path / 'a'}"],
        ["--max_iters=3", f"--log_dir={tmp_path / 'b'}", f"--model_restore={tmp_path / 'a'}"],
    ):
        done = script("train.py", *common, *more)
        assert done.returncode == 0 and "changed since this run began" not in done.stdout, done.stderr
    for name in ("a", "b"):
        assert json.loads((tmp_path / name / "config.json").read_text())["padding"] == "symmetric"
        assert json.loads((tmp_path / name / "settings.json").read_text())["padding"] == "symmetric"
