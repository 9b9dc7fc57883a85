"""What is sent back: replies as values, and the headers that each of them has.

A reply is kept by nobody (``no-store``): it says how things stand now. It is read as what it says it is, framed and loaded
by no other site, and tells no other site of itself. There are no cookies.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus

from monitor.hypertext import document
from monitor.hypertext.markup import element
from monitor.web.site import Document

EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"
"""The content type of /metrics, to the letter: Prometheus 3 refuses a page without it."""

TEXT = "text/plain; charset=utf-8"

ALWAYS = (
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
"""What every reply has, whatever it is."""

_NOTHING = "default-src 'none'; frame-ancestors 'none'"
_STYLE = (
    ":root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;margin:3rem auto;max-width:40rem;padding:0 1rem}"
)
_POLICY = f"{document.policy(_STYLE)}; frame-ancestors 'none'"

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent, but for what every reply has."""

    status: HTTPStatus
    body: bytes
    content_type: str = TEXT
    headers: Headers = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """That there is no page for this request, and *why*: a sentence for whoever asked."""

    status: HTTPStatus
    why: str
    headers: Headers = ()


def word(*, well: bool, no: str) -> Reply:
    """Whether all is well, in a word."""
    return Reply(HTTPStatus.OK, b"ok\n") if well else Reply(HTTPStatus.SERVICE_UNAVAILABLE, f"{no}\n".encode())


def exposition(chunks: Iterable[bytes], *, pack: bool) -> Reply:
    """The page of metrics."""
    return _packed(chunks, EXPOSITION, (("Vary", "Accept-Encoding"),), pack=pack)


def shown(page: Document, *, pack: bool) -> Reply:
    """A page of the site's."""
    headers = (("Content-Security-Policy", page.policy), ("Vary", "Accept, Accept-Encoding"))
    return _packed((page.body,), page.content_type, headers, pack=pack)


def refused(refusal: Refusal, *, wants_json: bool) -> Reply:
    """A *refusal* as a page, or as problem details (RFC 9457)."""
    body, kind, policy = _as_json(refusal) if wants_json else _as_html(refusal)
    headers = (("Content-Security-Policy", policy), ("Vary", "Accept"), *refusal.headers)
    return Reply(refusal.status, body.encode(), kind, headers)


def _as_json(refusal: Refusal) -> tuple[str, str, str]:
    status = refusal.status
    said = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": refusal.why}
    return f"{json.dumps(said)}\n", "application/problem+json", _NOTHING


def _as_html(refusal: Refusal) -> tuple[str, str, str]:
    title = f"{refusal.status.value} {refusal.status.phrase}"
    body = element("main", element("h1", title), element("p", refusal.why))
    return document.written(f"{title} · vendorwatch", _STYLE, body), "text/html; charset=utf-8", _POLICY


def _packed(chunks: Iterable[bytes], kind: str, headers: Headers, *, pack: bool) -> Reply:
    if not pack:
        return Reply(HTTPStatus.OK, b"".join(chunks), kind, headers)
    return Reply(HTTPStatus.OK, _gzipped(chunks), kind, (*headers, ("Content-Encoding", "gzip")))


def _gzipped(chunks: Iterable[bytes]) -> bytes:
    """Level 1: a third larger than level 6 and five times as fast. The interpreter's lock is free meanwhile."""
    squeeze = zlib.compressobj(1, wbits=31)
    return b"".join((*map(squeeze.compress, chunks), squeeze.flush()))
