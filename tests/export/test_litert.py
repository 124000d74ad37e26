"""The file for LiteRT, run without TensorFlow."""

import json
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from PIL import Image
from support.helpers import ROOT

from inpaint.checkpoints.config import GeneratorConfig, resolve
from inpaint.errors import UserError
from inpaint.inference.inpainter import Inpainter

pytest.importorskip("ai_edge_litert", reason="LiteRT is not installed")
PHOTOGRAPHS = sorted((ROOT / "inpaint/examples/photographs").iterdir())
RUN = """
import sys
import numpy as np
from ai_edge_litert.interpreter import Interpreter
interpreter = Interpreter(sys.argv[1])
inputs, found = np.load(sys.argv[2]), {}
for side in map(int, sys.argv[4:]):
    run = interpreter.get_signature_runner(f"fill_{side}")
    for name in (name for name in inputs if name.startswith(f"{side}_")):
        image, mask = inputs[name][..., :3], inputs[name][..., 3:]
        found[name] = run(image=image, mask=mask)["output"]
np.savez(sys.argv[3], **found)
operations = {x["op_name"] for x in interpreter._get_ops_details()} - {"DELEGATE"}
assert not [name for name in operations if "CUSTOM" in name or "Flex" in name], operations
assert "CONV_2D" in operations
assert not [name for name in sys.modules if name.split(".")[0] in ("tensorflow", "keras", "inpaint")]
"""


def crops(side):
    """uint8 [1, side, side, 4] of each example photograph and a hole, by name; masks of 1 or of 255."""
    for number, path in enumerate(PHOTOGRAPHS):
        photograph = np.asarray(Image.open(path).convert("RGB"))[-side - 9 : -9, 7 : 7 + side]
        mask = np.zeros((side, side, 1), np.uint8)
        mask[side // 3 : side // 2, side // 4 : side // 2 + 5] = 255 if number % 2 else 1
        yield f"{side}_{path.stem}", np.concatenate([photograph, mask], axis=-1)[None]


def run_apart(file, inputs, sides, folder):
    """The fills of a file, by a process without TensorFlow in a folder."""
    np.savez(folder / "in.npz", **inputs)
    command = [sys.executable, "-c", RUN, file, "in.npz", "out.npz", *map(str, sides)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    with np.load(folder / "out.npz") as found:
        return dict(found)


def exported(inpainter, folder, sizes, weights="float32", **more):
    from inpaint.export.litert import export_litert

    export_litert(inpainter, folder, sizes, weights, resolve(None), **more)
    return folder


def test_fills_are_equal_to_the_last_level(bundled, litert_file, tmp_path):
    inputs = dict([*crops(64), *crops(128)])
    found = run_apart(litert_file, inputs, (64, 128), tmp_path)
    assert len(found) == 2 * len(PHOTOGRAPHS)
    for name, x in inputs.items():
        image, mask = x[..., :3], x[..., 3:]
        np.testing.assert_array_equal(found[name][mask[..., 0] == 0], image[mask[..., 0] == 0])
        assert (found[name] != image).any()
        np.testing.assert_array_equal(found[name], bundled(image, mask))
    assert litert_file.stat().st_size < 17.5e6  # of which 16.2 are the weights, once


def test_the_file_says_what_it_is(litert_file):
    with zipfile.ZipFile(litert_file) as attached:
        said = json.loads(attached.read("config.json"))
    assert said["sizes"] == [64, 128] and said["colours"] == "RGB" and said["weights"] == "float32"
    assert "Apache-2.0" in said["licence"] and said["edge_threshold"] == 0.6
    config = GeneratorConfig(fill_size="auto", detail="residual")
    assert resolve(litert_file.parent) == resolve(litert_file) == config
    with pytest.raises(UserError, match="network=gated, received network=plain"):
        resolve(litert_file, network="plain")


def test_overwriting(bundled, monkeypatch, tmp_path):
    """Without the graphs and their conversion, which take long."""
    for name in ("fill_function", "copy_function", "_converted"):
        monkeypatch.setattr(f"inpaint.export.litert.{name}", lambda *arguments: b"converted")
    folder = exported(bundled, tmp_path / "1", [128, 64])
    (folder / "notes.txt").touch()
    with pytest.raises(UserError, match="exists already"):
        exported(bundled, folder, [64])
    exported(bundled, folder, [64], overwrite=True)
    assert [path.name for path in folder.iterdir()] == ["model.tflite"]
    with zipfile.ZipFile(folder / "model.tflite") as attached:
        assert json.loads(attached.read("config.json"))["sizes"] == [64]
    assert resolve(folder) == resolve(None)


@pytest.mark.slow
@pytest.mark.parametrize("weights, least, most_bytes", [("float16", 60, 9e6), ("int8", 44, 5e6)])
def test_smaller_weights(bundled, tmp_path, weights, least, most_bytes):
    """At the sizes and with the bounds that docs/portable.md states."""
    if weights == "int8":
        pytest.importorskip("ai_edge_quantizer", reason="the quantizer is not installed")
    folder = exported(bundled, tmp_path / "1", [256, 512], weights)
    assert (folder / "model.tflite").stat().st_size < most_bytes
    inputs = dict(crops(256))
    found, errors = run_apart(folder / "model.tflite", inputs, (256,), tmp_path), []
    for name, x in inputs.items():
        mask = x[..., 3] > 0
        errors.append(
            np.square(found[name][mask].astype(float) - bundled(x[..., :3], x[..., 3:])[mask]).mean()
        )
    ratios = 10 * np.log10(255**2 / np.maximum(errors, 1e-3))
    assert ratios.min() > least and ratios.mean() > least + 6


def test_guided(tmp_path):
    from support import golden_data

    from inpaint.export.litert import export_litert
    from inpaint.inference.runtimes.litert_network import LiteRTNetwork
    from inpaint.models.generator import Generator

    guided = Generator(guided=True)
    golden_data.seed_weights(guided, 7)
    whole = Inpainter(guided, edge_threshold=0.4)
    config = GeneratorConfig(guided=True, fill_size="auto", detail="residual")
    export_litert(whole, tmp_path / "1", [64], "float32", config)
    network = LiteRTNetwork(tmp_path / "1" / "model.tflite")
    assert network.guided and network.edge_threshold == 0.4 and network.sides == (64,)
    image = np.asarray(Image.open(PHOTOGRAPHS[0]).convert("RGB"))[:64, :64]
    mask = np.zeros((64, 64), np.uint8)
    mask[20:40, 10:50] = 1
    lines = np.uint8(np.eye(64) * 120)  # between the two thresholds
    few = Inpainter(guided, edge_threshold=0.4, fill_size="auto", detail="residual")
    few.filler.sides = (64,)
    light = Inpainter(network, fill_size="auto", detail="residual")
    difference = np.abs(light(image, mask, lines).astype(int) - few(image, mask, lines))
    assert difference.max() <= 1
    assert (light(image, mask, lines) != light(image, mask, lines * 0)).any()


@pytest.mark.parametrize(
    "flags, told",
    [
        (["--format=litert", "--size=60"], "--size must be a multiple of 8 and at least 8, received 60"),
        (["--format=litert", "--size=1024"], "--size=1024 is too large for a file without control flow"),
        (
            ["--format=litert", "--size=x"],
            "--size must be whole numbers of pixels, such as 256,512, received 'x'",
        ),
        (["--format=litert", "--precision=mixed_bfloat16"], "--format=litert needs --precision=float32"),
        (["--format=litert", "--weights=int4"], "weights"),
        (["--weights=int8"], "--weights is for --format=litert only, received --format=saved_model"),
        (["--size=256"], "--size is for --format=onnx and litert only"),
    ],
)
def test_refusals(in_process, tmp_path, flags, told):
    done = in_process("export", f"--export_dir={tmp_path}/1", *flags)
    assert done.returncode == 1 and done.stderr.count("\n") <= 2 and told in done.stderr
    assert not (tmp_path / "1").exists()
