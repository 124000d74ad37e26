"""Draws what inference.py measured: `python benchmarks/plot.py --results=filling.json --output=filling.png`.

Seconds and peak memory against pixels, a line for each program and precision. Needs matplotlib.
"""

import dataclasses
import importlib.util
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))

from inpaint.cli.process import run
from inpaint.errors import UserError, as_user_error
from inpaint.options.option import Options as BaseOptions
from inpaint.options.option import option

_TITLES = {
    "seconds": "seconds for an image",
    "cpu_seconds": "CPU seconds for an image",
    "peak_mb": "peak memory, MB",
}
_STYLES = {"float32": "o-", "mixed_bfloat16": "s--", "mixed_float16": "^:"}


@dataclasses.dataclass(frozen=True)
class Options(BaseOptions):
    results: tuple | None = option(None, "Files that inference.py wrote with --output.", required=True)
    output: str | None = option(None, "Image file to write.", required=True)
    cpu: bool = option(False, "CPU seconds of all threads instead, for cores that had other work.")


def main(options):
    if importlib.util.find_spec("matplotlib") is None:
        raise UserError("this needs matplotlib, which is not installed: pip install matplotlib")
    lines = {}
    for path in options.results:
        with as_user_error(f"cannot read {path}", ValueError, LookupError, TypeError):
            results = json.loads(pathlib.Path(path).read_text())["results"]
        for result in results:
            if "height" not in result:
                raise UserError(f"--results must be files of inference.py, received {path}")
            lines.setdefault(_name(result), []).append(result)
    with as_user_error(f"cannot write {options.output}", ValueError):
        _draw(lines, "cpu_seconds" if options.cpu else "seconds", options.output)


def _name(result):
    scale = result.get("fill_size", "whole")
    return result["program"] if scale == "whole" else f"{result['program']}, {scale}", result["precision"]


def _draw(lines, seconds, output):
    from matplotlib.figure import Figure
    from matplotlib.ticker import LogLocator

    figure = Figure(figsize=(11, 4.6), layout="constrained")
    colours = {program: f"C{i}" for i, program in enumerate(dict.fromkeys(name for name, _ in lines))}
    for axes, field in zip(figure.subplots(1, 2), (seconds, "peak_mb")):
        sizes = {}
        for (program, precision), results in lines.items():
            points = sorted((one["height"] * one["width"], one[field]) for one in results)
            sizes |= {one["height"] * one["width"]: f"{one['height']}x{one['width']}" for one in results}
            style = {"color": colours[program], "label": f"{program}, {precision}"}
            axes.plot(*zip(*points), _STYLES[precision], **style)
        axes.set(xscale="log", yscale="log", title=_TITLES[field])
        axes.set_xticks(list(sizes), sizes.values(), rotation=30, ha="right", rotation_mode="anchor")
        axes.set_xticks([], minor=True)
        for which, numbers in (("major", (1,)), ("minor", (2, 3, 5, 7))):
            getattr(axes.yaxis, f"set_{which}_locator")(LogLocator(subs=numbers))
            getattr(axes.yaxis, f"set_{which}_formatter")("{x:g}")
        axes.grid(alpha=0.3)
    figure.axes[0].legend(fontsize=8)
    figure.savefig(output, dpi=100)


if __name__ == "__main__":
    run(__name__, sys.argv[1:], "python benchmarks/plot.py")
