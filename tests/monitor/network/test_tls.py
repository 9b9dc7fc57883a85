"""What goes wrong after a handshake, and names that are no names."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Thread

import pytest
from OpenSSL import SSL

from checks.model import Failure, Reason, Unseen
from checks.network import UNREADABLE_STAPLE, Peer, Request, Session
from checks.tls.codes import TLS12
from checks.tls.hello import STATUS_REQUEST
from checks.values import Address
from checks.vendor import StartTls
from monitor.network.network import LiveNetwork
from tests.support.certlab import ders
from tests.support.revocation import staple
from tests.support.servers import authority, ca_file, read_request, serving, settings, silent, site, trusted
from tests.support.tlsscript import Policy, scripted
from tests.support.tlsservers import pyopenssl_server, rsa_chain
from tests.support.tlswire import read_hello


@contextmanager
def blocking(context: ssl.SSLContext) -> Iterator[int]:
    """A port whose server says its alerts before it hangs up, which asyncio's does not."""

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(5)
            try:
                with context.wrap_socket(connection, server_side=True, suppress_ragged_eofs=True) as inside:
                    inside.recv(1)
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


def failure_at(folder: Path, context: ssl.SSLContext) -> Failure:
    async def ask(port: int) -> Failure:
        async with LiveNetwork(settings(folder)) as network:
            with pytest.raises(Unseen) as caught:
                await network.send(Request(url=f"https://127.0.0.1:{port}/", fresh=True))
            return caught.value.failure

    with blocking(context) as port:
        return asyncio.run(ask(port))


def context_of(*names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority().issue_cert(*names).configure_cert(context)
    return context


def test_a_server_that_wants_to_know_us_refuses_by_name(tmp_path: Path) -> None:
    context = context_of("127.0.0.1")
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(ca_file(tmp_path))
    failure = failure_at(tmp_path, context)
    assert failure.reason is Reason.TLS
    assert "certificate_required" in failure.detail


def asking(folder: Path, version: ssl.TLSVersion, mode: ssl.VerifyMode) -> ssl.SSLContext:
    """A server of one version that asks its clients for a certificate, or does not."""
    context = context_of("127.0.0.1")
    context.minimum_version = context.maximum_version = version
    context.verify_mode = mode
    context.load_verify_locations(ca_file(folder))
    return context


def test_the_same_on_tls_1_2_is_refused_in_the_handshake(tmp_path: Path) -> None:
    detail = failure_at(tmp_path, asking(tmp_path, ssl.TLSVersion.TLSv1_2, ssl.CERT_REQUIRED)).detail
    refused = "the peer refused the TLS handshake with the alert handshake_failure"
    assert detail == f"{refused}; it asks for a client certificate"


def shaken(folder: Path, context: ssl.SSLContext, *, fresh: bool = True) -> Session:
    """What a handshake with such a server shows."""

    async def shake() -> Session:
        async with serving(silent, tls=context) as server, LiveNetwork(settings(folder)) as network:
            session = (await network.handshake(Peer(Address("127.0.0.1", server.port)), fresh=fresh)).session
            assert session
            return session

    return asyncio.run(shake())


@pytest.mark.parametrize(
    ("version", "mode", "asks"),
    [
        (ssl.TLSVersion.TLSv1_2, ssl.CERT_NONE, False),
        (ssl.TLSVersion.TLSv1_2, ssl.CERT_OPTIONAL, True),
        (ssl.TLSVersion.TLSv1_3, ssl.CERT_NONE, False),
        (ssl.TLSVersion.TLSv1_3, ssl.CERT_OPTIONAL, True),
        (ssl.TLSVersion.TLSv1_2, ssl.CERT_REQUIRED, True),
        (ssl.TLSVersion.TLSv1_3, ssl.CERT_REQUIRED, True),
    ],
)
@pytest.mark.parametrize("fresh", [False, True])
def test_a_server_that_asks_who_we_are_is_known(
    tmp_path: Path, version: ssl.TLSVersion, mode: ssl.VerifyMode, *, asks: bool, fresh: bool
) -> None:
    assert shaken(tmp_path, asking(tmp_path, version, mode), fresh=fresh).asks_for_certificate is asks


@pytest.mark.parametrize(("fresh", "chosen"), [(False, "http/1.1"), (True, "h2")])
def test_only_a_fresh_handshake_offers_http_2(tmp_path: Path, *, fresh: bool, chosen: str) -> None:
    context = context_of("127.0.0.1")
    context.set_alpn_protocols(["h2", "http/1.1"])
    assert shaken(tmp_path, context, fresh=fresh).alpn == chosen


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_a_server_with_only_what_is_outdated_is_refused(tmp_path: Path) -> None:
    context = context_of("127.0.0.1")
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    failure = failure_at(tmp_path, context)
    assert failure.reason is Reason.TLS
    assert failure.detail == "the peer refused the TLS handshake with the alert protocol_version"


def test_tls_1_2_is_good_enough(tmp_path: Path) -> None:
    async def ask() -> None:
        context = context_of("localhost")
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        async with site(tls=context) as vendor, LiveNetwork(settings(tmp_path)) as network:
            answer = await network.send(Request(url=vendor.url(host="localhost"), fresh=True))
            assert answer.connection.session
            assert answer.connection.session.version == "TLSv1.2"

    asyncio.run(ask())


def test_no_session_is_ever_resumed(tmp_path: Path) -> None:
    async def ask() -> int:
        context = context_of("127.0.0.1")
        async with site(tls=context) as vendor, LiveNetwork(settings(tmp_path)) as network:
            for _ in range(3):
                await network.send(Request(url=vendor.url(), fresh=True))
        return context.session_stats()["hits"]

    assert asyncio.run(ask()) == 0


def test_the_server_is_told_the_name_that_is_wanted(tmp_path: Path) -> None:
    told: list[str | None] = []
    context = context_of("localhost", "127.0.0.1")
    context.sni_callback = lambda _, name, __: told.append(name)

    async def ask() -> None:
        async with site(tls=context) as vendor, LiveNetwork(settings(tmp_path)) as network:
            await network.send(Request(url=vendor.url(host="localhost"), fresh=True))
            await network.send(Request(url=vendor.url(), fresh=True))

    asyncio.run(ask())
    assert told == ["localhost", None]


def test_garbage_inside_a_session_is_a_fault_of_tls(tmp_path: Path) -> None:
    async def spoil(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        with socket.socket(fileno=os.dup(writer.get_extra_info("socket").fileno())) as below:
            below.send(b"\x17\x03\x03\x00\x20" + b"x" * 32)
        await reader.read()

    async def ask() -> Failure:
        async with serving(spoil, tls=trusted()) as server, LiveNetwork(settings(tmp_path)) as network:
            with pytest.raises(Unseen) as caught:
                await network.send(Request(url=f"https://{server.authority}/", fresh=True))
            return caught.value.failure

    failure = asyncio.run(ask())
    assert failure.reason is Reason.TLS
    assert failure.detail.startswith("what the peer sent is not a valid TLS session")


def test_a_handshake_needs_no_more_than_a_handshake(tmp_path: Path) -> None:
    async def shake() -> None:
        async with serving(silent, tls=trusted()) as server, LiveNetwork(settings(tmp_path)) as network:
            assert (await network.handshake(Peer(Address("127.0.0.1", server.port)))).session

    asyncio.run(shake())


@pytest.mark.parametrize("host", ["bücher..example", "a" * 70 + "é.example"])
def test_a_host_that_cannot_be_a_name_is_our_configuration(tmp_path: Path, host: str) -> None:
    async def shake() -> Failure:
        async with LiveNetwork(settings(tmp_path)) as network:
            with pytest.raises(Unseen) as caught:
                await network.handshake(Peer(Address(host, 443)))
            return caught.value.failure

    assert asyncio.run(shake()).reason is Reason.CONFIG


def test_a_host_in_another_script_is_asked_for_as_the_dns_has_it(tmp_path: Path) -> None:
    async def shake() -> Failure:
        async with LiveNetwork(settings(tmp_path)) as network:
            with pytest.raises(Unseen) as caught:
                await network.handshake(Peer(Address("bücher.invalid", 443)))
            return caught.value.failure

    failure = asyncio.run(shake())
    assert failure.reason is Reason.DNS
    assert "xn--bcher-kva.invalid" in failure.detail


@pytest.mark.parametrize("version", [SSL.TLS1_2_VERSION, SSL.TLS1_3_VERSION])
@pytest.mark.parametrize("mine", [b"", staple(rsa_chain()[0])], ids=["none", "one"])
def test_the_ocsp_response_that_comes_along_is_kept_for_its_own_connection(
    tmp_path: Path, version: int, mine: bytes
) -> None:
    async def shake(port: int, other: int) -> list[bytes]:
        async with LiveNetwork(settings(tmp_path)) as network:
            peers = [Peer(Address("127.0.0.1", each)) for each in (port, other)]
            looks = [network.handshake(each, fresh=fresh) for fresh in (False, True) for each in peers]
            return [shown.session.staple for shown in await asyncio.gather(*looks) if shown.session]

    theirs = staple(rsa_chain()[0], days=2)
    one = pyopenssl_server(rsa_chain(), staple=mine, lowest=version, highest=version)
    with one as port, pyopenssl_server(rsa_chain(), staple=theirs) as other:
        assert asyncio.run(shake(port, other)) == [mine, theirs] * 2


def test_a_handshake_may_follow_words_in_the_clear(tmp_path: Path) -> None:
    async def mail(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.test ESMTP\r\n")
        await reader.readline()
        writer.write(b"250-mail.test\r\n250 STARTTLS\r\n")
        await reader.readline()
        writer.write(b"220 go ahead\r\n")
        await writer.start_tls(trusted())
        await reader.read()

    async def shake() -> None:
        async with serving(mail) as server, LiveNetwork(settings(tmp_path)) as network:
            for fresh in (False, True):
                where = Peer(Address("localhost", server.port), starttls=StartTls.SMTP, ip="127.0.0.1")
                shown = await network.handshake(where, fresh=fresh)
                assert shown.session
                assert not shown.session.trust.fault
                assert not shown.cached

    asyncio.run(shake())


def test_one_of_a_hosts_addresses_may_be_meant(tmp_path: Path) -> None:
    async def shake() -> None:
        async with site(host="127.0.0.2", tls=context_of("localhost")) as vendor, LiveNetwork(settings(tmp_path)) as network:
            there = Address("localhost", vendor.port)
            shown = await network.handshake(Peer(there, ip="127.0.0.2"))
            assert shown.address == "127.0.0.2"
            with pytest.raises(Unseen):
                await network.handshake(Peer(there))

    asyncio.run(shake())


async def piped(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Hand on what comes from *source* until it ends."""
    while content := await source.read(65_536):
        sink.write(content)


def test_an_ocsp_response_that_is_none_keeps_nobody_out_who_asks_for_none(tmp_path: Path) -> None:
    junk = scripted(Policy(versions=(TLS12,), chain=ders(*rsa_chain()), staple=b"garbage"))

    async def shake() -> Session | None:
        async with serving(silent, tls=trusted()) as behind:

            async def either(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                hello = await reader.read(65_536)
                if STATUS_REQUEST in read_hello(hello).extensions:
                    again = asyncio.StreamReader()
                    again.feed_data(hello)
                    again.feed_eof()
                    await junk(again, writer)
                    return
                inner, outer = await asyncio.open_connection("127.0.0.1", behind.port)
                with closing(outer):
                    outer.write(hello)
                    await asyncio.gather(piped(reader, outer), piped(inner, writer))

            async with serving(either) as server, LiveNetwork(settings(tmp_path)) as network:
                return (await network.handshake(Peer(Address("127.0.0.1", server.port)))).session

    session = asyncio.run(shake())
    assert session
    assert session.staple == UNREADABLE_STAPLE
    assert session.chain
