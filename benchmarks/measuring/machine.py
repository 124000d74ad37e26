"""What a measurement was made on."""

import datetime
import os
import pathlib
import platform
import re

# Instructions that decide how fast these networks are.
_FLAGS = (
    "avx2",
    "fma",
    "avx512f",
    "avx512_bf16",
    "amx_bf16",
    "asimd",
    "sve",
    "bf16",
)


def cores():
    """The number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def machine(versions):
    """The machine as a dict for JSON; `versions` is a dict for each program."""
    information = pathlib.Path("/proc/cpuinfo")
    text = information.read_text() if information.is_file() else ""
    model = re.search(r"^model name\s*: (.*)", text, re.MULTILINE)
    listed = re.search(r"^(?:flags|Features)\s*: (.*)", text, re.MULTILINE)
    return {
        "cpu": model[1] if model else platform.processor() or platform.machine(),
        "cores": cores(),
        "flags": [flag for flag in _FLAGS if listed and flag in listed[1].split()],
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "os": platform.platform(),
        "versions": versions,
        "date": datetime.date.today().isoformat(),
    }
