"""Runs that are killed, stopped and starved: real processes, compared by their last weights."""

import resource
import signal
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
from support.helpers import ROOT, SMALL, weights_in

pytestmark = pytest.mark.slow


@pytest.fixture
def train(images, tmp_path):
    """Start train.py on small images, a checkpoint every iteration: train(log_dir, max_iters, ...)."""
    processes = []

    def start(log_dir, max_iters, *more, file_limit=None):
        def limit():
            if file_limit:
                resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, file_limit))

        command = [sys.executable, str(ROOT / "train.py"), f"--data_flist={images}", *SMALL]
        command += ["--batch_size=1", "--random_crop", "--train_spe=1", "--keep_checkpoints=2"]
        command += [f"--log_dir={tmp_path / log_dir}", f"--max_iters={max_iters}", *more]
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        processes.append(subprocess.Popen(command, preexec_fn=limit, **options))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def wait_for(process, text):
    """Read the process's lines up to one that holds `text`."""
    for line in process.stdout:
        if text in line:
            return line
    raise AssertionError(process.stderr.read())


def assert_same_weights(one, other):
    one, other = weights_in(one), weights_in(other)
    assert one.keys() == other.keys() and len(one) > 290
    for name, value in one.items():
        np.testing.assert_array_equal(value, other[name], err_msg=name)


def test_killed_at_random_moments_it_ends_like_an_uninterrupted_run(train, tmp_path):
    whole = train("whole", 16)
    assert whole.communicate()[1] == "" and whole.returncode == 0

    rng = np.random.default_rng()
    moments, reached = [], set()
    for _ in range(4):
        process = train("killed", 16)
        wait_for(process, "checkpoint /")
        # A save takes longer than an iteration here: most blows fall in the middle of one.
        moments.append(rng.uniform(0, 1.5))
        try:
            process.communicate(timeout=moments[-1])
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        reached.add(tf.train.latest_checkpoint(tmp_path / "killed"))
    last = train("killed", 16)
    assert last.communicate()[1] == "" and last.returncode == 0, moments
    assert len(reached) > 1
    assert_same_weights(tmp_path / "whole/snap-16", tmp_path / "killed/snap-16")
    kept = {path.name for path in (tmp_path / "killed").glob("snap-*")}
    assert kept == {f"snap-{i}.{end}" for i in (15, 16) for end in ("index", "data-00000-of-00001")}


WARMUP = ("--discriminator_warmup=2", "--discriminator_learning_rate=5e-5", "--discriminator_steps=2")
ADAPTED = ("--gan_gradient_ratio=0.2", "--ema=0.9")


@pytest.mark.parametrize("options", [(*WARMUP, *ADAPTED), ("--shared_batch", *WARMUP[:1], "--ema=0.5")])
def test_adversarial_options_go_on_exactly(train, tmp_path, options):
    """Stopped in the middle of the warm-up, and later, between two changes of the weight."""
    whole = train("whole", 5, *options).communicate()
    assert whole[1] == "" and "warm-up: the discriminator alone for 2 iterations" in whole[0]
    parts = [train("parts", end, *options).communicate() for end in (1, 4, 5)]
    assert [complained for _, complained in parts] == ["", "", ""]
    assert "warm-up: the discriminator alone for 1 iterations" in parts[1][0]
    assert "warm-up" not in parts[2][0] and "changed since this run began" not in "".join(
        said for said, _ in parts
    )
    assert_same_weights(tmp_path / "whole/snap-5", tmp_path / "parts/snap-5")
    numbers = weights_in(tmp_path / "whole/snap-5")
    end = "/.ATTRIBUTES/VARIABLE_VALUE"
    assert numbers[f"warmed{end}"] == 2
    raw, mean = (
        numbers[f"{part}/inpaint_net.Sconv5.Skernel{end}"] for part in ("generator", "generator_mean")
    )
    assert 0 < np.abs(raw - mean).max() < 1e-3
    if "--gan_gradient_ratio=0.2" in options:
        assert numbers[f"steering/measured{end}"] == 3 and numbers[f"steering/mean{end}"] > 0
        assert numbers[f"optimizer/iterations{end}"] == 3
        assert numbers[f"discriminator_optimizer/iterations{end}"] == 2 + 3 * 2
    else:
        assert numbers[f"optimizer/iterations{end}"] == 2 + 3 * 2  # one Adam, both models' updates


@pytest.mark.parametrize("number, status", [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_saves_and_ends(train, tmp_path, number, status):
    process = train("logs", 10**6, "--train_spe=1000000")
    wait_for(process, "/1000000")
    process.send_signal(number)
    said, complained = process.communicate()
    assert process.returncode == status
    latest = tf.train.latest_checkpoint(tmp_path / "logs")
    step = latest.rsplit("-", 1)[1]
    name = signal.Signals(number).name
    assert complained == (
        f"{name}: saving a checkpoint after this iteration\n"
        f"stopped by {name} at iteration {step}: the same command goes on from {latest}\n"
    )
    after = train("logs", int(step) + 1)
    assert f"checkpoint of this project, {latest}" in after.communicate()[0] and after.returncode == 0


def test_a_disk_that_is_full_leaves_the_last_good_checkpoint(train, tmp_path):
    log_dir = tmp_path / "logs"
    train("logs", 1).communicate()
    full = train("logs", 3, file_limit=20_000_000)  # bytes; a checkpoint has some hundred million
    complained = full.communicate()[1]
    assert full.returncode == 1 and complained.count("\n") == 1
    assert complained.startswith("error: cannot save a checkpoint at iteration 2: ")
    assert f"the last good one is {log_dir / 'snap-1'}" in complained
    assert not list(log_dir.glob("snap-2*"))
    assert train("logs", 2).wait() == 0 and tf.train.latest_checkpoint(log_dir).endswith("snap-2")
