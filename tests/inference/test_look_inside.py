"""What `look_inside` and the visualize command show, against values worked out by hand."""

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from support.helpers import ROOT

from inpaint.errors import UserError
from inpaint.inference.inpainter import Inpainter
from inpaint.inference.look_inside import flow_key, gate_key, look_inside
from inpaint.models.architecture import COARSE, LAYERS, SHOWN_LAYERS
from inpaint.models.generator import Generator
from inpaint.models.plans import Everywhere
from inpaint.ops import GatedConv, GatedUpsamplingConv


@pytest.mark.parametrize("padding", ["same", "symmetric", "reflect", "centred"])
@pytest.mark.parametrize("kind", [GatedConv, GatedUpsamplingConv])
def test_gates(rng, kind, padding):
    """A layer's output is its activated features times its gates."""
    layer = kind(8, kernel_size=3, padding=padding, activation="linear")
    x = tf.constant(rng.normal(size=(2, 9, 10, 3)), tf.float32)
    output = layer(x)
    gates = layer.gates(x)
    kernel, bias = layer.get_weights()
    bias = rng.normal(size=bias.shape)
    layer.set_weights([kernel, bias])
    output, gates = layer(x), layer.gates(x).numpy()
    layer.set_weights([kernel, np.concatenate([bias[:4], np.full(4, 100.0)])])
    kernel[..., 4:] = 0
    layer.set_weights([kernel, np.concatenate([bias[:4], np.full(4, 100.0)])])  # gates that are open
    np.testing.assert_allclose(output, layer(x) * gates, atol=1e-5)
    np.testing.assert_array_equal(layer.gates(x), np.ones_like(gates))


@pytest.fixture
def opening():
    """An Inpainter whose first layer opens one gate in the hole alone, another around it."""
    generator = Generator()
    layer = generator.conv1
    kernel, bias = (np.zeros_like(array) for array in layer.get_weights())
    kernel[2, 2, 4, 24 + 7] = 20  # channel 4 of the input is the mask, 24 features come first
    bias[24 + 7] = -10
    kernel[2, 2, 4, 24 + 9] = -2
    layer.set_weights([kernel, bias])
    return Inpainter(generator, eager=True)


def panels_of(strip):
    height, width = strip.shape[0] // 2, strip.shape[1] // 2
    return [strip[y : y + height, x : x + width] for y in (0, height) for x in (0, width)]


def test_panels_show_the_gates_that_tell_the_hole(opening, rng):
    image = rng.integers(0, 256, (45, 61, 3), dtype=np.uint8)
    mask = np.zeros((45, 61), np.uint8)
    mask[10:20, 30:50] = 1
    key = gate_key()[0]  # [256, 3]
    inside = look_inside(opening, image, mask, layers=["conv1"])
    mean, first, second, third = panels_of(inside.gates["conv1"])
    for panel, in_hole, around in (
        (first, 1, 0),
        (second, 1 / (1 + np.exp(2)), 0.5),
        (third, 0.5, 0.5),
        (mean, (22 * 0.5 + 1 + 1 / (1 + np.exp(2))) / 24, (23 * 0.5 + 0) / 24),
    ):
        np.testing.assert_array_equal(panel[15, 40], key[round(in_hole * 255)])
        np.testing.assert_array_equal(panel[40, 5], key[round(around * 255)])
        np.testing.assert_array_equal(panel[10, 30:50], np.full((20, 3), 255))  # the outline


def test_stages(generator, rng):
    inpainter = Inpainter(generator, eager=True)
    image = rng.integers(0, 256, (40, 51, 3), dtype=np.uint8)
    mask = np.zeros((40, 51), np.uint8)
    mask[8:32, 16:40] = 1
    inside = look_inside(inpainter, image, mask, layers=())
    assert np.abs(inside.completed.astype(int) - inpainter(image, mask)).max() <= 1
    np.testing.assert_array_equal(inside.incomplete, np.where(mask[..., None] > 0, 128, image))
    incomplete, holes, _ = inpainter.filler.inputs(image[None], mask[None, ..., None])
    (coarse, refined), offsets = generator.forward(incomplete, holes)
    for found, stage in ((inside.coarse, coarse), (inside.refined, refined)):
        pixels = (stage[0, :40, :51, ::-1].numpy() + 1) * 127.5
        assert np.abs(found - pixels).max() < 0.51
    np.testing.assert_array_equal(inside.flow[mask == 0], np.full((np.sum(mask == 0), 3), 255))
    looked = offsets[0, 1:4, 2:5].numpy()  # of the hole's cells
    reach = np.hypot(*np.moveaxis(looked, -1, 0)).max()
    for row, column in ((1, 2), (2, 3), (3, 4)):
        at = tuple(64 + np.round(64 * offsets[0, row, column].numpy() / reach).astype(int))
        difference = inside.flow[8 * row + 3, 8 * column + 5].astype(int) - flow_key()[at]
        assert np.abs(difference).max() < 12


def test_key_of_the_flow():
    key = flow_key()
    assert key.shape == (129, 129, 3)
    np.testing.assert_array_equal(key[64, 64], [255] * 3)
    np.testing.assert_array_equal(key[0, 0], [255] * 3)


def test_every_layer_can_be_seen(generator, rng):
    image = rng.integers(0, 256, (16, 16, 3), dtype=np.uint8)
    inside = look_inside(Inpainter(generator), image, np.eye(16, dtype=np.uint8), layers=LAYERS)
    assert list(inside.gates) == list(LAYERS) and len(LAYERS) == 40
    assert {panels.shape for panels in inside.gates.values()} == {(32, 32, 3)}
    assert list(inside.masks) == [name for name, _, _ in COARSE]
    assert {panel.shape for panel in inside.masks.values()} == {(16, 16, 3)}


@pytest.mark.parametrize("network", ["partial", "plain"])
def test_masks_are_those_of_partial_convolutions(network, rng):
    image = rng.integers(0, 256, (64, 96, 3), dtype=np.uint8)
    mask = np.zeros((64, 96), np.uint8)
    mask[4:60, 20:80] = 1
    inpainter, partial = Inpainter(Generator(network=network)), Generator(network="partial")
    inside = look_inside(inpainter, image, mask, layers=LAYERS)
    assert inside.gates == {}
    expected, key = {}, gate_key()[0]

    def keep(layer, x):
        if layer.name in inside.masks:
            known = layer.known(x)[0, ..., 0].numpy()
            expected[layer.name] = known.repeat(64 // len(known), 0).repeat(64 // len(known), 1)

    incomplete, holes, _ = inpainter.filler.inputs(image[None], mask[None, ..., None])
    partial.forward(incomplete, holes, plan=Everywhere(keep))
    outline = np.zeros(mask.shape, bool)
    outline[[4, 59], 20:80] = outline[4:60, [20, 79]] = True
    for name, known in expected.items():
        panel = np.where(outline[..., None], 255, key[np.uint8(known) * 255])
        np.testing.assert_array_equal(inside.masks[name], panel, err_msg=name)
    shares = [known.mean() for known in expected.values()]
    assert len(shares) == 16 and shares[0] < 0.6 and shares[-1] == 1.0  # the rule has forgotten the hole


@pytest.mark.parametrize(
    "mask, layers, message",
    [(np.zeros((16, 16)), SHOWN_LAYERS, "the mask has no hole"), (np.eye(16), ["conv99"], "called 'conv99'")],
)
def test_refuses(generator, mask, layers, message):
    with pytest.raises(UserError, match=message):
        look_inside(Inpainter(generator), np.zeros((16, 16, 3), np.uint8), mask, layers=layers)


def test_visualize_command(in_process, tmp_path):
    image, mask = (
        ROOT / "inpaint/examples/photographs/chelsea.png",
        ROOT / "inpaint/examples/masks/chelsea.png",
    )
    arguments = (f"--image={image}", f"--mask={mask}", "--output_dir=new/folder", "--layers=conv1,allconv16")
    done = in_process("visualize", *arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    names = ["incomplete", "coarse", "refined", "completed", "flow"]
    names += ["gates_conv1", "gates_allconv16", "masks_conv1", "gate_key", "flow_key"]
    assert done.stdout.splitlines()[1:] == [f"new/folder/{name}.png" for name in names]
    done = in_process("fill", *arguments[:2], "--fill_size=whole", cwd=tmp_path)
    filled, completed = (
        np.array(Image.open(tmp_path / name).convert("RGB")).astype(int)
        for name in ("output.png", "new/folder/completed.png")
    )
    assert np.abs(filled - completed).max() <= 1
    done = in_process("visualize", *arguments[:3], "--layers=conv99", cwd=tmp_path)
    assert done.returncode == 1 and done.stderr.startswith("error: no layer is called 'conv99'")
