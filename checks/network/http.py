"""One HTTP request as a check asks for it, and one answer as it came; how it is sent is nobody's matter here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from checks.network.connection import Connection, Family, Phases
from checks.values import Secret
from checks.vendor import Auth


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP request.

    *fresh* asks for a connection of its own, so that every phase is measured and the certificate is the one served now;
    without it the answer may come over a kept connection or be a page read moments ago for somebody else.
    *max_age* is how many seconds old an answer may be that serves as well, whatever its status (RFC 9111, section 5.2.1.1);
    with 0 nothing that an earlier look brought will do, not even its connection. Without it a whole page read moments ago
    serves, and nothing else does. Where *fresh* is for what is measured, *max_age* is for what is read.
    *within* is how many seconds this one request may take, for a document that may be missing without harm.
    *prefer* is the family over which a new connection is tried first, IPv6 where nothing is said; the other one follows.
    *excerpt* is for an answer whose status is what counts: about so many bytes of its body are read, as far as they come
    within a second and can be decoded, and whatever keeps more from being read is no failure.
    *sent* is called once all of the request was handed to the connection: whatever fails later, it may have arrived.
    *max_redirects* of 0 returns a redirect as the answer. Secrets stay references until the bytes are sent. The network
    makes the Authorization header of *auth*; it and the secret headers are left out once a redirect leads to another origin.
    """

    url: str
    method: str = "GET"
    headers: Mapping[str, str | Secret] = field(default_factory=dict)
    body: bytes = b""
    auth: Auth | None = None
    fresh: bool = False
    max_age: float | None = None
    within: float | None = None
    prefer: Family | None = None
    excerpt: int | None = None
    sent: Callable[[], None] | None = None
    max_redirects: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One HTTP answer. Header names are in lower case, repeated ones joined by ``", "``; the body is decoded.

    *url* is where it came from after *hops*, the addresses that redirected us, first one first. *connection* and *phases*
    are those of the last hop; *seconds* is everything, from the first hop's name to the last byte. *cached* says that this
    answer was fetched for an earlier request; one that the vendor has just confirmed (304) was not.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    connection: Connection
    http_version: str = "HTTP/1.1"
    hops: tuple[str, ...] = ()
    phases: Phases = field(default_factory=Phases)
    seconds: float = 0.0
    cached: bool = False
