"""What a check may ask of the network, and what it is told: values and one protocol, no I/O.

A `Network` ends every look in an answer or in `Unseen`. It alone knows deadlines, pools, caches, proxies, resolvers and
guards; a check says what it wants to see and never how.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

from checks.values import Address, Secret
from checks.vendor import Auth, StartTls

Family = Literal["ipv4", "ipv6"]
"""An address family. A metric label."""


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
    max_redirects: int = 5


class TrustFault(StrEnum):
    """Why a presented chain leads to no trusted root. Its values are the suffixes of ``cert.*`` findings."""

    SELF_SIGNED = "self_signed"
    UNTRUSTED_ROOT = "untrusted_root"
    CHAIN_INCOMPLETE = "chain_incomplete"
    CHAIN_EXPIRED = "chain_expired"
    NAME_CONSTRAINT = "name_constraint"
    EKU = "eku"
    KEY_WEAK = "key_weak"
    SIG_WEAK = "sig_weak"
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


UNREADABLE_STAPLE = b"\0"
"""What stands for a staple that was sent and cannot be read even as far as to be kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What a TLS handshake showed.

    *chain* is what the peer sent, leaf first, as DER; *alpn* is ``""`` without one. *staple* is the OCSP response that came
    with it (RFC 6066, section 8), empty without one. *asks_for_certificate* says that the peer wants to know its client.
    """

    version: str
    cipher: str
    group: str
    alpn: str
    chain: tuple[bytes, ...]
    trust: Trust
    staple: bytes = b""
    asks_for_certificate: bool = False


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
    ip_family: Family
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


@dataclass(frozen=True, slots=True)
class Peer:
    """Whom to speak TLS with: *address*, once *starttls* has been agreed on in the clear, where that is needed.

    *ip* is one of the host's own addresses, as `Network.addresses` or a `Connection` told it: to look at each of them, or to
    ask the same one several times. Empty, any of them will do, those of the family *prefer* first.
    """

    address: Address
    starttls: StartTls | None = None
    ip: str = ""
    prefer: Family | None = None

    def __str__(self) -> str:
        return f"{self.address} at {self.ip}" if self.ip else str(self.address)


class Reading(Protocol):
    """What takes in an answer, piece by piece, and knows when it has enough. It never raises for what it is fed."""

    @property
    def is_over(self) -> bool:
        """Whether nothing more is wanted."""
        ...

    def feed(self, content: bytes) -> None:
        """Take the next bytes of the answer."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """Bytes that are said first on a connection of their own, and what reads the answer."""

    content: bytes
    reading: Reading


class Ending(StrEnum):
    """How an answer ended."""

    ANSWERED = "answered"
    """The reading has what it wants."""
    CLOSED = "closed"
    """The peer hung up before that."""
    RESET = "reset"
    """The peer cut the connection before that."""
    TIMEOUT = "timeout"
    """It was not complete in time, however much had come."""
    TOO_LARGE = "too_large"
    """It was longer than any honest one."""
    UNREACHED = "unreached"
    """There was no connection to ask on."""


@dataclass(frozen=True, slots=True)
class Reply:
    """How a question went; what was said is in its reading. *detail* is for people; *received* counts bytes."""

    ending: Ending
    detail: str = ""
    received: int = 0


@dataclass(frozen=True, slots=True)
class Round:
    """Replies in the order of their questions, and how long all of them took together, in seconds."""

    replies: tuple[Reply, ...]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """What a list of revoked certificates says of one of them: *at* and *reason* if it is revoked, else None and ``""``.

    *updated_at* is when the list was made, *next_update* when the next one is due.
    """

    at: datetime | None
    reason: str
    updated_at: datetime
    next_update: datetime | None


RecordKind = Literal["CAA", "HTTPS"]


class Network(Protocol):
    """The only way out a check has."""

    async def send(self, request: Request) -> Answer:
        """Send a request and read the whole answer, whatever its status.

        Raises `Unseen` for everything that keeps the answer from being read, a certificate that cannot be trusted for
        the host included.
        """
        ...

    async def handshake(self, peer: Peer, *, fresh: bool = False) -> Connection:
        """Complete a TLS handshake and hang up; ``connection.session`` is always there.

        A certificate that cannot be trusted is an answer here, not a failure. Without *fresh* it may be the handshake that a
        request completed a moment ago, but for a peer with a preference; a fresh one offers HTTP/2 as well, which requests
        do not. Raises `Unseen` when no handshake completes, or none within a few seconds of the name's being resolved.
        """
        ...

    async def ask(self, peer: Peer, questions: Sequence[Question]) -> Round:
        """Say each question on a connection of its own, a few at once, and read what comes back.

        However a question goes, that is a reply: raises `Unseen` only where none could be asked, because the name has no
        address or we may not go there.
        """
        ...

    async def addresses(self, host: str) -> tuple[str, ...]:
        """The IP addresses of *host* that may be looked at, of both families. Raises `Unseen` when it has none."""
        ...

    async def records(self, name: str, kind: RecordKind) -> tuple[str, ...]:
        """The records of a kind at *name* itself, in presentation format (RFC 8659, RFC 9460); empty when there are none.

        Raises `Unseen` when nobody could be asked.
        """
        ...

    async def revocation(self, url: str, issuer: bytes, serial: int) -> Revocation:
        """What the list at *url* (RFC 5280, section 5) says of the certificate *serial* of *issuer*, given as DER.

        One list serves a day and everybody. Raises `Unseen` when it cannot be fetched, is too large, is not *issuer*'s or is
        out of date.
        """
        ...
