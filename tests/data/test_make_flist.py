"""The make_flist command as people run it; what it writes is what train.py reads."""

import os

import numpy as np
import pytest
from PIL import Image

from inpaint.lists.file_lists import image_paths


@pytest.fixture
def photographs(tmp_path, rng):
    """`photographs/`: twelve good images of 30 x 20, one of 30 x 10, one cut short, one that is text."""
    folder = tmp_path / "photographs"
    (folder / "more").mkdir(parents=True)
    for i in range(12):
        pixels = rng.integers(0, 256, (20, 30, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / ("more" if i % 2 else ".") / f"{i:02}.png")
    Image.new("RGB", (30, 10)).save(folder / "flat.png")
    Image.open(folder / "00.png").save(folder / "short.jpg")
    whole = (folder / "short.jpg").read_bytes()
    (folder / "short.jpg").write_bytes(whole[:-100])
    (folder / "text.jpg").write_text("no image")
    return folder


def names(flist):
    return [line.rpartition("/")[2] for line in flist.read_text().splitlines()]


def test_lists(script, in_process, photographs, tmp_path):
    flags = ("--images=photographs", "--validation=3", "--least_side=16")
    done = script("make_flist", *flags, "--output_dir=a", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("9 images to train on, 3 for validation, in a\n")
    told = sorted(done.stderr.splitlines())
    assert len(told) == 3
    assert told[0] == "left out: photographs/flat.png is 30 x 10: both sides must be at least 16"
    assert told[1].startswith("left out: photographs/short.jpg cannot be read, it is damaged")
    assert told[2] == "left out: photographs/text.jpg is not an image that can be read"

    training = names(tmp_path / "a/train_shuffled.flist")
    validation = names(tmp_path / "a/validation_static_view.flist")
    assert sorted(training + validation) == [f"{i:02}.png" for i in range(12)]
    assert training != sorted(training)
    assert len(image_paths(tmp_path / "a/train_shuffled.flist")) == 9  # from any working directory

    (tmp_path / "a/train_shuffled.flist").rename(tmp_path / "kept.flist")
    again = in_process("make_flist", *flags, "--output_dir=a", cwd=tmp_path)
    assert again.stderr.startswith("error: a/validation_static_view.flist exists already")
    (tmp_path / "kept.flist").rename(tmp_path / "a/train_shuffled.flist")

    for folder, seed in (("b", 0), ("c", 1)):
        in_process("make_flist", *flags, f"--output_dir={folder}", f"--random_seed={seed}", cwd=tmp_path)
    lists = [(tmp_path / folder / "train_shuffled.flist").read_text() for folder in "abc"]
    assert lists[0] == lists[1] != lists[2]

    again = in_process("make_flist", *flags, "--output_dir=a", cwd=tmp_path)
    assert again.returncode == 1
    assert again.stderr.splitlines()[-1].startswith("error: a/train_shuffled.flist exists already: remove it")


def test_folders_of_their_own_and_headers_alone(in_process, photographs, tmp_path):
    (tmp_path / "held").mkdir()
    for i in (3, 5):
        (photographs / "more" / f"{i:02}.png").rename(tmp_path / "held" / f"{i:02}.png")
    flags = ("--images=photographs", "--validation_dir=held", "--nodecode", "--output_dir=a")
    done = in_process("make_flist", *flags, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    # Of the damaged ones only the text has no header.
    assert "12 images to train on, 2 for validation" in done.stdout and done.stderr.count("\n") == 1
    assert sorted(names(tmp_path / "a/validation_static_view.flist")) == ["03.png", "05.png"]


@pytest.mark.parametrize(
    "flags, message",
    [
        (["--validation=12"], "there are 12 usable images: --validation=12 leaves none to train on"),
        (["--validation=2", "--validation_dir=photographs"], "mutually exclusive"),
        (
            ["--validation_dir=photographs/more"],
            "6 images are in both sets, such as /",
        ),
        (["--validation_dir=../{here}/photographs"], "12 images are in both sets"),
        (["--least_side=99"], "none of the 15 images of photographs can be used"),
        (["--images=gone"], "no folder or file list gone"),
    ],
)
def test_one_line_for_what_the_user_can_mend(in_process, photographs, tmp_path, flags, message):
    flags = [flag.format(here=tmp_path.name) for flag in flags]
    flags = ["--images=photographs", "--least_side=16", "--output_dir=out", *flags]
    done = in_process("make_flist", *flags, cwd=tmp_path)
    assert done.returncode == 1 and not (tmp_path / "out").exists()
    assert done.stderr.splitlines()[-1].startswith("error: ") and message in done.stderr
    assert "Traceback" not in done.stderr


def test_names_of_all_kinds_and_links(in_process, photographs, tmp_path):
    names_of_all_kinds = {os.fsdecode(b"caf\xe9.png"), "麦 'x'.png", "\u202fa.png"}
    for i, name in enumerate(sorted(names_of_all_kinds)):
        (photographs / "more" / f"{2 * i + 1:02}.png").rename(photographs / name)
    done = in_process("make_flist", "--image_dir=photographs", "--output_dir=a", cwd=tmp_path)
    assert done.returncode == 0 and "13 images to train on" in done.stdout
    found = image_paths(tmp_path / "a/train_shuffled.flist")
    assert names_of_all_kinds <= {os.path.basename(path) for path in found}

    (tmp_path / "held").symlink_to("photographs/more")
    flags = ("--image_dir=photographs", "--validation_dir=held", "--output_dir=b")
    assert "3 images are in both sets" in in_process("make_flist", *flags, cwd=tmp_path).stderr
