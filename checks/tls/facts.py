"""One look at the TLS of a server: the handshake that a client of today makes, what the web server says, and the scan.

A server that such a client cannot speak TLS with is asked all the same, for that is what the scan explains; one that
cannot be reached is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from checks import certificate
from checks.model import Reason, Unseen
from checks.network import Network, Peer
from checks.rules import DEFAULT_PROFILE
from checks.tls.asking import hold
from checks.tls.deep import DEEP_CONNECTIONS, deep
from checks.tls.posture import Answered, Posture, Verdict
from checks.tls.quick import QUICK_CONNECTIONS, quick
from checks.tls.web import Web, look_at_web
from checks.values import Address
from checks.vendor import StartTls, Waiver
from checks.x509 import Certificate, matches, read


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
    """A leaf that is served to some clients, and whether it is for the host (its names are not all kept)."""

    leaf: Certificate
    named: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What one look showed.

    *certificate* is that of the handshake, None when a client of today completes none; then *refusal* says why. *others* are
    the leaves that other clients get. The chains themselves are not kept: *posture* has none.
    """

    posture: Posture
    certificate: certificate.Facts | None
    refusal: str
    others: tuple[Other, ...]
    web: Web

    @property
    def alpn(self) -> str:
        """The protocol that was agreed on."""
        return self.certificate.alpn if self.certificate else self.posture.alpn

    @property
    def asks_for_certificate(self) -> bool:
        """Whether the server wants to know its clients."""
        by_handshake = self.certificate is not None and self.certificate.asks_for_certificate
        return by_handshake or self.posture.asks_for_certificate is Verdict.YES


async def observe(settings: Settings, network: Network) -> Facts:
    """Look. Raises `Unseen` when there is nothing that could be asked."""
    shown, refusal = await _handshake(settings, network)
    web = await look_at_web(settings.address, network) if shown and not settings.starttls else Web()
    posture = await _scan(settings, shown.address if shown else "", network)
    if shown is None and posture.answered is Answered.UNREACHED:
        raise Unseen(Reason.CONNECT, posture.detail)
    return Facts(
        posture=replace(posture, chains=(), staple=b"", scts=b""),
        certificate=shown,
        refusal=refusal,
        others=tuple(_others(posture, shown, settings.address.host)),
        web=web,
    )


async def _handshake(settings: Settings, network: Network) -> tuple[certificate.Facts | None, str]:
    """What a client of today is shown, or why it is not."""
    asked = certificate.Settings(settings.address, settings.starttls)
    try:
        return await certificate.observe(asked, network, fresh=True), ""
    except Unseen as unseen:
        if unseen.failure.reason is not Reason.TLS:
            raise
        return None, unseen.failure.detail


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
