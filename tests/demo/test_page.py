"""The page in a real browser: people drop, draw, fill, look and download."""

import contextlib
import io
import shutil

import numpy as np
import pytest
from PIL import Image, ImageCms

pytest.importorskip("gradio", reason="Gradio is not installed")
sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

from support.page_process import running_page  # noqa: E402

from inpaint.demo.canvas import HOLE_COLOUR  # noqa: E402

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
STAY_AT_HOME = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run")
STAY_AT_HOME += ("--disable-background-networking", "--disable-component-update", "--disable-sync")
PATIENCE = 120_000  # milliseconds


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with running_page(tmp_path_factory.mktemp("page") / "log.txt") as (address, _):
        yield address


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=STAY_AT_HOME)
        yield browser
        browser.close()


@pytest.fixture
def page(browser, address):
    """The page, opened; afterwards, nothing was asked of any other server, and no script failed."""
    page = browser.new_page(viewport={"width": 900, "height": 800})
    page.set_default_timeout(PATIENCE)
    asked, failed = set(), []
    page.on("request", lambda request: asked.add(request.url))
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.goto(address)
    page.wait_for_selector("#fill")
    yield page
    page.close()
    assert asked and all(url.startswith((address, "blob:", "data:")) for url in asked), asked
    assert not failed


@pytest.fixture
def photograph(tmp_path, rng):
    """An image of noise with transparency and a colour profile: its path and pixels [241, 323, 4]."""
    pixels = rng.integers(0, 256, (241, 323, 4), dtype=np.uint8)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    path = tmp_path / "noise.png"
    Image.fromarray(pixels).save(path, icc_profile=profile)
    return path, pixels


# The image's zoom has been the same for so many frames that the editor is at rest.
AT_REST = """() => {
    const zoom = document.querySelector("#hole .zoom-number").innerText;
    window.frames_at_rest = zoom === window.zoom_before ? window.frames_at_rest + 1 : 0;
    window.zoom_before = zoom;
    return window.frames_at_rest > 30;
}"""


@contextlib.contextmanager
def shown(page):
    """After the body, the editor shows an image that it did not show before."""
    with page.expect_response(lambda response: response.url.endswith(".webp")):
        yield
    page.locator("#hole canvas").first.wait_for()
    page.wait_for_function(AT_REST)


def drop(page, where, path):
    page.set_input_files(f"#{where} input[type=file]", str(path))


def is_pink(page, row, column):
    """Whether the editor shows the hole's colour at a place of an image of 241 x 323."""
    box = page.locator("#hole canvas").first.bounding_box()
    zoom = float(page.locator("#hole .zoom-number").inner_text().strip("% \n")) / 100
    x = box["x"] + box["width"] / 2 + (column - 161) * zoom
    y = box["y"] + box["height"] / 2 + (row - 120) * zoom
    shot = page.screenshot(clip={"x": x, "y": y, "width": 4, "height": 4})
    pixels = np.array(Image.open(io.BytesIO(shot)).convert("RGB")).astype(int)
    return bool((np.abs(pixels - HOLE_COLOUR) < 40).all())


def stroke(page, length=60):
    """A level stroke through the image's middle."""
    box = page.locator("#hole canvas").first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x - length / 2, y)
    page.mouse.down()
    page.mouse.move(x + length / 2, y, steps=12)
    page.mouse.up()


# Both images of the slider are there, and one at least is new.
COMPARED = """earlier => {
    const images = [...document.querySelectorAll("#compared img")];
    const loaded = images.length >= 2 && images.every(image => image.complete && image.naturalWidth);
    return loaded && images.some(image => !earlier.includes(image.src));
}"""


def fill(page):
    """Presses Fill; the note that appears, and the pixels of the download with its other properties."""
    earlier = page.locator("#compared img").evaluate_all("images => images.map(image => image.src)")
    page.click("#fill")
    page.wait_for_function(COMPARED, arg=earlier)
    page.wait_for_selector("#download:not([disabled])")
    with page.expect_download() as download:
        page.click("#download")
    with Image.open(download.value.path()) as image:
        return page.locator("#note").inner_text(), np.array(image), image.info


def test_draw_and_fill(page, photograph):
    path, before = photograph
    with shown(page):
        drop(page, "photograph", path)
    stroke(page)
    note, after, info = fill(page)
    assert after.shape == before.shape
    np.testing.assert_array_equal(after[..., 3], before[..., 3])
    with Image.open(path) as original:
        assert info["icc_profile"] == original.info["icc_profile"]
    changed = (after != before).any(axis=-1)
    count = int(note.split()[1].replace(",", ""))
    assert 0.9 * count < changed.sum() <= count < 0.2 * changed.size
    rows, columns = np.nonzero(changed)
    assert abs(rows.mean() - 120) < 6 and abs(columns.mean() - 161) < 6
    assert np.ptp(columns) > 1.5 * np.ptp(rows)


def test_undo_and_eraser(page, photograph):
    with shown(page):
        drop(page, "photograph", photograph[0])
    stroke(page)
    page.click("#hole button[title=Undo]")
    page.click("#fill")
    page.get_by_text("there is no hole yet").wait_for()
    page.get_by_text("there is no hole yet").click()
    stroke(page)
    stroke(page, length=160)
    page.click("#hole button[title=Erase]")
    stroke(page, length=60)
    _, after, _ = fill(page)
    changed = (after != photograph[1]).any(axis=-1)
    assert not changed[119:122, 155:168].any()
    assert changed[120, :140].any() and changed[120, 182:].any()
    with shown(page):
        page.click("#hole button[title='Clear canvas']")
    page.click("#fill")
    page.get_by_text("there is no hole yet").wait_for()


def test_mask_fill_and_go_on(page, as_on_page, photograph, tmp_path):
    path, before = photograph
    mask = np.zeros(before.shape[:2], np.uint8)
    mask[20:60, 30:90] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")
    with shown(page):
        drop(page, "photograph", path)
    with shown(page):
        drop(page, "mask", tmp_path / "mask.png")
    note, first, _ = fill(page)
    assert note.startswith("Filled 2,400 pixels")
    expected = as_on_page(before[..., :3], mask)
    assert np.abs(first[..., :3].astype(int) - expected).max() <= 1
    np.testing.assert_array_equal(first[mask == 0], before[mask == 0])

    assert is_pink(page, 40, 60) and not is_pink(page, 40, 120)
    page.click("#go_on")
    page.locator("#photograph").get_by_text("filled").wait_for(state="attached")
    assert any(not is_pink(page, 40, 60) for _ in range(500))
    page.wait_for_function(AT_REST)
    assert page.locator("#shown p").inner_text() == "323 x 241 pixels"
    stroke(page)
    _, second, _ = fill(page)
    changed = (second != first).any(axis=-1)
    assert changed[120, 161] and not changed[:80].any()


def test_look_inside(page, photograph):
    with shown(page):
        drop(page, "photograph", photograph[0])
    stroke(page)
    page.get_by_role("tab", name="Look inside").click()
    page.click("#look")
    page.wait_for_selector("#gates img")
    captions = page.locator("#stages .caption-label").all_inner_texts()
    assert captions == ["Incomplete", "Coarse", "Refined", "Completed", "Attention", "Attention: key"]
    size = page.locator("#gates img").first.evaluate("image => [image.naturalWidth, image.naturalHeight]")
    assert size == [2 * 323, 2 * 241]


def test_says_what_is_wrong_and_goes_on(page, photograph, tmp_path):
    (tmp_path / "notes.png").write_text("no image")
    drop(page, "photograph", tmp_path / "notes.png")
    page.get_by_text("the photograph is not an image that can be read").wait_for()
    page.reload()
    page.wait_for_selector("#fill")
    page.click("#fill")
    page.get_by_text("there is no photograph yet").wait_for()
    with shown(page):
        drop(page, "photograph", photograph[0])
    stroke(page)
    assert fill(page)[0].startswith("Filled")


def test_full_hd(page, tmp_path, rng):
    pixels = np.repeat(np.repeat(rng.integers(0, 256, (135, 240, 3), dtype=np.uint8), 8, 0), 8, 1)
    Image.fromarray(pixels).save(tmp_path / "large.png")
    with shown(page):
        drop(page, "photograph", tmp_path / "large.png")
    stroke(page)
    _, after, _ = fill(page)
    changed = (after != pixels).any(axis=-1)
    assert changed[540, 960] and changed.mean() < 0.05


def test_examples(page):
    with shown(page):
        page.locator("#examples img").first.click()
    assert fill(page)[1].shape == (512, 512)
