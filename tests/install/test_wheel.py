"""The sdist and the wheel, built and installed as a stranger gets them, away from the checkout."""

import email
import os
import pathlib
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile

import numpy as np
import pytest
from PIL import Image
from support.helpers import ROOT

import inpaint
from inpaint.cli.dispatch import COMMANDS

pytestmark = pytest.mark.slow
# `inpaint` has links to the other two: they are its subpackages.
LINKED = ("flags", "ops")
FOLDERS = ("inpaint", *LINKED, "benchmarks", "docs", "light", "recipes", "serving", "tests")
PHOTOGRAPH = ROOT / "inpaint" / "examples" / "photographs" / "coffee.png"
MASK = ROOT / "inpaint" / "examples" / "masks" / "coffee.png"
PYTHON_FILL = """
import sys
import numpy as np
from PIL import Image
from inpaint import Inpainter
image, mask = (np.asarray(Image.open(path)) for path in sys.argv[1:3])
np.save(sys.argv[3], Inpainter.from_checkpoint()(image, mask))
print(sys.modules["inpaint"].__file__, sys.modules["inpaint.ops"].__file__)
"""


def run(*command, cwd, status=0):
    """A process that does not see the checkout; returns what it printed."""
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env=environment, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


def files_in(folder):
    """Every file below a folder, relative to it, but compiled Python."""
    files = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {path.as_posix() for path in files if "__pycache__" not in path.parts}


def in_package(source):
    """The files of the package, with those of the folders that it links to."""
    own = {f"inpaint/{path}" for path in files_in(source / "inpaint")}
    return own | {f"inpaint/{folder}/{path}" for folder in LINKED for path in files_in(source / folder)}


@pytest.fixture(scope="session")
def source(tmp_path_factory):
    """A copy of what belongs to the project, without what lies about in the checkout."""
    copy = tmp_path_factory.mktemp("source") / "deepfillv2"
    copy.mkdir()
    for folder in FOLDERS:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, copy / folder, symlinks=True, ignore=ignored)
    for path in ROOT.iterdir():
        if path.is_file() and not path.name.startswith((".", "output.")):
            shutil.copy(path, copy)
    return copy


@pytest.fixture(scope="session")
def built(source, tmp_path_factory):
    """(sdist, wheel); the wheel is made from the sdist."""
    before = files_in(source)
    output = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", output, source, cwd=output)
    for path in files_in(source) - before:
        (source / path).unlink()
    return next(output.glob("*.tar.gz")), next(output.glob("*.whl"))


@pytest.fixture(scope="session")
def installed(built, tmp_path_factory):
    """The folder of the programs of an environment with the wheel, whose dependencies are this one's."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder)
    pip = sys.executable, "-m", "pip", "--python", folder / "bin" / "python"
    run(*pip, "install", "--no-deps", built[1], cwd=folder)
    # A line in a .pth file adds a folder, but not what the .pth files in it add, such as the checkout.
    borrowed = {sysconfig.get_path(kind) for kind in ("purelib", "platlib")}
    [packages] = folder.glob("lib/python*/site-packages")
    (packages / "borrowed.pth").write_text("\n".join(borrowed))
    return folder / "bin"


@pytest.fixture
def elsewhere(tmp_path):
    """An empty folder with a copy of the photograph and its mask."""
    shutil.copy(PHOTOGRAPH, tmp_path / "photograph.png")
    shutil.copy(MASK, tmp_path / "mask.png")
    return tmp_path


def test_sdist_is_complete(built, source):
    with tarfile.open(built[0]) as archive:
        names = {pathlib.PurePath(member.name) for member in archive if member.isfile()}
    held = {path.relative_to(path.parts[0]).as_posix() for path in names}
    outside = {name for name in files_in(source) if not name.startswith(("flags/", "ops/"))}
    assert (outside | in_package(source)) - held == set()


def test_wheel_claims_one_name(built, source):
    with zipfile.ZipFile(built[1]) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == in_package(source)
    weights = {name for name in held if name.startswith("inpaint/weights/photographs/")}
    suffixes = {pathlib.PurePath(name).suffix for name in weights}
    assert suffixes == {"", ".index", ".data-00000-of-00001", ".json"}
    assert "inpaint/examples/photographs/coffee.png" in held and "inpaint/examples/masks/coffee.png" in held


def test_metadata(built):
    with zipfile.ZipFile(built[1]) as archive:
        names = archive.namelist()
        [name] = [name for name in names if name.endswith(".dist-info/METADATA")]
        metadata = email.message_from_bytes(archive.read(name))
    assert metadata["Version"] == inpaint.__version__
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Author"] == "DeepFillv2 maintainers"
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert set(metadata.get_all("License-File")) == {"LICENSE", "NOTICE"}
    assert not any(classifier.startswith("License ::") for classifier in metadata.get_all("Classifier"))
    required = [line.partition(";") for line in metadata.get_all("Requires-Dist")]
    bounded = [versions for versions, _, extra in required if "extra ==" not in extra]
    assert len(bounded) == 8 and all("<" in versions and ">=" in versions for versions in bounded)
    assert not [versions for versions, *_ in required if "<" not in versions and "==" not in versions]
    assert {f"{name.split('/')[0]}/licenses/{file}" for file in ("LICENSE", "NOTICE")} <= set(names)


def test_help_of_every_command(installed, tmp_path):
    shown = run(installed / "deepfillv2", "--help", cwd=tmp_path)
    for name in COMMANDS:
        assert f"\n  {name} " in shown
        dashed = name.replace("_", "-")
        assert f"usage: deepfillv2 {dashed} --flags" in run(
            installed / "deepfillv2", dashed, "--help", cwd=tmp_path
        )
    assert run(installed / "python", "-m", "inpaint", "--help", cwd=tmp_path) == shown
    assert run(installed / "deepfillv2", "--version", cwd=tmp_path) == f"deepfillv2 {inpaint.__version__}\n"


def test_commands_fill(installed, elsewhere, script, monkeypatch):
    flags = ["--image=photograph.png", "--mask=mask.png"]
    printed = run(installed / "deepfillv2", "fill", *flags, "--output=filled.png", cwd=elsewhere)
    assert printed == "loaded the bundled weights, photographs; fill_size=auto, detail=residual\nfilled.png\n"
    run(installed / "python", "-m", "inpaint", "fill", *flags, "--output=again.png", cwd=elsewhere)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # for `script`; `run` leaves it out
    done = script("fill", *flags, "--output=expected.png", cwd=elsewhere)
    assert done.returncode == 0, done.stderr
    filled, again, expected, photograph = (
        np.int16(Image.open(elsewhere / f"{name}.png"))
        for name in ("filled", "again", "expected", "photograph")
    )
    assert np.abs(filled - expected).max() <= 1 and np.abs(again - expected).max() <= 1
    hole = np.asarray(Image.open(MASK).convert("L")) > 127.5
    assert np.abs(filled - photograph)[hole].mean() > 5 and np.array_equal(filled[~hole], photograph[~hole])


def test_python_fills(installed, elsewhere, as_it_comes):
    (elsewhere / "fill.py").write_text(PYTHON_FILL)
    arguments = ["fill.py", "photograph.png", "mask.png", "filled.npy"]
    for name in LINKED:  # others may use these names
        (elsewhere / f"{name}.py").write_text("raise RuntimeError('a file of the user')")
    homes = run(installed / "python", *arguments, cwd=elsewhere).split()
    assert all(pathlib.Path(home).is_relative_to(installed.parent) for home in homes)
    image, mask = (np.asarray(Image.open(path)) for path in (PHOTOGRAPH, MASK))
    filled = np.load(elsewhere / "filled.npy")
    assert np.abs(np.int16(filled) - as_it_comes(image, mask)).max() <= 1
