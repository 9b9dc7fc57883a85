"""One look: three questions, each of which may fail alone. What was asked is there as what was seen, or as a failure."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from checks.dns.records import Caa, Service, read_caa, read_services
from checks.model import Failure, Reason, Unseen
from checks.network import Network, Peer
from checks.values import Address
from checks.vendor import StartTls, Waiver
from checks.x509 import read

MAX_ADDRESSES = 4
"""How many addresses of a host are looked at; its families take turns."""
MAX_LABELS = 8
"""How many names are asked for CAA records on the way up: each may take its time."""
MAX_ALIASES = 4
"""How many HTTPS records in a row may lead elsewhere."""

Seen = TypeVar("Seen")


@dataclass(frozen=True, slots=True)
class Settings:
    """A host, at the port where its certificates are looked at, and what is spoken there before TLS.

    *is_web* says that it is on port 443 too. *waive* are the findings that are accepted for a time.
    """

    address: Address
    starttls: StartTls | None = None
    is_web: bool = True
    waive: tuple[Waiver, ...] = ()


@dataclass(frozen=True, slots=True)
class Issuing:
    """The CAA records that count for the host, and the *name* they stand at: its own or one above it. Both may be empty."""

    name: str = ""
    records: tuple[Caa, ...] = ()

    @property
    def is_restricted(self) -> bool:
        """Whether they say who may issue: without a property ``issue`` everybody may (RFC 8659, section 4.2)."""
        return any(record.tag == "issue" for record in self.records)


@dataclass(frozen=True, slots=True)
class Web:
    """The host's HTTPS records, after their aliases."""

    services: tuple[Service, ...] = ()

    @property
    def hides_name(self) -> bool:
        """Whether a client can hide from onlookers which host it asks for."""
        return any(service.ech for service in self.services)


@dataclass(frozen=True, slots=True)
class Leaf:
    """What tells one server's certificate from another."""

    sha256: str
    issuer: str
    not_after: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """What one address of the host showed."""

    address: str
    leaf: Leaf | Failure


@dataclass(frozen=True, slots=True)
class Facts:
    """What was seen of each part, or why it was not; *web* is None for a host that is not on port 443."""

    issuing: Issuing | Failure
    web: Web | Failure | None
    shown: tuple[Shown, ...] | Failure

    @property
    def certificates(self) -> dict[Leaf, list[str]]:
        """The certificates that were seen, in the order in which they were met, and the addresses of each."""
        found: dict[Leaf, list[str]] = {}
        for each in () if isinstance(self.shown, Failure) else self.shown:
            if isinstance(each.leaf, Leaf):
                found.setdefault(each.leaf, []).append(each.address)
        return found


async def observe(settings: Settings, network: Network) -> Facts:
    """Ask for CAA and HTTPS records and for certificates. Raises `Unseen` when nothing of it could be seen."""
    host = settings.address.host
    issuing = await _or_failure(_issuing(host, network))
    web = await _or_failure(_web(host, network)) if settings.is_web else None
    facts = Facts(issuing, web, await _or_failure(_shown(settings, network)))
    if isinstance(issuing, Failure) and not isinstance(web, Web) and not facts.certificates:
        raise Unseen(issuing.reason, issuing.detail)
    return facts


async def _or_failure(asking: Awaitable[Seen]) -> Seen | Failure:
    try:
        return await asking
    except Unseen as unseen:
        return unseen.failure


async def _issuing(host: str, network: Network) -> Issuing:
    """The records nearest to *host* on the way up, the root left out (RFC 8659, section 3)."""
    labels = host.rstrip(".").split(".")
    for start in range(min(len(labels), MAX_LABELS)):
        name = ".".join(labels[start:])
        if records := read_caa(await network.records(name, "CAA")):
            return Issuing(name, records)
    if len(labels) > MAX_LABELS:
        raise Unseen(Reason.RESOLVER, f"{host}: of its {len(labels)} labels only {MAX_LABELS} were asked about")
    return Issuing()


async def _web(host: str, network: Network) -> Web:
    """The records of *host*, or of where they lead (RFC 9460, section 2.4.2)."""
    name = host
    for _ in range(MAX_ALIASES):
        services = read_services(await network.records(name, "HTTPS"))
        if not services or services[0].priority:
            return Web(services)
        name = services[0].target.rstrip(".")
        if not name:  # An alias to the root says that there is nothing (section 2.5.1).
            return Web()
    raise Unseen(Reason.DNS, f"the HTTPS records of {host} lead on and on")


async def _shown(settings: Settings, network: Network) -> tuple[Shown, ...]:
    found = (await network.addresses(settings.address.host))[:MAX_ADDRESSES]
    return tuple([Shown(address, await _or_failure(_leaf(settings, address, network))) for address in found])


async def _leaf(settings: Settings, address: str, network: Network) -> Leaf:
    connection = await network.handshake(Peer(settings.address, settings.starttls, address), fresh=True)
    chain = connection.session.chain if connection.session else ()
    try:
        certificate = read(chain[0] if chain else b"")
    except ValueError as error:
        raise Unseen(Reason.TLS, f"the certificate cannot be read: {error}") from error
    return Leaf(certificate.sha256, certificate.issuer_name, certificate.not_after)
