"""Connections that are bounded in number and in the time that they may take."""

import collections
import resource

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

_SECONDS = 20  # for the head of a request to come, from the connection's beginning or the last answer
_MOST_EACH = 256  # connections of one address
_SPARE = 128  # files that the server opens besides


class Connections:
    """Makes uvicorn's protocol for each connection; counts those that are open.

    Args:
        seconds: how long a connection may be without a complete head of a request.
        most_each: how many connections one address may have. For another one, the one is closed that has
            waited longest for a request to come.
        most: how many there may be in all. Default: as many as the process may open files, less some.
    """

    def __init__(self, seconds=_SECONDS, most_each=_MOST_EACH, most=None):
        self.seconds = seconds
        self._most_each = most_each
        self._most = most or _raised_limit() - _SPARE
        self._open = collections.Counter()
        self.waiting = {}  # connections without a complete head of a request, the longest first

    def __call__(self, *arguments, **options):
        return _Bounded(self, *arguments, **options)

    def enter(self, connection):
        """Count a connection, and make room for it; it is closed itself where all others are at work."""
        address = connection.address
        self._open[address] += 1
        if self._open[address] > self._most_each:
            theirs = (other for other in self.waiting if other.address == address)
        elif self._open.total() > self._most:
            theirs = iter(self.waiting)
        else:
            return
        next(theirs, connection).close()

    def leave(self, connection):
        self._open[connection.address] -= 1
        self._open += collections.Counter()  # forgets those that are zero


class _Bounded(H11Protocol):
    def __init__(self, connections, *arguments, **options):
        super().__init__(*arguments, **options)
        self._all, self._timer, self.address = connections, None, None

    def close(self):
        self._stop()  # at once, so that no other newcomer counts on its place
        self.transport.abort()

    def connection_made(self, transport):
        super().connection_made(transport)
        self.address = self.client and self.client[0]
        self._all.enter(self)
        if not transport.is_closing():
            self._watch()

    def data_received(self, data):
        super().data_received(data)
        self._watch()

    def on_response_complete(self):
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc):
        super().connection_lost(exc)
        self._all.leave(self)
        self._stop()

    def _watch(self):
        """Let the time run while there is no complete head of a request."""
        if self.conn.their_state is not h11.IDLE:
            self._stop()
        elif self._timer is None:
            self._timer = self.loop.call_later(self._all.seconds, self.close)
            self._all.waiting[self] = None

    def _stop(self):
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            del self._all.waiting[self]


def _raised_limit():
    """How many files the process may open, after asking for as many as it may have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(hard, 1 << 16) if hard != resource.RLIM_INFINITY else 1 << 16
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return max(soft, wanted)
