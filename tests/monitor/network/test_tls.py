"""What goes wrong after a handshake, and names that are no names."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from checks.model import Failure, Reason, Unseen
from checks.network import Peer, Request
from checks.values import Address
from monitor.network.network import LiveNetwork
from tests.support.servers import authority, ca_file, read_request, serving, settings, silent, site, trusted


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
    assert "certificate required" in failure.detail


def test_the_same_on_tls_1_2_is_refused_in_the_handshake(tmp_path: Path) -> None:
    context = context_of("127.0.0.1")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(ca_file(tmp_path))
    assert "handshake failure" in failure_at(tmp_path, context).detail


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_a_server_with_only_what_is_outdated_is_refused(tmp_path: Path) -> None:
    context = context_of("127.0.0.1")
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    failure = failure_at(tmp_path, context)
    assert failure.reason is Reason.TLS
    assert "protocol version" in failure.detail


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
