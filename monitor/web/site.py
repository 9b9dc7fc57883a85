"""What the web server needs of whoever has more to show than itself: a function from what is asked for to a document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asked:
    """A page that is asked for: its *path*, decoded and without a query, and whether JSON is wanted rather than HTML."""

    path: str
    wants_json: bool


@dataclass(frozen=True, slots=True)
class Document:
    """A page: its *body*, what type that is, and what a browser may do with it (``Content-Security-Policy``)."""

    body: bytes
    content_type: str
    policy: str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


Site = Callable[[Asked], Document | None]
"""Makes a page, or None where there is no such page. It is called on threads of the server's, and may block."""
