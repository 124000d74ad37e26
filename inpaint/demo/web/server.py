"""Serving the page."""

import signal
import socket
import sys

import uvicorn

from inpaint.demo.web.app import make_app
from inpaint.demo.web.connections import Connections
from inpaint.errors import UserError, as_user_error

_PORTS = range(7860, 7960)


def serve(networks, settings, host, listener):
    """Serve the page until the process is terminated; prints its address.

    Args:
        networks: list of `Network`s.
        settings: a `Settings`.
        host: the host as the user named it.
        listener: a socket that listens there, see `listen`.
    """
    config = server_config(make_app(networks, settings))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that files are removed
    for number in (signal.SIGHUP, signal.SIGQUIT):  # a closed terminal, unless nohup keeps the page
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda *_: signal.raise_signal(signal.SIGTERM))
    shown = f"[{host}]" if ":" in host else host
    print(f"the page is at http://{shown}:{listener.getsockname()[1]}/", flush=True)
    uvicorn.Server(config).run(sockets=[listener])


def server_config(app, connections=None):
    """How uvicorn serves the page; `connections` are `Connections` with other bounds."""
    # One second for visitors' connections to end, then their work is stopped.
    return uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
        http=connections or Connections(),
        ws="none",
    )


def listen(host, port):
    """A socket that listens on an address.

    Args:
        host, port: the address; port None for the first free one from 7860.

    Raises:
        UserError: if this is not possible.
    """
    what = f"cannot listen on {host}: choose another --host"
    with as_user_error(what, UnicodeError):  # of a name that cannot be one
        family = socket.getaddrinfo(host, None)[0][0]
    for number in _PORTS if port is None else [port]:
        try:
            return socket.create_server((host, number), family=family, backlog=128)
        except OSError as error:
            reason = error.strerror
    raise UserError(
        f"cannot listen on {host}, port {port or f'{_PORTS[0]} to {_PORTS[-1]}'}: {reason}; choose another "
        f"--port or --host"
    )
