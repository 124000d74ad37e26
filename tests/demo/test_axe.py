"""WCAG 2.1 AA, contrast included, as axe-core checks it, light and dark; the page itself needs no npm."""

import shutil
import subprocess
import tarfile

import pytest

AXE = "axe-core@4.10.3"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


@pytest.fixture(scope="module")
def axe(tmp_path_factory):
    """The script."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    folder = tmp_path_factory.mktemp("axe")
    packed = subprocess.run(["npm", "pack", AXE], cwd=folder, capture_output=True, text=True, timeout=120)
    if packed.returncode:
        pytest.skip("npm's registry is not reached")
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        return archive.extractfile("package/axe.min.js").read().decode()


@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_breaks_aa(visit, photo, axe, scheme, size):
    visitor = visit(size, color_scheme=scheme, reduced_motion="reduce")
    visitor.page.evaluate(axe)
    told = "r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)])"
    run = f"tags => axe.run({{ runOnly: tags }}).then({told})"

    def check():
        found = visitor.page.evaluate(run, RULES)
        assert not found, found

    check()
    visitor.open(photo)
    visitor.draw((180, 120), (280, 120))
    check()
    visitor.fill()
    check()
    visitor.page.click("#hole")
    check()
    visitor.page.keyboard.press("Escape")
    visitor.page.click("#options")
    check()
    visitor.page.keyboard.press("Escape")
    visitor.page.keyboard.press("i")
    visitor.expect(visitor["#looks"]).to_be_visible()
    check()
