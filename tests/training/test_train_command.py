"""train.py as people run it: real files, real processes."""

import json
import re

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from support.helpers import ROOT, SMALL, weights_in

from inpaint.options.run import RunOptions
from inpaint.training.reports.losses import LossTable
from inpaint.training.reports.progress import Progress, duration


@pytest.mark.slow
def test_trains_resumes_and_is_repeatable(script, images, tmp_path):
    common = (f"--data_flist={images}", *SMALL, "--batch_size=1", "--random_crop", "--train_spe=2")

    def train(log_dir, *more):
        done = script("train.py", *common, f"--log_dir={tmp_path / log_dir}", *more)
        assert done.returncode == 0, done.stderr
        return done.stdout

    said = train("whole", "--max_iters=4", "--val", "--val_psteps=2", f"--data_flist={images},{images}")
    assert f"3 training images from {images}, 3 validation images\n" in said
    assert "examples of 64 x 64 pixels (height x width), boxes of 24 x 24, up to 4 x 4 smaller, with " in said
    assert f"each checkpoint takes 120 MB; up to 6 are kept in {tmp_path / 'whole'}\n" in said
    assert re.search(
        r"4/4  d_loss \d\.\d+  g_loss \S+  ae_loss \S+  gan_loss \S+  \S+ images/s  0:00:00 left", said
    )
    shown = {path.name for path in (tmp_path / "whole/samples").iterdir()}
    assert shown == {"000002.jpg", "000004.jpg"}
    assert Image.open(tmp_path / "whole/samples/000004.jpg").size == (4 * 64, (1 + 3) * 64)

    train("halves", "--max_iters=2")
    # By a process that was killed before its next checkpoint.
    LossTable(tmp_path / "halves/losses.csv", 2).add(3, {"d_loss": 9.0})
    (images.parent / "more").mkdir()
    for path in images.iterdir():
        (images.parent / "more" / path.name).symlink_to(path)
    (images.parent / "more/4.png").write_bytes((images / "0.png").read_bytes())
    other = (
        "train.py",
        *common,
        f"--data_flist={images.parent / 'more'}",
        f"--log_dir={tmp_path / 'halves'}",
    )
    done = script(*other, "--max_iters=4")
    assert done.returncode == 1 and "began with other training images (3 then, 4 now): name" in done.stderr
    done = script(*other, "--max_iters=2", "--continue_with_other_data")
    assert done.returncode == 0 and "changed since this run began: training images (3 then, 4" in done.stdout
    said = train("halves", "--max_iters=4")
    assert "changed since this run began" not in said
    assert "continuing from a checkpoint of this project" in said and "snap-2" in said

    whole, halves = weights_in(tmp_path / "whole/snap-4"), weights_in(tmp_path / "halves/snap-4")
    assert whole.keys() == halves.keys() and len(whole) > 290
    for name, value in whole.items():
        np.testing.assert_array_equal(value, halves[name], err_msg=name)
    rows = [LossTable(tmp_path / f"{name}/losses.csv", 4).rows() for name in ("whole", "halves")]
    losses = [{row["iteration"]: (row["d_loss"], row["ae_loss"]) for row in table} for table in rows]
    for step in (2, 4):  # others are those at which ten seconds were over
        assert losses[0][step] == losses[1][step]
    assert all(row["d_loss"] < 9 for row in rows[1]) and rows[1][-1]["iteration"] == 4
    said = train("halves", "--max_iters=4", "--known_weight=0.5", "--width=23")
    assert "nothing to do" in said
    assert "changed since this run began: known_weight from 1.0 to 0.5; width from 24 to 23\n" in said

    tags = set()
    for file in (tmp_path / "whole").glob("events*"):
        for record in tf.data.TFRecordDataset(str(file)):
            event = tf.compat.v1.Event.FromString(record.numpy())
            for value in event.summary.value:
                tags.add(value.tag)
                if value.tag == "validation":
                    strip = tf.io.decode_png(value.tensor.string_val[2])
                    assert strip.shape == (64, 4 * 64, 3)
    assert {
        "losses/d_loss",
        "losses/g_loss",
        "losses/ae_loss",
        "hinge/real",
        "training/learning_rate",
        "training/hole_share",
        "gradient_norms/generator",
        "discriminator/separation",
        "discriminator/score_real",
        "discriminator/score_fake",
        "negative_activations/conv1",
        "negative_activations/conv6",
        "training/gan_loss_alpha",
        "training/discriminator_learning_rate",
        "speed/images_per_second",
        "validation/ssim",
        "training",
        "validation",
    } <= tags

    # The original's recipe from our own weights, the generator alone.
    said = train("restored", "--max_iters=5", f"--model_restore={tmp_path / 'whole'}", "--gan=none")
    assert "whole/snap-4" in said and "d_loss" not in said
    assert int(weights_in(tmp_path / "restored/snap-5")["step/.ATTRIBUTES/VARIABLE_VALUE"]) == 5


@pytest.mark.parametrize(
    "arguments, message",
    [
        ((), "--dataset=celebahq needs data/celeba_hq/train_shuffled.flist"),
        (("--data_flist=list.txt",), "2 of the 3 files of list.txt are missing, first gone.png, gone2.png"),
        (
            ("--data_flist=images", "--img_shapes=60,64,3"),
            "and 3 channels, received 60,64,3",
        ),
        (
            ("--data_flist=images", "--img_shapes=64,64,3", "--height=64"),
            "--height of the masks' box must be below the image's",
        ),
        (("--data_flist=images", "--val"), "--val needs validation images"),
        (("--data_flist=images", *SMALL, "--model_restore=gone"), "no checkpoint at gone"),
        (
            ("--data_flist=images", *SMALL, "--log_dir=list.txt/logs"),
            "cannot write into the log directory list.txt/logs: Not a directory",
        ),
        (("--data_flist=images", "--gan=none", "--noae_loss"), "there is nothing to train on"),
        (("--data_flist=images", "--strategy=multi_worker"), "--strategy=multi_worker needs TF_CONFIG"),
        (("--data_flist=images", *SMALL, "--mask_flist=gone"), "no folder or file list gone"),
        (("--data_flist=",), "--data_flist names file lists or folders, received an empty name"),
        (("--data_flist=,images",), "received an empty name"),
        (("--data_flist=images", "--guided"), "the command make_sketches draws sketches"),
        (("--data_flist=images", "--learning_rate=nan"), "--learning_rate must be a finite number"),
        (
            ("--data_flist=images", *SMALL, "--log_dir=run[1]"),
            "cannot write run[1]: TensorFlow cannot load from a path",
        ),
        (("--data_flist=images", "--precision=mixed_float16"), "mixed_float16 trains on GPUs only"),
    ],
)
def test_one_line_for_what_the_user_can_mend(in_process, images, tmp_path, arguments, message):
    (tmp_path / "list.txt").write_text(f"{images}/0.png\ngone.png\ngone2.png\n")
    done = in_process("train", *arguments, cwd=tmp_path)
    assert done.returncode == 1
    assert message in done.stderr
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "arguments, message",
    [
        (("--gan=none", "--discriminator_warmup=9"), "--discriminator_warmup needs a discriminator"),
        (("--gan=none", "--gan_gradient_ratio=0.2"), "--gan_gradient_ratio needs a discriminator"),
        (("--gan=none", "--shared_batch"), "--shared_batch needs a discriminator: leave it out"),
        (("--gan=none", "--split_frequencies"), "--split_frequencies needs a discriminator: leave it out"),
        (("--split_frequencies", "--nol1_loss"), "--split_frequencies needs --l1_loss"),
        (("--gan=projected",), "--gan=projected needs pretrained features: --gan_features, see docs/train"),
        (("--gan=projected", "--gan_features=x.npz"), "give --discriminator_learning_rate"),
        (("--gan_features=x.npz",), "--gan_features is for --gan=projected, received --gan=sngan"),
        (
            ("--structure_loss_alpha=0.1",),
            "--structure_loss_alpha is for --gan=projected, received --gan=sngan",
        ),
        (("--gan_gradient_ratio=0.2", "--noae_loss"), "--gan_gradient_ratio needs --ae_loss and --l1_loss"),
        (("--shared_batch", "--jit_compile"), "--shared_batch and --jit_compile exclude each other"),
        (("--scaled_init", "--network=plain"), "--scaled_init is for gated convolutions"),
        (
            ("--scaled_init", f"--model_restore={ROOT / 'inpaint/weights/photographs'}"),
            "--scaled_init is for a new network: leave",
        ),
        (("--ema=1",), "--ema must be below 1, received 1"),
        (("--ema=1.5",), "--ema must be at most 1, received 1.5"),
        (("--discriminator_steps=0",), "--discriminator_steps must be at least 1, received 0"),
        (("--recipe=deepfill_v3",), "--recipe"),
        (("--discriminator_learning_rate=inf",), "--discriminator_learning_rate must be a finite number"),
    ],
)
def test_one_line_for_options_that_contradict(in_process, images, arguments, message):
    done = in_process("train", f"--data_flist={images}", *SMALL, *arguments)
    assert done.returncode == 1 and message in done.stderr
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1


def test_unreadable_files_are_named_and_too_many_stop(script, images, tmp_path):
    (images / "1.png").write_bytes((images / "1.png").read_bytes()[:500])
    done = script(
        "train.py", f"--data_flist={images}", *SMALL, "--batch_size=3", f"--log_dir={tmp_path / 'l'}"
    )
    assert done.returncode == 1
    assert (
        "skipped one of the training images (1 so far): " in done.stdout
        and "1.png cannot be read" in done.stdout
    )
    assert done.stderr.startswith("error: 1 of 3 training images cannot be used, more than --max_bad_share")
    assert done.stderr.count("\n") == 1


@pytest.mark.slow
def test_no_checkpoint_of_numbers_that_are_none(script, images, tmp_path):
    log_dir = tmp_path / "logs"
    done = script(
        "train.py",
        f"--data_flist={images}",
        *SMALL,
        "--batch_size=1",
        "--gan=none",
        "--learning_rate=1e30",
        "--train_spe=1",
        "--max_iters=9",
        f"--log_dir={log_dir}",
    )
    assert done.returncode == 1 and "is not a finite number at iteration" in done.stderr
    good = re.search(r"last good checkpoint is (\S+): go on", done.stderr)[1]
    assert tf.train.latest_checkpoint(str(log_dir)) == good


@pytest.mark.slow
def test_validation_keeps_the_best_checkpoint(script, images, tmp_path):
    log_dir = tmp_path / "logs"
    common = (f"--data_flist={images},{images}", *SMALL, "--batch_size=1", "--val", "--train_spe=1")
    done = script("train.py", *common, "--max_iters=1", f"--log_dir={log_dir}")
    assert re.search(r"1 validation  l1 \S+  psnr \S+  ssim \S+  best so far", done.stdout), done.stderr
    record = json.loads((log_dir / "best/metrics.json").read_text())
    assert record["step"] == 1 and 0 < record["l1"] < 100

    # One that no later checkpoint can be better than: it stays.
    (log_dir / "best/metrics.json").write_text(json.dumps({**record, "l1": 0}))
    done = script("train.py", *common, "--max_iters=2", f"--log_dir={log_dir}")
    assert "2 validation" in done.stdout and "best so far" not in done.stdout
    assert [path.name for path in (log_dir / "best").glob("*.index")] == ["snap-1.index"]

    # A list of checkpoints that was lost is made again from the files.
    (log_dir / "checkpoint").write_text("damaged")
    done = script("train.py", *common, "--max_iters=2", f"--log_dir={log_dir}")
    assert "snap-2" in done.stdout and "nothing to do: 2 of 2" in done.stdout, done.stderr

    # A damaged checkpoint is passed over, though not in silence, and written again.
    before = weights_in(log_dir / "snap-2")
    (log_dir / "snap-2.data-00000-of-00001").write_bytes(b"damaged")
    done = script("train.py", *common, "--max_iters=2", f"--log_dir={log_dir}")
    assert done.returncode == 0, done.stderr
    assert f"the checkpoint {log_dir}/snap-2 is damaged: " in done.stdout
    assert (
        f"; going on from the one before\ncontinuing from a checkpoint of this project, {log_dir}/snap-1\n"
        in (done.stdout)
    )
    for name, value in weights_in(log_dir / "snap-2").items():
        np.testing.assert_array_equal(value, before[name], err_msg=name)
    for file in log_dir.glob("snap-*.data-*"):
        file.write_bytes(b"damaged")
    done = script("train.py", *common, "--max_iters=2", f"--log_dir={log_dir}")
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert done.stderr.startswith(f"error: the checkpoint {log_dir}/snap-1 is damaged: ")


def test_help_lists_the_options(script):
    short, full = (script("train.py", name).stdout for name in ("--helpshort", "--helpfull"))
    for name in ("--dataset", "--[no]guided", "--max_iters", "--gan="):
        assert f"  {name}" in short and f"  {name}" in full
    for name in ("--gan_loss_alpha", "--known_weight", "--height", "--[no]jit_compile"):
        assert f"  {name}" not in short and f"  {name}" in full
    assert "\nRecipe deepfill_v2 and deepfill_v1:\n" in full
    assert 10 < short.count("\n  --") < 20 < full.count("\n  --")


def test_flag_file(script, tmp_path):
    (tmp_path / "my.flags").write_text("--dataset=places2\n# a comment\n--guided\n")
    done = script("train.py", "--flagfile=my.flags", cwd=tmp_path)
    assert "data/places2/train_shuffled.flist" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name, folder", [("celebahq", "celeba_hq"), ("places2", "places2")])
def test_recipes(script, images, tmp_path, name, folder):
    """From a folder of images to an iteration, by the commands that the recipe names."""
    recipe = f"--flagfile={ROOT / 'recipes' / name}.flags"
    flags = ("--validation=1", f"--output_dir=data/{folder}")
    done = script("make_flist", "--images=images", *flags, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    done = script("train.py", recipe, *SMALL, "--max_iters=1", "--batch_size=1", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"2 training images from data/{folder}/train_shuffled.flist, 1 validation images" in done.stdout
    assert "1 validation  l1" in done.stdout
    settings = json.loads((tmp_path / "logs" / name / "settings.json").read_text())
    assert settings["random_crop"] == (name == "places2") and settings["gan"] == "sngan"


def test_progress_line():
    now = [100.0]
    progress = Progress(total=1000, images_each=32, start=200, clock=lambda: now[0])
    now[0] += 9
    assert not progress.due()
    now[0] += 1
    assert progress.due()
    line = progress.line(220, {"d_loss": 1.0, "g_loss": 0.5, "g_gradient": 3.0}, seconds_waited=2.5)
    assert progress.input_share == 0.25
    # 20 iterations of 32 images in 10 s; 780 iterations left at 2 a second.
    assert line == "220/1000  d_loss 1.0000  g_loss 0.5000  64.0 images/s  0:06:30 left"
    assert duration(3 * 86400 + 3723) == "3 d 1:02:03"


def test_a_run_without_an_end_tells_no_time_left():
    now = [100.0]
    progress = Progress(RunOptions("logs").max_iters, images_each=32, clock=lambda: now[0])
    now[0] += 10
    assert progress.line(20, {"d_loss": 1.0}) == "20  d_loss 1.0000  64.0 images/s  0:00:10 so far"
    now[0] += 60
    assert progress.line(140, {"d_loss": 1.0}).endswith("64.0 images/s  0:01:10 so far")
