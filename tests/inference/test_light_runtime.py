"""Filling with LiteRT, which gives what TensorFlow gives."""

import importlib.util
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from support.helpers import ROOT

from inpaint.checkpoints.config import GeneratorConfig, resolve
from inpaint.errors import UserError
from inpaint.inference.inpainter import Inpainter
from inpaint.inference.runtimes import choice
from inpaint.inference.runtimes.pasting import pasted

pytest.importorskip("ai_edge_litert", reason="LiteRT is not installed")
SIDES = (64, 128)
COFFEE = ROOT / "inpaint/examples/photographs/coffee.png"


@pytest.fixture(scope="module")
def light(litert_file):
    return Inpainter.from_checkpoint(litert_file)


@pytest.fixture(scope="module")
def photograph():
    return np.asarray(Image.open(COFFEE).convert("RGB"))


def with_tensorflow(bundled, detail):
    inpainter = Inpainter(bundled.generator, eager=True, fill_size="auto", detail=detail)
    inpainter.filler.sides = SIDES
    return inpainter


HOLES = {
    "one, at full size": [(100, 200, 20, 30)],
    "a corner": [(0, 0, 12, 9)],
    "a strip, in a larger copy": [(150, 100, 12, 60)],
    "two": [(40, 60, 14, 14), (330, 520, 10, 20)],
    "large, in a smaller copy": [(120, 150, 110, 230)],
}


@pytest.mark.parametrize("detail", ["residual", "none"])
@pytest.mark.parametrize("holes", HOLES.values(), ids=HOLES)
def test_within_one_level_of_tensorflow(light, litert_file, bundled, photograph, holes, detail):
    mask = np.zeros(photograph.shape[:2], np.uint8)
    for top, left, height, width in holes:
        mask[top : top + height, left : left + width] = 1
    light = light if detail == "residual" else Inpainter.from_checkpoint(litert_file, detail="none")
    found, expected = light(photograph, mask), with_tensorflow(bundled, detail)(photograph, mask)
    np.testing.assert_array_equal(found[mask == 0], photograph[mask == 0])
    assert (found[mask > 0] != photograph[mask > 0]).any(axis=-1).mean() > 0.5
    difference = np.abs(found.astype(int) - expected)
    assert difference.max() <= 1 and (difference > 0).mean() < 1e-3


def test_smaller_than_any_copy_and_batches(light, bundled, photograph):
    images = np.stack([photograph[:30, :50], photograph[50:80, 50:100]])
    masks = np.zeros((2, 30, 50), np.uint8)
    masks[0, 5:15, 10:30] = masks[1, 20:, 40:] = 1
    difference = np.abs(
        light(images, masks).astype(int) - with_tensorflow(bundled, "residual")(images, masks)
    )
    assert difference.max() <= 1


def test_pasting_is_that_of_patches_with_overlap(rng):
    """Against the sum over all patches: one of 2 x 2 cells begins half a cell before its own."""
    h, w, cell = 5, 4, 6
    weights = rng.random((h, w, h, w), np.float32)
    values = rng.random((h * cell, w * cell, 2), np.float32)
    margin = cell // 2
    padded = np.pad(values, [(cell, cell), (cell, cell), (0, 0)])
    total = np.zeros(((h + 2) * cell, (w + 2) * cell, 2))
    for y, x, v, u in np.ndindex(h, w, h, w):
        patch = padded[v * cell + margin :, u * cell + margin :][: 2 * cell, : 2 * cell]
        total[y * cell + margin :, x * cell + margin :][: 2 * cell, : 2 * cell] += weights[y, x, v, u] * patch
    expected = total[cell:-cell, cell:-cell] / 4
    for rows, columns in ((slice(0, h), slice(0, w)), (slice(1, 3), slice(2, 4)), (slice(4, 5), slice(0, 1))):
        found = pasted(weights, values, cell, rows, columns)
        part = expected[rows.start * cell : rows.stop * cell, columns.start * cell : columns.stop * cell]
        np.testing.assert_allclose(found, part, rtol=1e-5)


def test_a_command_without_tensorflow(litert_file, tmp_path):
    mask = np.zeros((400, 600), np.uint8)
    mask[100:120, 200:230] = 255
    Image.fromarray(mask).save(tmp_path / "m.png")
    program = (
        "import sys; from inpaint.cli.dispatch import main; main(sys.argv[1:]); "
        "assert not {'tensorflow', 'keras'} & {name.split('.')[0] for name in sys.modules}"
    )
    flags = [f"--image={COFFEE}", "--mask=m.png", f"--checkpoint_dir={litert_file.parent}", "--output=o.png"]
    command = [sys.executable, "-c", program, "fill", *flags]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert done.stdout.startswith(f"loaded {litert_file} into LiteRT; fill_size=auto, detail=residual\n")
    filled, image = (np.asarray(Image.open(path)) for path in (tmp_path / "o.png", COFFEE))
    np.testing.assert_array_equal(filled[mask == 0], image[mask == 0])
    assert (filled[mask > 0] != image[mask > 0]).any()


def test_what_litert_cannot_do_is_told(litert_file, light, tmp_path, photograph):
    for options, told in (
        ({"fill_size": "whole"}, "^LiteRT fills with --fill_size=auto only, received whole$"),
        ({"fill_size": 256}, "^LiteRT fills with --fill_size=auto only, received 256$"),
        ({"precision": "mixed_bfloat16"}, "^LiteRT computes as its file says: leave --precision out"),
        (
            {"runtime": "tensorflow"},
            "model.tflite are for LiteRT, received --runtime=tensorflow: name a checkpoint$",
        ),
        ({"network": "plain"}, "network=gated, received network=plain"),
    ):
        with pytest.raises(UserError, match=told):
            Inpainter.from_checkpoint(litert_file, **options)
    with pytest.raises(UserError, match="^--runtime=litert needs a file that export --format=litert wrote"):
        Inpainter.from_checkpoint(runtime="litert")
    with pytest.raises(UserError, match="takes no sketch"):
        light(photograph, photograph[..., 0] > 250, photograph[..., 0])
    cut = tmp_path / "cut.tflite"
    cut.write_bytes(litert_file.read_bytes()[:100_000])
    other = tmp_path / "other.tflite"
    shutil.copy(COFFEE, other)
    for path in (cut, other):
        with pytest.raises(
            UserError, match="is no network of this project for LiteRT: .*export --format=litert"
        ):
            Inpainter.from_checkpoint(path)
    with pytest.raises(UserError, match="no checkpoint at .*none.tflite: no such file"):
        Inpainter.from_checkpoint(tmp_path / "none.tflite")


def test_what_is_missing_is_told(litert_file, monkeypatch):
    def without(*names):
        found = importlib.util.find_spec
        monkeypatch.setattr(
            choice.importlib.util, "find_spec", lambda name: None if name in names else found(name)
        )

    without("tensorflow")
    with pytest.raises(
        UserError, match="^this needs TensorFlow, which is not installed, to run the bundled weights: "
    ):
        choice.litert_file(None, GeneratorConfig(fill_size="auto"), "float32", "auto")
    assert choice.litert_file(litert_file, resolve(litert_file), "float32", "auto") == litert_file
    monkeypatch.setitem(sys.modules, "ai_edge_litert", None)
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    with pytest.raises(UserError, match="needs LiteRT: pip install ai-edge-litert$"):
        Inpainter.from_checkpoint(litert_file)


def test_the_bundled_weights_may_be_such_a_file(litert_file, monkeypatch, tmp_path):
    """As in the light distribution."""
    shutil.copy(litert_file, tmp_path / "model.tflite")
    monkeypatch.setattr(choice, "BUNDLED", tmp_path)
    auto = GeneratorConfig(fill_size="auto", detail="residual")
    assert choice.litert_file(None, auto, "float32", "auto") == tmp_path / "model.tflite"
    with pytest.raises(UserError, match="^LiteRT fills with --fill_size=auto only"):
        choice.litert_file(None, GeneratorConfig(), "float32", "auto")
    with pytest.raises(UserError, match="^the bundled weights are for LiteRT, received --runtime=tensorflow"):
        choice.litert_file(None, auto, "float32", "tensorflow")
