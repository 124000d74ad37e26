"""fill and fill_list with real files, and test.py and batch_test.py as processes."""

import dataclasses
import shlex
import subprocess

import cv2
import numpy as np
import pytest
from PIL import Image
from support.helpers import ROOT, command_line

from inpaint.checkpoints.formats import tf1
from inpaint.errors import UserError
from inpaint.images.mask_rule import MaskRule
from inpaint.inference.fill_file import Job, fill_loaded, load
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
    rgba = rng.integers(1, 256, (30, 45, 4), dtype=np.uint8)
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
        (["--image=x.png", "--mask=m.png", "--guided"], "guided=false (config.json), received guided=true"),
        (["--image=x.png", "--mask=m.png", "--guided", "--checkpoint_dir=theirs"], "no such file: x_edge"),
        (["--image=x.png", "--mask=m.png", "--sketch=m.png"], "--sketch needs --guided"),
        (["--image=x.png", "--mask=m.png", "more"], "unexpected argument 'more'"),
        (["--image=x.png", "--mask=m.png", "--output=./m.png"], "would replace the mask or sketch"),
    ],
)
def test_one_line_for_what_the_user_can_mend(in_process, files, arguments, message):
    (files / "theirs").mkdir()
    (files / "theirs/snap-1.index").touch()
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
    for number in (2, 3, 6, 8):
        assert f"line {number}: " in done.stderr
    assert "covers everything" in done.stderr
    assert done.stdout.rstrip().endswith("1 malformed, 1 unreadable, 1 not writable, 1 of another size)")
    assert "\n4 filled, 4 failed (" in done.stdout
    assert "7/7" in done.stdout
    hole = pixels(files / "m.png") > 0
    for name in ("a", "b"):
        output = pixels(files / ("oa.png" if name == "a" else "o b.png"))
        original = pixels(files / f"{name}.png")
        np.testing.assert_array_equal(output[~hole], original[~hole])
        assert np.any(output[hole] != original[hole])
    assert pixels(files / "oc.webp").shape == (16, 24, 3)


@pytest.mark.parametrize(
    "lines, message",
    [
        (
            ["x.png m.png b.png", "b.png m.png c.png"],
            "line 1 of list.txt writes b.png, which line 2 of list.txt reads",
        ),
        (
            ["b.png m.png c.png", "x.png m.png ./b.png"],
            "line 2 of list.txt writes b.png, which line 1 of list.txt reads",
        ),
        (
            ["x.png linked.png o.png", "x.png m.png m.png"],
            "line 2 of list.txt writes linked.png, which line 1",
        ),
        (["x.png m.png m.png"], "line 1 of list.txt replaces m.png, which it reads"),
        (
            ["x.png m.png o.png", "", "b.png m.png ../b/o.png"],
            "line 1 of list.txt and line 3 of list.txt both write ../b/o.png",
        ),
    ],
)
def test_lists_whose_order_would_matter_are_refused(in_process, files, lines, message):
    folder = files / "b"
    folder.mkdir()
    for name in ("x.png", "m.png"):
        (folder / name).write_bytes((files / name).read_bytes())
    (folder / "b.png").write_bytes((files / "x.png").read_bytes())
    (folder / "linked.png").symlink_to("m.png")
    (folder / "list.txt").write_text("\n".join(lines))
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    done = in_process("fill_list", "--flist=list.txt", cwd=folder)
    assert done.returncode == 1
    assert done.stderr.startswith("error: line ") and done.stderr.count("\n") == 1
    assert message in done.stderr
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_an_image_may_be_filled_in_place(files, rng):
    (files / "list.txt").write_text(f"{files}/x.png {files}/m.png {files}/x.png")
    failures, before = Failures(print), pixels(files / "x.png")
    fill_list(Recording(), read_jobs(files / "list.txt", False, failures), 8, failures)
    hole = pixels(files / "m.png") > 0
    np.testing.assert_array_equal(pixels(files / "x.png")[hole, :3], 128)
    np.testing.assert_array_equal(pixels(files / "x.png")[~hole], before[~hole])


@pytest.mark.parametrize(
    "mask, told",
    [
        (np.uint8([[0, 1]]), "its values are 0 and 1, but the hole must be white (255)"),
        (np.uint8([[0, 0]]), "it is black everywhere"),
        (np.uint8([[0, 100]]), "its brightest value is 100, but the hole must be above 127.5"),
        (np.uint8([[[0, 0, 0], [255, 0, 0]]]), "its colours are dark as gray values (at most 76)"),
        (np.uint8([[[0, 0, 0, 255], [255, 255, 255, 0]]]), "it is clear where it is not black"),
    ],
)
def test_what_is_in_a_mask_without_a_hole(files, mask, told):
    Image.fromarray(mask.repeat(30, axis=0).repeat([22, 23], axis=1)).save(files / "m.png")
    job = Job(str(files / "x.png"), str(files / "m.png"), str(files / "o.png"))
    with pytest.raises(UserError) as refused:
        load(job)
    assert str(refused.value).startswith(f"the mask {files}/m.png has no hole ({told}")
    assert "nothing was filled; with --allow_empty, " in str(refused.value)
    said, job = [], dataclasses.replace(job, rule=MaskRule(allow_empty=True))
    fill_loaded(lambda image, *_: image, load(job), said.append)
    assert len(said) == 1 and said[0].startswith(f"note: the mask {files}/m.png has no hole ({told}")
    assert said[0].endswith("), the image is returned unchanged")
    np.testing.assert_array_equal(pixels(files / "o.png"), pixels(files / "x.png"))


def test_mask_that_was_not_turned_with_its_photograph(files, rng):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(rng.integers(0, 256, (30, 45, 3), dtype=np.uint8)).save(files / "x.jpg", exif=exif)
    message = "m.png is 45 x 30, the image .*x.jpg is 30 x 45: its EXIF data turns it by a quarter"
    with pytest.raises(UserError, match=message):
        load(Job(str(files / "x.jpg"), str(files / "m.png"), "o.png"))


@pytest.mark.usefixtures("eagerly")
@pytest.mark.parametrize("command", ["fill", "fill_list"])
def test_metadata_is_kept_or_stripped(in_process, files, snapshot, command):
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 0.0)})
    with Image.open(files / "x.png") as image:
        image.save(files / "p.webp", exif=exif, xmp=b"<x:xmpmeta/>", lossless=True)
    (files / "list.txt").write_text("p.webp m.png o.webp")
    flags = (
        ["--image=p.webp", "--mask=m.png", "--output=o.webp"] if command == "fill" else ["--flist=list.txt"]
    )
    for more, kept in ((), True), (("--strip_metadata",), False):
        done = in_process(command, *flags, f"--checkpoint_dir={snapshot}", *more, cwd=files)
        assert done.returncode == 0, done.stderr
        with Image.open(files / "o.webp") as written:
            found = written.getexif()
            assert (found.get_ifd(0x8825).get(2) == (52.0, 31.0, 0.0)) == kept
            assert ("xmp" in written.info) == kept and (found.get(0x010F) == "Maker") == kept


def test_pipes_are_read(files, snapshot):
    """As a shell gives them: `cat x.png | test.py --image /dev/stdin --mask <(cat m.png)`."""
    start = " ".join(map(shlex.quote, command_line("test.py")))
    line = f"cat x.png | {start} --image /dev/stdin --mask <(cat m.png) --checkpoint_dir={snapshot}"
    done = subprocess.run(["bash", "-c", line], cwd=files, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    before, after, hole = pixels(files / "x.png"), pixels(files / "output.png"), pixels(files / "m.png") > 0
    np.testing.assert_array_equal(after[~hole], before[~hole])
    assert np.any(after[hole] != before[hole])


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
    fill_list(recording, jobs, 2, failures, on_batch=counts.append)
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


def test_too_large_for_the_format_of_the_output_is_told_before_the_work(tmp_path):
    Image.new("L", (16_384, 1), 255).save(tmp_path / "x.png")
    job = Job(tmp_path / "x.png", tmp_path / "x.png", str(tmp_path / "o.webp"))
    with pytest.raises(
        UserError, match="o.webp: WEBP holds up to 16383 pixels a side, the image is 16384 x 1"
    ):
        load(job)
