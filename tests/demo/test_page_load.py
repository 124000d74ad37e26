"""Many visitors of the page at once, some of whom send nonsense."""

import concurrent.futures
import os
import pathlib
import time

import numpy as np
import pytest
from PIL import Image

gradio_client = pytest.importorskip("gradio_client", reason="Gradio is not installed")

import httpx  # noqa: E402
from support.helpers import ROOT  # noqa: E402
from support.page_process import running_page  # noqa: E402

from inpaint.demo.cleanup import remove_old  # noqa: E402

CLIENTS, REQUESTS = 20, 10
MAX_PIXELS = 100_000


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    log = tmp_path_factory.mktemp("page") / "log.txt"
    with running_page(log, f"--max_pixels={MAX_PIXELS}", "--max_upload_mb=1") as running:
        yield running


def drawing(mask, path):
    """A file with the mask as a drawing, as the editor sends it."""
    Image.fromarray(np.repeat(mask[..., None], 4, axis=-1)).save(path)
    layer = gradio_client.handle_file(str(path))
    return {"background": None, "layers": [layer], "composite": None}


@pytest.fixture
def nonsense(tmp_path, rng):
    """Bad uploads: a word of what the page says to each, and the path."""
    (tmp_path / "garbage.png").write_bytes(rng.bytes(3000))
    Image.new("1", (20_000, 20_000)).save(tmp_path / "bomb.png")
    Image.fromarray(rng.integers(0, 256, (700, 700, 3), dtype=np.uint8)).save(tmp_path / "heavy.png")
    Image.new("L", (33, 44), 255).save(tmp_path / "other.png")
    return {
        "not an image": tmp_path / "garbage.png",
        "too many pixels": tmp_path / "bomb.png",
        "size": tmp_path / "heavy.png",
    }


def memory(process):
    """Resident memory of the page, in MB."""
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def visit(address, number, folder, nonsense):
    """One visitor's requests, every third one bad: [(image, mask, result or what the page said)]."""
    rng = np.random.default_rng(number)
    client = gradio_client.Client(address, verbose=False, download_files=folder)
    asked = []
    for i in range(REQUESTS):
        size = (40 + number, 60 + i)
        image = rng.integers(0, 256, (*size, 3), dtype=np.uint8)
        mask = np.zeros(size, np.uint8)
        mask[10:25, 15:40] = 255
        path = folder / f"{number}_{i}.png"
        Image.fromarray(image).save(path)
        drawn = drawing(mask, folder / f"{number}_{i}_drawn.png")
        uploaded, expected = path, None
        if i % 3 == 2:
            expected, uploaded = list(nonsense.items())[(number + i) % len(nonsense)]
        try:
            photograph = gradio_client.handle_file(str(uploaded))
            _, result, _ = client.predict(photograph, None, drawn, None, api_name="/fill")
            with Image.open(result) as filled:
                asked.append((image, mask, np.array(filled), expected))
        except Exception as error:
            asked.append((image, mask, str(error), expected))
    return asked


@pytest.mark.slow
def test_crowd(page, as_on_page, tmp_path, nonsense):
    address, process = page

    def crowd(first):
        with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
            visits = [pool.submit(visit, address, first + i, tmp_path, nonsense) for i in range(CLIENTS)]
            return [answer for visited in visits for answer in visited.result()]

    crowd(0)  # the allocators reach their level
    before = memory(process)
    answers = crowd(CLIENTS)
    after = memory(process)
    assert len(answers) == CLIENTS * REQUESTS
    for image, mask, answer, wrong in answers:
        if wrong:
            assert isinstance(answer, str) and wrong in answer
        else:
            assert isinstance(answer, np.ndarray), answer
            np.testing.assert_array_equal(answer[mask == 0], image[mask == 0])
            assert np.abs(answer.astype(int) - as_on_page(image, mask)).max() <= 1
    assert after < 1.1 * before


def test_paths_of_the_server_are_out_of_reach(page, tmp_path):
    """Requests of our own making: the client library would upload the files that it is told."""
    address, _ = page
    client = gradio_client.Client(address, verbose=False)
    mine = tmp_path / "mine.png"
    Image.fromarray(np.full((40, 40, 4), 255, np.uint8)).save(mine)
    with open(mine, "rb") as file:
        uploaded = httpx.post(f"{client.src}gradio_api/upload", files={"files": file}).json()[0]

    def asked(photograph, layer):
        files = [{"path": path, "meta": {"_type": "gradio.FileData"}} for path in (photograph, layer)]
        drawn = {"background": None, "layers": [files[1]], "composite": None}
        call = f"{client.src}gradio_api/call/fill"
        event = httpx.post(call, json={"data": [files[0], None, drawn, None]}, timeout=60)
        return (
            event.text if event.is_error else httpx.get(f"{call}/{event.json()['event_id']}", timeout=60).text
        )

    assert asked(uploaded, uploaded).startswith("event: complete")
    for path in (str(mine), str(ROOT / "docs/filling_speed.png"), f"{uploaded}/../../../../{mine}"):
        assert "event: error" in asked(path, uploaded)
        assert "event: error" in asked(uploaded, path)
    for path in (mine, ROOT / "docs/filling_speed.png"):
        assert httpx.get(f"{client.src}gradio_api/file={path}").status_code == 403


def test_drawing_of_another_size(page, tmp_path):
    address, _ = page
    client = gradio_client.Client(address, verbose=False)
    Image.new("RGB", (40, 40)).save(tmp_path / "x.png")
    drawn = drawing(np.full((30, 40), 255, np.uint8), tmp_path / "drawn.png")
    photograph = gradio_client.handle_file(str(tmp_path / "x.png"))
    with pytest.raises(Exception, match="the drawing is 40 x 30, the photograph 40 x 40"):
        client.predict(photograph, None, drawn, None, api_name="/fill")


@pytest.mark.slow
def test_files_are_removed_after_a_while(tmp_path):
    with running_page(tmp_path / "log.txt", "--keep_minutes=0.05") as (address, _):
        upload = httpx.post(f"{address}gradio_api/upload", files={"files": b"something"})
        uploaded = f"{address}gradio_api/file={upload.json()[0]}"
        assert httpx.get(uploaded).content == b"something"
        deadline = time.monotonic() + 60
        while httpx.get(uploaded).is_success:
            assert time.monotonic() < deadline


def test_only_old_files_are_removed(tmp_path):
    for name, age in (("old/a/x.png", 100), ("old/y.png", 100), ("new/z.png", 10)):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
        os.utime(path, (0, 1000 - age))
    remove_old(tmp_path, before=950)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["z.png"]
    assert (tmp_path / "old/a").is_dir()  # just written in: its time is to come
    os.utime(tmp_path / "old/a", (0, 900))
    os.utime(tmp_path / "new", (0, 900))
    remove_old(tmp_path, before=950)
    assert not (tmp_path / "old/a").exists() and (tmp_path / "new/z.png").exists()
