"""train.py --network=pconv_unet and --recipe=partial_conv: whole runs, resumed ones, and what is refused."""

import json
import re

import numpy as np
import pytest
from PIL import Image
from support.helpers import SMALL, weights_in

UNET = ("--network=pconv_unet", "--img_shapes=256,256,3", "--batch_size=1", "--train_spe=1")


@pytest.mark.slow
def test_trains_resumes_and_fills(script, images, tmp_path):
    def train(log_dir, *more):
        # One image a batch: the deepest maps are 1 x 1.
        common = [
            f"--data_flist={images},{images}",
            *UNET,
            "--recipe=partial_conv",
            "--ema=0.9",
            "--keep_checkpoints=1",
        ]
        done = script("train.py", *common, f"--log_dir={tmp_path / log_dir}", *more)
        assert done.returncode == 0, done.stderr
        return done.stdout

    said = train("whole", "--max_iters=2", "--val")
    assert re.search(r"2/2  g_loss \S+  valid_loss \S+  hole_loss \S+  tv_loss \S+  \S+ images/s", said)
    train("halves", "--max_iters=1")
    said = train("halves", "--max_iters=2")
    assert "changed since this run began" not in said and "not in it" not in said and "snap-1" in said
    whole, halves = weights_in(tmp_path / "whole/snap-2"), weights_in(tmp_path / "halves/snap-2")
    assert whole.keys() == halves.keys()
    assert sum("generator/" in name and ".Smoving_" in name for name in whole) == 2 * 14
    for name, value in whole.items():
        np.testing.assert_array_equal(value, halves[name], err_msg=name)
        if name.startswith("generator/") and "moving_variance" in name:
            assert np.isfinite(value).all() and np.any(value != 1)
    settings = json.loads((tmp_path / "whole/settings.json").read_text())
    assert (settings["recipe"], settings["hole_loss_alpha"]) == ("partial_conv", 6.0)
    assert settings["vgg_weights"] is False and "gan" not in settings
    assert (settings["network"], settings["freeze_encoder_norm"]) == ("pconv_unet", False)

    said = train("halves", "--max_iters=3", "--freeze_encoder_norm")
    assert "freeze_encoder_norm from False to True" in said
    fine = weights_in(tmp_path / "halves/snap-3")
    changed = {n for n in fine if ".Smoving_" in n and np.any(fine[n] != halves[n])}
    moved = {re.search(r"(enc|dec)_\d", n)[0] for n in changed if n.startswith("generator/")}
    assert moved == {f"dec_{level}" for level in range(2, 9)}

    image = Image.open(images / "0.png")
    Image.fromarray(np.uint8(255 * np.eye(70, 80))).save(tmp_path / "m.png")
    options = (f"--image={images / '0.png'}", f"--mask={tmp_path / 'm.png'}")
    done = script("fill", *options, f"--checkpoint_dir={tmp_path / 'whole'}", cwd=tmp_path)
    assert done.returncode == 0 and "the exponential mean of its weights" in done.stdout, done.stderr
    filled, before = np.asarray(Image.open(tmp_path / "output.png")), np.asarray(image)
    np.testing.assert_array_equal(filled[~np.eye(70, 80, dtype=bool)], before[~np.eye(70, 80, dtype=bool)])
    done = script(
        "fill", *options, f"--checkpoint_dir={tmp_path / 'whole'}", "--detail=residual", cwd=tmp_path
    )
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert done.stderr.startswith("error: detail=residual needs attention, which network pconv_unet lacks")
    done = script("to_tf1", f"--checkpoint_dir={tmp_path / 'whole'}", f"--output_dir={tmp_path / 'tf1'}")
    assert done.returncode == 1 and "which the original TF1 code does not have" in done.stderr


@pytest.mark.slow
def test_gated_network(in_process, images, tmp_path):
    run = tmp_path / "run"
    common = (f"--data_flist={images}", *SMALL, "--batch_size=1", "--train_spe=1", f"--log_dir={run}")
    done = in_process("train", *common, "--recipe=partial_conv", "--max_iters=1", "--hole_loss_alpha=2")
    assert done.returncode == 0 and "tv_loss" in done.stdout, done.stderr
    names = weights_in(run / "snap-1")
    assert not any(name.startswith("discriminator/") for name in names)
    assert json.loads((run / "settings.json").read_text())["hole_loss_alpha"] == 2
    done = in_process("to_tf1", f"--checkpoint_dir={run}", f"--output_dir={tmp_path / 'tf1'}")
    assert done.returncode == 0, done.stderr
    more = ("--recipe=partial_conv", "--max_iters=2", f"--model_restore={tmp_path / 'tf1'}")
    done = in_process("train", *common[:-1], *more, f"--log_dir={tmp_path / 'on'}")
    assert done.returncode == 0 and "2/2" in done.stdout, done.stderr


@pytest.mark.parametrize(
    "flags, message",
    [
        (["--recipe=partial_conv", "--known_weight=0.5"], "--known_weight is for --recipe=deepfill_v2, rec"),
        (
            ["--recipe=partial_conv", "--shared_batch"],
            "--shared_batch is for --recipe=deepfill_v1 or --recipe=deepfill_v2, received",
        ),
        (["--recipe=partial_conv", "--gan=none"], "--gan is for --recipe=deepfill_v1 or --recipe="),
        (["--recipe=partial_conv", "--discriminator_learning_rate=1e-4"], "--discriminator_learning_rate is"),
        (["--recipe=partial_conv", "--style_loss_alpha=9"], "--style_loss_alpha needs --vgg_weights"),
        (
            ["--recipe=partial_conv", "--vgg_weights=no.h5"],
            "cannot use no.h5 as VGG16's weights: there is no such file",
        ),
        (
            ["--hole_loss_alpha=2"],
            "--hole_loss_alpha is for --recipe=partial_conv, received --recipe=deepfill_v2",
        ),
        (["--gan=none", "--vgg_weights=x.h5"], "--vgg_weights is for --recipe=partial_conv, received"),
        (["--freeze_encoder_norm"], "--freeze_encoder_norm is for --network=pconv_unet, received gated"),
        (["--network=pconv_unet"], "--img_shapes needs a height and width that are multiples of 256 and at"),
        (["--network=pconv_unet", "--guided"], "network pconv_unet cannot be guided"),
        (["--network=pconv_unet", "--padding=REFLECT"], "padding of network pconv_unet must be same"),
        (
            ["--network=pconv_unet", "--gan=wgan_gp", "--pretrain_coarse_network"],
            "--pretrain_coarse_network is for networks of two stages, received one of one",
        ),
    ],
)
def test_contradictions(in_process, images, tmp_path, flags, message):
    done = in_process("train", f"--data_flist={images}", *SMALL, f"--log_dir={tmp_path / 'run'}", *flags)
    assert done.returncode == 1 and done.stderr.startswith(f"error: {message}"), done.stderr
    assert done.stderr.count("\n") == 1 and not (tmp_path / "run").exists()
