"""Flags of earlier versions: one line says what replaces them."""

import pytest

from inpaint.commands import train


@pytest.mark.parametrize(
    "flag, message",
    [
        ("--gan_highpass=6", "--gan_highpass is gone: give --split_frequencies"),
        ("--l1_lowpass=2", "--l1_lowpass is gone: give --split_frequencies"),
        ("--feature_gain=2.45", "--feature_gain is gone: give --scaled_init"),
        ("--perceptual_weight=1", "--perceptual_weight is gone: --gan=projected always adds the distance"),
        ("--gan_loss_alpha_max=1", "--gan_loss_alpha_max is gone: the adapted weight is at most 1"),
        (
            "--discriminator_precision=float32",
            "--discriminator_precision is gone: --precision=mixed_bfloat16",
        ),
        ("--stall_seconds=9", "--stall_seconds is gone: a missing batch is reported every minute"),
        ("--keep_every_hours=12", "--keep_every_hours is gone: raise --keep_checkpoints"),
    ],
)
def test_what_replaces_it_is_told(in_process, tmp_path, flag, message):
    assert flag[2:].partition("=")[0] in train.RETIRED_FLAGS
    done = in_process("train", "--dataset=sample", f"--log_dir={tmp_path / 'run'}", flag)
    assert done.returncode == 1 and done.stdout == "" and not (tmp_path / "run").exists()
    assert message in done.stderr and done.stderr.count("\n") == 1
