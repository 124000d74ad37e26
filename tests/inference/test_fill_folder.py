"""A folder of photographs in, a folder of photographs out."""

import numpy as np
import pytest
from PIL import Image

from inpaint.commands import fill
from inpaint.errors import UserError
from inpaint.inference.fill_folder import folder_jobs
from inpaint.inference.fill_list import Failures


class Gray:
    """An inpainter that paints holes gray."""

    fill_size = "auto"

    class generator:
        guided = False

    def __call__(self, images, masks, sketches=None, progress=None):
        return np.where(masks[..., None] > 0, np.uint8(128), images)


@pytest.fixture
def folder(tmp_path, rng, monkeypatch):
    """photos/ and masks/ in a folder, in which commands fill without a network."""
    monkeypatch.setattr(fill, "make_inpainter", lambda *arguments, **options: Gray())
    monkeypatch.chdir(tmp_path)
    hole = np.zeros((20, 30), np.uint8)
    hole[5:10, 5:20] = 255
    photograph = Image.fromarray(rng.integers(0, 100, (20, 30, 3), dtype=np.uint8))
    for name in ("a.png", "sub/b.webp", "c.bmp", "e.png", "f.png", "g.png", "cliff_edge.tif"):
        (tmp_path / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
        photograph.save(tmp_path / "photos" / name)
    for name in ("a.bmp", "sub/b_mask.png", "c-mask 2.png", "e.png", "e.tif", "g.png", "cliff_edge_mask.png"):
        (tmp_path / "masks" / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(hole).save(tmp_path / "masks" / name)
    Image.fromarray(hole[:9]).save(tmp_path / "masks/g.png")
    (tmp_path / "photos/d.jpg").write_bytes(b"no image")
    (tmp_path / "masks/d.png").write_bytes((tmp_path / "masks/a.bmp").read_bytes())
    (tmp_path / "photos/notes.txt").write_text("nothing")
    (tmp_path / "photos/.thumbnails").mkdir()
    photograph.save(tmp_path / "photos/.thumbnails/t.png")
    return tmp_path


def pixels(path):
    with Image.open(path) as image:
        return np.array(image)


def made(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_pairs_by_name_and_counts_the_rest(in_process, folder):
    done = in_process("fill", "--image=photos", "--mask=masks", "--output=out/filled")
    assert done.returncode == 1
    assert done.stdout.endswith(
        "\n4 filled, 4 failed (1 with several masks, 1 without a mask, 1 unreadable, 1 of another size)\n"
    )
    told = sorted(done.stderr.splitlines())
    assert told.pop(0) == "note: photos: 8 images; left out: 1 hidden files or folders, 1 .txt files"
    assert len(told) == 4
    assert told[0] == "photos/d.jpg is not an image that can be read"
    assert told[1] == "photos/e.png has 2 masks, masks/e.png, masks/e.tif: leave one"
    assert told[2] == "photos/f.png has no mask in masks: none is called f or f_mask"
    assert told[3].startswith("the mask masks/g.png is 30 x 9, the image photos/g.png is 30 x 20")
    assert made(folder / "out/filled") == ["a.png", "c.png", "cliff_edge.tif", "sub/b.webp"]
    before, hole = pixels(folder / "photos/a.png"), pixels(folder / "masks/a.bmp") > 0
    for name in ("a.png", "c.png"):
        np.testing.assert_array_equal(
            pixels(folder / "out/filled" / name), np.where(hole[..., None], 128, before)
        )


def test_one_mask_serves_all_images_of_its_size(in_process, folder):
    Image.fromarray(np.zeros((9, 9, 3), np.uint8)).save(folder / "photos/small.png")
    (folder / "photos/d.jpg").unlink()
    done = in_process("fill", "--image=photos", "--mask=masks/a.bmp", "--output=out")
    assert done.returncode == 1
    assert done.stdout.endswith("\n7 filled, 1 failed (1 of another size)\n")
    done = in_process("fill", "--image=photos", "--mask=masks/a.bmp", "--output=out", "--resize_mask")
    assert done.returncode == 0 and done.stdout.endswith("\n8 filled, 0 failed\n")
    assert (pixels(folder / "out/small.png")[3, 3] == 128).all()


def test_erased_photographs_need_no_masks(in_process, folder, rng):
    (folder / "erased").mkdir()
    rgba = rng.integers(0, 100, (20, 30, 4), dtype=np.uint8)
    rgba[..., 3] = 255
    rgba[4:8, 4:9, 3] = 0
    rgba[4:8, 9, 3] = 100  # a soft brush's rim
    Image.fromarray(rgba).save(folder / "erased/a.png")
    Image.fromarray(rgba[..., :3]).save(folder / "erased/b.png")
    done = in_process("fill", "--image=erased", "--mask_from_alpha", "--output=out")
    assert done.returncode == 1 and done.stdout.endswith("\n1 filled, 1 failed (1 without transparency)\n")
    filled = pixels(folder / "out/a.png")
    assert (filled[4:8, 4:10] == (128, 128, 128, 255)).all()
    np.testing.assert_array_equal(filled[10:], rgba[10:])
    in_process("fill", "--image=erased", "--mask_from_alpha", "--hard_alpha", "--output=out")
    np.testing.assert_array_equal(pixels(folder / "out/a.png")[4:8, 9], rgba[4:8, 9])


def test_masks_beside_their_images(folder):
    together = folder / "together"
    together.mkdir()
    for name in ("a.jpg", "a_mask.png", "b.png", "b.jpg", "b-hole.png"):
        (together / name).write_bytes(b"")
    failures = Failures(lambda line: None, numbered=False)
    jobs = folder_jobs("together", "together", "out", False, failures)
    assert [(job.image, job.mask, job.output) for job in jobs] == [
        ("together/a.jpg", "together/a_mask.png", "out/a.jpg"),
        ("together/b.jpg", "together/b-hole.png", "out/b.jpg"),
        ("together/b.png", "together/b-hole.png", "out/b.png"),
    ]
    assert not failures.lines
    (together / "masks").mkdir()
    (together / "masks/a.gif").write_bytes(b"")
    (together / "a.bmp").write_bytes(b"")
    (together / "a.png").write_bytes(b"")
    jobs = folder_jobs("together", "together/masks", "out", False, failures)
    assert [(job.image, job.mask) for job in jobs] == [
        ("together/a.bmp", "together/masks/a.gif"),
        ("together/a.jpg", "together/masks/a.gif"),
    ]
    assert (
        sorted(failures.reasons.values())[0]
        == "together/a.png and together/a.bmp would both become out/a.png"
    )


def test_guided_folders(folder):
    folder.joinpath("photos/a_edge.jpg").write_bytes(b"")
    failures = Failures(lambda line: None, numbered=False)
    jobs = {job.image: job.sketch for job in folder_jobs("photos", "masks/a.bmp", "out", True, failures)}
    assert jobs["photos/a.png"] == "photos/a_edge.jpg" and "photos/a_edge.jpg" not in jobs


def test_links_are_followed_once(folder):
    (folder / "links").mkdir()
    (folder / "links/one").symlink_to(folder / "photos/sub")
    (folder / "links/one_file.png").symlink_to(folder / "photos/a.png")
    (folder / "photos/sub/loop").symlink_to(folder / "photos/sub")
    jobs = folder_jobs("links", "masks/a.bmp", "out", False, Failures(print))
    assert [job.image for job in jobs] == ["links/one/b.webp", "links/one_file.png"]


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--output=o.png"], "--image is a folder: add --output=FOLDER (o.png is"),
        ([], "--image is a folder: add --output=FOLDER (output.png is"),
        (["--output=photos/filled"], "--output=photos/filled is inside of photos: name a folder outside"),
        (["--output=masks"], "--output=masks is inside of masks: name a folder outside"),
        (["--output=out", "--mask=photos/.thumbnails/none"], "no such file: photos/.thumbnails/none"),
        (["--output=out", "--image=empty"], "no images in empty, it is empty"),
        (["--output=out", "--sketch=a.png"], "--sketch is for one image"),
    ],
)
def test_one_line_for_what_the_user_can_mend(in_process, folder, arguments, message):
    (folder / "empty").mkdir()
    done = in_process("fill", "--image=photos", "--mask=masks", *arguments)
    assert done.returncode == 1 and message in done.stderr
    assert not made(folder / "out") and len(made(folder / "photos")) == 10


def test_quality(in_process, folder, rng):
    noise = rng.integers(0, 256, (64, 64, 3), dtype=np.uint8)
    hole = np.zeros((64, 64), np.uint8)
    hole[:8] = 255
    Image.fromarray(noise).save("x.png")
    Image.fromarray(hole).save("m.png")
    sizes = {}
    for name, flags in (
        ("default.jpg", []),
        ("95.jpg", ["--quality=95"]),
        ("30.jpg", ["--quality=30"]),
        ("default.webp", []),
        ("30.webp", ["--quality=30"]),
    ):
        done = in_process("fill", "--image=x.png", "--mask=m.png", f"--output={name}", *flags)
        assert done.returncode == 0, done.stderr
        sizes[name] = (folder / name).stat().st_size
    assert (folder / "default.jpg").read_bytes() == (folder / "95.jpg").read_bytes()
    assert sizes["30.jpg"] < 0.5 * sizes["95.jpg"] and sizes["30.webp"] < 0.5 * sizes["default.webp"]
    np.testing.assert_array_equal(pixels("default.webp")[8:], noise[8:])
    assert (pixels("30.webp")[8:] != noise[8:]).any()
    done = in_process("fill", "--image=x.png", "--mask=m.png", "--output=o.png", "--quality=30")
    assert done.returncode == 1 and "--quality is for .jpg and .webp, received --output=o.png" in done.stderr


def test_masks_without_a_hole_fail_unless_allowed(in_process, folder):
    Image.new("L", (30, 20)).save("black.png")
    one = ("fill", "--image=photos/a.png", "--mask=black.png", "--output=o.png")
    done = in_process(*one)
    assert done.returncode == 1 and not (folder / "o.png").exists()
    assert done.stderr.startswith(
        "error: the mask black.png has no hole (it is black everywhere), nothing was"
    )
    done = in_process(*one, "--allow_empty")
    assert done.returncode == 0 and "returned unchanged" in done.stdout
    np.testing.assert_array_equal(pixels("o.png"), pixels("photos/a.png"))
    done = in_process("fill", "--image=photos/sub", "--mask=black.png", "--output=out")
    assert done.returncode == 1 and done.stdout.endswith("\n0 filled, 1 failed (1 without a hole)\n")
    done = in_process("fill", "--image=photos/sub", "--mask=black.png", "--output=out", "--allow_empty")
    assert done.returncode == 0 and done.stdout.endswith("\n1 filled, 0 failed\n")
    done = in_process(
        "fill", "--image=photos/a.png", "--mask=masks/a.bmp", "--output=o.png", "--grow_mask=-9"
    )
    assert done.returncode == 1 and "nothing is left of it, resized and grown as asked for" in done.stderr


def test_grown_and_inverted_by_flags(in_process, folder):
    hole = pixels("masks/a.bmp") > 0
    for flags, count in ((["--grow_mask=1"], hole.sum() + 2 * (5 + 15)), (["--invert_mask"], (~hole).sum())):
        done = in_process("fill", "--image=photos/a.png", "--mask=masks/a.bmp", "--output=o.png", *flags)
        assert done.returncode == 0, done.stderr
        assert (pixels("o.png") == 128).all(axis=-1).sum() == count
    with pytest.raises(UserError, match="--grow_mask must be at most 1000, received 1001"):
        fill.Options(image="x", mask="m", grow_mask=1001)


@pytest.mark.parametrize("image, output", [("stickers/s.png", "o.png"), ("stickers", "out")])
def test_hidden_colours_are_unknown_to_the_network(in_process, folder, rng, monkeypatch, image, output):
    """In the output, all that is transparent stays as it was."""
    seen = []

    class Recording(Gray):
        def __call__(self, image, mask, sketch=None, progress=None):
            seen.append(mask)
            return super().__call__(image, mask)

    monkeypatch.setattr(fill, "make_inpainter", lambda *arguments, **options: Recording())
    rgba = rng.integers(0, 100, (20, 30, 4), dtype=np.uint8)
    rgba[..., 3] = 255
    rgba[:, 18:, 3] = 0
    (folder / "stickers").mkdir()
    Image.fromarray(rgba).save("stickers/s.png")
    done = in_process("fill", f"--image={image}", "--mask=masks/a.bmp", f"--output={output}")
    assert done.returncode == 0, done.stderr
    hole = pixels("masks/a.bmp") > 0
    np.testing.assert_array_equal(seen[0].reshape(20, 30) > 0, hole | (rgba[..., 3] == 0))
    found = pixels(output if output == "o.png" else "out/s.png")
    np.testing.assert_array_equal(found[~hole], rgba[~hole])
    np.testing.assert_array_equal(found[..., 3], rgba[..., 3])
    assert (found[hole, :3] == 128).all()
