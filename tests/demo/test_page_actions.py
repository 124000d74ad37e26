"""What the page's buttons do, without a browser."""

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("gradio", reason="Gradio is not installed")

from support import golden_data  # noqa: E402
from support.helpers import SEED  # noqa: E402

from inpaint.demo.actions import LOOK_SIDE, Actions  # noqa: E402
from inpaint.demo.canvas import HOLE_COLOUR, on_canvas  # noqa: E402
from inpaint.demo.offline import gr  # noqa: E402
from inpaint.inference.inpainter import Inpainter  # noqa: E402
from inpaint.models.architecture import SHOWN_LAYERS  # noqa: E402
from inpaint.models.generator import Generator  # noqa: E402

SIZE = (40, 56)


@pytest.fixture
def actions(generator, tmp_path):
    return Actions(Inpainter(generator, eager=True), max_pixels=10_000, folder=tmp_path)


@pytest.fixture
def photograph(tmp_path, rng):
    path = tmp_path / "photograph.png"
    Image.fromarray(rng.integers(0, 256, (*SIZE, 3), dtype=np.uint8)).save(path)
    return str(path)


@pytest.fixture
def mask(tmp_path):
    path = tmp_path / "mask.png"
    pixels = np.zeros(SIZE, np.uint8)
    pixels[3:9, 4:20] = 255
    Image.fromarray(pixels).save(path)
    return str(path)


def drawn(*boxes):
    """An editor's value with boxes (top, left, bottom, right) drawn, each on a layer of its own."""
    value = on_canvas(np.zeros((*SIZE, 3), np.uint8))
    for top, left, bottom, right in boxes:
        layer = np.zeros((*SIZE, 4), np.uint8)
        layer[top:bottom, left:right] = (*HOLE_COLOUR, 255)
        value["layers"].append(layer)
    return value


def test_show(actions, photograph, mask):
    hole, sketch, told = actions.show(photograph, mask)
    expected = np.array(Image.open(photograph))
    expected[3:9, 4:20] = HOLE_COLOUR
    np.testing.assert_array_equal(hole["value"]["background"], expected)
    assert hole["visible"] and not sketch["visible"] and told == "56 x 40 pixels"
    assert not any(editor["visible"] for editor in actions.show(None, None)[:2])


def test_hole_is_mask_and_drawings(actions, photograph, mask):
    (before, after), path, note = actions.fill(
        photograph, mask, drawn((20, 30, 28, 40), (25, 35, 35, 44)), None
    )
    hole = np.zeros(SIZE, bool)
    for top, left, bottom, right in ((3, 4, 9, 20), (20, 30, 28, 40), (25, 35, 35, 44)):
        hole[top:bottom, left:right] = True
    np.testing.assert_array_equal(before, Image.open(photograph))
    np.testing.assert_array_equal(after, actions.inpainter(before, hole))
    np.testing.assert_array_equal(after, Image.open(path))
    assert f"Filled {hole.sum()} pixels, {hole.mean():.1%} of the image" in note


def test_gray_images_stay_gray(actions, tmp_path, rng):
    Image.fromarray(rng.integers(0, 256, SIZE, dtype=np.uint8)).save(tmp_path / "gray.png")
    (_, after), path, _ = actions.fill(str(tmp_path / "gray.png"), None, drawn((5, 5, 30, 30)), None)
    with Image.open(path) as image:
        assert image.mode == "L"
        np.testing.assert_array_equal(after, np.repeat(np.array(image)[..., None], 3, axis=-1))


def test_sketch_of_a_guided_model(photograph, tmp_path):
    generator = Generator(guided=True)
    golden_data.seed_weights(generator, SEED)
    actions = Actions(Inpainter(generator, eager=True), max_pixels=10_000, folder=tmp_path)
    assert actions.show(photograph, None)[1]["visible"]
    box, line = (10, 10, 30, 40), (18, 0, 22, 56)
    (before, after), _, _ = actions.fill(photograph, None, drawn(box), drawn(line))
    hole, sketch = np.zeros(SIZE, np.uint8), np.zeros(SIZE, np.uint8)
    hole[10:30, 10:40] = 1
    sketch[18:22] = 255
    np.testing.assert_array_equal(after, actions.inpainter(before, hole, sketch))
    (_, without), _, _ = actions.fill(photograph, None, drawn(box), None)
    assert (without != after).any()


def test_look_makes_large_images_smaller(generator, tmp_path):
    actions = Actions(Inpainter(generator, eager=True), max_pixels=1_000_000, folder=tmp_path)
    Image.new("RGB", (1024, 96), (200, 30, 60)).save(tmp_path / "wide.png")
    Image.new("L", (1024, 96), 255).save(tmp_path / "mask.png")
    files = str(tmp_path / "wide.png"), str(tmp_path / "mask.png")
    stages, gates = actions.look(*files, None, None, ["conv2_downsample"])
    assert stages[0][0].shape == (96 * LOOK_SIDE // 1024, LOOK_SIDE, 3)
    assert [caption for _, caption in gates] == ["conv2_downsample", "Gates: key"]


@pytest.mark.parametrize(
    "photograph_name, mask_name, drawing, message",
    [
        (None, None, None, "there is no photograph yet: drop one, or choose an example"),
        ("photograph.png", None, None, "there is no hole yet: draw one with the brush, or drop a mask"),
        ("photograph.png", "photograph.txt", None, "the mask is not an image that can be read"),
        ("photograph.txt", None, None, "the photograph is not an image that can be read"),
        ("photograph.png", "large.png", None, "the mask is 200 x 100, over the limit of 10000 pixels"),
        ("photograph.png", "other.png", None, "the mask is 9 x 8, the photograph 56 x 40"),
        ("photograph.png", None, np.zeros((9, 9, 4)), "the drawing is 9 x 9, the photograph 56 x 40"),
    ],
)
def test_what_is_wrong_is_told_without_paths(
    actions, photograph, tmp_path, photograph_name, mask_name, drawing, message
):
    (tmp_path / "photograph.txt").write_text("no image")
    Image.new("L", (200, 100)).save(tmp_path / "large.png")
    Image.new("L", (9, 8)).save(tmp_path / "other.png")
    files = [name and str(tmp_path / name) for name in (photograph_name, mask_name)]
    value = drawing is not None and {"background": None, "layers": [drawing], "composite": None}
    for action in (actions.fill, lambda *inputs: actions.look(*inputs, SHOWN_LAYERS)):
        with pytest.raises(gr.Error) as raised:
            action(*files, value or None, None)
        assert raised.value.message.startswith(message)
        assert str(tmp_path) not in raised.value.message


def test_unused_drawings_are_forgotten():
    from gradio.components.image_editor import EditorDataBlobs

    from inpaint.demo.canvas import canvas

    storage = canvas("Hole", HOLE_COLOUR).blob_storage
    for i in range(200):
        storage[str(i)] = EditorDataBlobs(background=b"b", layers=[b"l"], composite=b"c")
    assert len(storage) < 100 and "199" in storage and "0" not in storage
    assert all(kept.background is None and kept.layers == [b"l"] for kept in storage.values())
    with pytest.raises(ValueError, match="a drawing has more than"):
        storage["large"] = EditorDataBlobs(background=None, layers=[bytes(1 << 23)], composite=None)
    assert "large" not in storage
