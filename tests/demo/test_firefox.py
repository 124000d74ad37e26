"""The main path in Firefox as distributions ship it, over WebDriver BiDi; with a stub network."""

import asyncio
import json
import shutil
import subprocess

import numpy as np
import pytest
from PIL import Image
from support.page_process import StubNetwork

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
PATIENCE = 60  # seconds for each step
# As a person who has downloads kept without being asked.
PREFERENCES = """
user_pref("browser.download.folderList", 2);
user_pref("browser.download.dir", "{}");
"""
WAIT = "new Promise(done => {{ const look = () => {} ? done() : setTimeout(look, 20); look(); }})"


class Firefox:
    """A tab. Its protocol: https://w3c.github.io/webdriver-bidi"""

    def __init__(self, socket):
        self._socket, self._count, self._tab = socket, 0, None

    @classmethod
    async def opened(cls, process, address):
        from tornado.websocket import websocket_connect

        for line in process.stderr:
            if "WebDriver BiDi listening on" in line:
                break
        else:
            raise AssertionError("Firefox ended")
        firefox = cls(await websocket_connect(f"{line.split()[-1]}/session"))
        await firefox._send("session.new", capabilities={})
        tree = await firefox._send("browsingContext.getTree")
        firefox._tab = tree["contexts"][0]["context"]
        size = {"width": 1200, "height": 800}
        await firefox._send("browsingContext.setViewport", context=firefox._tab, viewport=size)
        await firefox._send("browsingContext.navigate", context=firefox._tab, url=address, wait="complete")
        return firefox

    async def _send(self, method, **parameters):
        self._count += 1
        message = {"id": self._count, "method": method, "params": parameters}
        await self._socket.write_message(json.dumps(message))
        while True:
            answer = json.loads(await asyncio.wait_for(self._socket.read_message(), PATIENCE))
            if answer.get("id") == self._count:
                assert answer["type"] == "success", answer
                return answer["result"]

    async def run(self, script):
        """The value of an expression, once its promise is kept."""
        target = {"context": self._tab}
        done = await self._send("script.evaluate", expression=script, target=target, awaitPromise=True)
        assert done["type"] == "success", done
        return done["result"].get("value")

    async def until(self, condition):
        await self.run(WAIT.format(condition))

    async def choose(self, selector, path):
        """Give a file to an input."""
        locator = {"type": "css", "value": selector}
        found = await self._send("browsingContext.locateNodes", context=self._tab, locator=locator)
        element = {"sharedId": found["nodes"][0]["sharedId"]}
        await self._send("input.setFiles", context=self._tab, element=element, files=[str(path)])

    async def drag(self, *places):
        """Draw from place to place of the window with the mouse; a single one is a click."""
        moves = [{"type": "pointerMove", "x": round(x), "y": round(y)} for x, y in places]
        moves[1:1] = [{"type": "pointerDown", "button": 0}]
        actions = {"type": "pointer", "id": "mouse", "actions": [*moves, {"type": "pointerUp", "button": 0}]}
        await self._send("input.performActions", context=self._tab, actions=[actions])

    async def click(self, selector):
        box = f"document.querySelector('{selector}').getBoundingClientRect()"
        place = await self.run(
            f"(({{x, y, width, height}}) => [x + width / 2, y + height / 2].join())({box})"
        )
        await self.drag([float(number) for number in place.split(",")])


async def _open_draw_fill_save(process, address, photo, folder):
    firefox = await Firefox.opened(process, address)
    await firefox.until("document.body.dataset.ready")
    await firefox.choose("#photo-file", photo)
    await firefox.until("document.querySelector('#stage').dataset.scale")
    place = await firefox.run(
        "(({x, y}, {scale, left, top}) => [x + +left, y + +top, scale].join())"
        "(document.querySelector('#stage').getBoundingClientRect(), document.querySelector('#stage').dataset)"
    )
    left, top, scale = (float(number) for number in place.split(","))
    await firefox.drag(*((left + scale * x, top + scale * 120) for x in (180, 230, 280)))
    await firefox.until("!document.querySelector('#fill').disabled")
    await firefox.click("#fill")
    await firefox.until("!document.querySelector('#download').disabled")
    await firefox.click("#download")
    await firefox.until("document.querySelector('#status').textContent.startsWith('Downloaded')")
    while not (folder / "photo_filled.png").exists() or list(folder.glob("*.part")):
        await asyncio.sleep(0.02)
    await firefox.click("#undo")
    await firefox.until("document.querySelector('#download').disabled")


@pytest.mark.slow
def test_open_draw_fill_save(server, photo, tmp_path):
    pytest.importorskip("tornado", reason="Tornado, whose WebSocket is used, is not installed")
    if FIREFOX is None:
        pytest.skip("no Firefox on this machine")
    profile, saved = tmp_path / "profile", tmp_path / "saved"
    profile.mkdir()
    (profile / "user.js").write_text(PREFERENCES.format(saved))
    command = [FIREFOX, "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port=0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        steps = _open_draw_fill_save(process, server.address, photo, saved)
        asyncio.run(asyncio.wait_for(steps, 5 * PATIENCE))
    finally:
        process.terminate()
        process.wait()
    (hole, *_), expected = server.plain.calls[-1], np.array(Image.open(photo))
    assert hole[120, 230] and not hole[20, 230]
    expected[hole] = StubNetwork.COLOUR
    np.testing.assert_array_equal(Image.open(saved / "photo_filled.png"), expected)
