"""The average_snapshots command as people run it."""

import numpy as np
import pytest
import tensorflow as tf

from inpaint.checkpoints import native, tf1
from inpaint.models.generator import Generator


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A folder of four checkpoints, at steps 10 to 40, whose weights are 1, 2, 5 and 9 everywhere."""
    folder, generator = tmp_path_factory.mktemp("run"), Generator()
    checkpoint = tf.train.Checkpoint(generator=native.model_variables(generator))
    manager = tf.train.CheckpointManager(checkpoint, str(folder), 4, checkpoint_name="snap")
    for step, value in zip((10, 20, 30, 40), (1, 2, 5, 9)):
        generator.set_weights([np.full_like(weight, value) for weight in generator.get_weights()])
        manager.save(checkpoint_number=step)
    return folder


def test_mean_of_the_newest(script, run, tmp_path):
    done = script("average_snapshots", f"--log_dir={run}", "--count=3", f"--output_dir={tmp_path / 'm'}")
    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        f"wrote {tmp_path / 'm'}/snap-40, the mean of 3 checkpoints, {run}/snap-20 to {run}/snap-40\n"
    )
    tf1.load(tmp_path / "m", generator := Generator())
    for weight in generator.get_weights():
        np.testing.assert_allclose(weight, 16 / 3, rtol=1e-6)


@pytest.mark.parametrize(
    "log_dir, flags, message",
    [
        ("run", ["--count=5"], "holds 4 checkpoints of a run, 5 are wanted: lower --count"),
        ("gone", [], "there is no folder gone: name the --log_dir of a run"),
        ("theirs", ["--count=1"], "is a snapshot of the original TF1 code: a run of this project is needed"),
        ("run", ["--count=1", "--guided"], "is one of them guided and the other not?"),
        ("run", ["--count=1", "--output_dir=taken"], "there are checkpoints in taken already"),
    ],
)
def test_one_line_for_what_the_user_can_mend(script, run, generator, tmp_path, log_dir, flags, message):
    (tmp_path / "run").symlink_to(run)
    tf1.save(tmp_path / "theirs", generator, step=3)
    tf1.save(tmp_path / "taken", generator, step=39)
    done = script("average_snapshots", f"--log_dir={log_dir}", "--output_dir=new", *flags, cwd=tmp_path)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1 and message in done.stderr
