"""What one handshake showed, as plain and bounded values: no verdicts, and no bytes of the peer's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from checks.model import Reason, Unseen
from checks.network import Network, Peer, TrustFault
from checks.values import Address
from checks.vendor import StartTls
from checks.x509 import MAX_CERTIFICATES, Certificate, matches, read

_MAX_NAMES = 20


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the certificate is served, and what is spoken there before TLS."""

    address: Address
    starttls: StartTls | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What one handshake showed.

    *leaf* is the server's own certificate, None when there was none that can be read; *chain* is what else it sent, in its
    order. *path* is how the leaf leads to a root, that included and the leaf not; empty when there is a *fault*, which
    *detail* explains. *named* says whether the leaf is for the host. Of a certificate's names only the first twenty are
    kept. *alpn* is empty where no protocol was agreed on.
    """

    leaf: Certificate | None
    chain: tuple[Certificate, ...]
    path: tuple[Certificate, ...]
    fault: TrustFault | None
    detail: str
    named: bool
    tls_version: str
    cipher: str
    group: str
    alpn: str
    address: str
    ip_family: Literal["ipv4", "ipv6"]

    @property
    def used(self) -> tuple[Certificate, ...]:
        """The certificates that count: the leaf and its path, or all that was sent when there is none."""
        above = self.path if self.fault is None else self.chain
        return (self.leaf, *above) if self.leaf else above


async def observe(settings: Settings, network: Network) -> Facts:
    """Shake hands once and read what was shown."""
    connection = await network.handshake(Peer(settings.address, settings.starttls))
    session = connection.session
    if session is None:
        raise Unseen(Reason.TLS, f"{settings.address}: the connection has no TLS session")
    leaf = next(_readable(session.chain[:1]), None)
    return Facts(
        leaf=_brief(leaf) if leaf else None,
        chain=tuple(map(_brief, _readable(session.chain[1:MAX_CERTIFICATES]))),
        path=tuple(map(_brief, _readable(session.trust.path[1:]))),
        fault=session.trust.fault,
        detail=session.trust.detail,
        named=leaf is not None and matches(leaf, settings.address.host),
        tls_version=session.version,
        cipher=session.cipher,
        group=session.group,
        alpn=session.alpn,
        address=connection.address,
        ip_family=connection.ip_family,
    )


def _readable(chain: Iterable[bytes]) -> Iterator[Certificate]:
    for der in chain:
        try:
            yield read(der)
        except ValueError:
            continue


def _brief(certificate: Certificate) -> Certificate:
    """*certificate* fit to be stored each hour: without its thousandth name."""
    names, addresses = certificate.dns_names[:_MAX_NAMES], certificate.ip_addresses[:_MAX_NAMES]
    return replace(certificate, dns_names=names, ip_addresses=addresses)
