"""What fills an image without TensorFlow costs: start, time, memory and error of each runtime.

    python benchmarks/runtimes.py --sizes=256,512 --rounds=3 --output=runtimes.json

writes the models, then lets each runtime fill the coffee photograph in processes of their own, in turn, and
prints a table of medians. Error: in the hole, against TensorFlow in float32. ONNX is measured where tf2onnx
and onnxruntime are installed.
"""

import importlib.util
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))


import dataclasses

import numpy as np
from PIL import Image

from inpaint.cli.process import run
from inpaint.options.option import Options as BaseOptions
from inpaint.options.option import option

_ROOT = pathlib.Path(__file__).parent.parent
_PHOTOGRAPH = _ROOT / "inpaint" / "examples" / "photographs" / "coffee.png"
_WARM = 5  # fills
# What a process does: argv is the runtime, the model, the size and where its fill goes.
_PROGRAM = """
import json, resource, sys, time
import numpy as np
runtime, model, size, output = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
image, mask = (x[None] for x in np.load("inputs%d.npz" % size).values())
begin = time.process_time(), time.perf_counter()
if runtime == "tensorflow":
    from inpaint import Inpainter
    fill = Inpainter.from_checkpoint(fill_size="whole")
elif runtime == "litert":
    from ai_edge_litert.interpreter import Interpreter
    run = Interpreter(model, num_threads=2).get_signature_runner("fill_%d" % size)
    fill = lambda image, mask: run(image=image, mask=mask)["output"]
else:
    import onnxruntime
    session = onnxruntime.InferenceSession(model)
    fill = lambda image, mask: session.run(["output"], {"image": image, "mask": mask})[0]
result = fill(image, mask)
first = time.process_time(), time.perf_counter()
for _ in range(WARM):
    fill(image, mask)
end = time.process_time(), time.perf_counter()
np.save(output, result)
print(json.dumps({
    "first_s": first[1] - begin[1], "first_cpu_s": first[0] - begin[0],
    "warm_ms": (end[1] - first[1]) / WARM * 1000, "warm_cpu_s": (end[0] - first[0]) / WARM,
    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}))
""".replace("WARM", str(_WARM))


@dataclasses.dataclass(frozen=True)
class Options(BaseOptions):
    sizes: tuple = option(("256", "512"), "Sides of the images, in pixels.")
    rounds: int = option(3, "Processes of each runtime.", least=1)
    output: str | None = option(None, "Where all measurements go, as JSON. Default: nowhere.")


def main(options):
    sizes = [int(size) for size in options.sizes]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        kinds = _exported(folder, sizes)
        for size in sizes:
            _write_inputs(folder, size)
        found = {kind: {size: [] for size in sizes} for kind in kinds}
        for _ in range(options.rounds):
            for size in sizes:
                for kind, (runtime, model) in kinds.items():
                    found[kind][size].append(_measured(folder, kind, runtime, model.format(size=size), size))
        errors = {kind: {size: _error(folder, kind, size) for size in sizes} for kind in kinds}
    medians = {
        kind: {
            size: {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}
            for size, rounds in by_size.items()
        }
        for kind, by_size in found.items()
    }
    _print(medians, errors)
    if options.output:
        pathlib.Path(options.output).write_text(json.dumps({"medians": medians, "psnr": errors}, indent=1))


def _exported(folder, sizes):
    """Write the models: {kind: (runtime, path of its model)}."""
    kinds, flags = {"TensorFlow, float32": ("tensorflow", "")}, ["--size", ",".join(map(str, sizes))]
    for weights in ("float32", "float16", "int8"):
        _export(folder / weights, "--format=litert", f"--weights={weights}", *flags)
        kinds[f"LiteRT, {weights}"] = ("litert", f"{weights}/model.tflite")
    if all(importlib.util.find_spec(name) for name in ("tf2onnx", "onnxruntime")):
        _export(folder / "onnx", "--format=onnx", *flags)
        kinds["ONNX Runtime, float32"] = ("onnx", "onnx/model_{size}.onnx")
    return kinds


def _export(folder, *flags):
    command = [sys.executable, "-m", "inpaint", "export", f"--export_dir={folder}", *flags]
    subprocess.run(command, check=True, cwd=_ROOT, capture_output=True)


def _write_inputs(folder, size):
    image = np.asarray(Image.open(_PHOTOGRAPH).convert("RGB").resize((size, size)))
    mask = np.zeros((size, size, 1), np.uint8)
    mask[size // 3 : size // 3 + size // 4, size // 4 : size // 2] = 255  # a sixteenth
    np.savez(folder / f"inputs{size}.npz", image=image, mask=mask)


def _measured(folder, kind, runtime, model, size):
    command = [sys.executable, "-c", _PROGRAM, runtime, model, str(size), f"{kind}{size}.npy"]
    environment = {"PYTHONPATH": str(_ROOT), "TF_CPP_MIN_LOG_LEVEL": "3", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, env=environment)
    return json.loads(done.stdout.splitlines()[-1])


def _error(folder, kind, size):
    """(PSNR in the hole, largest difference) of a kind's fill from TensorFlow's."""
    names = ("TensorFlow, float32", kind)
    exact, other = (np.load(folder / f"{name}{size}.npy").astype(float) for name in names)
    hole = np.load(folder / f"inputs{size}.npz")["mask"][..., 0] > 0
    difference = (exact - other)[0][hole]
    mean = np.square(difference).mean()
    return (None if mean == 0 else 10 * np.log10(255**2 / mean)), int(np.abs(difference).max())


def _print(medians, errors):
    print("| runtime | size | start and first fill, s / CPU s | further ones, ms / CPU s | peak MB | error |")
    print("|---|---|---|---|---|---|")
    for kind, by_size in medians.items():
        for size, x in by_size.items():
            ratio, most = errors[kind][size]
            told = "0" if ratio is None else f"{ratio:.0f} dB, {most} at most"
            print(
                f"| {kind} | {size} | {x['first_s']:.2f} / {x['first_cpu_s']:.2f} | "
                f"{x['warm_ms']:.0f} / {x['warm_cpu_s']:.2f} | {x['peak_mb']:.0f} | {told} |"
            )


if __name__ == "__main__":
    run(__name__, sys.argv[1:], "python benchmarks/runtimes.py")
