"""The page as it is started, with the bundled weights, in Chromium."""

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("fastapi", reason="FastAPI is not installed")
httpx = pytest.importorskip("httpx2", reason="HTTPX 2 is not installed")

from support.helpers import ROOT  # noqa: E402
from support.page_process import running_page  # noqa: E402
from support.visitor import Visitor  # noqa: E402


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with running_page(tmp_path_factory.mktemp("page") / "log.txt") as (address, _):
        yield address


@pytest.fixture
def visitor(browser, address):
    visitor = Visitor(browser, address)
    yield visitor
    visitor.close(address)


def test_fills_as_the_library_does(visitor, as_it_comes, tmp_path, rng):
    pixels = np.repeat(np.repeat(rng.integers(0, 256, (30, 40, 3), dtype=np.uint8), 8, 0), 8, 1)
    Image.fromarray(pixels).save(tmp_path / "noise.png")
    mask = np.zeros(pixels.shape[:2], np.uint8)
    mask[20:60, 30:90] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")
    visitor.open(tmp_path / "noise.png")
    visitor.add_mask(tmp_path / "mask.png")
    visitor.fill()
    visitor.expect(visitor["#status"]).to_contain_text("Filled 2,400 pixels (3.1%)")
    name, image = visitor.download()
    after, expected = np.array(image), as_it_comes(pixels, mask)
    assert name == "noise_filled.png" and np.abs(after.astype(int) - expected).max() <= 1
    np.testing.assert_array_equal(after[mask == 0], pixels[mask == 0])
    assert np.abs(after.astype(int) - pixels)[mask > 0].mean() > 5


def test_stop_ends_the_network_at_once(visitor, address, tmp_path, rng):
    Image.fromarray(rng.integers(0, 256, (1400, 1400, 3), dtype=np.uint8)).save(tmp_path / "large.png")
    visitor.open(tmp_path / "large.png")
    visitor.page.click("#options")
    visitor.page.select_option("#size", "whole")
    visitor.page.keyboard.press("Escape")
    visitor.page.keyboard.press("r")
    visitor.draw((100, 100), (1300, 1300))
    visitor.page.click("#fill")
    visitor.expect(visitor["#parts"]).to_contain_text("parts")
    visitor.page.click("#stop")
    visitor.expect(visitor["#status"]).to_have_text("Stopped.")
    visitor.until(lambda: not httpx.get(f"{address}health").json()["fills"])
    visitor.expect(visitor["#download"]).to_be_disabled()


def test_look_inside(visitor):
    visitor.page.get_by_label("Example: camera").click()
    visitor.expect(visitor["#fill"]).to_be_enabled()
    visitor.page.keyboard.press("i")
    visitor.page.click("#look")
    visitor.expect(visitor["#gates .thumbs button"]).to_have_count(7)
    visitor.expect(visitor["#masks .thumbs button"]).to_have_count(3)  # of the coarse network
    large = visitor["#gates figure img"].first
    visitor.expect(large).to_have_js_property("naturalWidth", 1024)
    visitor.expect(visitor["#stages .between img"].first).to_have_js_property("naturalWidth", 512)
    size = visitor["#stages .between"].bounding_box()
    assert size["width"] == pytest.approx(size["height"])


def test_port_in_use(address, script):
    port = address.rsplit(":", 1)[1].strip("/")
    done = script("demo", f"--port={port}")
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert f"cannot listen on 127.0.0.1, port {port}: Address already in use" in done.stderr


@pytest.mark.slow
def test_several_checkpoints(tmp_path):
    weights = ROOT / "inpaint" / "weights" / "photographs"
    with running_page(tmp_path / "log.txt", f"--more_checkpoints={weights}") as (address, _):
        names = [network["name"] for network in httpx.get(f"{address}settings").json()["networks"]]
    assert names == ["photographs", "photographs"]
