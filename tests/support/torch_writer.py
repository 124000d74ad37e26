"""Files as PyTorch writes them, made without PyTorch."""

import collections
import io
import pickle
import struct
import zipfile

import numpy as np

_DTYPES = {"FloatStorage": "f4", "HalfStorage": "f2", "DoubleStorage": "f8", "LongStorage": "i8"}


class Global:
    """A function or class by its name, which need not exist here."""

    def __init__(self, module, name):
        self.module, self.name = module, name

    def __call__(self):
        raise AssertionError("only its name is written")


class Storage:
    """Numbers, one after the other; `count` is what the file says of their number."""

    def __init__(self, kind, key, values, count=None):
        self.kind, self.key, self.values = kind, key, np.asarray(values)
        self.count = len(self.values) if count is None else count


class Tensor:
    """Some of a storage's numbers."""

    def __init__(self, storage, offset, size, strides, maker="_rebuild_tensor_v2"):
        self.arguments = storage, offset, size, strides, False, collections.OrderedDict()
        self.maker = maker


class _Writer(pickle._Pickler):
    dispatch = dict(pickle._Pickler.dispatch)

    def __init__(self, file):
        super().__init__(file, protocol=2)
        self.storages = {}

    def persistent_id(self, value):
        if not isinstance(value, Storage):
            return None
        self.storages[value.key] = value
        return ("storage", Global("torch", value.kind), value.key, "cpu", value.count, None)

    def reducer_override(self, value):
        if isinstance(value, Tensor):
            return Global("torch._utils", value.maker), value.arguments
        return NotImplemented

    def _global(self, value):
        self.write(f"c{value.module}\n{value.name}\n".encode())

    dispatch[Global] = _global


def tensors_of(arrays, kind="FloatStorage", begin=""):
    """Each array as a tensor with a storage of its own: dict of name -> `Tensor`; `begin` begins the keys."""
    tensors = collections.OrderedDict()
    for key, (name, array) in enumerate(arrays.items()):
        strides = tuple(int(np.prod(array.shape[axis + 1 :])) for axis in range(array.ndim))
        values = np.asarray(array).ravel()
        if kind == "BFloat16Storage":
            values = (values.astype(np.float32).view(np.uint32) >> 16).astype(np.uint16)
        else:
            values = values.astype(_DTYPES[kind])
        tensors[name] = Tensor(Storage(kind, f"{begin}{key}", values), 0, array.shape, strides)
    return tensors


def write_archive(path, tree, compression=zipfile.ZIP_STORED, order=b"little"):
    """As `torch.save` since 1.6."""
    pickled = io.BytesIO()
    writer = _Writer(pickled)
    writer.dump(tree)
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("archive/data.pkl", pickled.getvalue())
        archive.writestr("archive/byteorder", order)
        for key, storage in writer.storages.items():
            archive.writestr(f"archive/data/{key}", storage.values.tobytes())
        archive.writestr("archive/version", b"3\n")


def write_sequence(path, tree):
    """As `torch.save` before 1.6."""
    with open(path, "wb") as file:
        for value in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}):
            pickle.dump(value, file, protocol=2)
        writer = _Writer(file)
        writer.dump(tree)
        pickle.dump(list(writer.storages), file, protocol=2)
        for storage in writer.storages.values():
            file.write(struct.pack("<q", storage.count) + storage.values.tobytes())
