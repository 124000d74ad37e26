"""Reading arrays from a file of PyTorch's older format, without PyTorch."""

import collections
import os
import pickle
import typing

import numpy as np

from inpaint.errors import UserError, as_user_error

_DAMAGED = (
    pickle.UnpicklingError,
    EOFError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    OverflowError,
    MemoryError,  # of a pickle that announces more than there is
)
_TYPES = {"FloatStorage": np.float32, "LongStorage": np.int64}


class _Storage(typing.NamedTuple):
    dtype: type
    key: str
    count: int


class _Tensor(typing.NamedTuple):
    storage: _Storage
    offset: int
    size: tuple
    strides: tuple

    @classmethod
    def made(cls, storage, offset, size, strides, *_):
        return cls(storage, offset, size, strides)


class _Reader(pickle.Unpickler):
    """Makes what a dictionary of tensors consists of, and nothing else: a file cannot run code."""

    def find_class(self, module, name):
        if name in _TYPES:
            return _TYPES[name]
        known = {"_rebuild_tensor_v2": _Tensor.made, "OrderedDict": collections.OrderedDict}
        if name not in known:
            raise pickle.UnpicklingError(f"unexpected {module}.{name}")
        return known[name]

    def persistent_load(self, saved):
        _, dtype, key, _, count, *_ = saved
        return _Storage(dtype, key, count)


def read_arrays(path):
    """Read a state dictionary.

    Args:
        path: a .pth file as PyTorch wrote it before 1.6 (a sequence of pickles, not a ZIP archive).

    Returns:
        dict of name -> array.

    Raises:
        UserError: no such file, or another format.
    """
    with as_user_error(f"cannot read {path}"), open(path, "rb") as file:
        whole = os.path.getsize(path)
        try:
            for _ in range(3):  # magic number, version, machine
                _Reader(file).load()
            tensors = _Reader(file).load()
            keys = _Reader(file).load()
            storages = {tensor.storage.key: tensor.storage for tensor in tensors.values()}
            data = {}
            for key in keys:
                size = int.from_bytes(file.read(8), "little") * np.dtype(storages[key].dtype).itemsize
                if size > whole:
                    raise ValueError("an array is longer than the file")
                data[key] = np.frombuffer(file.read(size), storages[key].dtype)
            if not all(isinstance(name, str) for name in tensors):
                raise ValueError("a name is no text")
            return {name: _array(tensor, data) for name, tensor in tensors.items()}
        except _DAMAGED as error:
            raise UserError(f"{path} is not a state dictionary of PyTorch's older format: {error}") from error


def _array(tensor, data):
    values = data[tensor.storage.key][tensor.offset :]
    last = sum((length - 1) * stride for length, stride in zip(tensor.size, tensor.strides))
    if min((*tensor.size, *tensor.strides, 1)) < 1 or last >= len(values):
        raise ValueError("an array reaches beyond its storage")
    strides = [stride * values.itemsize for stride in tensor.strides]
    return np.lib.stride_tricks.as_strided(values, tensor.size, strides).copy()
