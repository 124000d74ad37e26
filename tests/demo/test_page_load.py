"""Many visitors of the page at once, some of whom send nonsense."""

import concurrent.futures
import io
import json
import pathlib
import signal
import time

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("fastapi", reason="FastAPI is not installed")
httpx = pytest.importorskip("httpx2", reason="HTTPX 2 is not installed")

from support.page_process import running_page  # noqa: E402

CLIENTS, REQUESTS = 20, 10
MAX_PIXELS = 100_000


def encoded(pixels):
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "PNG")
    return content.getvalue()


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    log = tmp_path_factory.mktemp("page") / "log.txt"
    with running_page(log, f"--max_pixels={MAX_PIXELS}", "--max_upload_mb=1") as running:
        yield running


@pytest.fixture(scope="module")
def nonsense():
    """Bad uploads: what the page says to each, and the body."""
    rng = np.random.default_rng(0)
    bomb = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG")
    return {
        "the photo is not an image that can be read": rng.bytes(3000),
        "this page takes up to 0.1 million pixels": bomb.getvalue(),
        "the file has more than 1 MB": encoded(rng.integers(0, 256, (700, 700, 3), dtype=np.uint8)),
    }


def memory(process):
    """Resident memory of the page, in MB."""
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def visit(address, number, nonsense):
    """One visitor's requests, every third one bad: [(image, mask, how, result or error, expected error)]."""
    rng = np.random.default_rng(number)
    asked = []
    with httpx.Client(base_url=address, timeout=600) as client:
        for i in range(REQUESTS):
            image = rng.integers(0, 256, (40 + number, 60 + i, 3), dtype=np.uint8)
            mask = np.zeros(image.shape[:2], np.uint8)
            mask[10:25, 15:40] = 255
            body, expected, how = encoded(image), None, "size=whole&detail=none" if i else "size=auto"
            if i % 3 == 2:
                expected, body = list(nonsense.items())[(number + i) % len(nonsense)]
            answer = client.post("/photos", content=body)
            if answer.is_error:
                asked.append((image, mask, how, answer.json()["error"], expected))
                continue
            fill = client.post(f"/photos/{answer.json()['id']}/fills?{how}", content=encoded(mask))
            done = json.loads(fill.text.splitlines()[-1])
            file = client.get(f"/photos/{done['id']}/file")
            asked.append((image, mask, how, np.array(Image.open(io.BytesIO(file.content))), expected))
    return asked


@pytest.mark.slow
def test_crowd(page, bundled, as_it_comes, nonsense):
    address, process = page
    inpainters = {"size=whole&detail=none": bundled, "size=auto": as_it_comes}

    def crowd(first):
        with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
            visits = [pool.submit(visit, address, first + i, nonsense) for i in range(CLIENTS)]
            return [answer for visited in visits for answer in visited.result()]

    crowd(0)  # the allocators reach their level
    before = memory(process)
    answers = crowd(CLIENTS)
    after = memory(process)
    assert len(answers) == CLIENTS * REQUESTS
    for image, mask, how, answer, wrong in answers:
        if wrong:
            assert isinstance(answer, str) and wrong in answer
        else:
            assert isinstance(answer, np.ndarray), answer
            np.testing.assert_array_equal(answer[mask == 0], image[mask == 0])
            assert np.abs(answer.astype(int) - inpainters[how](image, mask)).max() <= 1
    assert after < 1.1 * before
    assert httpx.get(f"{address}health").json() == {"fills": 0}


@pytest.mark.slow
def test_visitors_who_leave_cost_nothing(page):
    """Connections that are cut in all states: while sending, waiting, and filling."""
    address, _ = page
    image, mask = encoded(np.full((300, 300, 3), 90, np.uint8)), encoded(np.full((300, 300), 255, np.uint8))
    with httpx.Client(base_url=address, timeout=600) as client:
        photo = client.post("/photos", content=image).json()["id"]
        for _ in range(10):
            with client.stream("POST", f"/photos/{photo}/fills?size=whole", content=mask) as lines:
                next(lines.iter_lines())
        with pytest.raises(RuntimeError, match="gone"):
            client.post("/photos", content=half_sent(image))
        deadline = time.monotonic() + 120
        while client.get("/health").json()["fills"]:
            assert time.monotonic() < deadline
        assert client.get(f"/photos/{photo}/view").is_success


def half_sent(content):
    yield content[: len(content) // 2]
    raise RuntimeError("gone")


@pytest.mark.slow
def test_files_are_removed_after_a_while_and_at_the_end(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with running_page(tmp_path / "log.txt", "--keep_minutes=0.05") as (address, _):
        content = encoded(np.zeros((8, 8, 3), np.uint8))
        photo = httpx.post(f"{address}photos", content=content).json()["id"]
        deadline = time.monotonic() + 60
        while list(tmp_path.glob("inpaint-page-*/photos/*")):
            assert httpx.get(f"{address}health").is_success and time.monotonic() < deadline
        assert httpx.get(f"{address}photos/{photo}/view").status_code == 404
        httpx.post(f"{address}photos", content=content)
        assert len(list(tmp_path.glob("inpaint-page-*/photos/*"))) == 1
    assert not list(tmp_path.glob("inpaint-page-*"))


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGQUIT])
def test_a_closed_terminal_ends_the_page(tmp_path, monkeypatch, number):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with running_page(tmp_path / "log.txt") as (address, process):
        httpx.post(f"{address}photos", content=encoded(np.zeros((8, 8, 3), np.uint8)))
        assert len(list(tmp_path.glob("inpaint-page-*/photos/*"))) == 1
        process.send_signal(number)
        assert process.wait(timeout=60) == 128 + signal.SIGTERM
    assert not list(tmp_path.glob("inpaint-page-*"))
