"""The page with networks that fill with a colour, and visitors of it in Chromium."""

import numpy as np
import pytest
from PIL import Image
from support.page_process import StubNetwork, served
from support.visitor import ARGUMENTS, CHROMIUM, Visitor


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


class Server:
    """The page, served with stubs.

    Attributes:
        address: its address.
        store: where visitors' files are.
        asked: (method, path, bytes of the body) of requests.
        plain, guided: its two networks.
    """

    def __init__(self, address, app, asked, plain, guided):
        self.address, self.asked = address, asked
        self.store, self.turns = app.state.store, app.state.turns
        self.plain, self.guided = plain, guided

    def forget(self):
        """Remove all visitors' files, as after a while."""
        kept, self.store._seconds = self.store._seconds, -1
        self.store.remove_old()
        self.store._seconds = kept

    def sent(self, path):
        """Sizes of the bodies that were sent to paths that end like this."""
        return [count for method, asked, count in self.asked if asked.endswith(path) and method != "GET"]


@pytest.fixture(scope="module")
def one_server(tmp_path_factory):
    pytest.importorskip("fastapi", reason="FastAPI is not installed")
    from inpaint.demo.settings import Settings

    settings = Settings(tmp_path_factory.mktemp("visitors"), max_upload_mb=2)
    plain, guided = StubNetwork("plain"), StubNetwork("guided", guided=True)
    with served([plain, guided], settings) as (address, app, asked):
        yield Server(address, app, asked, plain, guided)


@pytest.fixture
def server(one_server):
    """The page, with nothing asked of it yet."""
    one_server.asked.clear()
    yield one_server
    for network in (one_server.plain, one_server.guided):
        network.calls.clear()
        network.gate.set()
        network.error = None


@pytest.fixture
def visit(browser, server):
    """Function that lets somebody come in: a `Visitor`."""
    visitors = []

    def come(size="desktop", **options):
        visitors.append(Visitor(browser, server.address, size, **options))
        return visitors[-1]

    yield come
    server.plain.gate.set()
    for visitor in visitors:
        visitor.close(server.address)


@pytest.fixture
def visitor(visit):
    return visit()


def save(path, pixels, **options):
    Image.fromarray(pixels).save(path, **options)
    return path


@pytest.fixture
def photo(tmp_path):
    """A gray photo of 320 x 240 with a blue left half: its path."""
    pixels = np.full((240, 320, 3), 128, np.uint8)
    pixels[:, :160] = (20, 40, 160)
    return save(tmp_path / "photo.png", pixels)


@pytest.fixture
def mask(tmp_path):
    """A mask for it: a box of 60 x 40 at (200, 20)."""
    pixels = np.zeros((240, 320), np.uint8)
    pixels[20:60, 200:260] = 255
    return save(tmp_path / "mask.png", pixels)
