"""One request and its reply."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from typing import Protocol, cast

from monitor.web.asking import accepts_gzip, page_path, wants_json
from monitor.web.door import Door
from monitor.web.replies import ALWAYS, TEXT, Refusal, Reply, exposition, refused, shown, word
from monitor.web.site import Asked, Site

HEAD_BYTES = 16 * 1024
"""The most that a request line and its headers may take together."""

_METHODS = Refusal(HTTPStatus.METHOD_NOT_ALLOWED, "There are only GET and HEAD.", (("Allow", "GET, HEAD"),))
_NO_PAGE = Refusal(HTTPStatus.NOT_FOUND, "There is no such page. There are /, /metrics, /-/healthy and /-/ready.")
_BROKEN = Refusal(HTTPStatus.INTERNAL_SERVER_ERROR, "This page could not be made; the log says why.")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """What the pages say."""

    metrics: Callable[[], Iterable[bytes]]
    """The exposition, in chunks."""
    healthy: Callable[[], bool]
    """Whether the process lives."""
    ready: Callable[[], bool]
    """Whether it works."""
    site: Site
    """All other pages."""


class _Owner(Protocol):
    """What an exchange needs of the server it belongs to."""

    pages: Pages
    door: Door


class Exchange(BaseHTTPRequestHandler):
    """Reads one request, sends one reply, and leaves the connection to be closed."""

    protocol_version = "HTTP/1.1"
    default_request_version = "HTTP/1.0"  # what is not even a request gets a status line all the same
    error_content_type = TEXT
    error_message_format = "%(message)s\n"

    def handle(self) -> None:
        """Read the whole head within its limit, then answer it."""
        self.close_connection = True
        self.requestline, self.request_version, self.command = "", self.protocol_version, ""
        head = self._head()
        if len(head) > HEAD_BYTES:
            self.send_error(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif head.decode("latin-1").strip():  # white space as the library knows it, to whom an empty line says nothing
            self.rfile = BytesIO(head.lstrip(b"\r\n"))
            self.raw_requestline = self.rfile.readline()
            if self.parse_request():
                self._send(self._reply())
        elif head:
            self.send_error(HTTPStatus.BAD_REQUEST)

    def _head(self) -> bytes:
        """The request up to its empty line, up to the end of the stream, or one byte more than the limit.

        Empty lines before it are passed over (RFC 9112, section 2.2).
        """
        head = b""
        while len(head) <= HEAD_BYTES and (row := self.rfile.readline(HEAD_BYTES + 1 - len(head))):
            head += row
            if row in {b"\r\n", b"\n"} and head.strip():
                break
        return head

    def _reply(self) -> Reply:
        try:
            page = self._page() if self.command in {"GET", "HEAD"} else _METHODS
        except Exception:  # noqa: BLE001 - what the pages say is computed elsewhere, and one that fails must still be answered
            _log.exception("%s could not be served", self.path.partition("?")[0])
            page = _BROKEN
        return refused(page, wants_json=self._wants_json()) if isinstance(page, Refusal) else page

    def _page(self) -> Reply | Refusal:
        owner = cast("_Owner", self.server)
        path = page_path(self.requestline.split()[1])  # self.path has lost slashes that it began with
        if path == "/-/healthy":
            return word(well=owner.pages.healthy(), no="the event loop does not beat")
        return owner.door.refusal(self.headers) or (self._page_at(path, owner.pages) if path else _NO_PAGE)

    def _page_at(self, path: str, pages: Pages) -> Reply | Refusal:
        match path:
            case "/metrics":
                return exposition(pages.metrics(), pack=self._accepts_gzip())
            case "/-/ready":
                return word(well=pages.ready(), no="not ready: starting or stopping")
        page = pages.site(Asked(path, self._wants_json()))
        return shown(page, pack=self._accepts_gzip()) if page else _NO_PAGE

    def _wants_json(self) -> bool:
        return wants_json(self.headers.get_all("Accept", []))

    def _accepts_gzip(self) -> bool:
        return accepts_gzip(self.headers.get_all("Accept-Encoding", []))

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in (("Content-Type", reply.content_type), ("Content-Length", str(len(reply.body))), *reply.headers):
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    def end_headers(self) -> None:
        """End the headers, with those that every reply has: that to what is no request, too."""
        for name, value in ALWAYS:
            self.send_header(name, value)
        super().end_headers()

    def handle_expect_100(self) -> bool:
        """Nothing in between: the reply itself follows at once (RFC 9110, section 10.1.1)."""
        return True

    def version_string(self) -> str:
        """The Server header, without a version for strangers."""
        return "vendorwatch"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        """Nothing: there is no access log."""
