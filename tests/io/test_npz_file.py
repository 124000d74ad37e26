"""Archives of arrays from strangers: read, or refused in one line before they take memory."""

import io
import itertools
import zipfile

import numpy as np
import pytest

from inpaint.errors import UserError
from inpaint.io.npz_file import read_npz


def archive(content, method=zipfile.ZIP_DEFLATED):
    """The bytes of a ZIP file with one member, `x.npy`."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as file:
        file.writestr("x.npy", content)
    return written.getvalue()


def npy(shape="(3,)", data=np.arange(3.0).tobytes(), dtype="<f8"):
    """The bytes of an array that says of itself what it likes."""
    header = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + data


def patched(content, at, value):
    """A ZIP file with a 16-bit number changed in both headers of its member."""
    changed = bytearray(content)
    for start, offset in ((b"PK\x03\x04", at), (b"PK\x01\x02", at + 2)):
        place = content.index(start) + offset
        changed[place : place + 2] = value.to_bytes(2, "little")
    return bytes(changed)


def test_reads_what_numpy_writes(tmp_path):
    arrays = {"a/b": np.arange(6, dtype=np.float32).reshape(2, 3), "c": np.int64(7)}
    for save in (np.savez, np.savez_compressed):
        save(tmp_path / "x.npz", **arrays)
        found = read_npz(tmp_path / "x.npz", 1000)
        assert found.keys() == arrays.keys()
        for name, array in arrays.items():
            np.testing.assert_array_equal(found[name], array)
    (tmp_path / "x.npz").write_bytes(archive(npy()))
    np.testing.assert_array_equal(read_npz(tmp_path / "x.npz", 1000)["x"], [0, 1, 2])


@pytest.mark.parametrize(
    "content, message",
    [
        (archive(npy(), zipfile.ZIP_LZMA), "packed in a way that NumPy does not know"),
        (patched(archive(npy()), 6, 1), "it is encrypted"),
        (patched(archive(npy()), 8, 99), "packed in a way that NumPy does not know"),
        (archive(bytes(1 << 24)), "its arrays take 16777216 bytes, at most 1000 are expected"),
        (archive(npy("(1 << 40,)")), ""),
        (archive(npy(f"({1 << 45},)")), ""),
        (archive(npy(f"({1 << 70},)")), ""),
        (archive(npy("(-3,)")), ""),
        (archive(npy(dtype="|O")), "allow_pickle"),
        (archive(npy(data=b"")), ""),
        (archive(npy())[:60], "not a zip file"),
        (npy(), "not a zip file"),
        (b"", "not a zip file"),
    ],
    ids=itertools.count(),  # an archive has the time in it, and workers must name tests alike
)
def test_refuses_others_in_one_line(tmp_path, content, message):
    (tmp_path / "x.npz").write_bytes(content)
    with pytest.raises(UserError, match=f"^cannot read .*x.npz: .*{message}"):
        read_npz(tmp_path / "x.npz", 1000)


def test_no_such_file(tmp_path):
    with pytest.raises(UserError, match="^cannot read .*x.npz: No such file"):
        read_npz(tmp_path / "x.npz", 1000)
