"""Requests of other sites, connections that say nothing, and visitors who want all for themselves."""

import contextlib
import io
import socket
import urllib.parse

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("fastapi", reason="FastAPI is not installed")
httpx = pytest.importorskip("httpx2", reason="HTTPX 2 is not installed")

from support.page_process import StubNetwork, served  # noqa: E402

from inpaint.demo.settings import Settings  # noqa: E402
from inpaint.demo.web import requests  # noqa: E402
from inpaint.demo.web.connections import Connections  # noqa: E402


def encoded(pixels):
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "PNG")
    return content.getvalue()


PHOTO = encoded(np.zeros((40, 56, 3), np.uint8))


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    settings = Settings(tmp_path_factory.mktemp("visitors"), hosts=("photos.example",))
    with served([StubNetwork()], settings) as (address, app, _):
        yield address, app


@pytest.fixture
def client(page):
    with httpx.Client(base_url=page[0], timeout=60) as client:
        yield client


def sent(client, **headers):
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/photos", content=PHOTO, headers=names)


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1:80", "[::1]:7860", "192.168.3.4", "Photos.Example:1"]
)
def test_names_of_this_server(client, host):
    assert sent(client, Host=host).status_code == 201
    assert sent(client, Host=host, Origin=f"http://{host}", Sec_Fetch_Site="same-origin").status_code == 201


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "photos.example.evil", "[", "a b"]
)
def test_other_names_are_refused(client, host):
    for answer in (sent(client, Host=host), client.get("/settings", headers={"Host": host})):
        assert answer.status_code == 403
    assert "--allowed_hosts" in answer.json()["error"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://["},
        {"Origin": "http://localhost:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_other_sites_neither_send_nor_read(client, headers):
    host = {"Host": "localhost:7860"}
    photo = sent(client, **host).json()["id"]
    for method, path in (
        ("POST", "/photos"),
        ("GET", f"/photos/{photo}/view"),
        ("GET", f"/photos/{photo}/file"),
        ("POST", f"/photos/{photo}/fills"),
        ("PUT", f"/photos/{photo}/sketch"),
        ("GET", f"/looks/{photo}/flow"),
    ):
        answer = client.request(method, path, content=PHOTO, headers={**host, **headers})
        assert answer.status_code == 403 and "other sites" in answer.json()["error"], path
    assert client.get("/", headers={**host, **headers}).status_code == 200  # links to the page work


def test_a_visitor_takes_what_he_sent(page, client):
    store = page[1].state.store
    large = encoded(np.zeros((4000, 4000, 3), np.uint8))  # 48 MB decoded
    ids = [client.post("/photos", content=large).json()["id"] for _ in range(3)]
    taken = [sum(file.stat().st_size for file in store.folder(name).iterdir()) for name in ids]
    assert max(taken) < len(large) + 1000 and len(large) < 100_000
    assert not [file for file in store.folder(ids[0]).iterdir() if b"numpy" in file.read_bytes()]


@contextlib.contextmanager
def connected(address, count=1):
    with contextlib.ExitStack() as stack:
        place = urllib.parse.urlsplit(address)
        yield [
            stack.enter_context(socket.create_connection((place.hostname, place.port), timeout=60))
            for _ in range(count)
        ]


def is_closed(connection):
    """Waits until the server closes a connection."""
    with contextlib.suppress(ConnectionResetError):
        while connection.recv(10_000):
            pass
    return True


@pytest.mark.parametrize("begun", [b"", b"G", b"POST /photos HTTP/1.1\r\nHost: localhost\r\n"])
def test_silent_connections_are_closed(tmp_path, begun):
    with served([StubNetwork()], Settings(tmp_path), Connections(seconds=0.2)) as (address, *_):
        with connected(address, 3) as silent:
            for connection in silent:
                connection.sendall(begun)
            assert all(map(is_closed, silent))
        with connected(address) as (again,):  # and one that begins its second request only
            again.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n" + (begun or b"G"))
            assert b"200 OK" in again.recv(10_000)
            assert is_closed(again)


def test_no_address_takes_all_connections(tmp_path):
    request = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    bounds = Connections(seconds=60, most_each=5)
    with served([StubNetwork()], Settings(tmp_path), bounds) as (address, *_):
        with connected(address, 5) as silent, connected(address) as (sixth,):
            assert is_closed(silent[0])  # the one that waited longest
            for connection in (sixth, *silent[1:]):
                connection.sendall(request)
                assert b"200 OK" in connection.recv(10_000)
    assert not bounds.waiting and not bounds._open


def test_all_addresses_together_have_a_bound(tmp_path):
    with served([StubNetwork()], Settings(tmp_path), Connections(seconds=60, most=3)) as (address, *_):
        with connected(address, 3) as silent:
            assert httpx.get(f"{address}health").status_code == 200
            assert is_closed(silent[0])


def test_bodies_that_do_not_come(page, client, monkeypatch):
    monkeypatch.setattr(requests, "SECONDS", 0.2)
    photo = sent(client).json()["id"]
    begun = f"POST /photos/{photo}/fills HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nPNG"
    with connected(page[0]) as (slow,):
        slow.sendall(begun.encode())
        answer = b""
        while not answer.endswith(b"}"):
            answer += slow.recv(10_000)
        assert b" 408 " in answer
        assert b'{"error":"the file took too long to arrive: try again"}' in answer
