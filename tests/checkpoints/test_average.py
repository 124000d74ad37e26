"""The average_snapshots command as people run it."""

import numpy as np
import pytest
import tensorflow as tf

from inpaint.checkpoints import native
from inpaint.checkpoints.average import write_average
from inpaint.checkpoints.config import GeneratorConfig, read_config
from inpaint.checkpoints.formats import tf1
from inpaint.errors import UserError
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


def test_another_folders_checkpoints_are_not_averaged(in_process, run, generator, tmp_path):
    log_dir = tmp_path / "run"
    log_dir.mkdir()
    for path in run.glob("snap-10.*"):
        (log_dir / path.name).symlink_to(path)
    listed = "".join(f'all_model_checkpoint_paths: "{run}/snap-{step}"\n' for step in (30, 40))
    (log_dir / "checkpoint").write_text(f'model_checkpoint_path: "{run}/snap-40"\n{listed}')
    flags = (f"--log_dir={log_dir}", f"--output_dir={tmp_path / 'm'}")
    done = in_process("average_snapshots", "--count=2", *flags)
    assert done.returncode == 1 and "holds 1 of the 2 checkpoints of a run that are wanted" in done.stderr
    assert f"names {run}/snap-30, which is not in this folder: it is left alone\n" in done.stderr
    done = in_process("average_snapshots", "--count=1", *flags)
    assert done.stdout.endswith(f"the mean of 1 checkpoints, {log_dir}/snap-10 to {log_dir}/snap-10\n")


def test_no_snapshot_is_without_its_config(run, tmp_path, monkeypatch):
    def killed(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(tf1, "save", killed)
    with pytest.raises(KeyboardInterrupt):
        write_average(run, 1, tmp_path / "m", Generator())
    assert read_config(tmp_path / "m") == GeneratorConfig()
    (tmp_path / "m/snap-7.index").touch()
    (tmp_path / "m/config.json").write_text("{}")
    with pytest.raises(UserError, match="there are checkpoints in .*m already: name another --output_dir"):
        write_average(run, 1, tmp_path / "m", Generator())
    assert (tmp_path / "m/config.json").read_text() == "{}"


@pytest.mark.parametrize(
    "log_dir, flags, message",
    [
        ("run", ["--count=5"], "holds 4 of the 5 checkpoints of a run that are wanted: lower --count"),
        ("gone", [], "there is no folder gone: name the --log_dir of a run"),
        ("theirs", ["--count=1"], "is a snapshot of the original TF1 code: a run of this project is needed"),
        ("run", ["--count=1", "--guided"], "is one of them guided and the other not?"),
        ("run", ["--count=1", "--output_dir=taken"], "there are checkpoints in taken already"),
    ],
)
def test_one_line_for_what_the_user_can_mend(in_process, run, generator, tmp_path, log_dir, flags, message):
    (tmp_path / "run").symlink_to(run)
    tf1.save(tmp_path / "theirs", generator, step=3)
    tf1.save(tmp_path / "taken", generator, step=39)
    done = in_process("average_snapshots", f"--log_dir={log_dir}", "--output_dir=new", *flags, cwd=tmp_path)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1 and message in done.stderr
