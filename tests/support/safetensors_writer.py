"""Files as safetensors writes them."""

import json

import numpy as np


def write(path, arrays, kind="F32", **changed):
    """Arrays by name; bfloat16 and half for "BF16" and "F16". `changed` replaces keys of the first entry."""
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, array in arrays.items():
        array = np.asarray(array, np.float16 if kind == "F16" else np.float32)
        if kind == "BF16":
            array = (array.view(np.uint32) >> 16).astype(np.uint16)
        place = [len(data), len(data) + array.nbytes]
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": place}
        data += array.tobytes()
    header[next(iter(arrays))].update(changed)
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)
