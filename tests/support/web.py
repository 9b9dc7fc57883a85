"""The daemon's HTTP server with pages of a test's own, and clients of it: one that behaves, and one that sends any bytes."""

from __future__ import annotations

import http.client
import socket
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress

from checks.values import Address
from monitor.access import Access
from monitor.web import Limits, Pages, WebServer
from monitor.web.site import Asked, Document, Site

PAGE = b"# HELP vendor_info A vendor.\n# TYPE vendor_info gauge\n" + b'vendor_info{vendor="acme"} 1\n' * 2000
POLICY = "default-src 'none'; style-src 'sha256-abc='; frame-ancestors 'none'"
DEFAULT_LIMITS = Limits()


def board(asked: Asked) -> Document | None:
    """A site with a page in both forms at ``/``, and one for ``/vendors/zürich``; at ``/broken`` it breaks."""
    match asked:
        case Asked("/broken"):
            msg = "a bug"
            raise RuntimeError(msg)
        case Asked("/" | "/vendors/zürich", wants_json=True):
            return Document(b'{"vendors": []}', "application/json")
        case Asked("/" | "/vendors/zürich"):
            return Document(
                b"<!doctype html><title>board</title>" + b"<p>a vendor</p>" * 1000, "text/html; charset=utf-8", POLICY
            )
    return None


@contextmanager
def served(
    *,
    host: str = "127.0.0.1",
    metrics: Callable[[], Iterable[bytes]] = lambda: (PAGE[:100], PAGE[100:]),
    healthy: Callable[[], bool] = lambda: True,
    ready: Callable[[], bool] = lambda: True,
    site: Site = board,
    places: str = "",
    access: Access | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Iterator[WebServer]:
    """A server that serves these pages."""
    pages = Pages(metrics=metrics, healthy=healthy, ready=ready, site=site, places=places)
    with WebServer(Address(host, 0), pages, access, limits=limits) as server:
        yield server


def ask(address: Address, path: str, method: str = "GET", **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    """The answer to one request, and its body."""
    with closing(http.client.HTTPConnection(address.host, address.port, timeout=10)) as connection:
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer, answer.read()


def raw(address: Address, *sent: bytes) -> bytes:
    """What comes back for bytes sent as they are, after which nothing more is sent."""
    with socket.create_connection((address.host, address.port), timeout=10) as connection:
        for part in sent:
            connection.sendall(part)
        with suppress(OSError):  # it may have been answered and closed before
            connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def basic(user: str, password: str, encoding: str = "utf-8") -> str:
    """An Authorization header of a user and a password."""
    return f"Basic {b64encode(f'{user}:{password}'.encode(encoding)).decode()}"
