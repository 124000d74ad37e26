"""What README.md and the pages in docs/ tell readers to type, open and click must exist."""

import functools
import importlib
import importlib.util
import pathlib
import re
import shlex
import sys

import pytest
from absl import flags
from PIL import Image, PngImagePlugin
from support.helpers import ROOT

from inpaint.cli.dispatch import COMMANDS, PROGRAM
from inpaint.cli.process import define_flags
from inpaint.errors import UserError
from inpaint.flags.define import parsed

PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md")), *sorted(ROOT.glob("inpaint/*/README.md"))]
COMMENTED = [*sorted(ROOT.glob("recipes/*.flags")), ROOT / "serving/compose.yaml"]
BENCHMARKS = sorted(ROOT.glob("benchmarks/*.py"))
SHELL = ("", "sh", "bash", "yaml")  # languages of blocks that hold commands; YAML: a pod's
FOLDERS = ("benchmarks", "docs", "flags", "inpaint", "ops", "recipes", "serving", "tests")
PLACEHOLDER = "COMMAND"

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`]+)`")
_COMMAND = re.compile(rf"(?<![\w./-])((?:python|{PROGRAM}) [^|;&'#\n]*)")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_PATH = re.compile(rf"(?<![\w./-])(?:{'|'.join(FOLDERS)})/[\w./-]*\w")
_SCRIPT = re.compile(r"\w+\.py")


def prose(page):
    """A page without its fenced blocks."""
    return _FENCE.sub("", page.read_text())


def shell_blocks(page):
    """The texts of a page's blocks of commands, continued lines joined."""
    blocks = _FENCE.findall(page.read_text())
    return [text.replace("\\\n", " ") for language, text in blocks if language in SHELL]


def commands_of(page):
    """Each command of this project on a page, in a block or in a sentence, as a string."""
    if page in COMMENTED:
        texts = re.findall(r"^# {3}(.*)$", page.read_text(), re.MULTILINE)
    else:
        texts = shell_blocks(page) + _INLINE.findall(prose(page))
    return [command.strip() for text in texts for command in _COMMAND.findall(text)]


def check(command):
    """AssertionError, or an error of the parser, unless a command and all its flags exist."""
    program, *words = shlex.split(command)
    if words[:2] == ["-m", "inpaint"]:
        words = words[2:]
    elif program == "python":
        check_script(*words)
        return
    name, *words = words
    if name in (PLACEHOLDER, "--help"):
        return
    name = name.replace("-", "_")
    assert name in COMMANDS, f"no command {name!r}"
    parse(importlib.import_module(COMMANDS[name][0]), words)


def check_script(name, *words):
    """As `check`, for a script and its flags."""
    path = ROOT / name
    assert path.is_file(), f"no file {name}"
    if path.parent == ROOT:
        shorthand = re.search(r'run_command\("(\w+)"\)', path.read_text())[1]
        parse(importlib.import_module(COMMANDS[shorthand][0]), words)
        return
    module = load(path)
    if hasattr(module, "Options"):
        parse(module, words)
        return
    with pytest.MonkeyPatch.context() as patch:  # argparse, in `main`, which then fills
        patch.setattr(sys, "argv", [name, *words])
        patch.setattr(module, "fill", lambda arguments: None)
        module.main()


@functools.cache
def load(path):
    """The module in a file outside of the packages."""
    specification = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(specification)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [*sys.path])  # to which benchmarks add
        specification.loader.exec_module(module)
    return module


def defined(module):
    """The flags of a command's module, not parsed."""
    define_flags(module, values := flags.FlagValues())
    return values


def parse(module, words):
    """Parse a command's flags; what is no flag is an error, a missing flag file too."""
    values = defined(module)
    if not words or "--help" in words:  # a sentence that names the command, or asks for its help
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)  # flag files are named from there
        rest = values([module.__name__, *words])[1:]
    if hasattr(module, "Options"):
        parsed(values, module.Options)
    assert not rest, f"unexpected {rest}"


def slugs(page):
    """A page's anchors, as GitHub makes them from its headings."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_link(page, target):
    """Why a link on a page leads nowhere, or None."""
    path, _, anchor = target.partition("#")
    linked = (page.parent / path).resolve() if path else page
    if not linked.exists():
        return f"{target}: no such file"
    if anchor and anchor not in slugs(linked):
        return f"{target}: no such heading"
    return None


def pages(*more):
    return pytest.mark.parametrize(
        "page", [*PAGES, *more], ids=lambda page: str(pathlib.Path(page).relative_to(ROOT))
    )


@pytest.fixture(autouse=True)
def pillow_as_it_was(monkeypatch):
    """The limits that serving/client.py sets for its process are those of these tests alone."""
    for place, name in ((Image, "MAX_IMAGE_PIXELS"), (PngImagePlugin, "MAX_TEXT_CHUNK")):
        monkeypatch.setattr(place, name, getattr(place, name))


@pages(*COMMENTED)
def test_commands_and_their_flags_exist(page):
    for command in commands_of(page):
        try:
            check(command)
        except (AssertionError, flags.Error, OSError, SystemExit, UserError) as error:
            pytest.fail(f"{page.name}: {command}\n{error!r}")


@pages()
def test_files_that_are_named_exist(page):
    texts = [*shell_blocks(page), *_INLINE.findall(prose(page))]
    named = {path for text in texts for path in _PATH.findall(text)}
    missing = [path for path in sorted(named) if not (ROOT / path).exists()]
    scripts = {span for span in _INLINE.findall(prose(page)) if _SCRIPT.fullmatch(span)}
    places = ROOT, ROOT / "serving"
    missing += [name for name in sorted(scripts) if not any((place / name).is_file() for place in places)]
    assert not missing


@pages()
def test_flags_in_sentences_exist(page):
    known = {"help", "flagfile"}
    for module in [importlib.import_module(name) for name, _ in COMMANDS.values()] + [*map(load, BENCHMARKS)]:
        values = defined(module)
        known |= {*values, *(f"no{name}" for name in values if values[name].boolean)}
    spans = [span for span in _INLINE.findall(prose(page)) if span.startswith("--")]
    assert not {name for span in spans for name in re.findall(r"--(\w+)", span)} - known


@pages()
def test_links_lead_somewhere(page):
    targets = [link for link in _LINK.findall(prose(page)) if not re.match(r"https?://", link)]
    assert not [reason for target in targets if (reason := broken_link(page, target))]


def test_contributing_lists_every_package():
    tree = next(text for text in shell_blocks(ROOT / "CONTRIBUTING.md") if text.startswith("ops/"))
    listed = set(re.findall(r"^  (\w+)/ ", tree, re.MULTILINE))
    inside = [path for path in (ROOT / "inpaint").iterdir() if path.is_dir() and not path.is_symlink()]
    folders = {path.name for path in inside} - {"__pycache__"}
    assert listed == folders
    top = re.findall(r"^(\w+)/", tree, re.MULTILINE)
    assert not [name for name in top if not (ROOT / name).is_dir()]


def test_every_command_is_on_a_page():
    """So that the checks above cannot pass because nothing is found."""
    found = " ".join(command for page in PAGES for command in commands_of(page))
    scripts = {"fill": "test.py", "fill_list": "batch_test.py", "train": "train.py"}
    missing = [name for name in COMMANDS if f" {scripts.get(name, name)} " not in found]
    assert not missing
    assert len(found) > 2000


@pytest.mark.parametrize(
    "command",
    [
        "python test.py --imgae photo.jpg --mask hole.png",
        "python test.py --image photo.jpg",  # --mask is required
        "python test.py photo.jpg",
        "python tset.py --image photo.jpg --mask hole.png",
        "python train.py --strategy=fastest",
        "python train.py --flagfile=recipes/missing.flags",
        "python -m inpaint evalaute --images=x --output_dir=y",
        "deepfillv2 make-flist --imagse=x --output_dir=y",
        "python benchmarks/inference.py --size=256x256",
        "python serving/client.py --image photo.jpg --maks hole.png",
    ],
)
def test_wrong_commands_are_found(command):
    with pytest.raises((AssertionError, flags.Error, OSError, SystemExit, UserError)):
        check(command)


def test_commands_are_found_wherever_they_are_written(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "Run `python a.py --x`, or `deepfillv2 b`:\n\n"
        "```\npip install . && python -m inpaint c \\\n  --y   # why\n```\n\n"
        "```bash\n  exec python d.py --z'\n```\n\n"
        "```python\nprint('python e.py')\n```\n"
    )
    found = [" ".join(command.split()) for command in commands_of(page)]
    assert found == ["python -m inpaint c --y", "python d.py --z", "python a.py --x", "deepfillv2 b"]


def test_broken_links_are_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# A title: one, two\n\n```\n# no heading\n```\n")
    assert broken_link(page, "#a-title-one-two") is None
    assert broken_link(page, "page.md#a-title-one-two") is None
    assert broken_link(page, "#no-heading") == "#no-heading: no such heading"
    assert broken_link(page, "image.jpg") == "image.jpg: no such file"
