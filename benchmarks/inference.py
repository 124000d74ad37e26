"""Speed and memory of filling: `python benchmarks/inference.py --sizes=256x256,1024x1024 --naive`.

The hole is a centred box with a quarter of each side. `--fill_size` and `--detail` are those of test.py.
Prints a JSON line for each size and precision,
each measured in its own processes, with the fields

    seconds         median time of a call of the Inpainter, after the first
    peak_mb         peak resident memory of the process, including Python and TensorFlow
    naive_seconds, naive_peak_mb
                    with --naive: the same for the naive attention, with all scores and patches at
                    once, and with everything computed everywhere
    ratio           naive_seconds / seconds
"""

import json
import pathlib
import resource
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tests"))
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))

from inpaint.cli.tensorflow_start import load_tensorflow

load_tensorflow()  # before others import it with its start-up notes

# isort: split

import dataclasses

import numpy as np
import tensorflow as tf
from support import naive_attention

from inpaint.checkpoints.config import resolve_folder
from inpaint.cli.process import run
from inpaint.errors import UserError
from inpaint.inference.inpainter import Inpainter
from inpaint.models.generator import Generator
from inpaint.ops import ContextualAttention
from inpaint.options.filling import ScaleOptions
from inpaint.options.option import option


@dataclasses.dataclass(frozen=True)
class Options(ScaleOptions):
    precision: tuple = option(("float32", "mixed_bfloat16"), "Dtype policies to measure.")
    sizes: tuple = option(("256x256", "512x680", "1024x1024"), "Image sizes to measure, height x width.")
    naive: bool = option(False, "Also measure the naive form, alternately.")
    rounds: int = option(1, "Number of processes for each measurement.", least=1)
    repeats: int = option(5, "Number of measured calls in a process, after one warm-up call.", least=1)
    here: str | None = option(
        None, "Measure a single setting in this process (internal).", choices=("fast", "naive")
    )


class NaiveAttention(ContextualAttention):
    """Computes all scores of an image at once and ignores the window."""

    def call(self, foreground, background, mask, window=None):
        f, b = (tf.cast(x, tf.float32) for x in (foreground, background))
        output = naive_attention.attention(f, b, mask)
        return tf.cast(output, foreground.dtype), None


def main(options):
    if options.here:
        print(json.dumps(_measure(options, options.precision[0], *_size(options.sizes[0]))))
        return
    for size in options.sizes:
        height, width = _size(size)
        for precision in options.precision:
            found = {"fast": [], "naive": []}
            for _ in range(options.rounds):
                for form in ("fast", "naive") if options.naive else ("fast",):
                    setting = [f"--precision={precision}", f"--sizes={size}", f"--here={form}"]
                    done = subprocess.run(
                        [sys.executable, *sys.argv, *setting], check=True, stdout=subprocess.PIPE, text=True
                    )
                    found[form].append(json.loads(done.stdout.splitlines()[-1]))
            line = {"height": height, "width": width, "precision": precision, **_scale(options)}
            line |= _summary(found["fast"])
            if options.naive:
                naive = _summary(found["naive"])
                line |= {f"naive_{name}": value for name, value in naive.items()}
                line["ratio"] = round(naive["seconds"] / line["seconds"], 1)
            print(json.dumps(line), flush=True)


def _scale(options):
    return resolve_folder(None, **options.requested()).scale()


def _size(text):
    sides = text.split("x")
    if len(sides) != 2 or not all(side.isdigit() and int(side) > 0 for side in sides):
        raise UserError(f"--sizes must be like 512x680, received {text!r}")
    return int(sides[0]), int(sides[1])


def _summary(processes):
    seconds = [value for process in processes for value in process["seconds"]]
    peaks = [process["peak_mb"] for process in processes]
    return {"seconds": round(statistics.median(seconds), 3), "peak_mb": round(statistics.median(peaks))}


def _measure(options, precision, height, width):
    generator = Generator(dtype=precision)
    if options.here == "naive":
        generator.contextual_attention = NaiveAttention(dtype=precision)
    inpainter = Inpainter(generator, hole_only=options.here == "fast", **_scale(options))
    image = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    mask = np.zeros((height, width), np.uint8)
    mask[height * 3 // 8 : height * 5 // 8, width * 3 // 8 : width * 5 // 8] = 1
    seconds = []
    for _ in range(options.repeats + 1):
        start = time.perf_counter()
        inpainter(image, mask)
        seconds.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"seconds": seconds[1:], "peak_mb": peak}


if __name__ == "__main__":
    run(__name__, sys.argv[1:], "python benchmarks/inference.py")
