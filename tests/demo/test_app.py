"""The server's API, with a network that fills with a colour."""

import io
import json
import pathlib
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

pytest.importorskip("fastapi", reason="FastAPI is not installed")
pytest.importorskip("httpx2", reason="HTTPX 2 is not installed")

from fastapi.testclient import TestClient  # noqa: E402
from support.encoders import bomb  # noqa: E402
from support.page_process import StubNetwork  # noqa: E402

from inpaint.demo.settings import Settings  # noqa: E402
from inpaint.demo.web.app import make_app  # noqa: E402
from inpaint.errors import UserError  # noqa: E402

SIZE = (40, 56)
LOCAL = "http://localhost"


@pytest.fixture
def networks():
    return [StubNetwork("first"), StubNetwork("second", guided=True)]


@pytest.fixture
def client(networks, tmp_path):
    folder = tmp_path / "visitors"
    folder.mkdir()
    settings = Settings(folder, max_pixels=10_000, max_upload_mb=1, keep_minutes=5, size=512)
    with TestClient(make_app(networks, settings), LOCAL) as client:
        yield client


@pytest.fixture
def pixels(rng):
    return rng.integers(0, 256, (*SIZE, 3), dtype=np.uint8)


def encoded(pixels, kind="PNG", **options):
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, kind, **options)
    return content.getvalue()


def box(top=3, left=4, bottom=9, right=20, size=SIZE):
    mask = np.zeros(size, np.uint8)
    mask[top:bottom, left:right] = 255
    return mask


def add(client, content, name="a.png"):
    answer = client.post("/photos", params={"name": name}, content=content)
    assert answer.status_code == 201, answer.text
    return answer.json()


def fill(client, photo, mask, **query):
    answer = client.post(f"/photos/{photo}/fills", params=query, content=encoded(mask))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]


def opened(answer):
    assert answer.status_code == 200, answer.text
    return Image.open(io.BytesIO(answer.content))


def test_fill_and_go_on(client, networks, pixels):
    photo = add(client, encoded(pixels))
    assert photo.items() >= {"width": 56, "height": 40, "shown": True, "download": "a_filled.png"}.items()
    *running, done = fill(client, photo["id"], box())
    assert {"state": "running", "done": 1, "total": 4} in running
    assert {key: done[key] for key in ("left", "top", "width", "height", "pixels")} == {
        "left": 4, "top": 3, "width": 16, "height": 6, "pixels": 96,
    }  # fmt: skip
    expected = pixels.copy()
    expected[3:9, 4:20] = StubNetwork.COLOUR
    file = client.get(f"/photos/{done['id']}/file")
    np.testing.assert_array_equal(opened(file), expected)
    assert file.headers["content-disposition"] == 'attachment; filename="a_filled.png"'
    window = {key: done[key] for key in ("left", "top", "width", "height")}
    view = client.get(f"/photos/{done['id']}/view", params=window)
    np.testing.assert_array_equal(opened(view), expected[3:9, 4:20])
    again = fill(client, done["id"], box(20, 20, 30, 40))[-1]  # no second upload
    expected[20:30, 20:40] = StubNetwork.COLOUR
    np.testing.assert_array_equal(opened(client.get(f"/photos/{again['id']}/file")), expected)
    np.testing.assert_array_equal(opened(client.get(f"/photos/{photo['id']}/view")), pixels)


def test_masks_may_cover_a_part(client, networks, pixels):
    photo = add(client, encoded(pixels))["id"]
    fill(client, photo, np.full((6, 16), 255, np.uint8), left=4, top=3)
    np.testing.assert_array_equal(networks[0].calls[0][0], box() > 0)
    clear = np.zeros((6, 16, 4), np.uint8)
    clear[1:3, :, :] = 255
    clear[4, :, :3] = 255  # white, but clear
    fill(client, photo, clear, left=0, top=0)
    np.testing.assert_array_equal(networks[0].calls[1][0], box(1, 0, 3, 16) > 0)


def test_choices(client, networks, pixels):
    settings = client.get("/settings").json()
    assert settings["sizes"] == ["512", "auto", "whole"] and settings["size"] == "512"
    assert [network["guided"] for network in settings["networks"]] == [False, True]
    photo = add(client, encoded(pixels))["id"]
    fill(client, photo, box())
    fill(client, photo, box(), size="whole", detail="none", network=1)
    assert networks[0].calls[0][2:] == (512, "residual") and networks[1].calls[0][2:] == ("whole", "none")


def test_sketch(client, networks, pixels):
    photo = add(client, encoded(pixels))["id"]
    lines = np.zeros((6, 16), np.uint8)
    lines[2] = 255
    answer = client.put(f"/photos/{photo}/sketch", params={"left": 4, "top": 3}, content=encoded(lines))
    assert answer.status_code == 204
    result = fill(client, photo, box(), network=1)[-1]["id"]
    after = np.array(opened(client.get(f"/photos/{result}/file")))
    assert (after[5, 4:20] == StubNetwork.LINE).all() and (after[6, 4:20] == StubNetwork.COLOUR).all()
    fill(client, result, box(), network=1)  # the result has no lines of its own
    assert not networks[1].calls[1][1].any()


@pytest.mark.parametrize(
    "sent, kind, download, saved",
    [
        ("holiday.jpg", "JPEG", "holiday_filled.jpg", "JPEG"),
        ("HOLIDAY.JPEG", "JPEG", "HOLIDAY_filled.JPEG", "JPEG"),
        ("x.webp", "WEBP", "x_filled.webp", "WEBP"),
        ("x.tif", "TIFF", "x_filled.tif", "TIFF"),
        ("wrong.jpg", "PNG", "wrong_filled.png", "PNG"),
        ("../../etc/pass wörd.png", "PNG", "pass wörd_filled.png", "PNG"),
        ("", "PNG", "photo_filled.png", "PNG"),
    ],
)
def test_names_and_formats(client, pixels, sent, kind, download, saved):
    photo = add(client, encoded(pixels, kind), sent)
    assert photo["download"] == download and photo["shown"] == (kind != "TIFF")
    file = client.get(f"/photos/{photo['id']}/file")
    assert opened(file).format == saved


def test_what_a_file_has_besides_colours_is_kept(client, rng):
    pixels = rng.integers(0, 256, (*SIZE, 4), dtype=np.uint8)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "a description", 6  # lies on its side
    photo = add(client, encoded(pixels, icc_profile=profile, exif=exif))
    assert (photo["width"], photo["height"]) == SIZE  # upright
    result = fill(client, photo["id"], box(size=SIZE[::-1]))[-1]
    image = opened(client.get(f"/photos/{result['id']}/file"))
    assert image.info["icc_profile"] == profile and dict(image.getexif()) == {0x010E: "a description"}
    upright = np.rot90(pixels, -1)
    np.testing.assert_array_equal(np.array(image)[..., 3], upright[..., 3])
    np.testing.assert_array_equal(
        np.array(image)[box(size=SIZE[::-1]) == 0], upright[box(size=SIZE[::-1]) == 0]
    )
    view = opened(client.get(f"/photos/{result['id']}/view", params={"width": 30, "height": 20}))
    assert view.info["icc_profile"] == profile and view.mode == "RGBA"


def test_gray_stays_gray(client, networks, rng):
    gray = rng.integers(0, 256, SIZE, dtype=np.uint8)
    result = fill(client, add(client, encoded(gray))["id"], box())[-1]
    file, view = (opened(client.get(f"/photos/{result['id']}/{kind}")) for kind in ("file", "view"))
    assert file.mode == view.mode == "L"
    np.testing.assert_array_equal(file, view)
    fill(client, result["id"], box(20, 20, 30, 40))  # which goes on from what people see
    np.testing.assert_array_equal(networks[0].seen, np.repeat(np.array(file)[..., None], 3, axis=-1))


def test_extensions(client, networks, rng):
    """What was there stays: pixels, transparency, what was filled, metadata; the border is an opaque gray."""
    pixels = rng.integers(0, 256, (*SIZE, 4), dtype=np.uint8)
    exif = Image.Exif()
    exif[0x010E] = "a description"
    photo = add(client, encoded(pixels, exif=exif))["id"]
    filled = fill(client, photo, box())[-1]["id"]
    answer = client.post(f"/photos/{filled}/extensions?left=3&bottom=5")
    assert answer.status_code == 201
    about = answer.json()
    assert (about["width"], about["height"], about["download"]) == (59, 45, "a_filled.png")
    again = client.post(f"/photos/{about['id']}/extensions?top=2&right=1").json()["id"]
    expected = np.full((47, 60, 4), (128, 128, 128, 255), np.uint8)
    expected[2:42, 3:59] = pixels
    expected[5:11, 7:23, :3] = StubNetwork.COLOUR
    client.app.state.photos._recent.clear()  # read it from its files
    image = opened(client.get(f"/photos/{again}/file"))
    np.testing.assert_array_equal(image, expected)
    assert dict(image.getexif()) == {0x010E: "a description"}
    result = fill(client, again, box(40, 0, 47, 60, (47, 60)))[-1]["id"]
    expected[40:47, :, :3] = StubNetwork.COLOUR
    client.app.state.photos._recent.clear()
    np.testing.assert_array_equal(opened(client.get(f"/photos/{result}/file")), expected)
    for query, status in (("left=100000", 413), ("left=-1", 400), ("left=1e3", 400)):
        assert client.post(f"/photos/{photo}/extensions?{query}").status_code == status


def test_large_views_are_jpeg(client, tmp_path, networks):
    settings = Settings(tmp_path, max_pixels=1 << 22)
    with TestClient(make_app(networks, settings), LOCAL) as roomy:
        photo = add(roomy, encoded(np.full((1200, 1200, 3), (200, 30, 60), np.uint8)))["id"]
        assert roomy.get(f"/photos/{photo}/view").headers["content-type"] == "image/jpeg"
        assert roomy.get(f"/photos/{photo}/view?width=1000").headers["content-type"] == "image/jpeg"
        assert roomy.get(f"/photos/{photo}/view?width=800").headers["content-type"] == "image/png"


def test_look(client, pixels):
    photo = add(client, encoded(pixels))["id"]
    answer = client.post(f"/photos/{photo}/looks?layers=conv1,conv3", content=encoded(box()))
    done = json.loads(answer.text.splitlines()[-1])
    assert done["names"][-4:] == ["gates_conv1", "gates_conv3", "masks_conv1", "masks_conv3"]
    assert opened(client.get(f"/looks/{done['id']}/gates_conv1")).size == (48, 32)
    for name in ("nothing", "..%2F..%2Fetc%2Fpasswd", "about.json"):
        assert client.get(f"/looks/{done['id']}/{name}").status_code == 404
    refused = client.post(f"/photos/{photo}/looks?layers=nonsense", content=encoded(box()))
    assert refused.status_code == 400 and "nonsense" in refused.json()["error"]


def test_examples(client):
    examples = client.get("/settings").json()["examples"]
    assert len(examples) == 6
    for name in examples:
        photo, mask = (opened(client.get(f"/examples/{name}/{part}")) for part in ("photo", "mask"))
        assert photo.size == mask.size
        assert len(client.get(f"/examples/{name}/thumbnail.jpg").content) < 20_000
    assert client.get("/examples/nothing/photo").status_code == 404
    assert client.get("/examples/coffee/name").status_code == 404


@pytest.mark.parametrize(
    "content, status, told",
    [
        (b"", 400, "the photo is empty (0 bytes)"),
        (b"no image", 400, "the photo is not an image that can be read"),
        (
            bomb(20_000, 20_000),
            413,
            "the photo is 20000 x 20000, and this page takes up to 0.01 million pixels",
        ),
        (bytes(1_000_001), 413, "the file has more than 1 MB: make it smaller first"),
        (bytes(9_000_000), 413, "the file has more than 1 MB: make it smaller first"),
    ],
    ids=["empty", "text", "bomb", "heavy", "heavier"],
)
def test_photos_that_are_refused(client, tmp_path, content, status, told):
    answer = client.post("/photos", content=content)
    assert answer.status_code == status, answer.text
    assert answer.json()["error"].startswith(told)
    assert "--" not in answer.text and str(tmp_path) not in answer.text
    assert not list((tmp_path / "visitors").iterdir())


@pytest.mark.parametrize(
    "mask, query, status, told",
    [
        (np.zeros(SIZE, np.uint8), {}, 400, "there is no hole yet"),
        (box(size=(30, 40)), {}, 400, "the mask is 40 x 30, the photo 56 x 40: they must have the same size"),
        (
            box(size=(30, 40)),
            {"left": 20, "top": 0},
            400,
            "the mask reaches (60, 30), beyond the photo of 56 x",
        ),
        (box(size=(200, 100)), {}, 413, "the mask is 100 x 200, and this page takes up to 0.01 million"),
        (box(), {"left": -1}, 400, "left: Input should be greater than or equal to 0"),
        (box(), {"size": "1024"}, 400, "size must be one of 512, auto, whole, detail one of none, residual"),
        (box(), {"detail": "much"}, 400, "size must be one of 512"),
        (box(), {"network": 2}, 400, "network: Input should be less than or equal to 1"),
    ],
)
def test_fills_that_are_refused(client, networks, pixels, tmp_path, mask, query, status, told):
    photo = add(client, encoded(pixels))["id"]
    answer = client.post(f"/photos/{photo}/fills", params=query, content=encoded(mask))
    assert answer.status_code == status, answer.text
    assert answer.json()["error"].startswith(told), answer.text
    assert not networks[0].calls


def test_errors_of_fills_are_told(client, networks, pixels):
    photo = add(client, encoded(pixels))["id"]
    networks[0].error = UserError("not enough memory")
    assert fill(client, photo, box())[-1] == {"state": "failed", "error": "not enough memory"}


def test_ids_that_are_gone(client, pixels):
    photo = add(client, encoded(pixels))["id"]
    store = client.app.state.store
    store._seconds = -1
    store.remove_old()
    for method, path in (
        ("GET", "view"),
        ("GET", "file"),
        ("POST", "fills"),
        ("POST", "looks"),
        ("POST", "extensions"),
        ("PUT", "sketch"),
    ):
        answer = client.request(method, f"/photos/{photo}/{path}", content=encoded(box()))
        assert answer.status_code == 404 and "drop it again" in answer.json()["error"]


def test_files_of_the_machine_are_out_of_reach(client, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    paths = ["/../app.py", "/%2e%2e/app.py", "/js/%2e%2e/%2e%2e/app.py", "/photos/%2e%2e%2fsecret.txt/file"]
    for path in (*paths, f"/{secret}", f"/photos/{secret}/file", f"/examples/{secret}/photo"):
        answer = client.get(path)
        assert answer.status_code == 404 and "secret" not in answer.text, path


def test_headers_and_schema(client):
    page = client.get("/")
    assert page.headers["content-security-policy"].startswith("default-src 'self'")
    assert page.headers["x-content-type-options"] == "nosniff"
    assert client.get("/docs").status_code == 404
    assert "/photos/{id}/fills" in client.get("/openapi.json").json()["paths"]
    assert client.get("/health").json() == {"fills": 0}


def test_the_page_is_light():
    """As served, nothing but itself: under 1 MB, and no address of another server in it."""
    files = [
        path
        for path in (pathlib.Path(__file__).parents[2] / "inpaint/demo/web/static").rglob("*")
        if path.is_file()
    ]
    assert len(files) > 10 and sum(path.stat().st_size for path in files) < 250_000
    for path in files:
        addresses = path.read_bytes().replace(b"http://www.w3.org/2000/svg", b"")
        assert b"http://" not in addresses and b"https://" not in addresses, path


def test_a_view_has_the_colours_that_a_png_tells(client, pixels):
    info = PngInfo()
    info.add(b"gAMA", (100_000).to_bytes(4, "big"))
    photo = add(client, encoded(pixels, pnginfo=info))["id"]
    for kind in ("file", "view"):
        assert opened(client.get(f"/photos/{photo}/{kind}")).info["gamma"] == 1.0


@pytest.mark.slow
def test_the_api_is_as_its_schema_says(tmp_path):
    """Hundreds of requests made from the schema, and against it; no status that it does not name."""
    pytest.importorskip("schemathesis", reason="Schemathesis is not installed")
    from support.page_process import served

    settings = Settings(tmp_path, max_pixels=100_000, max_upload_mb=1)
    with served([StubNetwork("first"), StubNetwork("second", guided=True)], settings) as (address, *_):
        program = pathlib.Path(sys.executable).with_name("schemathesis")
        # What the schema cannot say: whether bytes are an image.
        options = ["--exclude-checks=positive_data_acceptance", "--max-examples=30", "--seed=1", "--no-color"]
        done = subprocess.run(
            [program, "run", f"{address}openapi.json", *options], cwd=tmp_path, capture_output=True, text=True
        )
    assert done.returncode == 0, done.stdout[-3000:]
