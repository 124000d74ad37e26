"""Workers, nodes and the command itself may die."""

import os
import pathlib
import signal
import subprocess
import threading

import pytest
from bulk.conftest import NODE
from support.helpers import ROOT, command_line

pytest.importorskip("ray", reason="Ray is not installed")

from support.fillers import Working  # noqa: E402

from inpaint.bulk.fill_lines import FillOptions  # noqa: E402
from inpaint.bulk.pipeline import fill_many  # noqa: E402

pytestmark = pytest.mark.slow


def test_workers_and_nodes_that_come_and_go(connected, photographs, tmp_path):
    image, mask, _ = photographs(1)[0].split()
    out, workers = tmp_path / "out", tmp_path / "workers"
    workers.mkdir()
    lines = [f"{image} {mask} {out}/{i}.png" for i in range(3000)]
    lines[::100] = ["no line"] * 30
    (tmp_path / "list.txt").write_text("\n".join(lines))
    lost, found = connected.worker_nodes.copy().pop(), {}

    def of(node):
        return [path for path in workers.iterdir() if path.name.startswith(node.node_id)]

    def wait(done):
        while not done():
            assert running.is_alive()

    def fill():
        options = FillOptions({"path": None}, folder=str(tmp_path))
        found["counts"] = fill_many([str(tmp_path / "list.txt")], str(tmp_path), options, filler=Working)

    running = threading.Thread(target=fill)
    running.start()
    wait(lambda: of(lost) and of(connected.head_node) and len(list(out.iterdir())) > 300)
    os.kill(int(of(connected.head_node)[0].name.split()[1]), signal.SIGKILL)
    wait(lambda: len(of(connected.head_node)) > 1)  # another process in its place
    connected.remove_node(lost, allow_graceful=False)
    later = connected.add_node(**NODE)
    wait(lambda: of(later))
    running.join()
    counts = found["counts"]
    assert counts.filled + counts.skipped == 2970 and counts.bad == 30
    # What a killed worker was writing stays behind, hidden.
    written = {path.name for path in out.iterdir() if not path.name.startswith(".")}
    assert written == {f"{i}.png" for i in range(3000) if i % 100}


@pytest.mark.parametrize("number, status", [(signal.SIGKILL, -9), (signal.SIGINT, 130)])
def test_the_command_is_killed(photographs, tmp_path, number, status):
    """Its workers end, no output is half-written, and the same command does the rest."""
    (tmp_path / "list.txt").write_text("\n".join(photographs(100)))
    options = ("--report=report", "--workers=1", "--fill_size=whole")
    command = command_line("fill_many", "--flist=list.txt", *options)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "RAY_USAGE_STATS_ENABLED": "0"}
    out = tmp_path / "out"
    with open(tmp_path / "log.txt", "w") as log:
        process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=log)
        while len(list(out.glob("[!.]*"))) < 20:
            assert process.poll() is None
    process.send_signal(number)
    assert process.wait() == status
    while any(pathlib.Path(f"/proc/{pid}").exists() for pid in workers_in(tmp_path)):
        pass
    done = {path.name: path.stat().st_mtime_ns for path in out.glob("[!.]*")}
    assert 20 <= len(done) < 100
    again = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=600
    )
    assert again.returncode == 0, again.stderr
    assert f"{100 - len(done)} filled, {len(done)} skipped, 0 bad" in again.stdout
    assert len(list(out.glob("[!.]*"))) == 100
    assert all((out / name).stat().st_mtime_ns == time for name, time in done.items())


def workers_in(folder):
    """Numbers of Ray's worker processes that were started in a folder."""
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if b"ray::MapWorker" in (entry / "cmdline").read_bytes() and folder == (entry / "cwd").readlink():
                yield int(entry.name)
        except OSError:
            continue
