"""Connections: where the server listens, how many it takes in, and when it cuts one off."""

from __future__ import annotations

import errno
import logging
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from ipaddress import ip_address
from socketserver import TCPServer
from threading import Lock, Semaphore, Thread
from typing import Any, Self

from checks.values import Address
from monitor.access import Access
from monitor.web.door import Door
from monitor.web.exchange import Exchange, Pages
from monitor.web.sharing import Sharing

_ROUND_SECONDS = 0.1
"""How often the server looks whether it is to stop, and who is past the deadline."""

_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

_CURE = "give an address of this machine as listen: in monitor.yaml, like 127.0.0.1:9877"
_CURES = {
    errno.EADDRINUSE: "stop the program that has the port, or give another one as listen: in monitor.yaml",
    errno.EACCES: "give a port from 1024 up as listen: in monitor.yaml",
}

_log = logging.getLogger(__name__)


class ListenError(OSError):
    """The server cannot listen where it was told to; ``strerror`` is one sentence with the cure."""

    def __str__(self) -> str:
        return str(self.strerror)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What clients may take up."""

    connections: int = 64
    """Connections at once; one more is told to come back later."""
    pages: int = 32
    """How many of them may be for pages of the site's: for metrics and health there is room beside them."""
    seconds: float = 10.0
    """From the first to the last byte of a connection, Prometheus' own default time-out for a scrape."""


class WebServer:
    """Serves the daemon's pages. It binds when it is made; as a context manager it serves from entry to exit.

    *access* is what a request must bring for any of the *pages* but for whether the process lives. Raises `ListenError`.
    """

    def __init__(self, listen: Address, pages: Pages, access: Access | None = None, *, limits: Limits = Limits()) -> None:
        self._server = _bound(listen, pages, access, limits)
        self._thread: Thread | None = None
        self.address = Address(listen.host, self._server.server_address[1])
        """Where it listens, with the port it was given where port 0 asked for any."""

    def start(self) -> None:
        """Serve, until `close`."""
        self._thread = Thread(target=self._server.serve_forever, args=(_ROUND_SECONDS,), name="web", daemon=True)
        self._thread.start()

    def adopt(self, access: Access | None) -> None:
        """Ask every request that begins from now on for what *access* says."""
        self._server.door.adopt(access)

    def close(self) -> None:
        """Stop listening and cut off who is still connected."""
        if self._thread:
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        self._server.cut_off(older_than=0)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _bound(listen: Address, pages: Pages, access: Access | None, limits: Limits) -> _Server:
    try:
        family, *_, where = socket.getaddrinfo(listen.host, listen.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return _Server(family, where, pages, Door(listen, ip_address(where[0]), access), limits)
    except UnicodeError as error:
        msg = f"cannot listen on {listen}: {listen.host} is not a host name; {_CURE}"
        raise ListenError(errno.EINVAL, msg) from error
    except OSError as error:
        msg = f"cannot listen on {listen}: {error.strerror}; {_CURES.get(error.errno or 0, _CURE)}"
        raise ListenError(error.errno, msg) from error


class _Server(ThreadingHTTPServer):
    """Threads, a limit on them, and a deadline for each."""

    request_queue_size = 128

    def __init__(self, family: int, where: Any, pages: Pages, door: Door, limits: Limits) -> None:
        self.address_family = family
        self.pages = pages
        self.door = door
        self.limits = limits
        self.sharing = Sharing(pages.site)
        self.room = Semaphore(limits.pages)
        self._begun: dict[socket.socket, float] = {}
        self._lock = Lock()
        super().__init__(where, Exchange)

    def server_bind(self) -> None:
        """Bind, without asking the name service what this machine is called, as the standard library would."""
        TCPServer.server_bind(self)

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002 - the signature is the library's
        """Take a connection in if there is room; otherwise answer at once."""
        with self._lock:
            if len(self._begun) < self.limits.connections:
                self._begun[request] = time.monotonic()
                return True
        with suppress(OSError):
            request.settimeout(0)
            request.send(_BUSY)
        return False

    def shutdown_request(self, request: Any) -> None:
        """Forget a connection before its descriptor can become another one's."""
        with self._lock:
            self._begun.pop(request, None)
        super().shutdown_request(request)

    def service_actions(self) -> None:
        """Each round, whatever else happens: cut off who is past the deadline."""
        self.cut_off(older_than=self.limits.seconds)

    def cut_off(self, *, older_than: float) -> None:
        """End the connections that have lasted so many seconds; their threads see the end of the stream."""
        latest = time.monotonic() - older_than
        with self._lock:
            for connection, began in self._begun.items():
                if began <= latest:
                    with suppress(OSError):
                        connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - the signature is the library's
        """A client that leaves early is no news; only the log at its finest level hears of it."""
        _log.debug("a connection ended early", exc_info=True)
