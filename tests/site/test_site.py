"""The page without a server, as visitors use it: in Chromium, from a web space that sets no headers."""

import functools
import http.server
import io
import json
import shutil
import struct
import subprocess
import threading
import zipfile

import numpy as np
import pytest
from PIL import Image
from support.helpers import command_line
from support.visitor import ARGUMENTS, CHROMIUM, Visitor

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed"),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    pytest.importorskip("ai_edge_quantizer", reason="the quantizer is not installed")
    folder = tmp_path_factory.mktemp("site") / "page"
    done = subprocess.run(command_line("site", f"--output_dir={folder}"), capture_output=True, text=True)
    assert not done.returncode, done.stderr
    # Nothing of what the converter and the quantizer say.
    assert done.stdout == f"{folder}\n" and "WARNING" not in done.stderr
    return folder


class WebSpace:
    """A web space: its address, and how many bytes it has sent."""

    def __init__(self, folder):
        space, self.bytes = self, 0

        class Handler(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def copyfile(self, source, outputfile):
                content = source.read()
                space.bytes += len(content)
                outputfile.write(content)

        handler = functools.partial(Handler, directory=folder)
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.server_port}/"

    def close(self):
        """Go away, like a network that is cut off."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()


@pytest.fixture
def space(site):
    space = WebSpace(site)
    yield space
    space.close()


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser, space):
    visitors = []

    def come(**options):
        visitors.append(Visitor(browser, space.address, **options))
        return visitors[-1]

    yield come
    for visitor in visitors:
        visitor.close(space.address)


@pytest.fixture
def photo(tmp_path):
    """A photo with texture, and a hole of 40 x 40 at (100, 60): (path of the photo, of its mask)."""
    rng = np.random.default_rng(0)
    small = Image.fromarray(rng.integers(0, 256, (20, 26, 3), np.uint8))
    small.resize((260, 200), Image.Resampling.BICUBIC).save(tmp_path / "photo.png")
    mask = np.zeros((200, 260), np.uint8)
    mask[60:100, 100:140] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")
    return tmp_path / "photo.png", tmp_path / "mask.png"


def filled(visitor, photo, mask):
    """Fill a photo's hole and download it: (its name, the image)."""
    visitor.open(photo)
    visitor.add_mask(mask)
    visitor.expect(visitor["#fill"]).to_be_enabled()
    visitor.fill()
    return visitor.download()


def test_without_network(visit, space, site, photo):
    """Online once, the page opens and fills offline; known pixels are exact, filled ones as in Python."""
    from inpaint.inference.inpainter import Inpainter

    visitor = visit()
    name, image = filled(visitor, *photo)
    assert name == "photo_filled.png"
    original, hole = (np.array(Image.open(path)) for path in photo)
    result = np.array(image)
    np.testing.assert_array_equal(result[hole == 0], original[hole == 0])
    expected = Inpainter.from_checkpoint(site / "model.tflite", fill_size="auto", detail="residual")(*photo)
    assert np.abs(result.astype(int) - expected).max() <= 1
    assert np.abs(expected.astype(int) - original)[hole > 0].mean() > 5
    # The first visit: all that was loaded, the example photographs not; the second: nothing.
    assert 14_000_000 < space.bytes < 16_000_000
    assert visitor.page.evaluate("crossOriginIsolated")
    loaded = space.bytes
    space.close()
    visitor.page.reload()
    visitor.page.wait_for_selector("body[data-ready]")
    visitor.expect(visitor["#download"]).to_be_enabled()  # the fill is still there
    assert np.array_equal(np.array(visitor.download()[1]), result)
    visitor.draw((20, 150), (60, 150))
    visitor.fill()
    again = np.array(visitor.download()[1])
    assert not np.array_equal(again[140:160], result[140:160])
    np.testing.assert_array_equal(again[:120], result[:120])
    assert space.bytes == loaded


def test_one_thread_where_the_page_is_not_isolated(visit, photo):
    visitor = visit(service_workers="block")
    assert not visitor.page.evaluate("crossOriginIsolated")
    original, hole = (np.array(Image.open(path)) for path in photo)
    result = np.array(filled(visitor, *photo)[1])
    assert np.abs(result.astype(int) - original)[hole > 0].mean() > 5


def test_stop(visit, photo):
    """Stop ends a fill at once, and the next one works."""
    visitor = visit()
    held = []

    def hold_once(route):
        if held:
            route.continue_()
        held.append(route)

    visitor.context.route("**/model.tflite", hold_once)
    visitor.open(photo[0])
    visitor.add_mask(photo[1])
    visitor.expect(visitor["#fill"]).to_be_enabled()
    visitor.page.click("#fill")
    visitor.expect(visitor["#status"]).to_contain_text("Loading the network")
    visitor.page.click("#stop")
    visitor.expect(visitor["#status"]).to_have_text("Stopped.")
    visitor.fill()
    assert visitor.download()[0] == "photo_filled.png"


# Lets the first fill through copies of 512 pixels fail, as it does where memory ends.
_LITTLE_MEMORY = """
window.Worker = class extends Worker {
  postMessage(message) {
    if (message[1] !== "fill" || message[2][2].sides.length === 1) return super.postMessage(message);
    const data = [message[0], { error: "out of memory", side: message[2][2].sides.at(-1) }];
    this.onmessage({ data });
  }
};
"""


def test_little_memory(visit, photo):
    visitor = visit()
    visitor.context.add_init_script(_LITTLE_MEMORY)
    visitor.page.reload()
    visitor.page.wait_for_selector("body[data-ready]")
    name, image = filled(visitor, *photo)
    visitor.expect(visitor["#alert"]).to_contain_text("too little memory for more (out of memory)")
    original = np.array(Image.open(photo[0]))
    assert not np.array_equal(np.array(image), original)


def test_what_needs_a_server_is_not_offered(visit, photo):
    visitor = visit()
    visitor.expect(visitor["#kept"]).to_contain_text("Photos never leave this device")
    visitor.open(photo[0])
    visitor.page.keyboard.press("i")
    visitor.page.keyboard.press("a")
    for selector in ("#tab-inside", "#inside", "[data-tool=snap]"):
        visitor.expect(visitor[selector]).to_be_hidden()
    visitor.expect(visitor["[data-tool=brush]"]).to_have_attribute("aria-pressed", "true")


def test_jpeg(visit, photo, tmp_path):
    """A photograph that lies on its side, with a colour profile, EXIF data, XMP and a thumbnail."""
    from PIL import ExifTags, ImageCms

    exif, content = Image.Exif(), io.BytesIO()
    exif[ExifTags.Base.Orientation], exif[ExifTags.Base.Make] = 6, "a maker"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    Image.new("RGB", (16, 16), (255, 0, 0)).save(content, "JPEG")
    thumbnail = content.getvalue()
    block = bytearray(exif.tobytes())
    # A second directory with the thumbnail.
    at = 6 + 8 + 2 + 12 * int.from_bytes(block[14:16], "big") if block[6:8] == b"MM" else None
    assert at, "Pillow writes big-endian EXIF data no more"
    start = len(block) - 6
    entries = ((0x201, 4, 1, start + 2 + 24 + 4), (0x202, 4, 1, len(thumbnail)))
    block[at : at + 4] = start.to_bytes(4, "big")
    block += len(entries).to_bytes(2, "big")
    block += b"".join(struct.pack(">HHII", *entry) for entry in entries)
    block += bytes(4) + thumbnail
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    xmp = b'<x:xmpmeta><rdf:Description tiff:Orientation="6" dc:title="a title"/></x:xmpmeta>'
    options = {
        "exif": bytes(block),
        "icc_profile": profile,
        "xmp": xmp,
        "comment": b"a comment",
    }
    with Image.open(photo[0]) as image:
        image.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "side.jpeg", quality=95, **options)
    name, result = filled(visit(), tmp_path / "side.jpeg", photo[1])
    assert (name, result.format, result.size) == ("side_filled.jpeg", "JPEG", (260, 200))
    found = result.getexif()
    assert found[ExifTags.Base.Orientation] == 1 and found[ExifTags.Base.Make] == "a maker"
    assert found.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] == "N"
    assert found.get_ifd(ExifTags.IFD.IFD1) == {} and thumbnail not in result.info["exif"]
    assert result.info["icc_profile"] == profile and result.info["comment"] == b"a comment"
    assert b'tiff:Orientation="1" dc:title="a title"' in result.info["xmp"]
    with Image.open(photo[0]) as image:
        known = np.array(Image.open(photo[1])) == 0
        error = np.abs(np.array(result).astype(int) - np.array(image))[known]
    assert error.mean() < 5


def test_png_keeps_all_bits(visit, photo, tmp_path):
    """16 bits, gray with transparency and a palette: what was known is the same bit for bit."""
    import cv2

    rng = np.random.default_rng(3)
    hole = np.array(Image.open(photo[1])) > 0
    deep = rng.integers(0, 65536, (200, 260, 3), np.uint16)
    cv2.imwrite(str(tmp_path / "deep.png"), deep)
    clear = np.dstack([rng.integers(0, 256, (200, 260), np.uint8) for _ in range(2)])
    Image.fromarray(clear, "LA").save(tmp_path / "clear.png", dpi=(300, 300))
    Image.open(photo[0]).quantize(16).save(tmp_path / "palette.png")
    visitor = visit()
    for name in ("deep", "clear", "palette"):
        _, result = filled(visitor, tmp_path / f"{name}.png", photo[1])
        if name == "deep":
            result.save(tmp_path / "result.png")
            with visitor.page.expect_download() as download:
                visitor.page.click("#download")
            result = cv2.imread(str(download.value.path()), cv2.IMREAD_UNCHANGED)
            assert result.dtype == np.uint16
            np.testing.assert_array_equal(result[~hole], deep[~hole])
            assert (result[hole] % 257 == 0).all() and np.ptp(result[hole]) > 5000
        elif name == "clear":
            assert result.mode == "LA" and round(result.info["dpi"][0]) == 300
            np.testing.assert_array_equal(np.array(result)[~hole], clear[~hole])
            np.testing.assert_array_equal(np.array(result)[..., 1], clear[..., 1])
        else:
            original = np.array(Image.open(tmp_path / "palette.png").convert("RGB"))
            np.testing.assert_array_equal(np.array(result)[~hole], original[~hole])


def test_a_border(visit, photo, tmp_path):
    """A photo with transparency and a fill is extended: what was there is the same, the border is filled."""
    pixels = np.dstack([np.array(Image.open(photo[0])), np.full((200, 260), 90, np.uint8)])
    Image.fromarray(pixels).save(tmp_path / "clear.png")
    visitor = visit()
    before = np.array(filled(visitor, tmp_path / "clear.png", photo[1])[1])
    visitor["#stage"].focus()
    visitor.page.keyboard.press("x")
    visitor.page.keyboard.press("ArrowUp")
    visitor.page.keyboard.press("ArrowLeft")
    visitor.page.keyboard.press("ArrowLeft")
    visitor.page.keyboard.press("Enter")
    visitor.expect(visitor["#status"]).to_contain_text("The border is hole")
    visitor.fill()
    after = np.array(visitor.download()[1])
    assert after.shape == (216, 292, 4)
    np.testing.assert_array_equal(after[16:, 32:], before)
    border = np.ones((216, 292), bool)
    border[16:, 32:] = False
    assert (after[border][:, 3] == 255).all() and np.ptp(after[border][:, :3]) > 30


def test_no_image(visit, tmp_path):
    (tmp_path / "photo.tif").write_bytes(b"II*\0 and no more")
    visitor = visit()
    visitor.page.set_input_files("#photo-file", str(tmp_path / "photo.tif"))
    visitor.expect(visitor["#alert"]).to_contain_text("Photo.tif cannot be read by this browser")


def test_bad_requests(tmp_path):
    def said(*flags, **options):
        done = subprocess.run(command_line("site", *flags), capture_output=True, text=True, **options)
        assert done.returncode == 1 and "Traceback" not in done.stderr
        return done.stderr

    assert "install Node.js" in said(f"--output_dir={tmp_path / 'a'}", env={"PATH": str(tmp_path)})
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "mine.txt").touch()
    assert "something other" in said(f"--output_dir={tmp_path / 'b'}", "--overwrite")
    about = {"guided": True, "padding": "same", "network": "gated", "sizes": [256], "edge_threshold": 0.6}
    with zipfile.ZipFile(tmp_path / "guided.tflite", "w") as file:
        file.writestr("config.json", json.dumps(about))
    flags = f"--output_dir={tmp_path / 'c'}", f"--checkpoint_dir={tmp_path / 'guided.tflite'}"
    assert "is not guided" in said(*flags)
    assert not (tmp_path / "c").exists()
