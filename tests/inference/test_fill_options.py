"""--fill_size, --detail, --mask_from_alpha, progress and stopping of test.py and its relatives."""

import re
import signal
import subprocess

import numpy as np
import pytest
from PIL import Image
from support.helpers import command_line

from inpaint.inference.inpainter import Inpainter


@pytest.fixture(scope="module")
def wide(tmp_path_factory):
    """x.png (500 x 400), its mask m.png, and erased.png, transparent where the mask is white, in a folder."""
    folder = tmp_path_factory.mktemp("wide")
    rng = np.random.default_rng(5)
    noise = rng.normal(size=(400, 500, 3)) * 20
    rgb = np.uint8(np.clip(noise + np.linspace(40, 200, 500)[:, None], 0, 255))
    mask = np.zeros((400, 500), np.uint8)
    mask[100:260, 120:320] = 255
    Image.fromarray(rgb).save(folder / "x.png")
    Image.fromarray(mask).save(folder / "m.png")
    Image.fromarray(np.dstack([rgb, np.where(mask > 0, 0, 200)]).astype(np.uint8)).save(folder / "erased.png")
    return folder


def pixels(path):
    with Image.open(path) as image:
        return np.array(image)


def test_fill_size_and_detail(in_process, wide, bundled):
    arguments = ("--image=x.png", "--mask=m.png", "--output=o.png")
    done = in_process("fill", *arguments, "--fill_size=200", "--detail=residual", cwd=wide)
    assert done.returncode == 0, done.stderr
    assert "parts" not in done.stdout  # no bar in a pipe
    inpainter = Inpainter(bundled.generator, eager=True, fill_size=200, detail="residual")
    expected = inpainter(pixels(wide / "x.png"), pixels(wide / "m.png"))
    np.testing.assert_array_equal(pixels(wide / "o.png"), expected)
    assert (expected != bundled(pixels(wide / "x.png"), pixels(wide / "m.png"))).any()


def test_bundled_weights_say_how_they_fill(in_process, wide, as_it_comes):
    (wide / "list.txt").write_text("x.png m.png from_list.png\n")
    done = in_process("fill_list", "--flist=list.txt", cwd=wide)
    assert done.returncode == 0, done.stderr
    assert "loaded the bundled weights, photographs; fill_size=auto, detail=residual\n" in done.stdout
    expected = as_it_comes(pixels(wide / "x.png"), pixels(wide / "m.png"))
    np.testing.assert_array_equal(pixels(wide / "from_list.png"), expected)


@pytest.mark.parametrize("size", ["half", "63", "-1", "1e3", "99999999999", "²"])
def test_bad_sizes(in_process, wide, size):
    done = in_process("fill", "--image=x.png", "--mask=m.png", f"--fill_size={size}", cwd=wide)
    assert done.returncode == 1
    assert done.stderr == (
        f"error: --fill_size must be whole, auto or a number from 64 to 65536, received {size!r}\n"
    )


def test_advice(in_process, wide):
    arguments = ("--image=x.png", "--mask=m.png", "--output=o.png")
    done = in_process("fill", *arguments, "--fill_size=whole", cwd=wide)
    assert "; fill_size=whole, detail=none\n" in done.stdout
    assert re.search(r"note: the hole is up to 1[56]\d pixels wide, .* --fill_size=auto", done.stdout)
    assert "note" not in in_process("fill", *arguments, cwd=wide).stdout


def test_mask_from_alpha(in_process, wide):
    arguments = ("--image=erased.png", "--fill_size=auto")
    done = in_process("fill", *arguments, "--mask_from_alpha", "--output=o.png", cwd=wide)
    assert done.returncode == 0, done.stderr
    in_process("fill", *arguments, "--mask=m.png", "--output=with_mask.png", cwd=wide)
    found, with_mask, hole = (
        pixels(wide / "o.png"),
        pixels(wide / "with_mask.png"),
        pixels(wide / "m.png") > 0,
    )
    np.testing.assert_array_equal(found[..., :3], with_mask[..., :3])
    assert (found[hole, 3] == 255).all() and (found[~hole, 3] == 200).all()
    assert (with_mask[hole, 3] == 0).all()


def test_hole_under_transparency_is_told(in_process, wide):
    arguments = ("--mask=m.png", "--output=o.png", "--fill_size=auto")
    told = (
        "the hole is fully transparent in erased.png: --mask_from_alpha without --mask makes the fill visible"
    )
    assert told in in_process("fill", "--image=erased.png", *arguments, cwd=wide).stdout
    assert "transparent" not in in_process("fill", "--image=x.png", *arguments, cwd=wide).stdout


@pytest.mark.parametrize(
    "arguments, told",
    [
        (["--image=x.png"], "--mask is required, or --mask_from_alpha for an image with erased pixels"),
        (
            ["--image=erased.png", "--mask=m.png", "--mask_from_alpha"],
            "m.png has no transparency to take the hole from: give a --mask that is white in the hole",
        ),
        (["--image=x.png", "--mask=m.png", "--hard_alpha"], "--hard_alpha needs --mask_from_alpha"),
        (
            ["--image=x.png", "--mask_from_alpha"],
            "x.png has no transparency to take the hole from: give a --mask",
        ),
    ],
)
def test_no_mask(in_process, wide, arguments, told):
    done = in_process("fill", *arguments, cwd=wide)
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: {told}") and done.stderr.count("\n") == 1


def test_exports_a_size(in_process, wide, tmp_path, bundled):
    import tensorflow as tf

    folder = tmp_path / "1"
    done = in_process("export", f"--export_dir={folder}", "--fill_size=200", "--detail=residual")
    assert done.returncode == 0, done.stderr
    served = tf.saved_model.load(str(folder)).signatures["serving_default"]
    inpainter = Inpainter(bundled.generator, fill_size=200, detail="residual")
    image, mask = pixels(wide / "x.png"), pixels(wide / "m.png")
    for part in (np.s_[:], np.s_[90:210, 130:290]):  # the second needs no smaller copy
        output = served(image=image[part][None], mask=mask[part][None, ..., None])["output"][0]
        np.testing.assert_array_equal(output, inpainter(image[part], mask[part]))


@pytest.mark.parametrize("flags", [["--fill_size=auto"], ["--format=onnx", "--fill_size=200"]])
def test_cannot_export(in_process, tmp_path, flags):
    done = in_process("export", f"--export_dir={tmp_path / '1'}", *flags)
    assert done.returncode == 1 and done.stderr.count("\n") == 1 and "--fill_size" in done.stderr
    assert not (tmp_path / "1").exists()


def test_interrupt_stops_the_work(wide, tmp_path):
    """In the middle of a picture that takes minutes."""
    noise = np.random.default_rng(0).integers(0, 256, (3000, 4000, 3), dtype=np.uint8)
    mask = np.zeros((3000, 4000), np.uint8)
    mask[1000:2000, 1000:3000] = 255
    Image.fromarray(noise).save(tmp_path / "large.bmp")
    Image.fromarray(mask).save(tmp_path / "mask.png")
    paths = "--image=large.bmp", "--mask=mask.png", "--output=o.png"
    command = command_line("fill", *paths, "--fill_size=whole")
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(["env", "PYTHONUNBUFFERED=1", *command], cwd=tmp_path, **options) as process:
        assert any("note" in line for line in process.stdout)  # the last line before the work
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=60)
    assert (process.returncode, rest, errors) == (130, "", "error: interrupted\n")
    assert not (tmp_path / "o.png").exists()
