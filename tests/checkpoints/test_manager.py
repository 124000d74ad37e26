import contextlib
import errno
import fcntl
import json
import os
import shutil
import subprocess
import sys
import types

import pytest
import tensorflow as tf

from inpaint.checkpoints import native
from inpaint.checkpoints.manager import RunCheckpoints
from inpaint.errors import Note, UserError


def run_of(**config):
    """What a checkpoint's config is made from."""
    return types.SimpleNamespace(
        generator=types.SimpleNamespace(**{"guided": False, "padding": "same", "network": "gated", **config})
    )


RUN = run_of()


@pytest.fixture
def step():
    return tf.Variable(0, dtype=tf.int64)


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Checkpoints of the step alone."""
    monkeypatch.setattr(native, "training_checkpoint", lambda _, step: tf.train.Checkpoint(step=step))


def names(folder):
    return sorted(path.name for path in folder.glob("*.index"))


def save_at(checkpoints, step, *steps):
    for number in steps:
        step.assign(number)
        checkpoints.save()


def test_keeps_the_newest(tmp_path, step):
    save_at(RunCheckpoints(tmp_path / "a", RUN, step, keep=2), step, 1, 2, 3, 4)
    assert names(tmp_path / "a") == ["snap-3.index", "snap-4.index"]


def test_what_a_dead_process_left_is_removed(tmp_path, step):
    save_at(RunCheckpoints(tmp_path, RUN, step), step, 3)
    (tmp_path / "snap-4_temp").mkdir()
    (tmp_path / "snap-4_temp/part-00000-of-00001.data-00000-of-00001").write_bytes(b"x")
    (tmp_path / "snap-4.data-00000-of-00001").write_bytes(b"half")
    (tmp_path / "notes.txt").write_text("mine")
    assert RunCheckpoints(tmp_path, RUN, step).latest == str(tmp_path / "snap-3")
    found = sorted(path.name for path in tmp_path.iterdir())
    assert found == [
        "checkpoint",
        "config.json",
        "lock",
        "notes.txt",
        "snap-3.data-00000-of-00001",
        "snap-3.index",
    ]


@pytest.mark.parametrize("path", ["{victim}/snap-{n}", "../victim/snap-{n}"])
def test_another_folders_snapshots_are_never_removed(tmp_path, step, path):
    victim, mine = tmp_path / "victim", tmp_path / "mine"
    save_at(checkpoints := RunCheckpoints(victim, RUN, step), step, 2, 4)
    checkpoints.close()
    mine.mkdir()
    for own in (False, True):
        listed = [path.format(victim=victim, n=n) for n in (2, 4)]
        lines = [f'all_model_checkpoint_paths: "{name}"' for name in listed]
        (mine / "checkpoint").write_text("\n".join([f'model_checkpoint_path: "{listed[-1]}"', *lines, ""]))
        with pytest.warns(
            Note, match="checkpoint names .*/snap-2, which is not in this folder: it is left alone"
        ):
            checkpoints = RunCheckpoints(mine, RUN, step, keep=1)
        assert checkpoints.latest == (str(mine / "snap-6") if own else None)
        save_at(checkpoints, step, 5, 6)
        checkpoints.close()
        assert names(mine) == ["snap-6.index"]
    assert names(victim) == ["snap-2.index", "snap-4.index"]


def test_a_copy_of_a_run_with_a_recovered_list_is_its_own(tmp_path, step):
    run, fork = tmp_path / "run", tmp_path / "fork"
    save_at(checkpoints := RunCheckpoints(run, RUN, step), step, 1, 2)
    checkpoints.close()
    (run / "checkpoint").unlink()
    RunCheckpoints(run, RUN, step).close()
    assert str(tmp_path) not in (run / "checkpoint").read_text()
    shutil.copytree(run, fork)
    checkpoints = RunCheckpoints(fork, RUN, step, keep=1)
    assert checkpoints.latest == str(fork / "snap-2")
    save_at(checkpoints, step, 3)
    assert names(run) == ["snap-1.index", "snap-2.index"] and names(fork) == ["snap-3.index"]


def test_a_lost_list_is_made_again(tmp_path, step):
    save_at(RunCheckpoints(tmp_path, RUN, step), step, 9, 10)
    for damaged in (b"damaged", b"\x83\xff"):
        (tmp_path / "checkpoint").write_bytes(damaged)
        with contextlib.closing(RunCheckpoints(tmp_path, RUN, step)) as checkpoints:
            assert checkpoints.latest == str(tmp_path / "snap-10")
    (tmp_path / "checkpoint").unlink()
    checkpoints = RunCheckpoints(tmp_path, RUN, step, keep=1)
    assert checkpoints.latest == str(tmp_path / "snap-10")
    checkpoints.pass_over(checkpoints.latest)
    assert checkpoints.latest == str(tmp_path / "snap-9")
    save_at(checkpoints, step, 11)  # and the older ones are known again
    assert names(tmp_path) == ["snap-11.index"]


def test_only_a_better_one_becomes_the_best(tmp_path, step):
    for number, l1, kept in ((1, 5.0, True), (2, 6.0, False), (3, 4.0, True), (4, 4.0, False)):
        step.assign(number)
        with contextlib.closing(
            RunCheckpoints(tmp_path, RUN, step)
        ) as checkpoints:  # each knows of the others
            assert bool(checkpoints.save_if_best({"l1": l1, "psnr": 20.0})) == kept
    assert names(tmp_path / "best") == ["snap-3.index"]
    record = json.loads((tmp_path / "best/metrics.json").read_text())
    assert record == {"step": 3, "l1": 4.0, "psnr": 20.0}
    for damaged in ("{", "[1]", '{"psnr": 1}'):
        (tmp_path / "best/metrics.json").write_text(damaged)
        with pytest.raises(UserError, match="metrics.json is damaged: remove the folder"):
            RunCheckpoints(tmp_path, RUN, step)


def test_two_processes_cannot_share_a_folder(tmp_path, step):
    code = "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.flock(f, 2); print(flush=True); input()"
    command = [sys.executable, "-c", code, str(tmp_path / "lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        with pytest.raises(UserError, match="another process trains in"):
            RunCheckpoints(tmp_path, RUN, step)
        RunCheckpoints(tmp_path, RUN, step, writes=False)  # a worker that only reads
        other.stdin.close()
    RunCheckpoints(tmp_path, RUN, step)


def test_a_folder_that_is_removed_is_not_another_runs(tmp_path, step):
    checkpoints = RunCheckpoints(tmp_path / "run", RUN, step)
    checkpoints.check_held()
    (tmp_path / "run").rename(tmp_path / "moved")
    with pytest.raises(UserError, match="^the log directory .*run was removed during the run: No such file"):
        checkpoints.check_held()
    RunCheckpoints(tmp_path / "run", RUN, step)
    with pytest.raises(UserError, match="^the log directory .*run was replaced during the run$"):
        checkpoints.check_held()


def test_the_size_of_a_checkpoint(tmp_path, step, monkeypatch):
    variables = {"a": tf.Variable(tf.zeros([3, 5])), "b": {"c": tf.Variable(tf.zeros([7], tf.float16))}}
    monkeypatch.setattr(native, "training_checkpoint", lambda *_: tf.train.Checkpoint(step=step, **variables))
    assert RunCheckpoints(tmp_path, RUN, step).bytes_each == 8 + 4 * 15 + 2 * 7


def test_a_damaged_list_of_no_checkpoints(tmp_path, step):
    (tmp_path / "checkpoint").write_bytes(b"\x83\xff")
    checkpoints = RunCheckpoints(tmp_path, RUN, step)
    assert checkpoints.latest is None
    save_at(checkpoints, step, 1)
    assert checkpoints.latest == str(tmp_path / "snap-1")


def test_one_that_was_passed_over_is_written_again(tmp_path, step):
    checkpoints = RunCheckpoints(tmp_path, RUN, step)
    save_at(checkpoints, step, 1, 2)
    checkpoints.pass_over(str(tmp_path / "snap-2"))
    assert checkpoints.latest == str(tmp_path / "snap-1")
    save_at(checkpoints, step, 2)
    assert checkpoints.latest == str(tmp_path / "snap-2")
    for number in (1, 2):
        checkpoints.pass_over(str(tmp_path / f"snap-{number}"))
    assert checkpoints.latest is None


def test_the_lock_goes_when_a_process_is_killed(tmp_path, step):
    code = (
        "import sys; from filelock import FileLock; lock = FileLock(sys.argv[1], timeout=0); lock.acquire(); "
    )
    command = [sys.executable, "-c", code + "print(flush=True); input()", str(tmp_path / "lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        with pytest.raises(
            UserError, match=f"^another process trains in {tmp_path}: name another --log_dir$"
        ):
            RunCheckpoints(tmp_path, RUN, step)
        other.kill()
    with contextlib.closing(RunCheckpoints(tmp_path, RUN, step)):
        with pytest.raises(UserError, match="another process trains in"):
            RunCheckpoints(tmp_path, RUN, step)
    RunCheckpoints(tmp_path, RUN, step)


@pytest.mark.parametrize("code", [errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK])
def test_a_file_system_without_locks(tmp_path, step, monkeypatch, code):
    def refused(*arguments):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(fcntl, "flock", refused)
    with contextlib.closing(RunCheckpoints(tmp_path, RUN, step)) as checkpoints:
        save_at(checkpoints, step, 1)
    assert RunCheckpoints(tmp_path, RUN, step).latest == str(tmp_path / "snap-1")


def test_a_lock_that_cannot_be_made(tmp_path, step):
    (tmp_path / "lock").mkdir()
    with pytest.raises(UserError, match="^cannot write into the log directory .*: Is a directory$"):
        RunCheckpoints(tmp_path, RUN, step)


def test_a_save_that_fails_names_the_last_good_one(tmp_path, step):
    checkpoints = RunCheckpoints(tmp_path, RUN, step)
    save_at(checkpoints, step, 1)
    (tmp_path / "snap-2.index").mkdir()  # in the way of the file
    with pytest.raises(
        UserError, match=r"cannot save a checkpoint at iteration 2: .* is \S+snap-1: free some space"
    ):
        save_at(checkpoints, step, 2)
    assert tf.train.latest_checkpoint(tmp_path) == str(tmp_path / "snap-1")


def test_the_config_lies_beside_the_checkpoints(tmp_path, step):
    run = run_of(guided=True, padding="symmetric")
    with contextlib.closing(RunCheckpoints(tmp_path, run, step)) as checkpoints:
        assert not (tmp_path / "config.json").exists()  # nothing to describe yet
        save_at(checkpoints, step, 1)
        checkpoints.save_if_best({"l1": 1.0})
    for folder in (tmp_path, tmp_path / "best"):
        found = json.loads((folder / "config.json").read_text())
        assert found.items() >= {"guided": True, "padding": "symmetric", "network": "gated"}.items()
    with pytest.raises(UserError, match="padding=symmetric .config.json., received padding=same"):
        RunCheckpoints(tmp_path, run_of(guided=True), step)
    with pytest.raises(UserError, match="guided=true .config.json., received guided=false"):
        RunCheckpoints(tmp_path, run_of(padding="symmetric"), step, writes=False)


def test_a_run_without_a_config_gets_one(tmp_path, step):
    save_at(RunCheckpoints(tmp_path, RUN, step), step, 1)
    (tmp_path / "config.json").unlink()
    save_at(RunCheckpoints(tmp_path, run_of(padding="reflect"), step), step, 2)
    assert json.loads((tmp_path / "config.json").read_text())["padding"] == "reflect"


def test_a_config_without_a_checkpoint_is_replaced(tmp_path, step):
    checkpoints = RunCheckpoints(tmp_path, RUN, step)
    (tmp_path / "snap-1.index").mkdir()  # in the way of the file: the config is written, the rest is not
    with pytest.raises(UserError, match="cannot save"):
        save_at(checkpoints, step, 1)
    (tmp_path / "snap-1.index").rmdir()
    checkpoints.close()
    save_at(RunCheckpoints(tmp_path, run_of(padding="reflect"), step), step, 1)
    assert json.loads((tmp_path / "config.json").read_text())["padding"] == "reflect"
