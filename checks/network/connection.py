"""Whom to connect to, and where a look ended up: the peer, its address, how long each phase took, the TLS session."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from checks.network.tls import Session
from checks.values import Address
from checks.vendor import StartTls

Family = Literal["ipv4", "ipv6"]
"""An address family. A metric label."""


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
