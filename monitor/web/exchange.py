"""One request and its reply."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from threading import Semaphore
from typing import Protocol, cast

from monitor.web.asking import accepts_gzip, page_path, url_parts, wants_json
from monitor.web.door import Door
from monitor.web.replies import ALWAYS, TEXT, Refusal, Reply, exposition, refused, word
from monitor.web.sharing import Busy, Sharing
from monitor.web.site import Asked, Site

HEAD_BYTES = 16 * 1024
"""The most that a request line and its headers may take together."""

_METHODS = Refusal(HTTPStatus.METHOD_NOT_ALLOWED, "There are only GET and HEAD.", (("Allow", "GET, HEAD"),))
_LATER = Refusal(
    HTTPStatus.SERVICE_UNAVAILABLE, "Too many pages are asked for at once. Come back in a moment.", (("Retry-After", "2"),)
)
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
    places: str = ""
    """Which those are, as the end of a sentence; empty where there are none."""

    @property
    def lost(self) -> Refusal:
        """What is said where there is no such page."""
        more = f"; {self.places}" if self.places else ""
        return Refusal(HTTPStatus.NOT_FOUND, f"There is no such page. There are /metrics, /-/healthy and /-/ready{more}.")


class _Owner(Protocol):
    """What an exchange needs of the server it belongs to."""

    pages: Pages
    door: Door
    sharing: Sharing
    room: Semaphore
    """For how many pages of the site's there is room, from when they are asked for until they are sent."""


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
        head, size = self._head()
        if size > HEAD_BYTES:
            self.send_error(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif head.decode("latin-1").strip():  # white space as the library knows it, to whom an empty line says nothing
            self.rfile = BytesIO(head)
            self.raw_requestline = self.rfile.readline()
            if self.parse_request():
                with ExitStack() as held:
                    self._send(self._reply(held))
        elif size:
            self.send_error(HTTPStatus.BAD_REQUEST)

    def _head(self) -> tuple[bytes, int]:
        """The request up to its empty line or the end of the stream, and how much was read: at most one byte too many.

        Empty lines before it are passed over (RFC 9112, section 2.2).
        """
        rows, size = list[bytes](), 0
        while size <= HEAD_BYTES and (row := self.rfile.readline(HEAD_BYTES + 1 - size)):
            size += len(row)
            if row not in {b"\r\n", b"\n"}:
                rows.append(row)
            elif rows:
                break
        return b"".join(rows), size

    def _reply(self, held: ExitStack) -> Reply:
        """What is answered; while it is sent, *held* keeps the room that it takes."""
        try:
            page = self._page(held) if self.command in {"GET", "HEAD"} else _METHODS
        except Exception:  # noqa: BLE001 - what the pages say is computed elsewhere, and one that fails must still be answered
            _log.exception("%s could not be served", self.path.partition("?")[0])
            page = _BROKEN
        return refused(page, wants_json=self._wants_json()) if isinstance(page, Refusal) else page

    def _page(self, held: ExitStack) -> Reply | Refusal:
        owner = cast("_Owner", self.server)
        path = page_path(self._target())
        if path == "/-/healthy":
            return word(well=owner.pages.healthy(), no="the event loop does not beat")
        return owner.door.refusal(self.headers) or (self._page_at(path, owner, held) if path else owner.pages.lost)

    def _target(self) -> str:
        """What is asked for; the host of a whole URL stands for what is said in Host (RFC 9112, section 3.2.2)."""
        host, target = url_parts(self.requestline.split()[1])  # self.path has lost slashes that it began with
        if host is not None:
            del self.headers["Host"]
            self.headers["Host"] = host
        return target

    def _page_at(self, path: str, owner: _Owner, held: ExitStack) -> Reply | Refusal:
        match path:
            case "/metrics":
                return exposition(owner.pages.metrics(), pack=self._accepts_gzip())
            case "/-/ready":
                return word(well=owner.pages.ready(), no="not ready: starting or stopping")
        return self._shared(Asked(path, self._wants_json()), owner, held)

    def _shared(self, asked: Asked, owner: _Owner, held: ExitStack) -> Reply | Refusal:
        """A page of the site's, where there is room: what else is served always finds some."""
        if not owner.room.acquire(blocking=False):
            return _LATER
        held.callback(owner.room.release)
        try:
            return owner.sharing.reply(asked, pack=self._accepts_gzip()) or owner.pages.lost
        except Busy:
            return _LATER

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
