"""A visitor of the page in Chromium."""

import base64
import io
import re
import shutil
import time

import numpy as np
from PIL import Image, ImageOps

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run")
ARGUMENTS += ("--disable-background-networking", "--disable-component-update", "--disable-sync")
SIZES = {"desktop": (1440, 900), "tablet": (1024, 768), "phone": (390, 844)}
PATIENCE = 30_000  # milliseconds
_NUMBER = re.compile(".")
HOLE_COLOUR = (255, 45, 120)

# Let a file come in as a drop on an element, or as a paste.
_TRANSFER = """([base64, name, type, selector]) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const files = new DataTransfer();
    files.items.add(new File([bytes], name, { type: "image/png" }));
    const target = document.querySelector(selector);
    const options = { bubbles: true, cancelable: true, dataTransfer: files, clipboardData: files };
    const event = type === "paste" ? new ClipboardEvent(type, options) : new DragEvent(type, options);
    return !target.dispatchEvent(event);
}"""


class Visitor:
    """A page in a browser, and what people do there. Places (x, y) are in the photo's pixels.

    Args:
        browser: of Playwright.
        address: of the page.
        size: one of `SIZES`.
        options: further options of a context of the browser.
    """

    def __init__(self, browser, address, size="desktop", **options):
        from playwright.sync_api import expect

        width, height = SIZES[size]
        phone = {"has_touch": True, "is_mobile": True} if size == "phone" else {}
        viewport = {"width": width, "height": height}
        self.context = browser.new_context(viewport=viewport, **phone, **options)
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        self.expect = expect
        self.failed, self.asked, self.answers = [], set(), []
        self.page.on("pageerror", lambda error: self.failed.append(str(error)))
        self.page.on("request", lambda request: self.asked.add(request.url))
        self.page.on("response", lambda response: self.answers.append(response))
        # From the start: switched on only when it is expected, the interception may come too late.
        self.page.on("filechooser", lambda chooser: None)
        self.page.goto(address)
        self.page.wait_for_selector("body[data-ready]")

    def __getitem__(self, selector):
        return self.page.locator(selector)

    def open(self, path):
        """Choose a photo; returns when it can be drawn on."""
        width, height = size_of(path)
        self.page.set_input_files("#photo-file", str(path))
        label = f"Photo {path.name}, {width} x {height} pixels"
        self.expect(self["#stage"]).to_have_attribute("aria-label", label)
        self.expect(self["#stage"]).to_have_attribute("data-scale", _NUMBER)

    def add_mask(self, path):
        self.page.set_input_files("#mask-file", str(path))

    def transfer(self, path, kind, selector="#stage"):
        """Let a file come in by an event of a kind; returns whether the page took it."""
        content = base64.b64encode(path.read_bytes()).decode()
        return self.page.evaluate(_TRANSFER, [content, path.name, kind, selector])

    @property
    def scale(self):
        """Screen pixels for a pixel of the photo."""
        return float(self["#stage"].get_attribute("data-scale"))

    def at(self, x, y):
        """Where a place is on the screen."""
        stage = self["#stage"].bounding_box()
        left, top = (float(self["#stage"].get_attribute(f"data-{side}")) for side in ("left", "top"))
        return stage["x"] + left + self.scale * x, stage["y"] + top + self.scale * y

    def draw(self, *places):
        """Draw from place to place with the mouse."""
        mouse = self.page.mouse
        mouse.move(*self.at(*places[0]))
        mouse.down()
        for place in places[1:]:
            mouse.move(*self.at(*place), steps=8)
        mouse.up()

    def colours(self, *places):
        """What the screen shows at places: int [N, 3]."""
        self.page.mouse.move(5, 5)  # without the cursor
        self.settle()
        shot = np.array(Image.open(io.BytesIO(self.page.screenshot())).convert("RGB")).astype(int)
        columns, rows = (np.array(self.at(*np.array(places).T)) + 0.001).astype(int)
        return shot[rows, columns]

    def settle(self):
        """Wait until the canvas shows its state."""
        self.page.evaluate("() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")

    def until(self, condition):
        """Wait until a function returns true, for as long as the page is waited for."""
        end = time.monotonic() + PATIENCE / 1000
        while not condition():
            assert time.monotonic() < end, "still not so"
            self.settle()

    def fill(self):
        """Press Fill and wait for the result."""
        self.page.click("#fill")
        self.filled()

    def filled(self):
        self.expect(self["#status"]).to_contain_text("Filled")
        self.expect(self["#stop"]).to_be_hidden()

    def download(self):
        """(name, the image) of a download."""
        with self.page.expect_download() as download:
            self.page.click("#download")
        with Image.open(download.value.path()) as image:
            image.load()
        return download.value.suggested_filename, image

    def touch(self, *moves):
        """Fingers at several times: each a list of points (x, y) of the screen; none at the end."""
        session = self.context.new_cdp_session(self.page)
        for number, points in enumerate([*moves, []]):
            kind = "touchEnd" if not points else "touchMove" if number else "touchStart"
            touches = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def close(self, address):
        """Afterwards, nothing was asked of any other server, and no script failed."""
        self.context.close()
        assert not self.failed, self.failed
        assert self.asked and all(url.startswith((address, "blob:", "data:")) for url in self.asked), (
            self.asked
        )


def size_of(path):
    with Image.open(path) as image:
        return ImageOps.exif_transpose(image).size
