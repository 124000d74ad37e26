"""Reading arrays from a file that PyTorch's `torch.save` wrote, without PyTorch."""

import collections
import io
import math
import pickle
import struct
import typing
import zipfile

import numpy as np

from inpaint.errors import UserError, as_user_error
from inpaint.io.raw_numbers import MOST_BYTES, as_numbers, item_size

_DAMAGED = (
    pickle.UnpicklingError,
    zipfile.BadZipFile,
    struct.error,
    EOFError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    OverflowError,
    RuntimeError,  # of encrypted archives
    MemoryError,  # of a pickle that announces more than there is
)
_MOST_PICKLE = 1 << 20  # bytes; those of a run with its optimizers have fifty thousand
_MOST_TUPLES = 20_000  # of five for each array; a key of many more in each other would end the process
_MOST_NAMES, _MOST_LETTERS, _MOST_LEVELS = 100_000, 1000, 16  # of dictionaries in dictionaries


class _Storage(typing.NamedTuple):
    kind: str
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

    @staticmethod
    def of_parameter(tensor, *_):
        return tensor

    def check(self):
        """Raise ValueError unless it lies within its storage."""
        numbers = self.offset, *self.size, *self.strides
        if not isinstance(self.storage, _Storage) or not all(type(number) is int for number in numbers):
            raise ValueError("an array's place is no number")
        last = self.offset + sum((length - 1) * stride for length, stride in zip(self.size, self.strides))
        if min((*self.size, *self.strides, 1)) < 1 or self.offset < 0 or last >= self.storage.count:
            raise ValueError("an array reaches beyond its storage")
        if len(self.size) != len(self.strides):
            raise ValueError("an array has other strides than sides")

    def bytes(self):
        return math.prod(self.size) * item_size(self.storage.kind)

    def of(self, values):
        """The array, from its storage's numbers."""
        strides = [stride * values.itemsize for stride in self.strides]
        return np.lib.stride_tricks.as_strided(values[self.offset :], self.size, strides).copy()


_TYPES = {
    "DoubleStorage": "float64",
    "FloatStorage": "float32",
    "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16",
    "LongStorage": "int64",
    "IntStorage": "int32",
    "ShortStorage": "int16",
    "CharStorage": "int8",
    "ByteStorage": "uint8",
    "BoolStorage": "bool",
}
_MAKERS = {
    ("collections", "OrderedDict"): collections.OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _Tensor.made,
    ("torch._utils", "_rebuild_parameter"): _Tensor.of_parameter,
    **{("torch", name): kind for name, kind in _TYPES.items()},
}


def _counted(load):
    """A step of the unpickler that makes a tuple, counted."""

    def counted(self):
        self.tuples += 1
        if self.tuples > _MOST_TUPLES:
            raise ValueError("it holds too many tuples")
        load(self)

    return counted


class _Reader(pickle._Unpickler):
    """Makes what dictionaries of tensors consist of, and nothing else: a file cannot run code.

    It is the unpickler in Python, which takes memory for what a file holds only; that in C believes numbers.
    """

    dispatch = dict(pickle._Unpickler.dispatch)

    def __init__(self, file):
        super().__init__(file)
        self.storages, self.tuples = {}, 0

    def find_class(self, module, name):
        if (module, name) not in _MAKERS:
            raise pickle.UnpicklingError(f"unexpected {module}.{name}: a state_dict is needed")
        return _MAKERS[module, name]

    def persistent_load(self, saved):
        _, kind, key, _, count, *_ = saved
        if kind not in _TYPES.values() or type(count) is not int:
            raise ValueError("a storage of no known kind")
        self.storages[key] = _Storage(kind, key, count)
        return self.storages[key]

    def _leave_state(self):
        self.stack.pop()  # the versions of a network's layers, which nothing here needs

    dispatch[pickle.BUILD[0]] = _leave_state
    del dispatch[pickle.BYTEARRAY8[0]]  # takes what it announces
    for code in pickle.TUPLE + pickle.TUPLE1 + pickle.TUPLE2 + pickle.TUPLE3:
        dispatch[code] = _counted(dispatch[code])


def read_arrays(path, choose=list):
    """Read the arrays of a dictionary, or of dictionaries in it.

    Args:
        path: a file that `torch.save` wrote: a ZIP archive or, before 1.6, a sequence of pickles.
        choose: called with the names of all arrays, returns those to read. Default: all.

    Returns:
        dict of name -> array, bfloat16 as float32. Names of dictionaries in dictionaries are joined by dots.
        What else the file holds, such as counts and lists, is left out.

    Raises:
        UserError: no such file, another format, or arrays of more than `MOST_BYTES`.
    """
    with as_user_error(f"cannot read {path}"), open(path, "rb") as file:
        try:
            read = _read_archive if file.read(2) == b"PK" else _read_sequence
            file.seek(0)
            return read(file, choose)
        except _DAMAGED as error:
            raise UserError(f"{path} is no state dictionary of PyTorch: {error}") from error


def _read_archive(file, choose):
    with zipfile.ZipFile(file) as archive:
        members = {member.filename.partition("/")[2]: member for member in archive.infolist()}
        if any(member.compress_type or member.flag_bits & 1 for member in members.values()):
            raise ValueError("it is packed or encrypted, which PyTorch does not do")
        if "data.pkl" not in members:
            raise ValueError("it is an archive without data.pkl")
        if members["data.pkl"].file_size > _MOST_PICKLE:
            raise ValueError("its description is too long")
        if "byteorder" in members and archive.read(members["byteorder"]) != b"little":
            raise ValueError("its numbers begin with the highest byte")
        tensors = _named(_Reader(io.BytesIO(archive.read(members["data.pkl"]))).load())

        def data(storage):
            member = members[f"data/{storage.key}"]
            if member.file_size != storage.count * item_size(storage.kind):
                raise ValueError("a storage's length is not that of its description")
            return archive.read(member)

        return _arrays(tensors, choose, data)


def _read_sequence(file, choose):
    head = io.BytesIO(file.read(_MOST_PICKLE))
    for _ in range(3):  # magic number, version, machine
        _Reader(head).load()
    reader = _Reader(head)
    tensors, keys = _named(reader.load()), _Reader(head).load()
    places, at = {}, head.tell()
    for key in keys:
        file.seek(at)
        count = int.from_bytes(file.read(8), "little")
        size = count * item_size(reader.storages[key].kind)
        places[key], at = (at + 8, size), at + 8 + size

    def data(storage):
        place, size = places[storage.key]
        if size != storage.count * item_size(storage.kind):
            raise ValueError("a storage's length is not that of its description")
        file.seek(place)
        return file.read(size)

    return _arrays(tensors, choose, data)


def _named(tree):
    """The tensors of dictionaries in dictionaries by name."""
    tensors, left = {}, [("", tree, 0)]
    for _ in range(_MOST_NAMES):  # dictionaries may hold each other
        if not left:
            return tensors
        name, value, level = left.pop()
        if isinstance(value, _Tensor):
            tensors[name] = value
        elif isinstance(value, dict):
            inner = [(n, v) for n, v in reversed(value.items()) if isinstance(n, str)]
            if level == _MOST_LEVELS or len(left) + len(inner) > _MOST_NAMES:
                break
            if any(len(n) > _MOST_LETTERS for n, _ in inner):
                raise ValueError("a name is too long")
            left += [(f"{name}.{n}" if name else n, v, level + 1) for n, v in inner]
    raise ValueError("it holds too many dictionaries or names")


def _arrays(tensors, choose, data):
    """The chosen arrays; `data` returns the bytes of a storage."""
    chosen = {name: tensors[name] for name in choose(list(tensors))}
    for tensor in chosen.values():
        tensor.check()
    storages = {tensor.storage for tensor in chosen.values()}
    whole = sum(storage.count * item_size(storage.kind) for storage in storages)
    if max(whole, sum(tensor.bytes() for tensor in chosen.values())) > MOST_BYTES:
        raise ValueError(f"its arrays take more than {MOST_BYTES} bytes")
    numbers = {}
    for storage in storages:
        numbers[storage] = as_numbers(data(storage), storage.kind)
        if len(numbers[storage]) != storage.count:
            raise ValueError("it ends too soon")
    return {name: tensor.of(numbers[tensor.storage]) for name, tensor in chosen.items()}
