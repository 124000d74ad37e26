"""Arrays from the bytes that other frameworks write, lowest byte first."""

import numpy as np

# NumPy has no bfloat16: it is the upper half of a float32.
_DTYPES = {
    "float64": "<f8",
    "float32": "<f4",
    "float16": "<f2",
    "bfloat16": "<u2",
    "int64": "<i8",
    "int32": "<i4",
    "int16": "<i2",
    "int8": "<i1",
    "uint8": "<u1",
    "bool": "?",
}
MOST_BYTES = 1 << 28  # that arrays take together; a network has 16 MB


def item_size(kind):
    """Bytes of a number, by the name of its type."""
    return np.dtype(_DTYPES[kind]).itemsize


def as_numbers(data, kind):
    """Bytes as an array of one dimension; bfloat16 as float32."""
    values = np.frombuffer(data, _DTYPES[kind])
    return (values.astype("<u4") << 16).view("<f4") if kind == "bfloat16" else values
