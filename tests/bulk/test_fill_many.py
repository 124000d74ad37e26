"""fill_many on Beam's DirectRunner, with real files."""

import json
import os
import pathlib
import re
import signal
import subprocess

import numpy as np
import pytest
from PIL import Image
from support.helpers import ROOT, command_line

pytest.importorskip("apache_beam", reason="Apache Beam is not installed")

from apache_beam.io.localfilesystem import LocalFileSystem  # noqa: E402

from inpaint.bulk.fill_lines import FillLines, FillOptions  # noqa: E402
from inpaint.bulk.pipeline import fill_many  # noqa: E402
from inpaint.bulk.runner_options import runner_options  # noqa: E402
from inpaint.errors import UserError  # noqa: E402
from inpaint.inference.fill_list import Failures, fill_list, read_jobs  # noqa: E402

SIZES = ((40, 56), (64, 48))


@pytest.fixture
def photographs(tmp_path, rng):
    """A function that makes n small images and masks; returns the lines that fill them into out/."""

    def make(count, folder=tmp_path):
        (folder / "out").mkdir(exist_ok=True)
        source = np.asarray(Image.open(ROOT / "inpaint/examples/photographs/chelsea.png").convert("RGB"))
        lines = []
        for i in range(count):
            height, width = SIZES[i % 2]
            top, left = rng.integers(0, 200, 2)
            Image.fromarray(source[top : top + height, left : left + width]).save(folder / f"{i}.png")
            mask = np.zeros((height, width), np.uint8)
            mask[8:28, 10:30] = 255
            Image.fromarray(mask).save(folder / f"{i}m.png")
            lines.append(f"{folder}/{i}.png {folder}/{i}m.png {folder}/out/{i}.png")
        return lines

    return make


def run(folder, lines, **options):
    """Fill lines in this process; returns the counts and the bad lines as {number: reason}."""
    flist = folder / "list.txt"
    flist.write_text("\n".join(lines))
    options = FillOptions({"path": None}, **options)
    counts = fill_many(
        [str(flist)], str(folder / "report"), options, runner_options(["--runner=DirectRunner"])
    )
    (report,) = (folder / "report").glob("bad-*.jsonl")
    bad = [json.loads(line) for line in report.read_text().splitlines()]
    assert all(one["list"] == str(flist) and one["text"] == lines[one["line"] - 1] for one in bad)
    return counts, {one["line"]: one["reason"] for one in bad}


def test_good_and_bad_lines(photographs, tmp_path, as_it_comes):
    lines = photographs(5)
    (tmp_path / "1m.png").write_text("no image")
    (tmp_path / "2.png").write_bytes((tmp_path / "2.png").read_bytes()[:900])
    lines += [f"{tmp_path}/gone.png {tmp_path}/0m.png {tmp_path}/out/x.png", "two fields"]
    lines += [f"{tmp_path}/0.png {tmp_path}/0m.png {tmp_path}/nowhere/x.png"]
    (tmp_path / "folder.png").mkdir()
    lines += [f"{tmp_path}/0.png {tmp_path}/0m.png {tmp_path}/folder.png"]
    lines += [f"{tmp_path}/0.png {tmp_path}/0m.png {tmp_path}/list.txt"]
    lines += [f"{tmp_path}/0.png {tmp_path}/0m.png nothing://knows/this.png"]
    counts, bad = run(tmp_path, lines)
    assert counts[:4] == (3, 0, 8, sum(SIZES[i % 2][0] * SIZES[i % 2][1] for i in (0, 3, 4)))
    assert re.fullmatch(
        r"3 filled, 0 skipped, 8 bad; 0\.0 million pixels in \d+ s, [\d.]+ images/s", str(counts)
    )
    assert sorted(bad) == [2, 3, 6, 7, 8, 9, 10, 11]
    assert "1m.png is not an image" in bad[2] and "2.png cannot be read, it is damaged" in bad[3]
    assert bad[6] == f"no such file: {tmp_path}/gone.png" and bad[7].startswith("must be `image mask output`")
    assert bad[8].endswith("create it first") and bad[9].endswith("it is a folder")
    assert "must end in one of" in bad[10] and "cannot write nothing://knows/this.png: " in bad[11]

    # The same bytes as batch_test.py writes.
    (tmp_path / "again").mkdir()
    again = [lines[i].replace("/out/", "/again/") for i in (0, 3, 4)]
    (tmp_path / "again.txt").write_text("\n".join(again))
    failures = Failures(print)
    fill_list(as_it_comes, read_jobs(tmp_path / "again.txt", False, failures), 8, failures)
    for i in (0, 3, 4):
        assert (tmp_path / f"out/{i}.png").read_bytes() == (tmp_path / f"again/{i}.png").read_bytes()
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["0.png", "3.png", "4.png"]


def test_a_second_run_does_the_rest(photographs, tmp_path):
    lines = photographs(4)
    (tmp_path / "out/1.png").write_bytes(b"from before")
    assert run(tmp_path, lines)[0][:3] == (3, 1, 0)
    assert (tmp_path / "out/1.png").read_bytes() == b"from before"
    assert run(tmp_path, lines)[0][:3] == (0, 4, 0)
    assert run(tmp_path, lines, overwrite=True)[0][:3] == (4, 0, 0)
    assert (tmp_path / "out/1.png").read_bytes() != b"from before"


class ElsewhereFileSystem(LocalFileSystem):
    """`elsewhere://x` lies in a folder that only this class knows."""

    folder = None

    @classmethod
    def scheme(cls):
        return "elsewhere"

    def _path(self, path):
        return str(self.folder / path.removeprefix("elsewhere://"))

    def open(self, path, *arguments, **options):
        return super().open(self._path(path), *arguments, **options)

    def create(self, path, *arguments, **options):
        return super().create(self._path(path), *arguments, **options)

    def exists(self, path):
        return super().exists(self._path(path))


def test_other_file_systems(photographs, tmp_path, monkeypatch):
    folder = tmp_path / "far"
    folder.mkdir()
    monkeypatch.setattr(ElsewhereFileSystem, "folder", folder)
    local = photographs(3, folder)
    far = [line.replace(str(folder), "elsewhere:/") for line in local]
    (folder / "1m.png").write_text("no image")
    far.append("elsewhere://gone.png elsewhere://0m.png elsewhere://out/x.png")
    counts, bad = run(tmp_path, far)
    assert counts[:3] == (2, 0, 2)
    assert bad == {
        2: "elsewhere://1m.png is not an image that can be read",
        4: "no such file: elsewhere://gone.png",
    }
    found = {p.name: p.read_bytes() for p in (folder / "out").iterdir()}
    for path in (folder / "out").iterdir():
        path.unlink()
    assert run(tmp_path, [local[0], local[2]])[0].filled == 2
    assert found == {p.name: p.read_bytes() for p in (folder / "out").iterdir()}


def test_a_network_that_cannot_be_loaded(photographs, tmp_path, monkeypatch):
    for suffix in ("index", "data-00000-of-00001"):
        (tmp_path / f"snap-1.{suffix}").write_bytes(b"damaged")
    (tmp_path / "list.txt").write_text("\n".join(photographs(1)))
    options = FillOptions({"path": str(tmp_path / "snap-1")})
    with pytest.raises(UserError, match="^the checkpoint .*snap-1 is damaged"):
        fill_many([str(tmp_path / "list.txt")], str(tmp_path), options, runner_options([]))


def test_command(script, photographs, tmp_path):
    lines = photographs(3)
    for name, part in (("a", lines[:2]), ("b", [*lines[2:], "one field"])):
        (tmp_path / f"{name}.txt").write_text("\n".join(part))
    flags = ("--flist=*.txt", "--report=report", "--runner=DirectRunner")
    done = script("fill_many", *flags, "--max_bad_share=0.25", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("4 lines in 2 lists\n3 filled, 0 skipped, 1 bad; ")
    done = script("fill_many", *flags, "--max_bad_share=0.2", cwd=tmp_path)
    assert done.returncode == 1 and "0 filled, 3 skipped, 1 bad" in done.stdout
    assert done.stderr.endswith("1 of 4 lines are bad, see report/bad-*.jsonl\n")
    (tmp_path / "b.txt").write_text(lines[0])
    done = script("fill_many", *flags, cwd=tmp_path)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.splitlines()[-1].startswith("error: line 1 of ") and "both write" in done.stderr


@pytest.mark.parametrize(
    "flags, message",
    [
        (["--report=0.png"], "cannot make the folder 0.png: it is a file"),
        (["--report=nothing://x"], "cannot make the folder nothing://x: "),
        (["--runner=Nope"], "Apache Beam cannot start: "),
    ],
)
def test_one_line_for_what_the_user_can_mend(in_process, photographs, tmp_path, flags, message):
    (tmp_path / "list.txt").write_text("\n".join(photographs(1)))
    done = in_process("fill_many", "--flist=list.txt", "--report=report", *flags, cwd=tmp_path)
    assert done.returncode == 1 and done.stderr.startswith(f"error: {message}"), done.stderr


def test_ctrl_c(photographs, tmp_path, monkeypatch):
    (tmp_path / "list.txt").write_text("\n".join(photographs(1)))

    def interrupt(self, line):
        raise KeyboardInterrupt

    monkeypatch.setattr(FillLines, "process", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, photographs(1))


@pytest.mark.slow
def test_a_worker_that_is_killed(photographs, tmp_path):
    lines = photographs(120)
    (tmp_path / "list.txt").write_text("\n".join(lines))
    several = ("--direct_running_mode=multi_processing", "--direct_num_workers=2")
    command = command_line(
        "fill_many",
        "--flist=list.txt",
        "--report=report",
        "--batch_size=1",
        "--runner=DirectRunner",
        *several,
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    out = tmp_path / "out"
    with open(tmp_path / "log.txt", "w") as log:
        process = subprocess.Popen(
            command, cwd=tmp_path, env=environment, stdout=log, stderr=log, start_new_session=True
        )
        while len(list(out.iterdir())) < 10:
            assert process.poll() is None
        os.kill(workers_of(process.pid)[0], signal.SIGKILL)
        assert process.wait(300) == 1
    assert (
        "error: a worker process died: the same command does the rest" in (tmp_path / "log.txt").read_text()
    )
    os.killpg(process.pid, signal.SIGKILL)  # the other worker ends once it has noticed, not at once
    done = {path.name: path.stat().st_mtime_ns for path in out.iterdir()}
    assert 10 <= len(done) < 120 and not any(name.startswith(".") for name in done)
    again = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=600
    )
    assert again.returncode == 0, again.stderr
    assert f"{120 - len(done)} filled, {len(done)} skipped, 0 bad" in again.stdout
    assert len(list(out.iterdir())) == 120
    assert all((out / name).stat().st_mtime_ns == time for name, time in done.items())


def workers_of(pid):
    """Beam's worker processes that a process started, by its number in their environment's parents."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().split(b"\0")
            parent = int(re.search(r"PPid:\s*(\d+)", (folder / "status").read_text())[1])
            shell = int(re.search(r"PPid:\s*(\d+)", pathlib.Path(f"/proc/{parent}/status").read_text())[1])
        except OSError:
            continue
        if b"apache_beam.runners.worker.sdk_worker_main" in command and pid in (parent, shell):
            found.append(int(folder.name))
    return found
