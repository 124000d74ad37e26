"""The exported model in programs that know nothing of this project, as real processes."""

import io
import pathlib
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from support.helpers import ROOT
from support.served_model import filled_by_test_py
from tensorflow.core.protobuf import saved_model_pb2

IMAGE, MASK = ROOT / "inpaint/examples/photographs/chelsea.png", ROOT / "inpaint/examples/masks/chelsea.png"

CLEAN = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name in ("inpaint", "ops", "flags"):
            raise ImportError(f"{name} is not here")

sys.meta_path.insert(0, Blocked())
import tensorflow as tf

for name in ("inpaint", "ops", "flags"):
    try:
        __import__(name)
    except ImportError:
        continue
    sys.exit(f"{name} can be imported")
model, image, mask, output = sys.argv[1:]
inputs = {"image_bytes": tf.io.read_file(image)[None], "mask_bytes": tf.io.read_file(mask)[None]}
filled = tf.saved_model.load(model).signatures["serving_bytes"](**inputs)
tf.io.write_file(output, filled["output_bytes"][0])
"""


def run(*command, cwd):
    return subprocess.run(list(map(str, command)), cwd=cwd, capture_output=True, text=True, timeout=600)


@pytest.fixture(scope="module")
def expected(bundled, tmp_path_factory):
    """What a graph in this process makes of the example: uint8 [H, W, 3]."""
    folder = tmp_path_factory.mktemp("expected")
    filled = filled_by_test_py(bundled, folder, IMAGE.read_bytes(), MASK.read_bytes())
    return np.asarray(Image.open(io.BytesIO(filled)))


@pytest.fixture
def arrays(tmp_path):
    """The example's pixels: (uint8 [1, H, W, 3], uint8 [1, H, W, 1])."""
    image, mask = np.asarray(Image.open(IMAGE).convert("RGB")), np.asarray(Image.open(MASK).convert("L"))
    return image[None], mask[None, ..., None]


def test_a_clean_process(exported, expected, tmp_path):
    done = run(sys.executable, "-I", "-c", CLEAN, exported, IMAGE, MASK, "filled.png", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    np.testing.assert_array_equal(Image.open(tmp_path / "filled.png"), expected)


def saved_model_cli(*arguments, cwd):
    done = run(pathlib.Path(sys.executable).with_name("saved_model_cli"), *arguments, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_saved_model_cli_shows(exported, tmp_path):
    shown = saved_model_cli("show", "--dir", exported, "--all", cwd=tmp_path)
    for signature, *tensors in (
        ("serving_default", ("image", "DT_UINT8", "(-1, -1, -1, 3)"), ("mask", "DT_UINT8", "unknown_rank"),
         ("output", "DT_UINT8", "(-1, -1, -1, 3)")),
        ("serving_bytes", ("image_bytes", "DT_STRING", "(-1)"), ("mask_bytes", "DT_STRING", "(-1)"),
         ("output_bytes", "DT_STRING", "(-1)")),
    ):  # fmt: skip
        section = shown.split(f"signature_def['{signature}']")[1].split("signature_def[")[0]
        for name, dtype, shape in tensors:
            assert re.search(
                rf"\['{name}'\] tensor_info:\s+dtype: {dtype}\s+shape: {re.escape(shape)}\n", section
            )


def test_saved_model_cli_runs(exported, expected, arrays, tmp_path):
    np.savez(tmp_path / "x.npz", image=arrays[0], mask=arrays[1])
    inputs = f"image={tmp_path}/x.npz[image];mask={tmp_path}/x.npz[mask]"
    saved_model_cli(
        *("run", "--dir", exported, "--tag_set", "serve", "--signature_def", "serving_default"),
        *("--inputs", inputs, "--outdir", tmp_path),
        cwd=tmp_path,
    )
    np.testing.assert_array_equal(np.load(tmp_path / "output.npy")[0], expected)


@pytest.fixture(scope="module")
def c_program(tmp_path_factory):
    """The path of run_saved_model, compiled against this TensorFlow."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        pytest.skip("no C compiler here")
    libraries = pathlib.Path(tf.sysconfig.get_lib())
    if not (libraries / "libtensorflow_cc.so.2").exists():
        pytest.skip("this TensorFlow comes without its C library")
    program = tmp_path_factory.mktemp("c") / "run_saved_model"
    done = run(
        *(compiler, "-std=c11", "-Wall", "-Wextra", "-Werror", f"-I{tf.sysconfig.get_include()}"),
        *(ROOT / "tests/support/c/run_saved_model.c", "-o", program),
        *(libraries / "libtensorflow_cc.so.2", libraries / "libtensorflow_framework.so.2"),
        *(f"-Wl,-rpath,{libraries}", *["-fuse-ld=gold"] * bool(shutil.which("ld.gold"))),  # 3 s sooner
        cwd=program.parent,
    )
    assert done.returncode == 0, done.stderr
    return program


def test_the_c_api(exported, c_program, expected, arrays, tmp_path):
    model = saved_model_pb2.SavedModel()
    model.ParseFromString((exported / "saved_model.pb").read_bytes())
    signature = model.meta_graphs[0].signature_def["serving_default"]
    tensors = [
        signature.inputs["image"].name,
        signature.inputs["mask"].name,
        signature.outputs["output"].name,
    ]
    for name, array in zip(("image", "mask"), arrays):
        (tmp_path / name).write_bytes(array.tobytes())
    height, width = expected.shape[:2]
    done = run(c_program, exported, *tensors, height, width, "image", "mask", "filled", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    message = f"the image is {width} x {height}, the mask {width // 2} x {height // 2}"
    assert f"the mask must have the size of the image: {message}" in done.stdout
    filled = np.frombuffer((tmp_path / "filled").read_bytes(), np.uint8).reshape(expected.shape)
    np.testing.assert_array_equal(filled, expected)
