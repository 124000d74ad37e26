"""Reading both of PyTorch's formats from files that are made here, without PyTorch."""

import collections
import os
import pickle
import tracemalloc
import zipfile

import numpy as np
import pytest
from support.torch_writer import Global, Storage, Tensor, tensors_of, write_archive, write_sequence

from inpaint.errors import UserError
from inpaint.io.torch_file import read_arrays

BOTH = pytest.mark.parametrize("write", [write_archive, write_sequence])
TEN = Storage("FloatStorage", "a", np.zeros(10, np.float32))


@pytest.fixture(autouse=True)
def bounded_memory():
    """No file may take memory out of proportion to what it holds."""
    tracemalloc.start()
    yield
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 26


@BOTH
def test_reads_slices_strides_and_scalars(write, tmp_path, rng):
    values = Storage("FloatStorage", "a", rng.normal(size=30).astype(np.float32))
    count = Storage("LongStorage", "b", np.array([7], np.int64))
    row = Tensor(values, 6, (2, 4), (4, 1))
    tensors = collections.OrderedDict(
        row=row,
        turned=Tensor(values, 0, (3, 5), (1, 3)),
        count=Tensor(count, 0, (), ()),
        parameter=Tensor(row, True, collections.OrderedDict(), None, "_rebuild_parameter"),
    )
    tensors._metadata = {"": {"version": 1}}  # as networks have it
    write(tmp_path / "x.pth", tensors)
    found = read_arrays(tmp_path / "x.pth")
    np.testing.assert_array_equal(found["row"], values.values[6:14].reshape(2, 4))
    np.testing.assert_array_equal(found["turned"], values.values[:15].reshape(5, 3).T)
    np.testing.assert_array_equal(found["parameter"], found["row"])
    assert found["count"] == 7 and len(found) == 4


@BOTH
def test_reads_chosen_arrays_of_dictionaries_in_dictionaries(write, tmp_path):
    shared = tensors_of({"x": np.ones(3), "y": np.arange(6.0).reshape(2, 3)})
    state = {0: {"step": shared["x"]}, 1: {}}
    tree = {"G": shared, "G_optim": {"state": state, "lr": 1e-4, "groups": [shared["x"]]}, "n_iter": 5}
    write(tmp_path / "x.pth", tree)
    seen = []
    found = read_arrays(tmp_path / "x.pth", lambda names: seen.extend(names) or ["G.y"])
    assert seen == ["G.x", "G.y"] and list(found) == ["G.y"]
    np.testing.assert_array_equal(found["G.y"], [[0, 1, 2], [3, 4, 5]])


@pytest.mark.parametrize(
    "kind, expected",
    [("DoubleStorage", 1 + 2**-40), ("HalfStorage", 1.0), ("BFloat16Storage", 1.0), ("FloatStorage", 1.0)],
)
@BOTH
def test_reads_other_numbers(write, kind, expected, tmp_path):
    write(tmp_path / "x.pth", tensors_of({"x": np.array([1 + 2**-40, -0.15625])}, kind))
    assert read_arrays(tmp_path / "x.pth")["x"].tolist() == [expected, -0.15625]


LOOP = {}
LOOP["again"] = LOOP
LADDER = {}
for _ in range(15):
    LADDER = dict.fromkeys("abcdefgh", LADDER)
HUGE = 10**15


@pytest.mark.parametrize(
    "tree, message",
    [
        ({"x": Tensor(TEN, 2, (3, 3), (3, 1))}, "reaches beyond its storage"),
        ({"x": Tensor(TEN, -1, (2,), (1,))}, "reaches beyond its storage"),
        ({"x": Tensor(TEN, 0, (2, -1), (1, 1))}, "reaches beyond its storage"),
        ({"x": Tensor(TEN, 0, (2, 2), (1,))}, "other strides than sides"),
        ({"x": Tensor(TEN, 0, ("2",), (1,))}, "an array's place is no number"),
        ({"x": Tensor(7, 0, (2,), (1,))}, "an array's place is no number"),
        ({"x": Tensor(TEN, 0, (2,) * 9 + (2,) * 20, (1,) * 29)}, "reaches beyond"),
        ({"x": Tensor(TEN, 0, (9, 2), (1, 1)), "y": Tensor(7, 0, 1, 1)}, "must be an iterable"),
        ({"x": Tensor(Storage("FloatStorage", "a", [0.0], HUGE), 0, (1,), (1,))}, "more than"),
        ({"x": Tensor(Storage("FloatStorage", "a", [0.0], 50), 0, (50,), (1,))}, "storage's length|too soon"),
        ({"x": Tensor(Storage("QUInt8Storage", "a", [0]), 0, (1,), (1,))}, "unexpected torch.QUInt8Storage"),
        ({"x": Global("os", "system")}, "unexpected os.system"),
        ({"x": Global("builtins", "eval")}, "unexpected builtins.eval"),
        (LOOP, "too many dictionaries or names"),
        (LADDER, "too many dictionaries or names"),
        ({"x" * 2000: Tensor(TEN, 0, (2,), (1,))}, "a name is too long"),
    ],
)
@BOTH
def test_refuses_hostile_descriptions(write, tree, message, tmp_path):
    write(tmp_path / "x.pth", tree)
    with pytest.raises(UserError, match=message) as caught:
        read_arrays(tmp_path / "x.pth")
    assert str(caught.value).startswith(f"{tmp_path / 'x.pth'} is no state dictionary of PyTorch: ")


@BOTH
def test_bounds_what_overlapping_arrays_take(write, tmp_path):
    million = Storage("FloatStorage", "a", np.zeros(1 << 20, np.float32))
    write(tmp_path / "x.pth", {f"x{i}": Tensor(million, 0, (1 << 20,), (1,)) for i in range(65)})
    with pytest.raises(UserError, match="its arrays take more than 268435456 bytes"):
        read_arrays(tmp_path / "x.pth")
    sides = 300, 300, 300, 300  # of 1197 numbers
    write(tmp_path / "x.pth", {"x": Tensor(million, 0, sides, (1, 1, 1, 1))})
    with pytest.raises(UserError, match="its arrays take more than"):
        read_arrays(tmp_path / "x.pth")


class Code:
    def __reduce__(self):
        return os.system, ("touch executed",)


ANNOUNCES = [b"\x80\x04\x8e" + (1 << bits).to_bytes(8, "little") for bits in (33, 40, 62)]  # as many bytes
FAR = b"\x80\x02}r\xff\xff\xff\x7f."  # an empty dictionary, remembered as the two thousand millionth
DEEP = b"\x80\x02})" + b"\x85" * 900_000 + b"K\x01s."  # a key of tuples in tuples
ARRAY = b"\x80\x05\x96" + (1 << 36).to_bytes(8, "little") + b"."


@pytest.mark.parametrize(
    "content", [b"", b"no pickle", b"PK\x03\x04", pickle.dumps(Code()), *ANNOUNCES, FAR * 3, DEEP, ARRAY]
)
def test_refuses_other_files(tmp_path, monkeypatch, content):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.pth").write_bytes(content)
    with pytest.raises(UserError, match="is no state dictionary of PyTorch"):
        read_arrays(tmp_path / "x.pth")
    with zipfile.ZipFile(tmp_path / "x.pth", "w") as archive:
        archive.writestr("archive/data.pkl", content)
    if content != FAR * 3:  # which begins with an empty dictionary
        with pytest.raises(UserError, match="is no state dictionary of PyTorch"):
            read_arrays(tmp_path / "x.pth")
    assert not (tmp_path / "executed").exists()


@BOTH
def test_refuses_what_is_cut_off(write, tmp_path):
    write(tmp_path / "x.pth", tensors_of({"x": np.arange(1000.0)}))
    content = (tmp_path / "x.pth").read_bytes()
    for length in (1, 20, len(content) // 2, len(content) - 1):
        (tmp_path / "x.pth").write_bytes(content[:length])
        with pytest.raises(UserError, match="is no state dictionary of PyTorch"):
            read_arrays(tmp_path / "x.pth")


def test_refuses_archives_that_torch_does_not_write(tmp_path):
    tensors = tensors_of({"x": np.zeros(4 << 20)})
    write_archive(tmp_path / "x.pth", tensors, zipfile.ZIP_DEFLATED)
    with pytest.raises(UserError, match="it is packed or encrypted"):
        read_arrays(tmp_path / "x.pth")
    write_archive(tmp_path / "x.pth", tensors_of({"x": np.zeros(4)}), order=b"big")
    with pytest.raises(UserError, match="its numbers begin with the highest byte"):
        read_arrays(tmp_path / "x.pth")
    with zipfile.ZipFile(tmp_path / "x.pth", "w") as archive:
        archive.writestr("word/document.xml", b"text")
    with pytest.raises(UserError, match="it is an archive without data.pkl"):
        read_arrays(tmp_path / "x.pth")
    write_archive(tmp_path / "x.pth", {"x": "y" * (2 << 20)})
    with pytest.raises(UserError, match="its description is too long"):
        read_arrays(tmp_path / "x.pth")


def test_converts(in_process, tmp_path):
    tensors = tensors_of({"_x": np.arange(6.0).reshape(2, 3), "file": np.zeros(2)})  # an argument of NumPy's
    write_sequence(tmp_path / "x.pth", tensors)
    done = in_process("convert_features", f"--weights={tmp_path}/x.pth", f"--output={tmp_path}/x.npz")
    assert done.returncode == 0, done.stderr
    with np.load(tmp_path / "x.npz") as arrays:
        assert arrays.files == ["_x"]
        np.testing.assert_array_equal(arrays["_x"], [[0, 1, 2], [3, 4, 5]])
    done = in_process("convert_features", f"--weights={tmp_path}/none.pth")
    assert done.returncode == 1 and done.stderr.count("\n") == 1
