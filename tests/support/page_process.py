"""The page as people start it, in a process of its own; and with stub networks, in this one."""

import contextlib
import signal
import socket
import subprocess
import threading

import numpy as np
from support.helpers import command_line

from inpaint.models.architecture import NETWORKS


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running_page(log, *flags):
    """Starts the page's command; the body gets its address and its process.

    Args:
        log: a file that its output goes to.
        flags: further flags.
    """
    command = command_line("demo", f"--port={_free_port()}", *flags)
    with open(log, "w") as output:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=output, text=True)
    try:
        told = []
        for line in process.stdout:
            told.append(line)
            if line.startswith("the page is at "):
                yield line.split()[-1], process
                break
        else:
            raise AssertionError(f"the page did not start: {told}, {log.read_text()}")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


class StubNetwork:
    """Fills holes with a colour, and lines in them with another; waits while its gate is closed.

    Attributes:
        gate: `threading.Event`; closed, no fill ends.
        calls: (hole, sketch, size, detail) of each fill that ended.
        seen: the pixels of the last one before it was filled.
        error: what the next fills raise, or None.
    """

    COLOUR, LINE = (10, 200, 30), (240, 240, 0)
    PARTS = 4
    architecture = NETWORKS["gated"]

    def __init__(self, name="stub", guided=False):
        self.name, self.guided = name, guided
        self.gate, self.calls, self.error, self.seen = threading.Event(), [], None, None
        self.gate.set()

    def fill(self, rgb, hole, sketch, size, detail, progress):
        progress(1, self.PARTS)
        while not self.gate.wait(0.01):
            progress(2, self.PARTS)
        if self.error:
            raise self.error
        self.calls.append((hole, sketch, size, detail))
        self.seen, filled = rgb, rgb.copy()
        filled[hole] = self.COLOUR
        filled[hole & (sketch > 127)] = self.LINE
        return filled

    def look_inside(self, rgb, hole, sketch, layers):
        names = ["incomplete", "coarse", "refined", "completed", "flow", "flow_key", "gate_key"]
        names += [f"{kind}_{layer}" for kind in ("gates", "masks") for layer in layers]
        return {name: np.full((32, 48, 3), 8 * index, np.uint8) for index, name in enumerate(names)}


class _Recorder:
    """ASGI middleware that keeps (method, path, bytes of the body) of each request."""

    def __init__(self, app, asked):
        self._app, self._asked = app, asked

    async def __call__(self, scope, receive, send):
        count = 0

        async def receive_more():
            nonlocal count
            message = await receive()
            count += len(message.get("body", b""))
            return message

        await self._app(scope, receive_more, send)
        if scope["type"] == "http":
            self._asked.append((scope["method"], scope["path"], count))


@contextlib.contextmanager
def served(networks, settings, connections=None):
    """Serves the page in a thread; the body gets (address, app, requests as (method, path, bytes))."""
    import uvicorn

    from inpaint.demo.web.app import make_app
    from inpaint.demo.web.server import server_config

    app, asked = make_app(networks, settings), []
    server = uvicorn.Server(server_config(_Recorder(app, asked), connections))
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/", app, asked
    finally:
        server.should_exit = True
        thread.join(60)
        listener.close()
