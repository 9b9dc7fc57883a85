"""What the network makes of certificates: a request is refused for a bad one by its cause, a handshake shows it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from checks.model import Reason, Unseen
from checks.network import Connection, Peer, Request, Session, TrustFault
from checks.values import Address
from monitor.clock import Clock
from monitor.network.network import LiveNetwork
from monitor.network.trust import RootsUnavailable
from monitor.settings import NetworkSettings
from tests.support.certlab import INTERMEDIATE, NOW, ROOT, STRANGER, Issued, authority, ders, key, server
from tests.support.servers import LOOPBACK, Reply, presenting, site

AT = "127.0.0.1"
CLOCK = Clock(now=lambda: NOW)


def good() -> Issued:
    return server(INTERMEDIATE, AT)


def lab(folder: Path) -> NetworkSettings:
    """A network that trusts the laboratory's root."""
    bundle = folder / "roots.pem"
    bundle.write_bytes(ROOT.certificate.public_bytes(Encoding.PEM))
    return NetworkSettings(ca_file=bundle, allow=LOOPBACK)


CASES = {
    "expired": ((server(INTERMEDIATE, AT, starts=-100), INTERMEDIATE), "expired"),
    "not yet valid": ((server(INTERMEDIATE, AT, starts=2), INTERMEDIATE), "valid only from"),
    "wrong name": ((server(INTERMEDIATE, "other.example"), INTERMEDIATE), "not for"),
    "self-signed": ((server(None, AT),), "signed its certificate itself"),
    "unknown root": ((server(STRANGER, AT), STRANGER), "Stranger Root, which is not trusted"),
    "incomplete chain": ((good(),), "does not send"),
}


@pytest.mark.parametrize(("chain", "told"), CASES.values(), ids=CASES.keys())
def test_a_request_is_refused_for_a_bad_certificate_by_its_cause(
    tmp_path: Path, chain: tuple[Issued, ...], told: str
) -> None:
    async def ask() -> None:
        async with site(tls=presenting(tmp_path, *chain)) as vendor, LiveNetwork(lab(tmp_path), CLOCK) as network:
            with pytest.raises(Unseen) as caught:
                await network.send(Request(url=vendor.url(), headers={"X-Key": "secret"}))
            assert vendor.asked == []
        assert caught.value.failure.reason is Reason.TLS
        assert told in caught.value.failure.detail
        assert caught.value.failure.lasting, "five seconds later it is the same certificate"

    asyncio.run(ask())


@pytest.mark.parametrize(("chain", "told"), CASES.values(), ids=CASES.keys())
def test_a_handshake_shows_a_bad_certificate(tmp_path: Path, chain: tuple[Issued, ...], told: str) -> None:
    assert shaken(tmp_path, *chain).chain == ders(*chain), told


def shaken(folder: Path, *chain: Issued) -> Session:
    """The session that a handshake with a server of *chain* showed."""

    async def shake() -> Connection:
        async with site(tls=presenting(folder, *chain)) as vendor, LiveNetwork(lab(folder), CLOCK) as network:
            return await network.handshake(Peer(Address(AT, vendor.port)))

    connection = asyncio.run(shake())
    assert connection.session
    return connection.session


def test_a_handshake_tells_protocol_chain_and_trust(tmp_path: Path) -> None:
    leaf = good()
    session = shaken(tmp_path, leaf, INTERMEDIATE)
    assert session.version == "TLSv1.3"
    assert session.cipher.startswith("TLS_")
    assert session.group
    assert session.chain == ders(leaf, INTERMEDIATE)
    assert session.trust.path == ders(leaf, INTERMEDIATE, ROOT)


def test_trust_is_judged_apart_from_the_leafs_name_and_dates(tmp_path: Path) -> None:
    assert shaken(tmp_path, server(INTERMEDIATE, "other.example", starts=-100), INTERMEDIATE).trust.fault is None
    assert shaken(tmp_path, good()).trust.fault is TrustFault.CHAIN_INCOMPLETE


def test_a_chain_that_only_openssl_takes_is_trusted(tmp_path: Path) -> None:
    rare = authority("Rare", ROOT, with_key=key("Rare", "ed25519"))
    leaf = server(rare, AT)
    assert shaken(tmp_path, leaf, rare).trust.path == ders(leaf, rare, ROOT)


def test_a_handshake_times_its_phases(tmp_path: Path) -> None:
    async def shake() -> Connection:
        async with site(tls=presenting(tmp_path, good())) as vendor, LiveNetwork(lab(tmp_path), CLOCK) as network:
            return await network.handshake(Peer(Address("localhost", vendor.port)))

    phases = asyncio.run(shake()).phases
    assert phases.resolve is not None
    assert phases.connect
    assert phases.tls
    assert phases.first_byte is None


def test_a_fresh_request_spares_the_handshake_that_follows_it(tmp_path: Path) -> None:
    ticks = iter(range(10**6))
    clock = Clock(now=lambda: NOW, monotonic=lambda: next(ticks) / 1000 + skipped[0])
    skipped = [0.0]

    async def look() -> None:
        chain = presenting(tmp_path, good(), INTERMEDIATE)
        async with site(tls=chain) as vendor, LiveNetwork(lab(tmp_path), clock) as network:
            answer = await network.send(Request(url=vendor.url(), fresh=True))
            assert await network.handshake(Peer(Address(AT, vendor.port))) == replace(answer.connection, cached=True)
            assert vendor.connections == 1
            skipped[0] = 30.0
            await network.handshake(Peer(Address(AT, vendor.port)))
            await vendor.until(2)

    asyncio.run(look())


def test_a_refused_certificate_is_remembered_for_the_handshake(tmp_path: Path) -> None:
    async def look() -> None:
        chain = good()
        async with site(tls=presenting(tmp_path, chain)) as vendor, LiveNetwork(lab(tmp_path), CLOCK) as network:
            with pytest.raises(Unseen):
                await network.send(Request(url=vendor.url(), fresh=True))
            first = await network.handshake(Peer(Address(AT, vendor.port)))
            assert first.session
            assert first.session.chain == ders(chain)
            assert first.cached
            assert await network.handshake(Peer(Address(AT, vendor.port))) == first

    asyncio.run(look())


def test_a_renewed_certificate_is_seen_at_once(tmp_path: Path) -> None:
    async def look() -> None:
        first, second = good(), server(INTERMEDIATE, AT, starts=-1)
        context = presenting(tmp_path, first, INTERMEDIATE)
        async with site(tls=context) as vendor, LiveNetwork(lab(tmp_path), CLOCK) as network:
            await network.send(Request(url=vendor.url(), fresh=True))
            (tmp_path / "new").mkdir()
            presenting(tmp_path / "new", second, INTERMEDIATE)
            context.load_cert_chain(tmp_path / "new" / "chain.pem")
            answer = await network.send(Request(url=vendor.url(), fresh=True))
            assert answer.connection.session
            assert answer.connection.session.chain[0] == second.der

    asyncio.run(look())


@pytest.mark.parametrize(
    "content", [b"", b"not a certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_bundle_without_certificates_is_told_by_its_name(tmp_path: Path, content: bytes) -> None:
    bundle = tmp_path / "roots.pem"
    bundle.write_bytes(content)
    with pytest.raises(RootsUnavailable, match=r"network: ca_file: .*roots\.pem: .*(certificate|root)"):
        LiveNetwork(NetworkSettings(ca_file=bundle))


def test_a_bundle_that_went_away_is_told_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(RootsUnavailable, match=r"network: ca_file: .*roots\.pem cannot be read: No such file"):
        LiveNetwork(NetworkSettings(ca_file=tmp_path / "roots.pem"))


def test_the_shipped_roots_do_not_trust_a_stranger() -> None:
    async def ask() -> None:
        async with site(Reply()) as vendor, LiveNetwork(NetworkSettings(allow=LOOPBACK)) as network:
            with pytest.raises(Unseen) as caught:
                await network.send(Request(url=vendor.url()))
            assert caught.value.failure.reason is Reason.TLS

    asyncio.run(ask())
