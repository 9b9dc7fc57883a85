"""What a check may ask of the network, and what it is told: values and one protocol, no I/O.

- `http` has requests and answers, `asking` raw questions and their replies.
- `connection` has whom to connect to and where a look ended up, `tls` what the handshake showed there.
- `Network`, the protocol, is here, and every name is to be imported from here.

A `Network` ends every look in an answer or in `Unseen`. It alone knows deadlines, pools, caches, proxies, resolvers and
guards; a check says what it wants to see and never how.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from checks.network.asking import Ending, Question, Reading, Reply, Round
from checks.network.connection import Connection, Family, Peer, Phases
from checks.network.http import Answer, Request
from checks.network.tls import UNREADABLE_STAPLE, Revocation, Session, Trust, TrustFault

__all__ = [
    "UNREADABLE_STAPLE",
    "Answer",
    "Connection",
    "Ending",
    "Family",
    "Network",
    "Peer",
    "Phases",
    "Question",
    "Reading",
    "RecordKind",
    "Reply",
    "Request",
    "Revocation",
    "Round",
    "Session",
    "Trust",
    "TrustFault",
]

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
