"""Speed and memory of filling: `python benchmarks/inference.py --sizes=256x256,1024x1024`.

Fills a photograph whose hole is a centred box with a quarter of each side, and prints a table of medians:
what measuring/process.py describes, for each size, precision and program.
"""

import dataclasses
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))

from benchmarks.measuring.inputs import write_inputs
from benchmarks.measuring.measure import PROGRAMS, Setting, measure, report
from benchmarks.measuring.peer import PeerOptions
from inpaint.checkpoints.config import resolve
from inpaint.cli.process import run
from inpaint.errors import UserError
from inpaint.options.filling import ScaleOptions
from inpaint.options.option import option


@dataclasses.dataclass(frozen=True)
class Options(ScaleOptions, PeerOptions):
    sizes: tuple = option(("256x256", "512x680", "1024x1024"), "Image sizes to measure, height x width.")
    fill_size: str | None = option("whole", "Size at which this project fills: whole, auto or a number.")
    naive: bool = option(False, "Also measure the network with attention as written in the paper.")


def main(options):
    sizes = [_size(text) for text in options.sizes]
    with tempfile.TemporaryDirectory() as folder:
        inputs = {size: write_inputs(pathlib.Path(folder), *size) for size in sizes}
        settings = [
            setting
            for size in sizes
            for precision in options.precision
            for setting in _settings(options, precision, *size, inputs=inputs[size])
        ]
        report(*measure(settings, options), options.output)


def _settings(options, precision, height, width, inputs):
    told, arguments = {"height": height, "width": width}, {"precision": precision}
    scale = resolve(None, **options.requested()).scale()
    scale = {name: scale[name] for name in ("fill_size", "detail")}
    for name, program in {"this project": "this", "naive": "naive"}.items():
        if program == "this" or options.naive:
            ours = {"program": name} | told | arguments | scale
            yield Setting(ours, "filler", arguments | scale, PROGRAMS / f"{program}.py", inputs=inputs)
    yield from options.peer_setting(told | arguments, "filler", arguments, inputs=inputs)


def _size(text):
    sides = text.split("x")
    if len(sides) != 2 or not all(side.isdigit() and int(side) > 0 for side in sides):
        raise UserError(f"--sizes must be like 512x680, received {text!r}")
    return int(sides[0]), int(sides[1])


if __name__ == "__main__":
    run(__name__, sys.argv[1:], "python benchmarks/inference.py")
