"""Keras with another backend than TensorFlow is refused in one line."""

import importlib.util
import json
import os
import subprocess
import sys

import pytest
from support.helpers import ROOT, command_line

from inpaint.ops.keras_compat import KERAS_3

needs_keras_3 = pytest.mark.skipif(not KERAS_3, reason="Keras 2 has no other backend")
FILL = command_line(
    "fill",
    f"--image={ROOT}/inpaint/examples/photographs/coffee.png",
    f"--mask={ROOT}/inpaint/examples/masks/coffee.png",
    "--output=filled.png",
)
IMPORT = [sys.executable, "-c", "from inpaint import Inpainter; Inpainter.from_checkpoint()"]


@pytest.fixture
def started(tmp_path):
    """Run a command line in an empty folder, with a keras.json that names `file`."""

    def run(command, file="tensorflow", **variables):
        (tmp_path / "keras.json").write_text(json.dumps({"backend": file}))
        environment = {k: v for k, v in os.environ.items() if k != "KERAS_BACKEND"}
        environment |= {"PYTHONPATH": str(ROOT), "KERAS_HOME": str(tmp_path), **variables}
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=600
        )

    return run


@needs_keras_3
@pytest.mark.parametrize(
    "settings, told",
    [
        ({"KERAS_BACKEND": "jax"}, "KERAS_BACKEND is 'jax'"),
        pytest.param(
            {"file": "jax"}, "KERAS_BACKEND is not set, so keras.json decides", marks=pytest.mark.slow
        ),
    ],
)
def test_library(started, settings, told):
    done = started(IMPORT, **settings)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        f"ImportError: these layers need the TensorFlow backend of Keras ({told}): "
        "set KERAS_BACKEND=tensorflow"
    )


def test_command_by_variable(started, tmp_path):
    done = started(FILL, KERAS_BACKEND="jax")
    assert done.returncode == 1
    assert done.stderr == "error: KERAS_BACKEND is 'jax': these layers need 'tensorflow', unset it\n"
    assert not (tmp_path / "filled.png").exists()


@needs_keras_3
def test_command_by_file(started, tmp_path):
    done = started(FILL, file="jax")
    assert done.returncode == 1
    assert done.stderr == (
        "error: these layers need the TensorFlow backend of Keras (KERAS_BACKEND is not set, so keras.json "
        "decides): set KERAS_BACKEND=tensorflow\n"
    )
    assert not (tmp_path / "filled.png").exists()


@needs_keras_3
@pytest.mark.skipif(importlib.util.find_spec("tf_keras") is not None, reason="tf_keras is installed")
def test_legacy_keras_that_is_not_installed(started, tmp_path):
    done = started(FILL, TF_USE_LEGACY_KERAS="1")
    assert done.returncode == 1 and not (tmp_path / "filled.png").exists()
    assert done.stderr.startswith(
        "error: TF_USE_LEGACY_KERAS is set, but tf_keras is not installed: unset it"
    )
    assert done.stderr.count("\n") == 1


@pytest.mark.slow
def test_variable_wins_over_file(started):
    done = started(IMPORT, file="jax", KERAS_BACKEND="tensorflow")
    assert done.returncode == 0, done.stderr
