"""How commands start: what is known without TensorFlow is answered without it."""

import json
import os
import shlex
import subprocess
import sys

import pytest
from support.helpers import ROOT, command_line

from inpaint.cli.dispatch import COMMANDS

# Runs a command in a fresh interpreter and reports how it ended and whether TensorFlow was imported.
PROBE = """
import io, json, sys, contextlib
from inpaint.cli.dispatch import main
out, err, status = io.StringIO(), io.StringIO(), 0
with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
    try:
        main(sys.argv[1:])
    except SystemExit as end:
        status = end.code
print(json.dumps([status, out.getvalue(), err.getvalue(), "tensorflow" in sys.modules]))
"""


@pytest.fixture
def probe(tmp_path):
    def run(*arguments):
        done = subprocess.run(
            [sys.executable, "-c", PROBE, *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def test_importing_the_package_takes_no_tensorflow():
    code = "import inpaint, sys; assert 'tensorflow' not in sys.modules; inpaint.Nothing"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert "AttributeError: module 'inpaint' has no attribute 'Nothing'" in done.stderr


def test_names_of_the_package():
    from inpaint import Discriminator, Generator, Inpainter, Trainer
    from inpaint.training.trainer import Trainer as same

    assert Trainer is same
    assert [c.__name__ for c in (Discriminator, Generator, Inpainter)] == [
        "Discriminator",
        "Generator",
        "Inpainter",
    ]


def test_list_of_commands(probe):
    for words in ([], ["help"], ["--help"], ["-h"]):
        status, out, err, loaded = probe(*words)
        assert (status, err, loaded) == (0, "", False)
        assert all(f"\n  {name} " in out for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_every_command(probe, name):
    status, out, err, loaded = probe(name.replace("_", "-"), "--help")
    assert (status, err, loaded) == (0, "", False)
    assert f"usage: deepfillv2 {name.replace('_', '-')} --flags" in out


def test_help_tells_kinds_and_defaults(probe):
    assert "--padding" not in probe("fill", "--helpshort")[1]
    _, out, _, _ = probe("fill", "--helpfull")
    assert (
        "\nNetwork:\n" in out and "  --padding=same|symmetric|reflect\n" in out and "  --[no]guided\n" in out
    )
    assert "Output file: .png, .jpg, .webp or .tif. Default: output.png." in out
    _, out, _, _ = probe("evaluate", "--helpfull")
    lines = " ".join(out.split())
    assert "repeat the flag for several. Default: centre_box,random_box,free_form," in lines
    assert "by their folders. --mask_kind=" in lines  # no default, and none that is shown


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["paint"], "no command 'paint': choose one of fill, fill_list"),
        (["fill"], "--image is required"),
        (["fill", "--image=x.png", "--mask=x.png", "--out=y.png"], "Unknown command line flag 'out'"),
        (["fill", "--image=x.png", "--mask=x.png", "extra"], "unexpected argument 'extra'"),
        (["fill", "--image=x.png", "--mask=x.png"], "no such file: x.png"),
        (["fill", "--image=x.png", "--mask=x.png", "--max_pixels=many"], "flag --max_pixels=many"),
        (
            ["fill", "--flagfile=gone.flags"],
            "error: Unable to open flagfile: [Errno 2] No such file or directory",
        ),
        (["train", "--data_flist=gone"], "no file list gone"),
        (["train", "--learning_rate=nan"], "--learning_rate must be a finite number, received nan"),
        (["train", "--gan=none", "--noae_loss"], "there is nothing to train on"),
        (["to_tf1", "--checkpoint_dir=gone", "--output_dir=x"], "no checkpoint at gone"),
        (["evaluate", "--output_dir=x"], "--flist or by --image_dir"),
        (["fill", "--image=", "--mask=x.png"], "--image is empty: give a value, or leave the flag out"),
        (["fill", "--image=x.png", "--mask=x.png", "--noguided=1"], "--noguided=1 does not take an argument"),
        (["fill", "--image=x.png", "--mask=x.png", "--guided=maybe"], "true or false expected, not 'maybe'"),
        (
            ["train", "--dataset=sample", "--img_shapes=99999999992,256,3"],
            "--img_shapes exceeds 16777216 pixels",
        ),
        (["export", "--export_dir=1", "--format=onnx", "--max_pixels=9"], "--max_pixels is for"),
    ],
)
def test_mistakes_are_one_line_before_tensorflow(probe, arguments, message):
    status, out, err, loaded = probe(*arguments)
    assert status == 1 and out == "" and not loaded
    assert err.startswith("error: ") and err.count("\n") == 1 and message in err


def test_flagfile(probe, tmp_path):
    (tmp_path / "my.flags").write_text("--image=a.png\n--mask=b.png\n")
    assert "no such file: a.png" in probe("fill", "--flagfile=my.flags")[2]


def test_flagfile_that_is_no_text(probe, tmp_path):
    (tmp_path / "latin.flags").write_bytes(b"--image=\xe9\n")
    status, _, err, _ = probe("fill", "--flagfile=latin.flags")
    assert status == 1 and err.startswith("error: 'utf-8' codec can't decode") and err.count("\n") == 1


LISTING = ("make_flist", f"--image_dir={ROOT}/inpaint/examples/photographs", "--output_dir=lists")


def run_into(tmp_path, stream, *arguments):
    """Run a command whose output goes to a file, or to a pipe that nobody reads any more: None."""
    if stream is None:
        reader, stream = os.pipe()
        os.close(reader)
    with open(stream, "w") as out:
        return subprocess.run(
            command_line(*arguments), cwd=tmp_path, stdout=out, stderr=subprocess.PIPE, text=True, timeout=60
        )


@pytest.mark.parametrize(
    "stream, arguments, reason",
    [
        ("/dev/full", ("fill", "--help"), "No space left on device"),
        ("/dev/full", LISTING, "No space left on device"),
        (None, LISTING, "Broken pipe"),
    ],
)
def test_output_that_cannot_be_written(tmp_path, stream, arguments, reason):
    done = run_into(tmp_path, stream, *arguments)
    assert done.returncode == 1 and done.stderr == f"error: cannot write the output: {reason}\n"


@pytest.mark.parametrize("arguments", [("help",), ("-h",), ("fill", "--help"), ("train", "--helpfull")])
def test_help_for_a_reader_that_left(tmp_path, arguments):
    done = run_into(tmp_path, None, *arguments)
    assert (done.returncode, done.stderr) == (0, "")


def test_closed_streams(tmp_path):
    command = shlex.join(command_line("fill", "--image=gone.png", "--mask=gone.png"))
    for closed in (">&- 2>&-", "2>&-"):
        done = subprocess.run(
            f"{command} {closed}", shell=True, cwd=tmp_path, capture_output=True, timeout=60
        )
        assert done.returncode == 1 and done.stdout == b"" and done.stderr == b""
