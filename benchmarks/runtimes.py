"""What fills an image without TensorFlow costs: start, time, memory and error of each runtime.

    python benchmarks/runtimes.py --sizes=256,512 --output=runtimes.json

writes the models, lets each runtime fill the coffee photograph, and prints a table of medians: what
measuring/process.py describes, and the largest difference and the PSNR in the hole, against TensorFlow in
float32. ONNX is measured where tf2onnx and onnxruntime are installed.
"""

import dataclasses
import importlib.util
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))

import numpy as np

from benchmarks.measuring.inputs import hole, write_inputs
from benchmarks.measuring.machine import cores
from benchmarks.measuring.measure import PROGRAMS, ROOT, MeasureOptions, Setting, measure, report
from inpaint.cli.process import run
from inpaint.errors import UserError
from inpaint.options.option import option

_WEIGHTS = "float32", "float16", "int8"  # of LiteRT's files


@dataclasses.dataclass(frozen=True)
class Options(MeasureOptions):
    sizes: tuple = option(("256", "512"), "Sides of the images, in pixels.")

    def check(self):
        super().check()
        wrong = [size for size in self.sizes if not size.isdecimal() or int(size) == 0]
        if wrong:
            raise UserError(f"--sizes must be numbers of pixels, such as 256,512, received {wrong[0]!r}")


def main(options):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        sizes = [int(size) for size in options.sizes]
        _export(folder, ",".join(options.sizes))
        settings = [setting for size in sizes for setting in _settings(folder, size)]
        machine, results = measure(settings, options)
        exact = {}
        for setting, result in zip(settings, results):
            filled = np.load(setting.saved)
            result |= _error(exact.setdefault(result["size"], filled), filled)  # TensorFlow's comes first
    report(machine, results, options.output)


def _export(folder, sizes):
    kinds = {weights: ("--format=litert", f"--weights={weights}") for weights in _WEIGHTS}
    if _has_onnx():
        kinds["onnx"] = ("--format=onnx",)
    for name, flags in kinds.items():
        command = [sys.executable, "-m", "inpaint", "export", f"--export_dir={folder / name}", *flags]
        subprocess.run([*command, f"--size={sizes}"], check=True, cwd=ROOT, capture_output=True)


def _has_onnx():
    return all(importlib.util.find_spec(name) for name in ("tf2onnx", "onnxruntime"))


def _settings(folder, size):
    inputs = write_inputs(folder, size, size)
    runtimes = {"TensorFlow, float32": ("this", "filler", {"precision": "float32", "fill_size": "whole"})}
    for weights in _WEIGHTS:
        arguments = {"model": f"{folder}/{weights}/model.tflite", "size": size, "threads": cores()}
        runtimes[f"LiteRT, {weights}"] = ("exported", "litert", arguments)
    if _has_onnx():
        arguments = {"model": f"{folder}/onnx/model_{size}.onnx"}
        runtimes["ONNX Runtime, float32"] = ("exported", "onnx", arguments)
    for name, (program, function, arguments) in runtimes.items():
        told, saved = {"program": name, "size": size}, folder / f"{name}{size}.npy"
        program = PROGRAMS / f"{program}.py"
        yield Setting(told, function, arguments, program, inputs=inputs, saved=saved)


def _error(exact, filled):
    difference = (exact.astype(float) - filled)[hole(*exact.shape[:2]) > 0]
    mean = np.square(difference).mean()
    psnr = round(10 * np.log10(255**2 / mean), 1) if mean else None
    return {"levels": int(np.abs(difference).max()), "psnr": psnr}


if __name__ == "__main__":
    run(__name__, sys.argv[1:], "python benchmarks/runtimes.py")
