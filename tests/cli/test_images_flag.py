"""One word for photographs, the names that earlier versions had for it, and images without a flag."""

import numpy as np
import pytest
from PIL import Image

from inpaint.commands import evaluate, fill_many
from inpaint.commands.tools import make_flist, make_sketches
from inpaint.data.examples import load_example
from inpaint.data.unreadable import UnreadableFiles
from inpaint.errors import UserError
from inpaint.lists.file_lists import image_paths
from inpaint.options.examples import ExampleOptions


@pytest.mark.parametrize(
    "module, name, earlier",
    [
        (evaluate, "images", "image_dir"),
        (evaluate, "images", "flist"),
        (make_flist, "images", "image_dir"),
        (make_sketches, "images", "data_flist"),
        (fill_many, "flist", "input"),
    ],
)
def test_earlier_names_are_the_same_flag(module, name, earlier):
    from absl import flags

    from inpaint.cli.help import help_text
    from inpaint.cli.process import define_flags
    from inpaint.flags.define import requested

    for given in (name, earlier):
        define_flags(module, values := flags.FlagValues())
        values(["", f"--{given}=photos"])
        assert requested(values, module.Options)[name] in ("photos", ("photos",))
    shown = help_text(module, values, "p", full=True)
    assert shown.count(f"  --{name}=") == 1 and f"  --{earlier}=" not in shown


def test_sketches_of_images_that_are_named(in_process, images):
    done = in_process("make_sketches", images / "0.png", images / "1.png", "--method=laplacian")
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("\n2 sketches written, 0 kept, 0 failed\n")
    assert sorted(path.name for path in images.glob("*_edge.jpg")) == ["0_edge.jpg", "1_edge.jpg"]
    done = in_process("make_sketches", f"--images={images / '0.png'},{images}")
    assert done.returncode == 0 and done.stdout.endswith("\n1 sketches written, 2 kept, 0 failed\n")
    done = in_process("make_sketches", images / "gone.png")
    assert done.returncode == 1 and f"no folder or file list {images}/gone.png" in done.stderr


def test_a_broken_photograph_needs_no_sketch(images, rng):
    for i in range(3):
        Image.new("L", (80, 70)).save(images / f"{i}_edge.jpg")
    (images / "broken.png").write_bytes((images / "0.png").read_bytes()[:900])
    paths = image_paths(images, guided=True)
    assert len(paths) == 4
    said = []
    bad = UnreadableFiles("training images", 4, max_share=0.5, say=said.append)
    options = ExampleOptions(size=(64, 64), guided=True)
    for index in range(4):
        assert bad.first_good(paths, index, lambda path: load_example(path, options, rng))[0].shape == (
            64,
            64,
            3,
        )
    assert len(bad) == 1 and "broken.png cannot be read" in said[0]
    (images / "2_edge.jpg").unlink()
    with pytest.raises(UserError, match="2 of the 8 files of .* are missing"):
        image_paths(images, guided=True)


def test_one_image_is_a_source(images):
    Image.fromarray(np.zeros((9, 9, 3), np.uint8)).save(images / "x.bmp")
    assert image_paths(str(images / "x.bmp")) == [str(images / "x.bmp")]
