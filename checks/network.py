"""What a check may ask of the network, and what it is told: values and one protocol, no I/O.

A `Network` ends every look in an answer or in `Unseen`. It alone knows deadlines, pools, caches, proxies, resolvers and
guards; a check says what it wants to see and never how.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Protocol

from checks.values import Address, Secret
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
    max_redirects: int = 5


class TrustFault(StrEnum):
    """Why a presented chain leads to no trusted root. Its values are the suffixes of ``certificate.*`` findings."""

    SELF_SIGNED = "self_signed"
    UNTRUSTED_ROOT = "untrusted_root"
    CHAIN_INCOMPLETE = "chain_incomplete"
    CHAIN_EXPIRED = "chain_expired"
    NAME_CONSTRAINT = "name_constraint"
    UNTRUSTED = "untrusted"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Trust:
    """Whether a presented chain leads to a trusted root, judged apart from the leaf's own name and dates.

    *path* is the chain that was found, leaf to root, as DER; empty when there is a *fault*.
    """

    path: tuple[bytes, ...]
    fault: TrustFault | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What a TLS handshake showed. *chain* is what the peer sent, leaf first, as DER; *alpn* is ``""`` without one."""

    version: str
    cipher: str
    group: str
    alpn: str
    chain: tuple[bytes, ...]
    trust: Trust


@dataclass(frozen=True, slots=True, kw_only=True)
class Phases:
    """Seconds by a monotonic clock; None for a phase that did not happen (a kept connection resolves nothing).

    *first_byte* runs from the request being sent to the first byte of the answer, *transfer* from there to its end.
    """

    resolve: float | None = None
    connect: float | None = None
    tls: float | None = None
    first_byte: float | None = None
    transfer: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Where a look ended up: the peer's *address* (no port), its family, and the TLS session if there is one.

    *cached* says that it was made for an earlier look.
    """

    address: str
    port: int
    ip_family: Literal["ipv4", "ipv6"]
    session: Session | None = None
    phases: Phases = field(default_factory=Phases)
    cached: bool = False


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


class Network(Protocol):
    """The only way out a check has."""

    async def send(self, request: Request) -> Answer:
        """Send a request and read the whole answer, whatever its status.

        Raises `Unseen` for everything that keeps the answer from being read, a certificate that cannot be trusted for
        the host included.
        """
        ...

    async def handshake(self, address: Address) -> Connection:
        """Complete a TLS handshake and hang up; ``connection.session`` is always there.

        A certificate that cannot be trusted is an answer here, not a failure. Raises `Unseen` when no handshake completes.
        """
        ...
