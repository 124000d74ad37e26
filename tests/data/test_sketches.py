"""Sketches drawn from images, in memory and by the make_sketches command in real processes."""

import cv2
import numpy as np
import pytest
from PIL import Image
from support.helpers import ROOT

from inpaint.data.examples import load_example
from inpaint.data.sketches import METHODS, sketch, write_sketches
from inpaint.images.image_files import read_image
from inpaint.images.mask_files import read_gray
from inpaint.lists.file_lists import image_paths, sketch_path
from inpaint.options.examples import ExampleOptions

both_methods = pytest.mark.parametrize("method", ["canny", "laplacian"])
PHOTOGRAPHS = sorted((ROOT / "inpaint/examples/photographs").iterdir())


def halves(size, left, right):
    """An image of two flat halves, side by side."""
    image = np.full((*size, 3), left, np.uint8)
    image[:, size[1] // 2 :] = right
    return image


def contents(folder):
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}


@pytest.fixture
def images(tmp_path, rng):
    """Three images of 64 x 64, each a bright box at another place, in a folder."""
    folder = tmp_path / "images"
    folder.mkdir()
    for name in ("a.png", "b.jpg", "c.webp"):
        image = np.full((64, 64, 3), 40, np.uint8)
        top, left = rng.integers(4, 30, 2)
        image[top : top + 25, left : left + 25] = 220
        Image.fromarray(image).save(folder / name, quality=95)
    return folder


def test_canny_draws_one_line_where_two_halves_meet():
    lines = sketch(halves((40, 60), 50, 200), "canny")
    assert lines.dtype == np.uint8 and lines.shape == (40, 60)
    columns = np.flatnonzero(lines.any(axis=0))
    assert columns.tolist() in ([29], [30])
    assert (lines[:, columns] == 255).all()


def test_laplacian_draws_both_sides_where_two_halves_meet():
    # Blurred, the step bends the same way up to two pixels on either side of it.
    lines = sketch(halves((40, 60), 50, 200), "laplacian")
    assert lines.dtype == np.uint8 and lines.shape == (40, 60)
    drawn = set(np.flatnonzero(lines.any(axis=0)))
    assert {28, 29, 30, 31} <= drawn <= {26, 27, 28, 29, 30, 31, 32, 33}
    assert (lines[:, sorted(drawn)] == 255).all()


def test_lines_of_a_box_run_along_its_sides():
    image = np.zeros((50, 50, 3), np.uint8)
    image[10:40, 15:35] = 200
    lines = sketch(image, "canny") > 0
    assert lines[25].nonzero()[0] == pytest.approx([14.5, 34.5], abs=0.6)
    assert lines[:, 25].nonzero()[0] == pytest.approx([9.5, 39.5], abs=0.6)
    assert not lines[14:36, 19:31].any()


@both_methods
def test_colours_of_a_image_count(method):
    # Red and blue that differ in brightness by 0.299 * 255 - 0.114 * 255, about 47.
    assert sketch(halves((40, 60), (255, 0, 0), (0, 0, 255)), method).any()
    # As bright as each other, when red counts 0.299 and blue 0.114: the channels are not swapped.
    assert not sketch(halves((40, 60), (60, 0, 0), (0, 0, 157)), method).any()


@both_methods
@pytest.mark.parametrize("value", [0, 20, 128, 255])
def test_a_flat_image_has_no_lines(method, value):
    assert not sketch(np.full((40, 60, 3), value, np.uint8), method).any()


@both_methods
def test_faint_noise_has_no_lines(method, rng):
    for darkest in (0, 126, 251):
        gray = rng.integers(darkest, darkest + 5, (64, 64, 1), dtype=np.uint8)
        assert not sketch(gray.repeat(3, axis=-1), method).any()


@both_methods
@pytest.mark.parametrize("left, right", [(5, 35), (220, 250)])
def test_dark_and_light_images_have_lines(method, left, right):
    lines = sketch(halves((40, 60), left, right), method)
    assert lines[:, 28:32].any(axis=1).all()


@both_methods
def test_a_light_image_has_the_lines_of_its_negative(method):
    image = read_image(ROOT / "inpaint/examples/photographs/rocket.jpg").rgb
    lines, negative = (sketch(p, method) > 0 for p in (image, 255 - image))
    assert 0.03 < lines.mean() < 0.3
    assert np.mean(lines != negative) < 0.01


@pytest.mark.parametrize("size", [(64, 64), (256, 256), (300, 260), (512, 512), (400, 1500)])
def test_lines_outlast_the_resize_of_training(tmp_path, size):
    for name, image in (("x", halves(size, 50, 200)), ("y", halves(size[::-1], 50, 200).swapaxes(0, 1))):
        path = tmp_path / f"{name}.png"
        Image.fromarray(image).save(path)
        assert write_sketches([path]) == (1, 0, 0)
        _, seen = load_example(path, ExampleOptions(guided=True), None)
        assert seen.any(axis=1 if name == "x" else 0).all()
        assert seen.mean() < 0.03


@both_methods
def test_the_file_holds_the_sketch(method, tmp_path):
    differing = total = 0
    for photograph in PHOTOGRAPHS:
        rgb = read_image(photograph).rgb
        for size in (rgb.shape[1::-1], (256, 256)):
            image = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
            path = tmp_path / f"{photograph.stem}{size[0]}.png"
            Image.fromarray(image).save(path)
            assert write_sketches([path], method, overwrite=True) == (1, 0, 0)
            lines = sketch(image, method) > 0
            assert lines.any()
            read = read_gray(sketch_path(path)) / 255 > 0.6
            differing, total = differing + np.sum(read != lines), total + lines.size
    assert total > 1_000_000 and differing == 0  # lines read 246 and more, the rest 9 and less, of 255


def test_turned_images_get_turned_sketches(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(halves((40, 60), 50, 200)).save(tmp_path / "x.png", exif=exif)
    write_sketches([tmp_path / "x.png"])
    lines = read_gray(tmp_path / "x_edge.jpg") > 153
    assert lines.shape == (60, 40)
    assert lines.any(axis=0).all() and not lines[:28].any() and not lines[32:].any()


def test_images_that_would_share_a_sketch(images):
    Image.new("RGB", (20, 20)).save(images / "a.webp")
    said, counts = [], []
    paths = [images / "a.png", images / "a.webp", images / "a.png", images / "b.jpg"]
    assert write_sketches(paths, say=said.append, done=counts.append) == (2, 0, 1)
    assert len(said) == 1 and "a.webp would share" in said[0] and "a.png" in said[0]
    assert read_gray(images / "a_edge.jpg").shape == (64, 64)
    assert counts == [1, 2, 3]


def test_hidden_files_are_no_images(images):
    for name in (".1234.part.jpg", "._a.png"):
        (images / name).write_bytes(b"left by something else")
    assert len(image_paths(images)) == 3


def test_command_goes_on_after_a_broken_image(script, images):
    (images / "broken.png").write_bytes((images / "a.png").read_bytes()[:60])
    before = contents(images)
    done = script("make_sketches", f"--data_flist={images}", "--method=laplacian")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1 and "broken.png cannot be read" in done.stderr
    assert done.stdout.endswith("\n3 sketches written, 0 kept, 1 failed\n")
    after = contents(images)
    assert after.keys() - before.keys() == {"a_edge.jpg", "b_edge.jpg", "c_edge.jpg"}
    assert before.items() <= after.items()
    for name in ("a.png", "b.jpg", "c.webp"):
        expected = sketch(read_image(images / name).rgb, "laplacian") > 0
        assert expected.any()
        np.testing.assert_array_equal(read_gray(sketch_path(images / name)) / 255 > 0.6, expected)


def test_command_draws_again_only_when_asked(in_process, images, tmp_path):
    flist = tmp_path / "list.flist"
    flist.write_text("\n".join(str(images / name) for name in ("a.png", "b.jpg")))
    command = ("make_sketches", f"--data_flist={flist},{images}")
    (images / "b_edge.jpg").write_bytes(b"somebody's own")
    done = in_process(*command)
    assert done.returncode == 0
    assert done.stderr == f"note: {images}: 3 images; left out: 1 sketches beside their images\n"
    assert done.stdout.endswith("\n2 sketches written, 1 kept, 0 failed\n")
    first = contents(images)
    assert first["b_edge.jpg"][0] == b"somebody's own"

    done = in_process(*command, "--method=laplacian")
    assert done.returncode == 0 and done.stdout.endswith("\n0 sketches written, 3 kept, 0 failed\n")
    assert contents(images) == first

    done = in_process(*command, "--overwrite")
    assert done.returncode == 0 and done.stdout.endswith("\n3 sketches written, 0 kept, 0 failed\n")
    again = contents(images)
    assert again.keys() == first.keys() and again["b_edge.jpg"][0] != first["b_edge.jpg"][0]
    for name in ("a_edge.jpg", "c_edge.jpg"):  # another file, with the same in it
        assert again[name][0] == first[name][0] and again[name][1] > first[name][1]


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--data_flist=gone.flist"], "no folder or file list gone.flist"),
        (["--images="], "--images needs names"),
        (["--data_flist=images,"], "--images needs names"),
        (["--data_flist=list.flist"], "1 of the 2 files of list.flist are missing, first gone.png"),
        (["--data_flist=images", "more"], "unexpected argument 'more'"),
    ],
)
def test_one_line_for_what_the_user_can_mend(in_process, images, tmp_path, arguments, message):
    (tmp_path / "list.flist").write_text("images/a.png\ngone.png\n")
    before = contents(images)
    done = in_process("make_sketches", *arguments, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1
    assert message in done.stderr
    assert contents(images) == before


def test_command_offers_every_method(in_process):
    said = in_process("make_sketches", "--data_flist=x", "--method=pencil")
    assert said.returncode == 1 and "Traceback" not in said.stderr
    assert "--method=canny|laplacian\n" in in_process("make_sketches", "--helpshort").stdout
    assert list(METHODS) == ["canny", "laplacian"]


@pytest.mark.slow
def test_guided_training_reads_the_sketches(script, images, tmp_path):
    training = (
        "train.py",
        "--guided=true",
        f"--data_flist={images}",
        f"--log_dir={tmp_path / 'logs'}",
        "--img_shapes=64,64,3",
        "--height=32",
        "--width=32",
        "--max_delta_height=8",
        "--max_delta_width=8",
        "--batch_size=1",
        "--max_iters=1",
    )
    done = script(*training)
    assert done.returncode == 1 and "3 of the 6 files" in done.stderr
    assert script("make_sketches", f"--data_flist={images}").returncode == 0
    done = script(*training)
    assert done.returncode == 0, done.stderr
    assert "3 training images" in done.stdout and "1/1  d_loss" in done.stdout
    assert (tmp_path / "logs/snap-1.index").exists()
