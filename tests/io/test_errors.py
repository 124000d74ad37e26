import errno
import os

import pytest

from inpaint.errors import UserError, as_user_error
from inpaint.io.atomic import write_whole
from inpaint.lists.file_lists import image_paths, read_lines


def test_only_errors_of_files_are_told():
    with pytest.raises(UserError, match="^cannot write x: No space left on device$") as told:
        with as_user_error("cannot write x"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert isinstance(told.value.__cause__, OSError)
    for error in (ValueError("shapes differ"), TypeError(), UserError("of its own")):
        with pytest.raises(type(error)) as raised, as_user_error("cannot write x"):
            raise error
        assert raised.value is error
    with pytest.raises(UserError, match="^cannot read x: no number$"):
        with as_user_error("cannot read x", ValueError):
            raise ValueError("no number")
    with pytest.raises(TypeError), as_user_error("cannot read x", ValueError):
        raise TypeError()


@pytest.mark.parametrize(
    "content, reason",
    [(b"\xff\xfea", "'utf-16-le' codec can't decode"), (b"a\0b", "it holds null")],
)
def test_lists_that_are_no_text(tmp_path, content, reason):
    (tmp_path / "x.flist").write_bytes(content)
    with pytest.raises(UserError, match=rf"^cannot read .*x\.flist as a list \(a text file\): {reason}"):
        image_paths(tmp_path / "x.flist")


def test_files_in_the_place_of_folders(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="^cannot write .*file/x.txt: Not a directory$"):
        write_whole(tmp_path / "file" / "x.txt", "")
    with pytest.raises(UserError, match="^cannot read .*file/x.txt as a list .*: Not a directory$"):
        read_lines(tmp_path / "file" / "x.txt")


def test_names_that_are_no_text(tmp_path):
    write_whole(tmp_path / "x.flist", os.fsdecode(b"caf\xe9.png"))
    assert (tmp_path / "x.flist").read_bytes() == b"caf\xe9.png"
    with pytest.raises(UserError, match="^cannot write .*y.flist: 'utf-8' codec can't encode"):
        write_whole(tmp_path / "y.flist", "\ud800.png")
    assert os.listdir(tmp_path) == ["x.flist"]


def test_folders_that_are_not_writable(tmp_path, monkeypatch):
    def refused(*arguments, **options):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(os, "open", refused)  # modes say nothing to root, who may run the tests
    with pytest.raises(UserError, match="^cannot write .*x: Permission denied$"):
        write_whole(tmp_path / "x", "")
