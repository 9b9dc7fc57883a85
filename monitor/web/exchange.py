"""One request and its reply."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from typing import Protocol, cast

EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"
"""The content type of /metrics, to the letter: Prometheus 3 refuses a page without it."""

HEAD_BYTES = 16 * 1024
"""The most that a request line and its headers may take together."""

_TEXT = "text/plain; charset=utf-8"
_INDEX = b"""<!doctype html><html lang="en"><title>vendorwatch</title><h1>vendorwatch</h1>
<ul><li><a href="/metrics">metrics</a><li><a href="/-/healthy">healthy</a><li><a href="/-/ready">ready</a></ul></html>
"""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """What the pages say."""

    metrics: Callable[[], Iterable[bytes]]
    healthy: Callable[[], bool]
    ready: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class _Reply:
    status: HTTPStatus
    body: bytes
    content_type: str = _TEXT
    headers: tuple[tuple[str, str], ...] = ()


class _Owner(Protocol):
    """What an exchange needs of the server it belongs to."""

    pages: Pages


class Exchange(BaseHTTPRequestHandler):
    """Reads one request, sends one reply, and leaves the connection to be closed."""

    protocol_version = "HTTP/1.1"
    default_request_version = "HTTP/1.0"  # what is not even a request gets a status line all the same
    error_content_type = _TEXT
    error_message_format = "%(message)s\n"

    def handle(self) -> None:
        """Read the whole head within its limit, then answer it."""
        self.close_connection = True
        self.requestline, self.request_version, self.command = "", self.protocol_version, ""
        head = self._head()
        if len(head) > HEAD_BYTES:
            self.send_error(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif head:
            self.rfile = BytesIO(head)
            self.raw_requestline = self.rfile.readline()
            if self.parse_request():
                self._send(self._reply())

    def _head(self) -> bytes:
        """The request up to its empty line, up to the end of the stream, or one byte more than the limit."""
        head = b""
        while len(head) <= HEAD_BYTES and (row := self.rfile.readline(HEAD_BYTES + 1 - len(head))):
            head += row
            if row in {b"\r\n", b"\n"}:
                break
        return head

    def _reply(self) -> _Reply:
        if self.command not in {"GET", "HEAD"}:
            return _Reply(HTTPStatus.METHOD_NOT_ALLOWED, b"only GET and HEAD\n", headers=(("Allow", "GET, HEAD"),))
        path = self.path.partition("?")[0]
        try:
            return self._page(path)
        except Exception:  # noqa: BLE001 - what the pages say is computed elsewhere, and one that fails must still be answered
            _log.exception("%s could not be served", path)
            return _Reply(HTTPStatus.INTERNAL_SERVER_ERROR, b"this page could not be made; the log says why\n")

    def _page(self, path: str) -> _Reply:
        pages = cast("_Owner", self.server).pages
        match path:
            case "/metrics":
                return self._exposition(pages.metrics())
            case "/-/healthy":
                return _word(well=pages.healthy(), no="the event loop does not beat")
            case "/-/ready":
                return _word(well=pages.ready(), no="not ready: starting or stopping")
            case "/":
                return _Reply(HTTPStatus.OK, _INDEX, "text/html; charset=utf-8")
            case _:
                return _Reply(HTTPStatus.NOT_FOUND, b"no such page; there are /metrics, /-/healthy and /-/ready\n")

    def _exposition(self, chunks: Iterable[bytes]) -> _Reply:
        vary = ("Vary", "Accept-Encoding")
        if not _accepts_gzip(self.headers.get("Accept-Encoding", "")):
            return _Reply(HTTPStatus.OK, b"".join(chunks), EXPOSITION, (vary,))
        return _Reply(HTTPStatus.OK, _gzipped(chunks), EXPOSITION, (vary, ("Content-Encoding", "gzip")))

    def _send(self, reply: _Reply) -> None:
        self.send_response(reply.status)
        for name, value in (("Content-Type", reply.content_type), ("Content-Length", str(len(reply.body))), *reply.headers):
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    def version_string(self) -> str:
        """The Server header, without a version for strangers."""
        return "vendorwatch"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        """Nothing: there is no access log."""


def _word(*, well: bool, no: str) -> _Reply:
    return _Reply(HTTPStatus.OK, b"ok\n") if well else _Reply(HTTPStatus.SERVICE_UNAVAILABLE, f"{no}\n".encode())


def _accepts_gzip(accept_encoding: str) -> bool:
    """Whether an Accept-Encoding header asks for gzip (RFC 9110, section 12.5.3): named, and not with a weight of zero."""
    for choice in accept_encoding.lower().split(","):
        coding, _, weight = choice.replace(" ", "").partition(";q=")
        if coding == "gzip":
            return weight.strip("0.") != "" if weight else True
    return False


def _gzipped(chunks: Iterable[bytes]) -> bytes:
    """Level 1: a third larger than level 6 and five times as fast. The interpreter's lock is free meanwhile."""
    squeeze = zlib.compressobj(1, wbits=31)
    return b"".join((*map(squeeze.compress, chunks), squeeze.flush()))
