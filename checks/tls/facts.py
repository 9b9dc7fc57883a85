"""One look at the TLS of a server: the handshake that a client of today makes, what the web server says, and the scan.

A server that such a client cannot speak TLS with is asked all the same, for that is what the scan explains; one that
cannot be reached is not. A cut or a silence may be either, so that the scan finds out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from checks import certificate
from checks.model import Reason, Unseen
from checks.network import Network, Peer
from checks.rules import DEFAULT_PROFILE
from checks.tls.asking import hold
from checks.tls.control import controlled
from checks.tls.deep import DEEP_CONNECTIONS, deep
from checks.tls.posture import Answered, Posture, Verdict
from checks.tls.quick import QUICK_CONNECTIONS, quick
from checks.tls.web import Web, look_at_web
from checks.values import Address
from checks.vendor import StartTls, Waiver
from checks.x509 import Certificate, matches, read

_EXPLAINED = frozenset({Reason.TLS, Reason.CONNECT, Reason.TIMEOUT})
"""What a handshake may have failed with, so that a scan is worth its while."""
_NO_WEB = Web()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Whom to look at and what is asked of it. *known_alpn* is what the last look agreed on, None without one."""

    address: Address
    starttls: StartTls | None = None
    profile: str = DEFAULT_PROFILE
    is_chosen: bool = False
    """Whether somebody wrote that profile into a file, so that falling short of it matters."""
    waive: tuple[Waiver, ...] = ()
    deep: bool = False
    known_alpn: str | None = None


@dataclass(frozen=True, slots=True)
class Other:
    """A leaf that the scan met, and whether it is for the host (its names are not all kept)."""

    leaf: Certificate
    named: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What one look showed.

    *certificate* is that of the handshake, None when a client of today completes none; then *refusal* says why. *others* are
    the leaves that were met in the scan only. *alpn* is the protocol that was agreed on, or still what is known from before;
    *received* counts the bytes of the scan. Chains are not kept, and what differs from look to look stands by itself: the
    *posture* of a server that stays as it is stays the same.
    """

    posture: Posture
    certificate: certificate.Facts | None
    refusal: str
    others: tuple[Other, ...]
    web: Web
    alpn: str | None
    received: int

    @property
    def asks_for_certificate(self) -> bool:
        """Whether the server wants to know its clients."""
        by_handshake = self.certificate is not None and self.certificate.asks_for_certificate
        return by_handshake or self.posture.asks_for_certificate is Verdict.YES


async def observe(settings: Settings, network: Network) -> Facts:
    """Look. Raises `Unseen` when there is nothing that could be asked."""
    asked = certificate.Settings(settings.address, settings.starttls)
    try:
        shown = await certificate.observe(asked, network, fresh=True)
    except Unseen as refused:
        if refused.failure.reason not in _EXPLAINED:
            raise
        return await _explained(settings, refused, network)
    web = Web() if settings.starttls else await look_at_web(settings.address, network)
    posture = controlled(await _scan(settings, shown.address, network), shown.tls_version, shown.group)
    return _facts(settings, posture, shown, web=web)


async def _explained(settings: Settings, refused: Unseen, network: Network) -> Facts:
    """What the scan says of a server that *refused* a client of today.

    Raises that where nobody spoke TLS: then the look has failed, and may have failed for a reason of ours.
    """
    posture = await _scan(settings, await _first_address(settings.address.host, network), network)
    if posture.answered is not Answered.TLS:
        raise refused
    return _facts(settings, posture, None, refusal=refused.failure.detail)


async def _first_address(host: str, network: Network) -> str:
    """One address to ask everything of; empty where that is for the network to find."""
    try:
        return (await network.addresses(host))[0]
    except Unseen:
        return ""


def _facts(
    settings: Settings, posture: Posture, shown: certificate.Facts | None, *, refusal: str = "", web: Web = _NO_WEB
) -> Facts:
    return Facts(
        posture=replace(posture, chains=(), staple=b"", scts=b"", received=0),
        certificate=shown,
        refusal=refusal,
        others=tuple(_others(posture, shown, settings.address.host)),
        web=web,
        alpn=shown.alpn if shown else settings.known_alpn,
        received=posture.received,
    )


async def _scan(settings: Settings, ip: str, network: Network) -> Posture:
    peer = Peer(settings.address, settings.starttls, ip)
    name = settings.address.host
    if settings.deep:
        return await hold(deep(name), network, peer, budget=DEEP_CONNECTIONS)
    return await hold(quick(name), network, peer, budget=QUICK_CONNECTIONS)


def _others(posture: Posture, shown: certificate.Facts | None, host: str) -> Iterator[Other]:
    """The leaves of *posture* that are not the one that was *shown*, each once."""
    met = {shown.leaf.sha256} if shown and shown.leaf else set()
    for chain in posture.chains:
        try:
            leaf = read(chain[0])
        except (ValueError, IndexError):
            continue
        if leaf.sha256 not in met:
            met.add(leaf.sha256)
            yield Other(certificate.brief(leaf), matches(leaf, host))
