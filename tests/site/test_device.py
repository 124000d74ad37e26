"""What browsers compute against what Python does, with a network of random attention."""

import json
import pathlib
import shutil
import subprocess

import numpy as np
import pytest

import inpaint
from inpaint.inference.runtimes.litert_filler import LiteRTFiller
from inpaint.inference.scale import regions

SOURCES = pathlib.Path(inpaint.__file__).parent
SIDES, HOLE_WIDTH = (64, 128), 12
pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")


@pytest.fixture(scope="module")
def modules(tmp_path_factory):
    """The folder of the modules, as Node.js wants them: in a package that says so."""
    package = tmp_path_factory.mktemp("modules")
    (package / "package.json").write_text('{"type": "module"}')
    for path in ("site/device", "demo/web/static/js"):
        shutil.copytree(SOURCES / path, package / path)
    return package / "site" / "device"


class RandomNetwork:
    """Stands for a `LiteRTNetwork`; keeps what it was given.

    Attributes:
        drawn: by side, what it fills holes with and the weights of its attention.
    """

    sides, precision = SIDES, "float32"

    def __init__(self):
        self.inputs, self.drawn = [], {}
        for side in SIDES:
            rng = np.random.default_rng(side)
            weights = rng.random((side // 8,) * 4, np.float32) ** 20
            noise = rng.random((side, side, 3), np.float32) * 300 - 20  # beyond the range, too
            self.drawn[side] = noise, weights / weights.sum(axis=(2, 3), keepdims=True)

    def copy(self, image, mask):
        self.inputs.append((image, mask))
        noise, weights = self.drawn[image.shape[1]]
        results = {"filled": noise, "shifted": 100 - noise}
        return {name: np.where(mask > 0, x, image) for name, x in results.items()} | {
            "weights": weights[None]
        }


def by_python(image, mask, detail):
    """uint8 [H, W, 3] by `LiteRTFiller`, the regions, and the network."""
    network = RandomNetwork()
    filler = LiteRTFiller(network, detail)
    filled, found = image.copy(), regions(mask, "auto", HOLE_WIDTH, SIDES)
    for region in found:
        inputs = [region.cut(x[None]) for x in (image, np.uint8(mask)[..., None])]
        values = filler.fill(inputs, region.cell)[0]
        rows, columns = region.hole
        hole = mask[rows, columns]
        inner = values[rows.start - region.window[0].start :, columns.start - region.window[1].start :]
        filled[rows, columns][hole] = inner[: hole.shape[0], : hole.shape[1]][hole]
    return filled, found, network


def by_node(modules, folder, image, mask, detail, network):
    """The same by the page's modules: (result, inputs of the network, regions)."""
    alpha = np.random.default_rng(5).integers(0, 256, mask.shape, np.uint8)
    np.dstack([image, alpha]).tofile(folder / "pixels")
    np.uint8(mask).tofile(folder / "mask")
    for side, arrays in network.drawn.items():
        for name, values in zip(("noise", "weights"), arrays):
            values.tofile(folder / f"{name}_{side}")
    case = {"width": image.shape[1], "height": image.shape[0], "runs": len(network.inputs)}
    case |= {"detail": detail, "holeWidth": HOLE_WIDTH, "sides": SIDES}
    (folder / "case.json").write_text(json.dumps(case))
    command = ["node", pathlib.Path(__file__).with_name("fill.mjs"), modules, folder]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert not done.returncode, done.stderr
    result = np.fromfile(folder / "result", np.uint8).reshape(*mask.shape, 4)
    np.testing.assert_array_equal(result[..., 3], alpha)
    inputs = [np.fromfile(folder / f"input_{i}", np.float32) for i in range(2 * len(network.inputs))]
    return result[..., :3], list(zip(inputs[::2], inputs[1::2])), json.loads(done.stdout)


def boxes(size, *places):
    mask = np.zeros(size, bool)
    for top, left, height, width in places:
        mask[top : top + height, left : left + width] = True
    return mask


CASES = {
    "one": boxes((96, 120), (30, 40, 12, 12)),
    "wide, so through a smaller copy": boxes((200, 230), (50, 60, 61, 47)),
    "far from each other": boxes((300, 420), (3, 5, 20, 9), (250, 380, 40, 33), (140, 200, 8, 8)),
    "two that grow into one": boxes((300, 300), (20, 20, 60, 60), (150, 20, 60, 60)),
    "at the edge of a photo smaller than a copy": boxes((50, 70), (40, 0, 10, 30)),
    "above each other, in the same square": boxes((161, 234), (114, 164, 37, 5), (12, 173, 24, 5)),
    "beside each other, in the same square": boxes((161, 234), (114, 164, 37, 5), (12, 173, 24, 5)).T,
    "known on one long side alone": boxes((200, 300), (190, 100, 10, 90)),
    "no known pixel beside it": boxes((40, 60), (0, 0, 40, 45)),
}


@pytest.mark.parametrize("detail", [True, False], ids=["residual", "none"])
@pytest.mark.parametrize("mask", CASES.values(), ids=CASES)
def test_the_same_as_in_python(modules, tmp_path, mask, detail):
    image = np.random.default_rng(1).integers(0, 256, (*mask.shape, 3), np.uint8)
    expected, found, network = by_python(image, mask, detail)
    result, inputs, told = by_node(modules, tmp_path, image, mask, detail, network)
    places = [(r.window[0].start, r.window[1].start, r.cell, r.side) for r in found]
    places_told = [(r["top"], r["left"], r["cell"], r["side"]) for r in told]
    assert sorted(places_told) == sorted(places)
    for place, (image_given, hole_given) in zip(places_told, inputs, strict=True):
        image_asked, hole_asked = network.inputs[places.index(place)]
        np.testing.assert_array_equal(hole_given, hole_asked.ravel())
        np.testing.assert_allclose(image_given, image_asked.ravel(), atol=1e-3)
    np.testing.assert_array_equal(result[~mask], image[~mask])
    assert np.abs(result.astype(int) - expected).max() <= 1


def test_many_holes_make_the_same_regions(modules, tmp_path):
    rng = np.random.default_rng(7)
    counts = []
    for _ in range(3):
        height, width = rng.integers(500, 900, 2)
        places = [(*rng.integers(0, (height, width)), *rng.integers(1, 24, 2)) for _ in range(12)]
        mask = boxes((height, width), *places)
        image = rng.integers(0, 256, (height, width, 3), np.uint8)
        expected, found, network = by_python(image, mask, False)
        result, _, told = by_node(modules, tmp_path, image, mask, False, network)
        counts.append(len(found))
        assert len(told) == len(found)
        assert np.abs(result.astype(int) - expected).max() <= 1
    assert max(counts) > 5
