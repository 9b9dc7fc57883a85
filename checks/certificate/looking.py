"""One handshake and one question to the issuer's list of revoked certificates, put into facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from checks.certificate.change import Known
from checks.certificate.evidence import Listed, listed, remembered, stapled
from checks.certificate.facts import Facts, Settings
from checks.model import Reason, Unseen
from checks.network import Connection, Network, Peer
from checks.x509 import MAX_CERTIFICATES, Certificate, matches, oddities, read

_MAX_NAMES = 20


async def observe(settings: Settings, network: Network, *, fresh: bool = False) -> Facts:
    """Shake hands once and read what was shown; a *fresh* look takes no handshake of a moment ago."""
    connection = await network.handshake(Peer(settings.address, settings.starttls), fresh=fresh)
    facts = look(connection, settings.address.host)
    path = connection.session.trust.path if connection.session else ()
    said = await listed(facts.leaf, path, network) if facts.leaf else Listed()
    found = replace(facts, revocation=said.revocation, revocation_gap=said.gap)
    return replace(found, known=remembered(found, settings.known))


def look(connection: Connection, host: str) -> Facts:
    """What *connection* showed of the certificate of *host*, without its issuer's list. Raises `Unseen` if it has no TLS."""
    session = connection.session
    if session is None:
        raise Unseen(Reason.TLS, f"{host}: the connection has no TLS session")
    leaf = next(_readable(session.chain[:1]), None)
    return Facts(
        leaf=brief(leaf) if leaf else None,
        chain=tuple(map(brief, _readable(session.chain[1:MAX_CERTIFICATES]))),
        path=tuple(map(brief, _readable(session.trust.path[1:]))),
        fault=session.trust.fault,
        detail=session.trust.detail,
        named=leaf is not None and matches(leaf, host),
        oddities=oddities(session.chain, session.trust),
        staple=stapled(session),
        revocation=None,
        revocation_gap="",
        tls_version=session.version,
        cipher=session.cipher,
        group=session.group,
        alpn=session.alpn,
        asks_for_certificate=session.asks_for_certificate,
        known=Known.of(leaf) if leaf else None,
        address=connection.address,
        ip_family=connection.ip_family,
    )


def brief(certificate: Certificate) -> Certificate:
    """*certificate* fit to be stored each hour: without its thousandth name."""
    names, addresses = certificate.dns_names[:_MAX_NAMES], certificate.ip_addresses[:_MAX_NAMES]
    return replace(certificate, dns_names=names, ip_addresses=addresses)


def _readable(chain: Iterable[bytes]) -> Iterator[Certificate]:
    for der in chain:
        try:
            yield read(der)
        except ValueError:
            continue
