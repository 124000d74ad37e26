"""How commands start: what is known without TensorFlow is answered without it."""

import json
import os
import pathlib
import shlex
import subprocess
import sys

import pytest
from support.helpers import ROOT, command_line

from inpaint.cli.dispatch import COMMANDS

# Runs commands in an interpreter; reports how each ended and whether any has imported TensorFlow.
PROBE = """
import io, json, os, sys, contextlib
from inpaint.cli.dispatch import main
for line in sys.stdin:
    folder, *arguments = json.loads(line)
    os.chdir(folder)
    out, err, status = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main(arguments)
        except SystemExit as end:
            status = end.code
    print(json.dumps([status, out.getvalue(), err.getvalue(), "tensorflow" in sys.modules]), flush=True)
"""


@pytest.fixture(scope="module")
def interpreter():
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", PROBE], **pipes) as process:
        yield process


@pytest.fixture
def probe(interpreter, tmp_path):
    def run(*arguments):
        print(json.dumps([str(tmp_path), *arguments]), file=interpreter.stdin, flush=True)
        return json.loads(interpreter.stdout.readline())

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
    short = probe("fill", "--helpshort")[1]
    assert "--padding" not in short
    # A command's own flags come first.
    assert (
        short.index("--image=")
        < short.index("--mask=")
        < short.index("--output=")
        < short.index("--precision")
    )
    _, out, _, _ = probe("fill", "--helpfull")
    assert (
        "\nNetwork:\n" in out
        and "  --padding=same|symmetric|reflect|centred\n" in out
        and "  --[no]guided\n" in out
    )
    assert "Output file: .png, .jpg, .webp or .tif. For a folder, a folder. Default: output.png." in out
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
        (
            ["fill", "--image=x.png", "--mask=x.png", "extra"],
            "unexpected argument 'extra': write --FLAG=extra",
        ),
        (["fill", "--image=x.png", "--mask=x.png"], "no such file: x.png"),
        (
            ["fill", "--image=x.png", "--mask=x.png", "--max_pixels=many"],
            "flag --max_pixels=many: a whole number expected, not 'many'",
        ),
        (["train", "--learning_rate=fast"], "a number expected, not 'fast'"),
        (["fill", "--image=~/x.png", "--mask=x.png"], f"no such file: {pathlib.Path.home()}/x.png"),
        (
            ["fill", "--flagfile=gone.flags"],
            "error: cannot read the flag file gone.flags: No such file or directory",
        ),
        (["train", "--data_flist=gone"], "no folder or file list gone"),
        (["train", "--learning_rate=nan"], "--learning_rate must be a finite number, received nan"),
        (["train", "--gan=none", "--noae_loss"], "there is nothing to train on"),
        (["to_tf1", "--checkpoint_dir=gone", "--output_dir=x"], "no checkpoint at gone"),
        (["evaluate", "--output_dir=x"], "--images is required"),
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


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_flagfiles_of_flagfiles_and_their_encodings(probe, tmp_path, encoding):
    (tmp_path / "my.flags").write_text("--mask=b.png\n# --mask\n\n--flagfile=other.flags\n", encoding)
    (tmp_path / "other.flags").write_text("// --mask\n--image=ä b.png\n", encoding)
    assert "no such file: ä b.png" in probe("fill", "--flagfile", "my.flags")[2]
    assert (
        "no such file: c.png" in probe("fill", "--flagfile=my.flags", "--image=c.png")[2]
    )  # later flags win
    (tmp_path / "other.flags").write_text("--flagfile=my.flags\n", encoding)
    assert probe("fill", "--flagfile=my.flags")[2] == "error: the flag file my.flags names itself\n"


def test_flagfile_that_is_no_text(probe, tmp_path):
    (tmp_path / "latin.flags").write_bytes(b"--image=\xe9\n")
    status, _, err, _ = probe("fill", "--flagfile=latin.flags")
    assert (
        status == 1
        and err.startswith("error: cannot read the flag file latin.flags: 'utf-8' codec")
        and err.count("\n") == 1
    )


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


def test_a_console_that_is_not_utf8(tmp_path):
    name = os.fsdecode("麦".encode() + b"\xe9.png")
    command = command_line("fill", f"--image={name}", "--mask=x.png")
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60, env=environment)
    assert done.returncode == 1 and done.stderr == b"error: no such file: \\u9ea6\\udce9.png\n"
    (tmp_path / "printing.py").write_text(PRINTING, "utf-8")
    command = [sys.executable, "-c", "from inpaint.cli.process import run; run('printing', [], 'x')"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60, env=environment)
    assert done.returncode == 0 and done.stderr == b"" and done.stdout == b"\\u2248 \\udce9\n"


PRINTING = """
import dataclasses

@dataclasses.dataclass(frozen=True)
class Options:
    pass

def main(options):
    print("≈ \\udce9")
"""
