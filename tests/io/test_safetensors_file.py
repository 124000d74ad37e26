"""Reading safetensors files, and refusing damaged ones."""

import numpy as np
import pytest
from support.safetensors_writer import write

from inpaint.errors import UserError
from inpaint.io.safetensors_file import read_arrays

ARRAYS = {"a": np.arange(6.0).reshape(2, 3), "b": np.float32(0.1)}


@pytest.mark.parametrize("kind, tenth", [("F32", 0.1), ("F16", 0.0999755859375), ("BF16", 0.099609375)])
def test_reads(kind, tenth, tmp_path):
    write(tmp_path / "x.safetensors", ARRAYS, kind)
    found = read_arrays(tmp_path / "x.safetensors")
    np.testing.assert_array_equal(found["a"], ARRAYS["a"])
    assert found["b"] == np.float32(tenth) and list(found) == ["a", "b"]
    assert list(read_arrays(tmp_path / "x.safetensors", lambda names: names[1:])) == ["b"]


@pytest.mark.parametrize(
    "changed, message",
    [
        ({"data_offsets": [0, 25]}, "an array's length is not that of its shape"),
        ({"shape": [2, 2]}, "an array's length is not that of its shape"),
        ({"shape": [-2, -3]}, "a shape or place is no number"),
        ({"shape": [2, 3.0]}, "a shape or place is no number"),
        ({"shape": 6}, "not iterable|must be an iterable"),
        ({"data_offsets": [4, 28]}, "arrays overlap"),
        ({"data_offsets": [28, 52]}, "an array reaches beyond the file"),
        ({"shape": [1 << 40], "data_offsets": [0, 1 << 42]}, "arrays overlap"),
        ({"shape": [1 << 40], "data_offsets": [100, 100 + (1 << 42)]}, "an array reaches beyond the file"),
        ({"dtype": "F8_E4M3"}, "F8_E4M3"),
    ],
)
def test_refuses_wrong_entries(changed, message, tmp_path):
    write(tmp_path / "x.safetensors", ARRAYS, **changed)
    with pytest.raises(UserError, match=f"is no safetensors file: .*({message})"):
        read_arrays(tmp_path / "x.safetensors")


HEADERS = [b"", b"[]", b"7", b"{", b'{"a": 7}', b'{"a": {}}', b"[" * 5000, b"\xff\xfe", b'{"a": null}']


@pytest.mark.parametrize("header", HEADERS)
def test_refuses_other_headers(header, tmp_path):
    (tmp_path / "x.safetensors").write_bytes(len(header).to_bytes(8, "little") + header)
    if header == b"[]":
        assert read_arrays(tmp_path / "x.safetensors") == {}  # no names
        return
    with pytest.raises(UserError, match="is no safetensors file"):
        read_arrays(tmp_path / "x.safetensors")


def test_refuses_long_headers_and_many_bytes(tmp_path):
    path = tmp_path / "x.safetensors"
    path.write_bytes((1 << 62).to_bytes(8, "little"))
    with pytest.raises(UserError, match="its header is too long"):
        read_arrays(path)
    write(path, ARRAYS, shape=[(1 << 26) + 1], data_offsets=[4, 8 + (1 << 28)])
    with open(path, "r+b") as file:
        file.truncate(1 << 29)  # of which no disk holds most
    with pytest.raises(UserError, match="arrays overlap|more than"):
        read_arrays(path, lambda names: names[:1])
