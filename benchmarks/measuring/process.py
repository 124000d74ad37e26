"""A process that measures calls of one function: `python process.py SETTING`, as `measure.py` starts it.

Needs NumPy alone, so that any Python can run it. A program is a Python file with one of the functions

    filler(precision)                     returns fill(image, mask), which returns the filled image
    updater(precision, batch_size, size)  returns update(), one update of the discriminator and one of the
                                          generator on images of size x size

or both. `precision` is float32, mixed_bfloat16 or mixed_float16, `image` uint8 [H, W, 3], `mask` uint8 [H, W]
with 255 in the hole. What they return comes back when the work is done. Prints a JSON line:

    first_seconds, first_cpu_seconds  from the import of the program to the end of its first call
    seconds, cpu_seconds              of each measured call; CPU seconds are those of all threads
    peak_mb                           peak resident memory of the process, including Python
    versions                          of the libraries it uses
"""

import importlib.util
import json
import pathlib
import platform
import re
import resource
import sys
import time
import traceback

import numpy as np

_LIBRARIES = "numpy", "tensorflow", "keras", "torch", "ai_edge_litert", "onnxruntime"


def main(program, folder, function, arguments, inputs, warm_up, repeats, saved, peer):
    """Measure; the arguments are those of a `Setting`. Errors of a peer are printed as JSON, too."""
    given = list(np.load(inputs).values()) if inputs else []
    sys.path[0] = folder
    try:
        found = _measured(program, function, arguments, given, warm_up, repeats, saved)
    except Exception as error:
        if peer is None:
            raise
        found = {"error": _described(error)}
    print(f"\n{json.dumps(found)}")


def _measured(program, function, arguments, given, warm_up, repeats, saved):
    begin = _clocks()
    specification = importlib.util.spec_from_file_location("program", program)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    call = getattr(module, function)(**arguments)
    result = call(*given)
    first = _clocks() - begin
    if saved:
        np.save(saved, result)
    for _ in range(warm_up - 1):
        call(*given)
    spent = []
    for _ in range(repeats):
        begin = _clocks()
        call(*given)
        spent.append(_clocks() - begin)
    seconds, cpu_seconds = np.transpose(spent).tolist()
    return {
        "first_seconds": [first[0]],
        "first_cpu_seconds": [first[1]],
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "peak_mb": [_peak_mb()],
        "versions": {"python": platform.python_version()}
        | {name: sys.modules[name].__version__ for name in _LIBRARIES if name in sys.modules},
    }


def _clocks():
    return np.array([time.perf_counter(), time.process_time()])


def _peak_mb():
    status = pathlib.Path("/proc/self/status")
    if status.is_file():  # Linux counts the process that started this one into ru_maxrss
        return int(re.search(r"VmHWM:\s*(\d+) kB", status.read_text())[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)  # macOS: in bytes


def _described(error):
    """An exception in one line, with the place in the peer's files where it was raised."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = "" if place.filename == __file__ else f" ({place.filename}, line {place.lineno})"
    return f"{type(error).__name__}: {error}{where}"


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
