"""Which requests are answered: those to a name of this server, and not those that other sites' pages make."""

import ipaddress
import socket
import urllib.parse

from fastapi.responses import JSONResponse

_SAFE = ("GET", "HEAD")
_OF_VISITORS = ("/photos", "/looks")  # what only the page itself may read


class Guard:
    """ASGI middleware that refuses requests with status 403.

    A name that is not this server's may be one that another site lets point here (DNS rebinding); addresses
    in numbers cannot be. A page of another site may show and link to this one, but neither change nor read
    what visitors sent.

    Args:
        app: the application behind it.
        hosts: names of this server besides this machine's.
    """

    def __init__(self, app, hosts=()):
        self._app = app
        self._hosts = {"localhost", socket.gethostname().lower(), *(name.lower() for name in hosts)}

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http" and (reason := self._refusal(scope)):
            await JSONResponse({"error": reason}, 403)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _refusal(self, scope):
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get(b"host", "")
        if not self._is_mine(name := _name(host)):
            return f"this server is not known as {name!r}: name it in --allowed_hosts"
        if scope["method"] in _SAFE and not scope["path"].startswith(_OF_VISITORS):
            return None
        origin = headers.get(b"origin")
        foreign = origin is not None and origin.partition("://")[2] != host
        if foreign or headers.get(b"sec-fetch-site", "none") not in ("none", "same-origin"):
            return "requests of other sites are refused: open the page itself"
        return None

    def _is_mine(self, name):
        try:
            ipaddress.ip_address(name.strip("[]"))
            return True
        except ValueError:
            return name.lower() in self._hosts


def _name(host):
    """A Host header without its port."""
    try:
        return urllib.parse.urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
