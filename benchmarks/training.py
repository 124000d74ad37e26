"""Speed and memory of training: `python benchmarks/training.py --precision=float32,mixed_bfloat16`.

Prints a JSON line for each setting, each measured in its own process, with the fields

    seconds             median time of an iteration: two batches, one update of each network
    images_per_second   images of both batches / seconds
    input_images_per_second  throughput of the input pipeline alone, without training
    input_share         fraction of the time spent waiting for batches
    peak_mb             peak resident memory of the process
"""

import json
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))

from inpaint.cli.tensorflow_start import load_tensorflow

load_tensorflow()  # before others import it with its start-up notes

# isort: split

import contextlib
import dataclasses

import numpy as np
from PIL import Image

from inpaint.cli.process import run
from inpaint.data.batches import Batches
from inpaint.data.pipeline import training_batches
from inpaint.data.unreadable import UnreadableFiles
from inpaint.discriminators.sn_patchgan import Discriminator
from inpaint.lists.file_lists import image_paths
from inpaint.models.generator import Generator
from inpaint.options.examples import ExampleOptions
from inpaint.options.option import Options as BaseOptions
from inpaint.options.option import option
from inpaint.training.recipes.deepfill_v2 import DeepFillV2
from inpaint.training.trainer import Trainer


@dataclasses.dataclass(frozen=True)
class Options(BaseOptions):
    precision: tuple = option(("float32", "mixed_bfloat16"), "Dtype policies to measure.")
    jit_compile: tuple = option(("false",), "XLA settings to measure: false, true or both.")
    batch_size: tuple = option(("2",), "Batch sizes to measure.")
    size: int = option(256, "Height and width of an example.", least=129)
    iterations: int = option(8, "Number of measured iterations, after two warm-up iterations.", least=1)
    input_batches: int = option(200, "Number of batches to measure the input pipeline with.", least=1)
    random_crop: bool = option(True, "Crop images randomly instead of resizing them.")
    data_flist: str | None = option(None, "Images to read. Default: 64 JPEGs of noise, 480 x 640.")
    here: bool = option(False, "Measure a single setting in this process (internal).")


def main(options):
    if options.here:
        jit_compile, batch_size = options.jit_compile[0] == "true", int(options.batch_size[0])
        print(json.dumps(_measure(options, options.precision[0], jit_compile, batch_size)))
        return
    with tempfile.TemporaryDirectory() as folder:
        source = options.data_flist or _noise(pathlib.Path(folder))
        for precision in options.precision:
            for jit_compile in options.jit_compile:
                for batch_size in options.batch_size:
                    setting = [f"--precision={precision}", f"--jit_compile={jit_compile}"]
                    setting += [f"--batch_size={batch_size}", f"--data_flist={source}", "--here"]
                    subprocess.run([sys.executable, *sys.argv, *setting], check=True)


def _noise(folder):
    rng = np.random.default_rng(0)
    for i in range(64):
        noise = rng.integers(0, 256, (30, 40, 3), dtype=np.uint8)
        Image.fromarray(noise).resize((640, 480), Image.Resampling.BICUBIC).save(folder / f"{i}.jpg")
    return folder


def _measure(options, precision, jit_compile, batch_size):
    paths = image_paths(options.data_flist)
    examples = ExampleOptions((options.size, options.size), options.random_crop)
    dataset = training_batches(paths, examples, batch_size, UnreadableFiles("training images", len(paths), 0))
    alone = _input_alone(dataset, batch_size, options.input_batches)

    recipe = DeepFillV2(Discriminator())
    trainer = Trainer(Generator(dtype=precision), recipe, jit_compile=jit_compile)
    seconds = []
    with contextlib.closing(Batches(dataset, errors=[])) as batches:
        for i in range(options.iterations + 2):
            if i == 2:
                waited = batches.seconds_waited
            start = time.perf_counter()
            trainer.discriminator_step(next(batches))
            float(trainer.generator_step(next(batches))["g_loss"])
            seconds.append(time.perf_counter() - start)
        waited = batches.seconds_waited - waited
    seconds = seconds[2:]
    median = statistics.median(seconds)
    return {
        "precision": precision,
        "jit_compile": jit_compile,
        "size": options.size,
        "batch_size": batch_size,
        "seconds": round(median, 3),
        "images_per_second": float(f"{2 * batch_size / median:.4g}"),
        "input_images_per_second": round(alone, 1),
        "input_share": round(waited / sum(seconds), 4),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _input_alone(dataset, batch_size, count):
    with contextlib.closing(Batches(dataset, errors=[])) as batches:
        for _ in range(8):  # skip the prefetched batches
            next(batches)
        start = time.perf_counter()
        for _ in range(count):
            next(batches)
        return count * batch_size / (time.perf_counter() - start)


if __name__ == "__main__":
    run(__name__, sys.argv[1:], "python benchmarks/training.py")
