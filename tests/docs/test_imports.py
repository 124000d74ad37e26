"""The packages import each other only as CONTRIBUTING.md allows."""

import ast
import re

import pytest
from support.helpers import ROOT

_BLOCK = re.compile(r"^```\n(errors\n.*?)^```$", re.DOTALL | re.MULTILINE)
LINES = [line.split() for line in _BLOCK.search((ROOT / "CONTRIBUTING.md").read_text())[1].splitlines()]
NAMED = {name for line in LINES for name in line}


def modules():
    """Paths of the modules of each package in inpaint, by its name; ops and flags are behind links."""
    places = [path for path in (ROOT / "inpaint").iterdir() if not path.name.startswith("__")]
    found = {path.stem: [*path.resolve().rglob("*.py")] if path.is_dir() else [path] for path in places}
    return {name: paths for name, paths in found.items() if paths}


def imported(text):
    """What a module's text imports of inpaint, anywhere in it: names of packages; "" for relative imports."""
    for node in ast.walk(ast.parse(text)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names]
        yield from (name.split(".")[1] for name in names if name.startswith((".", "inpaint.")))


# A model's `from_checkpoint` loads what stands above it, when it is called.
EXCEPTION = "inpaint/models/base_generator.py imports checkpoints"


@pytest.mark.parametrize("package", sorted(modules()))
def test_package_imports_only_those_above_it_in_the_list(package):
    lower = [] if package == "ops" else sum(LINES[: [package in line for line in LINES].index(True)], [])
    allowed = {package, "__version__", *lower}
    wrong = [
        f"{path.relative_to(ROOT)} imports {name or 'relatively'}"
        for path in modules()[package]
        for name in imported(path.read_text())
        if name not in allowed
    ]
    assert not set(wrong) - {EXCEPTION}


def test_every_package_is_named():
    assert {"ops", "flags"} <= set(modules()) == NAMED


def test_imports_are_found():
    text = "import inpaint.io, os\nfrom .. import losses\ndef f():\n    from inpaint import cli, data"
    assert sorted(imported(text)) == ["", "cli", "data", "io"]
