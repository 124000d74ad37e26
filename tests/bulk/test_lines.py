"""Lists of many lines, before anything runs."""

import os

import pytest

pytest.importorskip("fsspec", reason="fsspec, which comes with Ray, is not installed")

from inpaint.bulk.far_files import Staging, file_errors  # noqa: E402
from inpaint.bulk.lines import Line, check_order, find_lists, read_lines  # noqa: E402
from inpaint.errors import UserError  # noqa: E402
from inpaint.inference.fill_file import Job  # noqa: E402
from inpaint.lists.file_lists import job_fields  # noqa: E402


@pytest.fixture
def lists(tmp_path):
    """Write lists 0.txt, 1.txt and so on; returns their paths."""

    def write(*texts):
        for number, text in enumerate(texts):
            (tmp_path / f"{number}.txt").write_text(text)
        return [str(tmp_path / f"{number}.txt") for number in range(len(texts))]

    return write


def test_lines(lists, tmp_path):
    paths = lists("\ufeffa.png m.png b.png\n\n a b.png\tm.png\tc.png \r\na.png m.png\n", "x y z\n")
    assert find_lists(str(tmp_path / "*.txt")) == paths
    found = list(read_lines(paths[0]))
    assert [line.line for line in found] == [1, 3, 4] and {line.list for line in found} == {paths[0]}
    assert [job_fields(line.text) for line in found] == [
        ["a.png", "m.png", "b.png"],
        ["a b.png", "m.png", "c.png"],
        None,
    ]
    assert check_order(paths) == 4


def test_lists_that_are_none(lists, tmp_path):
    with pytest.raises(UserError, match=r"no file list .*\*.txt: make one"):
        find_lists(str(tmp_path / "*.txt"))
    (tmp_path / "x").write_bytes(b"a\0b")
    with pytest.raises(UserError, match="cannot read .*x as a list .*null bytes"):
        list(read_lines(str(tmp_path / "x")))
    (tmp_path / "x").write_text("a b c\n", encoding="utf-16")
    assert [line.text for line in read_lines(str(tmp_path / "x"))] == ["a b c"]
    (tmp_path / "x").write_bytes(b"\xfe")
    with pytest.raises(UserError, match="cannot read .*x as a list"):
        check_order([str(tmp_path / "x")])
    with pytest.raises(UserError, match="0.txt is empty"):
        check_order(lists("\n\n"))


def test_lists_are_read_several_times(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(
        UserError, match="fifo is no file: lists are read several times, which pipes cannot be"
    ):
        find_lists(str(tmp_path / "fifo"))


@pytest.mark.parametrize(
    "texts, message",
    [
        (
            ["a.png m.png o.png", "\nb.png m.png {d}/o.png"],
            "line 1 of .*0.txt and line 2 of .*1.txt both write",
        ),
        (
            ["a.png m.png o.png", "o.png m.png p.png"],
            "line 1 of .*0.txt writes o.png, which line 1 of .*1.txt reads",
        ),
        (["a.png link/m.png o.png\nb.png m.png m.png"], "line 2 of .*0.txt writes link/m.png, which line 1"),
        (["a.png m.png other.png\nb.png m.png real.png"], "both write real.png"),
        (["a.png m.png a.png"], "line 1 of .*0.txt replaces a.png, which it reads"),
    ],
)
def test_order_that_would_matter(lists, tmp_path, monkeypatch, texts, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to(".")
    (tmp_path / "other.png").symlink_to("real.png")
    with pytest.raises(UserError, match=message):
        check_order(lists(*(text.format(d=tmp_path) for text in texts)))


def test_outputs_elsewhere_are_whole(tmp_path, monkeypatch):
    """`file://` stands for any file system of fsspec."""
    job = Job("a.png", "m.png", f"file://{tmp_path}/out.png")
    local = Job("a.png", "m.png", Staging(str(tmp_path)).local(job.output))

    def gone(path):
        raise OSError("the network is gone")

    with open(local.output, "wb") as file:
        file.write(b"pixels")
    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.read_bytes", gone)
        with pytest.raises(UserError, match="cannot write file://.*/out.png: the network is gone"):
            Staging(str(tmp_path)).deliver(job, local)
    assert not (tmp_path / "out.png").exists()
    Staging(str(tmp_path)).deliver(job, local)
    assert (tmp_path / "out.png").read_bytes() == b"pixels" and not os.path.exists(local.output)


def test_errors_of_other_libraries():
    """Such as botocore's of missing credentials; those of Python are ours, and keep their traceback."""
    with pytest.raises(UserError, match="^cannot read x: no credentials$"), file_errors("cannot read x"):
        raise type("NoCredentials", (Exception,), {"__module__": "botocore.exceptions"})("no credentials")
    with pytest.raises(AttributeError), file_errors("cannot read x"):
        None.read()
    with pytest.raises(UserError, match="^y$"), file_errors("cannot read x"):
        raise UserError("y")


def test_sketches_elsewhere():
    pytest.importorskip("ray", reason="Ray is not installed")
    from support.fillers import Copying

    from inpaint.bulk.fill_lines import FillOptions

    worker = Copying(FillOptions({}, guided=True, folder="/here"), None)
    job = worker._job(Line("list.txt", 1, "s3://b/c/a.png m.png o.png"), 0)
    assert (job.image, job.sketch) == ("s3://b/c/a.png", "s3://b/c/a_edge.jpg")
    assert (job.mask, job.output) == ("/here/m.png", "/here/o.png")
