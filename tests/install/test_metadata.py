"""What the root folder's files say about versions and licences agrees."""

import configparser
import re

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from support.helpers import ROOT

import inpaint

STACKS = {  # TensorFlow, Keras, NumPy, OpenCV
    "constraints.txt": ("2.21", "3.15", "2.4", "5.0"),
    "constraints-classic.txt": ("2.15", "2.15", "1.26", "4.11"),
}


def requirements(lines):
    """The requirements in lines of setup.cfg or of a constraints file."""
    return [Requirement(line) for line in map(str.strip, lines) if line and not line.startswith("#")]


@pytest.fixture
def setup_cfg():
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    return config


@pytest.mark.parametrize("python", ["3.10", "3.11"])
@pytest.mark.parametrize("file", STACKS)
def test_constraints_fit_the_bounds(setup_cfg, file, python):
    """One exact version for each direct dependency, inside setup.cfg's bounds, on each Python."""
    environment = {"python_version": python, "python_full_version": f"{python}.5"}
    pins = {
        canonicalize_name(pin.name): re.fullmatch(r"==([\w.]+)", str(pin.specifier))[1]
        for pin in requirements((ROOT / file).read_text().splitlines())
        if pin.marker is None or pin.marker.evaluate(environment)
    }
    extra = "classic" if "classic" in file else "demo"
    wanted = requirements(setup_cfg["options"]["install_requires"].splitlines())
    for part in ("dev", extra):
        wanted += requirements(setup_cfg["options.extras_require"][part].splitlines())
    for requirement in wanted:
        assert requirement.specifier.contains(pins[canonicalize_name(requirement.name)]), requirement


@pytest.mark.parametrize("file, minors", STACKS.items())
def test_minors_of_the_stacks(file, minors):
    lines = (ROOT / file).read_text().splitlines()
    # Of several pins the last one is the newest Python's.
    newest = {pin.name: str(pin.specifier)[2:] for pin in requirements(lines)}
    names = ("tensorflow", "keras", "numpy", "opencv-python-headless")
    assert tuple(".".join(newest[name].split(".")[:2]) for name in names) == minors


def test_one_version():
    version = inpaint.__version__
    assert re.search(r"^version: (.*)$", (ROOT / "CITATION.cff").read_text(), re.MULTILINE)[1] == version
    changes = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert changes[0] in (version, f"Unreleased {version}")
