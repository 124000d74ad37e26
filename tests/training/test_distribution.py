import json
import os
import signal
import socket
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
from support.helpers import ROOT, SMALL, weights_in

from inpaint.errors import UserError
from inpaint.training.distribution import any_worker, in_several_processes, is_chief, make_strategy


def two_replicas(what):
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"}
    command = [sys.executable, str(ROOT / "tests/support/two_replicas.py"), what]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_two_devices_make_the_update_of_one():
    found = two_replicas("same_update")
    assert found["losses"] < 1e-5  # relative
    # After two iterations of Adam, whose steps are 1e-4 however small the gradient.
    assert found["weights"] < 5e-6
    assert found["u"] == 0 and found["spectral_norms"] == 6


@pytest.mark.slow
def test_two_devices_make_the_adversarial_updates_of_one():
    found = two_replicas("adversarial")
    assert found["losses"] < 1e-3  # a gradient that is the small difference of two larger ones
    assert found["weights"] < 1e-5 and found["u"] == 0


@pytest.mark.slow
def test_two_devices_normalise_their_own_halves():
    found = two_replicas("batch_norm")
    assert found["losses"] < 1e-5
    assert found["weights"] < 5e-6 and found["moving"] < 1e-5


@pytest.mark.slow
def test_an_overflow_on_one_replica_skips_the_step_on_all():
    found = two_replicas("overflow")
    assert found["skipped"] == 0
    assert found["taken"] == found["weights"] == 24


def test_one_device_needs_no_strategy(monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    strategy = make_strategy("auto")
    assert strategy is tf.distribute.get_strategy() and is_chief(strategy)
    assert any_worker(strategy, True) and not any_worker(strategy, False)


@pytest.mark.parametrize(
    "config, message",
    [
        ("", "--strategy=multi_worker needs TF_CONFIG"),
        ("{", "TF_CONFIG is not understood"),
        ('{"cluster": {"worker": ["a:1", "b:1"]}}', "TF_CONFIG is not understood .No such job .*: None"),
        ('{"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": "worker"}}', "must read like"),
        (
            '{"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": "ps", "index": 0}}',
            "No such job in cluster: 'ps'",
        ),
        (
            '{"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": "worker", "index": 7}}',
            "No task with index 7 in job 'worker'",
        ),
        (
            '{"cluster": {"worker": ["a", "b:1"]}, "task": {"type": "worker", "index": 1}}',
            "'a' is not host:port",
        ),
        (
            '{"cluster": {"worker": "a:1"}, "task": {"type": "worker", "index": 0}}',
            "must be a list or a dictionary",
        ),
        ("3", "TF_CONFIG is not understood"),
        ('{"cluster": null}', "`cluster` must be a dictionary"),
        ('{"cluster": {"worker": []}, "task": {"type": "worker", "index": 0}}', "is not understood"),
    ],
)
def test_bad_tf_config(monkeypatch, config, message):
    monkeypatch.setenv("TF_CONFIG", config)
    with pytest.raises(UserError, match=message):
        make_strategy("multi_worker")


def several(cluster, kind, index):
    """A strategy of several processes as the rest of the code sees it; a real one waits for the others."""

    class Pretended(tf.distribute.MultiWorkerMirroredStrategy):
        def __init__(self):
            pass

        cluster_resolver = tf.distribute.cluster_resolver.SimpleClusterResolver(
            tf.train.ClusterSpec(cluster), task_type=kind, task_id=index
        )

    return Pretended()


def test_who_is_the_chief():
    two = {"worker": ["a:1", "b:1"]}
    with_chief = {"chief": ["c:1"], "worker": ["a:1"]}
    for cluster, kind, index, chief in (
        (two, "worker", 0, True),
        (two, "worker", 1, False),
        (with_chief, "chief", 0, True),
        (with_chief, "worker", 0, False),
    ):
        strategy = several(cluster, kind, index)
        assert in_several_processes(strategy) and is_chief(strategy) == chief
    alone = several({"worker": ["a:1"], "evaluator": ["b:1"]}, "worker", 0)
    assert not in_several_processes(alone) and is_chief(alone)
    mirrored = tf.distribute.MirroredStrategy(["CPU:0"])
    assert not in_several_processes(mirrored) and is_chief(mirrored)


@pytest.mark.slow
def test_two_processes_go_on_after_one_was_killed(script, images, tmp_path):
    arguments = [f"--data_flist={images}", *SMALL, "--batch_size=2", "--train_spe=1", "--random_crop"]
    done = script("train.py", *arguments, "--max_iters=4", f"--log_dir={tmp_path / 'one'}")
    assert done.returncode == 0, done.stderr

    def start(ports):
        cluster = {"worker": [f"localhost:{port}" for port in ports]}
        for index in range(2):
            config = {"cluster": cluster, "task": {"type": "worker", "index": index}}
            yield subprocess.Popen(
                [sys.executable, str(ROOT / "train.py"), *arguments] + [f"--log_dir={tmp_path / 'two'}"],
                env={**os.environ, "TF_CONFIG": json.dumps(config)},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )

    chief, worker = start(free_ports(2))
    for line in chief.stdout:
        if "snap-2" in line:
            break
    worker.kill()
    complained = chief.communicate()[1]
    worker.communicate()
    assert chief.returncode == 1
    assert "error: lost another worker after iteration" in complained.splitlines()[-1]
    reached = int(tf.train.latest_checkpoint(tmp_path / "two").rsplit("-", 1)[1])

    chief, worker = start(free_ports(2))
    for line in chief.stdout:
        if "continuing" in line:
            assert f"checkpoint of this project, {tmp_path / 'two'}/snap-{reached}\n" in line
        if line.startswith("checkpoint "):
            break
    worker.send_signal(signal.SIGTERM)  # one is asked to stop, both do
    said, complained = worker.communicate()
    assert worker.returncode == 143 and "stopped by SIGTERM at iteration" in complained
    assert said.count("\n") == 1  # that it waited; the rest the chief alone tells
    assert "stopped by another worker at iteration" in chief.communicate()[1] and chief.returncode == 143
    last = int(tf.train.latest_checkpoint(tmp_path / "two").rsplit("-", 1)[1])
    assert last > reached

    # The same numbers as one process makes from the same global batches, up to the order of sums.
    done = script("train.py", *arguments, f"--max_iters={last}", f"--log_dir={tmp_path / 'one'}")
    assert done.returncode == 0, done.stderr
    one = weights_in(tmp_path / f"one/snap-{last}")
    two = weights_in(tmp_path / f"two/snap-{last}")
    assert one.keys() == two.keys()
    assert one["step/.ATTRIBUTES/VARIABLE_VALUE"] == two["step/.ATTRIBUTES/VARIABLE_VALUE"] == last
    kernel = "generator/inpaint_net.Sconv1.Skernel/.ATTRIBUTES/VARIABLE_VALUE"
    np.testing.assert_allclose(one[kernel], two[kernel], atol=1e-5)


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("localhost", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports
