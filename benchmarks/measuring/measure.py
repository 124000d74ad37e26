"""Measures settings in turn, each in processes of its own."""

import dataclasses
import itertools
import json
import os
import pathlib
import statistics
import subprocess
import sys

from benchmarks.measuring.machine import cores, machine
from inpaint.errors import UserError, as_user_error
from inpaint.io.atomic import write_whole
from inpaint.options.option import Options, option

ROOT = pathlib.Path(__file__).parents[2]
PROGRAMS = ROOT / "benchmarks" / "programs"


@dataclasses.dataclass(frozen=True)
class MeasureOptions(Options):
    rounds: int = option(3, "Processes of each setting. Settings take turns.", least=1)
    repeats: int = option(5, "Measured calls in a process, after the first ones.", least=1)
    output: str | None = option(None, "JSON file for the results and the machine.")


@dataclasses.dataclass(frozen=True)
class Setting:
    """What a process measures; see process.py.

    Attributes:
        told: dict of what it is, which begins its result; `program` is its name.
        function: name of a function of the program, as which it is called with `arguments`, a dict.
        program: Python file.
        folder: where the program's imports are.
        inputs: file of arrays, the arguments of each call, or None.
        warm_up: calls before the measured ones.
        saved: file for what the first call returns, or None.
        python: which Python runs it.
        peer: what `--peer` says, if it is that; its errors are the user's.
    """

    told: dict
    function: str
    arguments: dict
    program: pathlib.Path = PROGRAMS / "this.py"
    folder: pathlib.Path = ROOT
    inputs: pathlib.Path | None = None
    warm_up: int = 1
    saved: pathlib.Path | None = None
    python: str = sys.executable
    peer: str | None = None


def measure(settings, options):
    """Run `--rounds` processes of each setting, in turn.

    Args:
        settings: list of `Setting`s.
        options: `MeasureOptions`.

    Returns:
        (the machine as a dict, list of a dict for each setting: what is told of it, and medians of what
        process.py prints).

    Raises:
        UserError: a peer's program failed.
    """
    found, versions = [[] for _ in settings], {}
    for number in range(1, options.rounds + 1):
        for setting, processes in zip(settings, found):
            one = _process(setting, options.repeats)
            versions[setting.told["program"]] = one.pop("versions")
            processes.append(one)
            told = ", ".join(map(str, setting.told.values()))
            seconds = statistics.median(one["seconds"])
            print(f"{number}/{options.rounds} {told}: {seconds:.3g} s", file=sys.stderr)
    results = [setting.told | _medians(processes) for setting, processes in zip(settings, found)]
    return machine(versions), results


def report(described, results, output):
    """Print results as a table in Markdown; with `output`, write them and their machine as JSON."""
    names = list(dict.fromkeys(name for result in results for name in result))
    rows = [[result.get(name, "") for name in names] for result in results]
    for row in [names, ["---"] * len(names), *rows]:
        print(f"| {' | '.join(map(str, row))} |")
    if output:
        write_whole(output, json.dumps({"machine": described, "results": results}, indent=1) + "\n")


def _process(setting, repeats):
    asked = {name: value for name, value in vars(setting).items() if name not in ("told", "python")}
    asked = json.dumps(asked | {"repeats": repeats}, default=str)
    command = [setting.python, str(pathlib.Path(__file__).with_name("process.py")), asked]
    environment = os.environ | {"OMP_NUM_THREADS": str(cores())}  # PyTorch's, else as many as there are
    with as_user_error(f"cannot start {setting.python}"):
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True)
    if not setting.peer:
        done.check_returncode()
    found = {"error": f"it ended with status {done.returncode}"}  # -9: memory ran out
    if done.returncode == 0:
        found = json.loads(done.stdout.splitlines()[-1])
    if "error" in found:
        raise UserError(
            f"--peer={setting.peer} cannot be measured: {found['error']}. Correct it, use smaller images, or "
            f"give another --peer_python than {setting.python}"
        )
    return found


def _medians(processes):
    values = {name: itertools.chain(*(one[name] for one in processes)) for name in processes[0]}
    return {name: float(f"{statistics.median(each):.4g}") for name, each in values.items()}
