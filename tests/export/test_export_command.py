"""The export command's folders: whole or not there at all."""

import os
import re
import subprocess
import sys

import pytest
import tensorflow as tf

from inpaint.errors import UserError
from inpaint.export import saved_model as module
from inpaint.export import warmup
from inpaint.export.saved_model import export


class Small:
    """In the place of `Served`: a SavedModel of one number, which is soon written."""

    number = 1.0

    def __new__(cls, inpainter, max_pixels):
        model = tf.Module()
        model.number = tf.Variable(cls.number)
        model.read = tf.function(lambda: {"number": model.number.read_value()}, input_signature=[])
        model.signature_functions = lambda: {"serving_default": model.read}
        return model


@pytest.fixture
def small(monkeypatch, bundled):
    """Export a small model: small(folder, number, **options); returns what was said."""

    def run(folder, number=1.0, **options):
        said = []
        monkeypatch.setattr(Small, "number", number)
        export(bundled, folder, 1 << 20, say=said.append, **options)
        return said

    monkeypatch.setattr(module, "Served", Small)
    return run


def number(folder):
    return tf.saved_model.load(str(folder)).signatures["serving_default"]()["number"].numpy()


def tree(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_folders_above_are_made_and_nothing_else_is_left(small, tmp_path):
    said = small(tmp_path / "models" / "inpaint" / "1")
    assert said == []
    folder = tmp_path / "models/inpaint/1"
    assert os.listdir(tmp_path / "models/inpaint") == ["1"]
    assert {"saved_model.pb", "variables", "assets.extra"} <= set(os.listdir(folder))
    assert (folder / warmup.PLACE).stat().st_size > 256 * 256


def test_overwriting(small, tmp_path):
    small(tmp_path / "1", 1.0)
    (tmp_path / "1" / "more.txt").write_text("of the old one")
    with pytest.raises(UserError, match="1 exists already: name another version, or .* --overwrite"):
        small(tmp_path / "1", 2.0)
    assert number(tmp_path / "1") == 1.0
    small(tmp_path / "1", 2.0, overwrite=True)
    assert number(tmp_path / "1") == 2.0
    assert os.listdir(tmp_path) == ["1"] and not (tmp_path / "1" / "more.txt").exists()
    small(tmp_path / "2", 3.0, overwrite=True)  # also where there is nothing
    assert number(tmp_path / "2") == 3.0


def test_only_models_are_overwritten(small, tmp_path):
    (tmp_path / "photographs").mkdir()
    (tmp_path / "photographs" / "a.txt").write_text("precious")
    (tmp_path / "file").write_text("precious")
    before = tree(tmp_path)
    with pytest.raises(UserError, match="photographs: it holds something other than a model"):
        small(tmp_path / "photographs", overwrite=True)
    with pytest.raises(UserError, match="file: it is not a folder"):
        small(tmp_path / "file", overwrite=True)
    with pytest.raises(UserError, match="cannot write .*file/1"):
        small(tmp_path / "file" / "1")
    assert tree(tmp_path) == before


def fail(*arguments, **options):
    raise OSError(28, "No space left on device")


def half(save):
    """`tf.saved_model.save` that fails once it has written everything but the graph."""

    def saving(model, folder, *rest):
        save(model, folder, *rest)
        os.remove(os.path.join(folder, "saved_model.pb"))
        fail()

    return saving


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("where", ["saving", "warm-up", "moving"])
def test_failures_leave_nothing(small, monkeypatch, tmp_path, where, overwrite):
    if overwrite:
        small(tmp_path / "models" / "1", 1.0)
    before = tree(tmp_path)
    if where == "saving":
        monkeypatch.setattr(tf.saved_model, "save", half(tf.saved_model.save))
    elif where == "warm-up":
        monkeypatch.setattr(warmup, "write_requests", fail)
    else:
        rename = os.rename

        def moving(source, target):
            # The last step alone: the old model is out of the way by then.
            if str(source).endswith(".part"):
                assert os.path.exists(os.path.join(source, warmup.PLACE))
                fail()
            rename(source, target)

        monkeypatch.setattr(os, "rename", moving)
    with pytest.raises(UserError, match="cannot write .*models/1: No space left on device"):
        small(tmp_path / "models" / "1", 2.0, overwrite=overwrite)
    monkeypatch.undo()
    assert tree(tmp_path) == before
    if overwrite:
        assert number(tmp_path / "models" / "1") == 1.0


def test_errors_of_ours_come_through(small, monkeypatch, tmp_path):
    def read():
        raise ValueError("dimensions must be equal")

    def broken(inpainter, max_pixels):
        model = tf.Module()
        model.read = tf.function(read, input_signature=[])
        model.signature_functions = lambda: {"serving_default": model.read}
        return model

    monkeypatch.setattr(Small, "__new__", lambda cls, *arguments: broken(*arguments))
    with pytest.raises(ValueError, match="dimensions must be equal"):
        small(tmp_path / "models" / "1")
    assert os.listdir(tmp_path) == []


def test_half_a_model_has_no_number(small, monkeypatch, tmp_path):
    # TensorFlow Serving looks at every folder whose name is a number, all the time.
    seen = []

    def watching(folder, records):
        seen.extend(os.listdir(tmp_path))

    monkeypatch.setattr(warmup, "write_requests", watching)
    small(tmp_path / "1")
    assert len(seen) == 1 and seen[0].startswith(".1.")


def test_a_name_that_is_no_number(small, tmp_path):
    (said,) = small(tmp_path / "best")
    assert "TensorFlow Serving loads only folders whose name is a whole number" in said
    assert number(tmp_path / "best") == 1.0


def test_refused_before_the_network_is_loaded(in_process, tmp_path):
    (tmp_path / "1").mkdir()
    done = in_process("export", "--export_dir=1", "--checkpoint_dir=gone", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr == "error: 1 exists already: name another version, or replace it with --overwrite\n"
    done = in_process("export", "--export_dir=2", "--checkpoint_dir=gone", cwd=tmp_path)
    assert done.returncode == 1 and done.stderr.startswith("error: no checkpoint at gone")
    assert os.listdir(tmp_path) == ["1"]


@pytest.mark.parametrize(
    "flag, message",
    [
        ("--max_pixels=1000", "--max_pixels is for --format=saved_model"),
        ("--precision=mixed_bfloat16", "(needs --precision=float32, received mixed_bfloat16)"),
    ],
)
def test_what_onnx_does_not_take(in_process, tmp_path, flag, message):
    done = in_process("export", "--export_dir=1", "--format=onnx", flag, cwd=tmp_path)
    assert done.returncode == 1 and done.stderr.startswith("error: ") and done.stderr.count("\n") == 1
    assert re.search(message, done.stderr)
    assert os.listdir(tmp_path) == []


WITHOUT_PACKAGE = """
import runpy, sys
sys.modules["tensorflow_serving"] = None  # as if it were not installed
runpy.run_module("inpaint", run_name="__main__")
"""


def test_without_the_package_of_warm_up_requests(small, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "tensorflow_serving", None)  # as if it were not installed
    (said,) = small(tmp_path / "1")
    assert "no warm-up requests were written: pip install tensorflow-serving-api" in said
    assert number(tmp_path / "1") == 1.0
    assert not (tmp_path / "1" / "assets.extra").exists()


@pytest.mark.slow
def test_a_process_without_the_package(tmp_path):
    command = [sys.executable, "-c", WITHOUT_PACKAGE, "export", "--export_dir=1"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert "no warm-up requests were written: pip install tensorflow-serving-api" in done.stdout
    assert sorted(tf.saved_model.load(str(tmp_path / "1")).signatures) == ["serving_bytes", "serving_default"]
    assert not (tmp_path / "1" / "assets.extra").exists()
