"""fill_many on a cluster of two nodes on this machine, with real files."""

import json
import re
import sys
import types

import numpy as np
import pytest
from bulk.conftest import SIZES
from PIL import Image

pytest.importorskip("ray", reason="Ray is not installed")

from support.fillers import Copying, Dying, Telling  # noqa: E402

import inpaint  # noqa: E402
from inpaint.bulk import cluster as cluster_module  # noqa: E402
from inpaint.bulk.fill_lines import FillLines, FillOptions  # noqa: E402
from inpaint.bulk.pipeline import fill_many  # noqa: E402
from inpaint.errors import UserError  # noqa: E402
from inpaint.inference.fill_list import Failures, fill_list, read_jobs  # noqa: E402

pytestmark = pytest.mark.usefixtures("connected")


def run(folder, lines, filler=Copying, workers=0, cpus=1, gpus=0, **options):
    """Fill lines; returns the counts and the bad lines as {number: reason}."""
    flist = folder / "list.txt"
    flist.write_text("\n".join(lines))
    (folder / "report").mkdir(exist_ok=True)
    options = FillOptions({"path": None}, folder=str(folder), **options)
    counts = fill_many([str(flist)], str(folder / "report"), options, workers, cpus, gpus, filler)
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
    counts, bad = run(tmp_path, lines, FillLines)
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


def test_a_worker_that_dies_over_an_image(photographs, tmp_path):
    lines = photographs(20)
    for i, level in ((3, 0), (9, 255)):
        Image.fromarray(np.full((*SIZES[1], 3), level, np.uint8)).save(tmp_path / f"{i}.png")
    counts, bad = run(tmp_path, lines, Dying)
    assert bad == {4: "2 workers died over it: it may need too much memory", 10: "not enough memory"}
    assert counts.filled + counts.skipped == 18 and counts.bad == 2
    assert len(list((tmp_path / "out").iterdir())) == 18


def test_other_file_systems(photographs, tmp_path):
    """`file://` is for fsspec a file system like any other."""
    (folder := tmp_path / "far").mkdir()
    local = photographs(3, folder)
    far = [line.replace(str(folder), f"file://{folder}") for line in local]
    (folder / "1m.png").write_text("no image")
    far.append(f"file://{folder}/gone.png file://{folder}/0m.png file://{folder}/out/x.png")
    far.append(f"file://{folder}/0.png file://{folder}/0m.png file://{folder}/nowhere/x.png")
    counts, bad = run(tmp_path, far)
    assert counts[:3] == (2, 0, 3)
    assert bad.pop(5).startswith(f"cannot write file://{folder}/nowhere/x.png: No such file")
    assert bad == {
        2: f"file://{folder}/1m.png is not an image that can be read",
        4: f"no such file: file://{folder}/gone.png",
    }
    found = {p.name: p.read_bytes() for p in (folder / "out").iterdir()}
    assert sorted(found) == ["0.png", "2.png"] and run(tmp_path, far)[0][:3] == (0, 2, 3)
    for path in (folder / "out").iterdir():
        path.unlink()
    relative = [line.replace(f"{tmp_path}/", "") for line in (local[0], local[2])]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir("/")  # relative paths begin at options.folder
        assert run(tmp_path, relative)[0].filled == 2
    assert found == {p.name: p.read_bytes() for p in (folder / "out").iterdir()}


def test_workers_and_what_they_are_given(photographs, tmp_path):
    lines = photographs(1) * 160
    (tmp_path / "workers").mkdir()
    _, told = run(tmp_path, lines, Telling, workers=2)
    processes = {reason.split()[0] for reason in told.values()}
    assert len(processes) == 2 and all(reason.endswith(" {'CPU': 1.0}") for reason in told.values())
    _, told = run(tmp_path, lines[:1], Telling, workers=1, gpus=0.5)
    assert "'GPU': 0.5" in told[1] and "'CPU': 1.0" in told[1]


def test_a_network_that_cannot_be_loaded(photographs, tmp_path):
    for suffix in ("index", "data-00000-of-00001"):
        (tmp_path / f"snap-1.{suffix}").write_bytes(b"damaged")
    (tmp_path / "list.txt").write_text("\n".join(photographs(1)))
    options = FillOptions({"path": str(tmp_path / "snap-1")})
    with pytest.raises(UserError, match="^the checkpoint .*snap-1 is damaged"):
        fill_many([str(tmp_path / "list.txt")], str(tmp_path), options, workers=1)


def test_a_list_that_the_workers_cannot_read(tmp_path):
    with pytest.raises(UserError, match="^cannot read /gone.txt as a list .*: No such file or directory$"):
        fill_many(["/gone.txt"], str(tmp_path), FillOptions({"path": None}), filler=Copying)


def test_nodes_that_cannot_help(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(inpaint, "__version__", "9.9")
        patch.setattr("ray.init", lambda **options: None)  # they are connected already
        patch.setattr("ray.shutdown", lambda: None)
        with pytest.raises(UserError, match=r"^the node [\d.]+ has deepfillv2 .*, this machine 9\.9: "):
            cluster_module.cluster().__enter__()
    only_here = types.ModuleType("only_here")
    exec("def version(): pass", only_here.__dict__)
    monkeypatch.setitem(sys.modules, "only_here", only_here)
    monkeypatch.setattr(cluster_module, "_version", only_here.version)
    with pytest.raises(UserError, match=r"^the node [\d.]+ cannot .*: No module named 'only_here'$"):
        cluster_module._check_nodes()


def test_command(script, photographs, tmp_path, connected):
    lines = photographs(3)
    for name, part in (("a", lines[:2]), ("b", [*lines[2:], "one field"])):
        (tmp_path / f"{name}.txt").write_text("\n".join(part))
    flags = ("--flist=*.txt", "--report=report")
    done = script("fill_many", *flags, "--max_bad_share=0.25", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("4 lines in 2 lists\n3 filled, 0 skipped, 1 bad; ")
    assert "Total Progress" in done.stderr and "Traceback" not in done.stderr
    flags += (f"--address={connected.address}",)
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
        (["--address=127.0.0.1:1"], "cannot reach the Ray cluster 127.0.0.1:1: Connection refused"),
        (["--address=ray://head:10001"], "Ray Data does not work through ray://head:10001: "),
        (["--address=nowhere"], "cannot use the Ray cluster nowhere: "),
    ],
)
def test_one_line_for_what_the_user_can_mend(in_process, photographs, tmp_path, flags, message):
    (tmp_path / "list.txt").write_text("\n".join(photographs(1)))
    done = in_process("fill_many", "--flist=list.txt", "--report=report", *flags, cwd=tmp_path)
    assert done.returncode == 1 and done.stderr.startswith(f"error: {message}"), done.stderr
    assert done.stderr.count("\n") == 1
