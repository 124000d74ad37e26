"""Speed and memory of training: `python benchmarks/training.py --precision=mixed_bfloat16`.

Prints a table of medians: what measuring/process.py describes, of an iteration, which is one update of each
network. `batches` is 2 where each update has a batch of its own, and 1 where they share one (`--shared_batch`
of train.py), as a peer's do. A peer trains on one batch that stays in memory. The last line is of the input
pipeline alone, as fast as it can.
"""

import dataclasses
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))

import numpy as np
from PIL import Image

from benchmarks.measuring.measure import Setting, measure, report
from benchmarks.measuring.peer import PeerOptions
from inpaint.cli.process import run
from inpaint.lists.file_lists import image_paths
from inpaint.options.option import option

_INPUT = 20  # batches that a call takes from the input pipeline


@dataclasses.dataclass(frozen=True)
class Options(PeerOptions):
    batch_size: int = option(2, "Images in a batch.", least=1)
    size: int = option(256, "Height and width of an example.", least=129)
    jit_compile: bool = option(False, "Compile with XLA, which excludes iterations of one batch.")
    random_crop: bool = option(True, "Crop images randomly instead of resizing them.")
    data_flist: str | None = option(None, "Images to read. Default: 64 JPEGs of noise, 480 x 640.")


def main(options):
    with tempfile.TemporaryDirectory() as folder:
        data = options.data_flist or _noise(pathlib.Path(folder))
        image_paths(data)  # or an error, before anything starts
        settings = list(_settings(options, {"data": data, "random_crop": options.random_crop}))
        machine, results = measure(settings, options)
    for result in results:
        images = result["batches"] * options.batch_size
        result["images_per_second"] = float(f"{images / result['seconds']:.4g}")
    report(machine, results, options.output)


def _settings(options, images):
    examples = {"batch_size": options.batch_size, "size": options.size}
    for precision in options.precision:
        training = examples | {"precision": precision}
        for batches in (2,) if options.jit_compile else (1, 2):
            told = training | {"batches": batches, "jit_compile": options.jit_compile}
            yield Setting({"program": "this project", **told}, "updater", told | images, warm_up=2)
        yield from options.peer_setting(training | {"batches": 1}, "updater", training, warm_up=2)
    told = {"program": "input pipeline", **examples, "batches": _INPUT}
    yield Setting(told, "input_pipeline", examples | images | {"count": _INPUT})


def _noise(folder):
    rng = np.random.default_rng(0)
    for i in range(64):
        noise = rng.integers(0, 256, (30, 40, 3), dtype=np.uint8)
        Image.fromarray(noise).resize((640, 480), Image.Resampling.BICUBIC).save(folder / f"{i}.jpg")
    return str(folder)


if __name__ == "__main__":
    run(__name__, sys.argv[1:], "python benchmarks/training.py")
