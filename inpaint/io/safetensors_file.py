"""Reading arrays from a .safetensors file: the length of a header, the header in JSON, and numbers."""

import itertools
import json
import math
import os

from inpaint.errors import UserError, as_user_error
from inpaint.io.raw_numbers import MOST_BYTES, as_numbers, item_size

_KINDS = {
    "F64": "float64",
    "F32": "float32",
    "F16": "float16",
    "BF16": "bfloat16",
    "I64": "int64",
    "I32": "int32",
    "I16": "int16",
    "I8": "int8",
    "U8": "uint8",
    "BOOL": "bool",
}
_MOST_HEADER = 1 << 20  # bytes; a network's has ten thousand
_DAMAGED = ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError


def read_arrays(path, choose=list):
    """Read arrays.

    Args:
        path: the file.
        choose: called with the names of all arrays, returns those to read. Default: all.

    Returns:
        dict of name -> array; bfloat16 as float32.

    Raises:
        UserError: no such file, or a damaged one, or arrays of more than `MOST_BYTES`.
    """
    with as_user_error(f"cannot read {path}"), open(path, "rb") as file:
        try:
            length = int.from_bytes(file.read(8), "little")
            if length > _MOST_HEADER:
                raise ValueError("its header is too long")
            header = json.loads(file.read(length))
            names = [name for name in header if name != "__metadata__"]
            entries = {name: _Entry(header[name]) for name in choose(names)}
            _check_places(entries.values(), os.path.getsize(path) - 8 - length)
            return {name: entry.read(file, 8 + length) for name, entry in entries.items()}
        except _DAMAGED as error:
            raise UserError(f"{path} is no safetensors file: {error}") from error


class _Entry:
    """Where an array lies, from a line of the header."""

    def __init__(self, line):
        self.kind, self.shape = _KINDS[line["dtype"]], line["shape"]
        self.begin, self.end = line["data_offsets"]
        if not all(type(number) is int and number >= 0 for number in (self.begin, self.end, *self.shape)):
            raise ValueError("a shape or place is no number")
        if self.end - self.begin != math.prod(self.shape) * item_size(self.kind):
            raise ValueError("an array's length is not that of its shape")

    def read(self, file, start):
        file.seek(start + self.begin)
        return as_numbers(file.read(self.end - self.begin), self.kind).reshape(self.shape)


def _check_places(entries, size):
    places = sorted((entry.begin, entry.end) for entry in entries)
    if any(second[0] < first[1] for first, second in itertools.pairwise(places)):
        raise ValueError("arrays overlap")
    if places and places[-1][1] > size:
        raise ValueError("an array reaches beyond the file")
    if sum(end - begin for begin, end in places) > MOST_BYTES:
        raise ValueError(f"its arrays take more than {MOST_BYTES} bytes")
