"""The distribution without TensorFlow, built and installed as a stranger gets it."""

import email
import importlib.metadata
import pathlib
import re
import subprocess
import sys
import venv
import zipfile

import numpy as np
import pytest
from PIL import Image
from support.helpers import ROOT

pytest.importorskip("ai_edge_litert", reason="LiteRT is not installed")
pytestmark = pytest.mark.slow
PHOTOGRAPH = ROOT / "inpaint" / "examples" / "photographs" / "chelsea.png"
FLAGS = [f"--image={PHOTOGRAPH}", f"--mask={ROOT}/inpaint/examples/masks/chelsea.png"]
NEEDED = {"ai-edge-litert", "numpy", "pillow", "absl-py", "filelock", "opencv-python-headless"}


def run(*command, cwd):
    """A process that does not see the checkout."""
    environment = {"PATH": "/usr/bin:/bin", "TF_CPP_MIN_LOG_LEVEL": "3"}
    return subprocess.run([*map(str, command)], cwd=cwd, env=environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    done = run(sys.executable, ROOT / "light" / "build.py", folder, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    [path] = folder.glob("*.whl")
    return path


def requirements(metadata):
    """Names of what is always required."""
    lines = [line for line in metadata.get_all("Requires-Dist") or () if ";" not in line]
    return {re.split(r"[^\w.-]", line)[0] for line in lines}


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """An environment with the wheel, and with links to this one's distributions that it needs, no others."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder)
    pip = sys.executable, "-m", "pip", "--python", folder / "bin" / "python"
    done = run(*pip, "install", "--no-deps", wheel, cwd=folder)
    assert done.returncode == 0, done.stderr
    [packages] = folder.glob("lib/python*/site-packages")
    waiting, linked = {*NEEDED}, set()
    while waiting:
        name = waiting.pop()
        linked.add(name)
        distribution = importlib.metadata.distribution(name)
        for top in {path.parts[0] for path in distribution.files if path.parts[0] != ".."}:
            if not (packages / top).exists():
                (packages / top).symlink_to(pathlib.Path(distribution.locate_file(top)))
        waiting |= requirements(distribution.metadata) - linked
    return folder / "bin"


def test_requirements(wheel):
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        metadata = email.message_from_bytes(archive.read(name))
        held = {path for path in archive.namelist() if path.startswith("inpaint/weights/")}
    assert metadata["Name"] == "deepfillv2-light"
    assert requirements(metadata) == NEEDED
    assert "inpaint/weights/photographs/model.tflite" in held and not [x for x in held if "snap" in x]
    assert wheel.stat().st_size < 18e6


def test_it_fills_as_tensorflow_does(installed, as_it_comes, tmp_path):
    absent = run(installed / "python", "-c", "import tensorflow", cwd=tmp_path)
    assert "No module named 'tensorflow'" in absent.stderr
    mask = np.zeros(Image.open(PHOTOGRAPH).size[::-1], np.uint8)
    mask[200:240, 100:180] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")
    flags = [f"--image={PHOTOGRAPH}", "--mask=mask.png", "--output=filled.png"]
    done = run(installed / "deepfillv2", "fill", *flags, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert "model.tflite into LiteRT; fill_size=auto, detail=residual" in done.stdout
    filled, image = (np.asarray(Image.open(path)) for path in (tmp_path / "filled.png", PHOTOGRAPH))
    assert np.abs(filled.astype(int) - as_it_comes(image, mask)).max() <= 1
    assert (filled[mask > 0] != image[mask > 0]).any()


@pytest.mark.parametrize(
    "arguments, told",
    [
        (["train", "--dataset=sample"], "this needs TensorFlow, which is not installed"),
        (["fill", *FLAGS, "--fill_size=whole"], "LiteRT fills with --fill_size=auto only"),
        (["export", "--export_dir=x"], "this needs TensorFlow, which is not installed"),
    ],
)
def test_what_needs_tensorflow_says_so(installed, tmp_path, arguments, told):
    done = run(installed / "deepfillv2", *arguments, cwd=tmp_path)
    assert done.returncode == 1 and done.stderr.count("\n") == 1 and told in done.stderr
