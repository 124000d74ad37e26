"""Reading PyTorch's older format from files that are made here, without PyTorch."""

import collections
import os
import pickle
import sys
import types

import numpy as np
import pytest

from inpaint.errors import UserError
from inpaint.io.torch_file import read_arrays


@pytest.fixture
def torch(monkeypatch):
    """Modules with the names that such files contain."""
    modules = {name: types.ModuleType(name) for name in ("torch", "torch._utils")}
    for name in ("FloatStorage", "LongStorage"):
        setattr(modules["torch"], name, type(name, (), {"__module__": "torch"}))

    def _rebuild_tensor_v2(*_):
        raise AssertionError("only its name is written")

    _rebuild_tensor_v2.__module__, _rebuild_tensor_v2.__qualname__ = "torch._utils", "_rebuild_tensor_v2"
    modules["torch._utils"]._rebuild_tensor_v2 = _rebuild_tensor_v2
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    return modules


class Storage:
    def __init__(self, kind, key, values):
        self.kind, self.key, self.values = kind, key, values


class Tensor:
    def __init__(self, torch, *arguments):
        self.made = torch["torch._utils"]._rebuild_tensor_v2, (*arguments, False, collections.OrderedDict())

    def __reduce__(self):
        return self.made


class Writer(pickle.Pickler):
    def persistent_id(self, value):
        if isinstance(value, Storage):
            return ("storage", value.kind, value.key, "cpu", len(value.values), None)
        return None


def write(path, tensors, storages):
    with open(path, "wb") as file:
        for value in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}):
            pickle.dump(value, file, protocol=2)
        Writer(file, protocol=2).dump(tensors)
        pickle.dump([storage.key for storage in storages], file, protocol=2)
        for storage in storages:
            file.write(len(storage.values).to_bytes(8, "little") + storage.values.tobytes())


def test_reads_slices_strides_and_scalars(torch, tmp_path, rng):
    values = Storage(torch["torch"].FloatStorage, "a", rng.normal(size=30).astype(np.float32))
    count = Storage(torch["torch"].LongStorage, "b", np.array([7], np.int64))
    tensors = collections.OrderedDict(
        row=Tensor(torch, values, 6, (2, 4), (4, 1)),
        turned=Tensor(torch, values, 0, (3, 5), (1, 3)),
        count=Tensor(torch, count, 0, (), ()),
    )
    write(tmp_path / "x.pth", tensors, [values, count])
    found = read_arrays(tmp_path / "x.pth")
    np.testing.assert_array_equal(found["row"], values.values[6:14].reshape(2, 4))
    np.testing.assert_array_equal(found["turned"], values.values[:15].reshape(5, 3).T)
    assert found["count"] == 7


def test_refuses_what_reaches_beyond(torch, tmp_path):
    values = Storage(torch["torch"].FloatStorage, "a", np.zeros(10, np.float32))
    write(tmp_path / "x.pth", {"x": Tensor(torch, values, 2, (3, 3), (3, 1))}, [values])
    with pytest.raises(UserError, match="reaches beyond its storage"):
        read_arrays(tmp_path / "x.pth")


def test_refuses_odd_names_and_lengths(torch, tmp_path):
    values = Storage(torch["torch"].FloatStorage, "a", np.zeros(10, np.float32))
    write(tmp_path / "x.pth", {7: Tensor(torch, values, 0, (2,), (1,))}, [values])
    with pytest.raises(UserError, match="a name is no text"):
        read_arrays(tmp_path / "x.pth")
    write(tmp_path / "x.pth", {"x": Tensor(torch, values, 0, (2,), (1,))}, [values])
    content = (tmp_path / "x.pth").read_bytes()
    (tmp_path / "x.pth").write_bytes(content[:-48] + (1 << 40).to_bytes(8, "little") + bytes(40))
    with pytest.raises(UserError, match="an array is longer than the file"):
        read_arrays(tmp_path / "x.pth")


class Code:
    def __reduce__(self):
        return os.system, ("touch executed",)


ANNOUNCES = [b"\x80\x04\x8e" + (1 << bits).to_bytes(8, "little") for bits in (33, 40, 62)]  # as many bytes


@pytest.mark.parametrize("content", [b"", b"no pickle", b"PK\x03\x04", pickle.dumps(Code()), *ANNOUNCES])
def test_refuses_other_files(tmp_path, monkeypatch, content):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.pth").write_bytes(content)
    with pytest.raises(UserError, match="is not a state dictionary of PyTorch's older format"):
        read_arrays(tmp_path / "x.pth")
    assert not (tmp_path / "executed").exists()


def test_converts(in_process, torch, tmp_path):
    values = Storage(torch["torch"].FloatStorage, "a", np.arange(6, dtype=np.float32))
    tensor = Tensor(torch, values, 0, (2, 3), (3, 1))
    write(tmp_path / "x.pth", {"_x": tensor, "file": tensor}, [values])  # NumPy has an argument of this name
    done = in_process("convert_features", f"--weights={tmp_path}/x.pth", f"--output={tmp_path}/x.npz")
    assert done.returncode == 0, done.stderr
    with np.load(tmp_path / "x.npz") as arrays:
        assert arrays.files == ["_x"]
        np.testing.assert_array_equal(arrays["_x"], [[0, 1, 2], [3, 4, 5]])
    done = in_process("convert_features", f"--weights={tmp_path}/none.pth")
    assert done.returncode == 1 and done.stderr.count("\n") == 1
