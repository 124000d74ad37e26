"""fill and fill_list with real files, and test.py and batch_test.py as processes."""

import cv2
import numpy as np
import pytest
from PIL import Image
from support.helpers import ROOT

from inpaint.checkpoints import tf1
from inpaint.inference.fill_list import Failures, fill_list, read_jobs
from inpaint.inference.inpainter import Inpainter
from inpaint.models.generator import Generator


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory, generator):
    folder = tmp_path_factory.mktemp("snapshot")
    tf1.save(folder, generator, step=5)
    return folder


@pytest.fixture
def files(tmp_path, rng):
    """x.png (45 x 30, with alpha), m.png and small.png in a folder."""
    rgba = rng.integers(0, 256, (30, 45, 4), dtype=np.uint8)
    mask = np.zeros((30, 45), np.uint8)
    mask[5:20, 10:30] = 255
    Image.fromarray(rgba).save(tmp_path / "x.png")
    Image.fromarray(mask).save(tmp_path / "m.png")
    Image.fromarray(mask[:8, :8]).save(tmp_path / "small.png")
    (tmp_path / "notes.txt").write_text("no image")
    return tmp_path


def pixels(path):
    with Image.open(path) as image:
        return np.array(image)


def test_fills_with_an_original_snapshot(script, files, snapshot, generator):
    done = script(
        "test.py",
        "--image=x.png",
        "--mask=m.png",
        "--output=o.png",
        f"--checkpoint_dir={snapshot}",
        cwd=files,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "checkpoint of the original TF1 code" in done.stdout and done.stdout.endswith("\no.png\n")
    before, after, hole = pixels(files / "x.png"), pixels(files / "o.png"), pixels(files / "m.png") > 0
    np.testing.assert_array_equal(after[..., 3], before[..., 3])
    np.testing.assert_array_equal(after[~hole], before[~hole])
    expected = Inpainter(generator, eager=True)(before[..., :3], hole)
    assert np.abs(after[..., :3].astype(int) - expected).max() <= 1


def test_precision(in_process, files, snapshot, generator):
    half = Generator(dtype="mixed_bfloat16")
    half.set_weights(generator.get_weights())
    (files / "list.txt").write_text("x.png m.png o.png")
    flags = (f"--checkpoint_dir={snapshot}", "--precision=mixed_bfloat16")
    image, hole = pixels(files / "x.png")[..., :3], pixels(files / "m.png") > 0
    exact = Inpainter(generator, eager=True)(image, hole)[hole].astype(int)
    for command, eager in (
        (["fill", "--image=x.png", "--mask=m.png", "--output=o.png"], True),
        (["fill_list", "--flist=list.txt"], False),
    ):
        # One image is filled operation by operation, which rounds elsewhere than a graph.
        expected = Inpainter(half, eager=eager)(image, hole)[hole].astype(int)
        done = in_process(*command, *flags, cwd=files)
        assert done.returncode == 0, done.stderr
        found = pixels(files / "o.png")[..., :3][hole].astype(int)
        (files / "o.png").unlink()
        assert np.abs(found - expected).mean() < 0.1 * np.abs(found - exact).mean()


def test_bundled_weights_fill_an_example(in_process, tmp_path):
    image, mask = ROOT / "inpaint/examples/photographs/coffee.png", ROOT / "inpaint/examples/masks/coffee.png"
    done = in_process("fill", f"--image={image}", f"--mask={mask}", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "bundled weights" in done.stdout
    before, after, hole = pixels(image), pixels(tmp_path / "output.png"), pixels(mask) > 127.5
    np.testing.assert_array_equal(after[~hole], before[~hole])
    # Trained weights come closer to what was there than a flat fill with the mean colour.
    error = np.abs(after[hole].astype(int) - before[hole]).mean()
    flat = np.abs(before[~hole].mean(axis=0) - before[hole]).mean()
    assert error < 0.8 * flat


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--image=no.png", "--mask=m.png"], "no such file: no.png"),
        (["--image=x.png", "--mask=notes.txt"], "notes.txt is not an image"),
        (["--image=x.png", "--mask=small.png"], "the mask small.png is 8 x 8, the image x.png is 45 x 30"),
        (["--image=x.png", "--mask=m.png", "--output=gone/o.png"], "there is no folder gone"),
        (["--image=x.png", "--mask=m.png", "--checkpoint_dir=gone"], "no checkpoint at gone"),
        (["--image=x.png", "--mask=m.png", "--max_pixels=1000"], "over the limit of 1000 pixels"),
        (["--image=x.png", "--mask=m.png", "--guided"], "no such file: x_edge.jpg"),
        (["--image=x.png", "--mask=m.png", "--sketch=m.png"], "--sketch needs --guided"),
        (["--image=x.png", "--mask=m.png", "more"], "unexpected argument 'more'"),
    ],
)
def test_one_line_for_what_the_user_can_mend(in_process, files, arguments, message):
    before = sorted(path.name for path in files.iterdir())
    done = in_process("fill", *arguments, cwd=files)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1
    assert message in done.stderr
    assert sorted(path.name for path in files.iterdir()) == before


def test_unknown_flags_are_errors(in_process, files):
    done = in_process("fill", "--image=x.png", "--mask=m.png", "--image_hight=3", cwd=files)
    assert done.returncode == 1
    assert "Unknown command line flag 'image_hight'" in done.stderr and done.stderr.count("\n") == 1


def test_batch_goes_on_after_bad_lines(script, files, snapshot, rng):
    for name in ("a", "b"):
        Image.fromarray(rng.integers(0, 256, (30, 45, 3), dtype=np.uint8)).save(files / f"{name}.png")
    Image.fromarray(rng.integers(0, 256, (16, 24, 3), dtype=np.uint8)).save(files / "c.png")
    Image.fromarray(np.full((16, 24), 255, np.uint8)).save(files / "all.png")
    lines = [
        "a.png m.png oa.png",
        "no.png m.png o.png",
        "a.png m.png",
        "",
        "c.png all.png oc.webp",
        "b.png small.png ob.png",
        "b.png\tm.png\to b.png",
        "b.png m.png gone/o.png",
        "b.png m.png oa.png",
        "turned.jpg m.png turned.png",
    ]
    # A header that tells a size with sides swapped, and an orientation that does not exist.
    exif = Image.Exif()
    exif[0x0112] = 9
    Image.fromarray(rng.integers(0, 256, (30, 45, 3), dtype=np.uint8)).save(files / "turned.jpg", exif=exif)
    (files / "list.txt").write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    done = script(
        "batch_test.py", "--flist=list.txt", "--batch_size=2", f"--checkpoint_dir={snapshot}", cwd=files
    )
    assert done.returncode == 1
    for number in (2, 3, 6, 8, 9):
        assert f"line {number}: " in done.stderr
    assert "covers everything" in done.stderr
    assert done.stdout.rstrip().endswith("4 filled, 5 failed") and "7/7" in done.stdout
    hole = pixels(files / "m.png") > 0
    for name in ("a", "b"):
        output = pixels(files / ("oa.png" if name == "a" else "o b.png"))
        original = pixels(files / f"{name}.png")
        np.testing.assert_array_equal(output[~hole], original[~hole])
        assert np.any(output[hole] != original[hole])
    assert pixels(files / "oc.webp").shape == (16, 24, 3)


class Recording:
    """An inpainter that notes its batches and paints holes gray."""

    def __init__(self):
        self.batches = []
        self.generator = Generator.__new__(Generator)
        self.generator.__dict__["guided"] = False

    def __call__(self, images, masks, sketches=None):
        self.batches.append(images.shape)
        return np.where(masks[..., None] > 0, np.uint8(128), images)


def test_batches_have_one_size(files, rng):
    sizes = [(8, 8), (16, 8), (8, 8), (8, 8), (16, 8)]
    for i, size in enumerate(sizes):
        Image.fromarray(rng.integers(0, 100, (*size, 3), dtype=np.uint8)).save(files / f"{i}.png")
        Image.fromarray(np.full(size, 255, np.uint8)).save(files / f"{i}m.png")
    flist = files / "list.txt"
    flist.write_text("\n".join(f"{files}/{i}.png {files}/{i}m.png {files}/{i}o.png" for i in range(5)))
    failures = Failures(print)
    jobs = read_jobs(flist, False, failures)
    recording, counts = Recording(), []
    fill_list(recording, jobs, 2, failures, done=counts.append)
    assert not failures.lines
    assert recording.batches == [(2, 8, 8, 3), (1, 8, 8, 3), (2, 16, 8, 3)]
    assert counts == [2, 3, 5]
    for i, size in enumerate(sizes):
        np.testing.assert_array_equal(pixels(files / f"{i}o.png"), np.full((*size, 3), 128))

    recording = Recording()
    fill_list(recording, jobs, 8, failures, size=(24, 16))
    assert recording.batches == [(5, 24, 16, 3)]
    recording = Recording()  # as many as fit into the limit of pixels
    fill_list(recording, jobs, 8, failures, size=(8, 8), max_pixels=3 * 64)
    assert [batch[0] for batch in recording.batches] == [3, 2]


def test_resized_batches_keep_known_pixels(files, snapshot, generator):
    # --image_height and --image_width resize image and mask first, as the original does.
    (files / "list.txt").write_text(f"{files}/x.png {files}/m.png {files}/o.png")
    failures = Failures(print)
    jobs = read_jobs(files / "list.txt", False, failures)
    fill_list(Inpainter(generator, eager=True), jobs, 8, failures, size=(60, 90))
    assert not failures.lines
    result = pixels(files / "o.png")
    assert result.shape == (60, 90, 4)
    expected = cv2.resize(pixels(files / "x.png"), (90, 60), interpolation=cv2.INTER_LINEAR)
    np.testing.assert_array_equal(result[:8, :18], expected[:8, :18])
