"""Handshakes that do not come about: how long each part is waited for."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from checks.model import Failure, Reason, Unseen
from checks.network import Peer, Request
from checks.values import Address, Url
from checks.vendor import StartTls
from monitor.network.network import LiveNetwork
from tests.support.servers import (
    Script,
    authority,
    drips,
    elsewhere,
    serving,
    settings,
    silent,
    site,
)

PATIENCE = 0.3


async def refused(folder: Path, peer: Peer, proxy: Url | None = None, seconds: float = PATIENCE) -> Failure:
    """Why no handshake with *peer* came about."""
    async with LiveNetwork(settings(folder, proxy=proxy), handshake_seconds=seconds) as network:
        with pytest.raises(Unseen) as caught:
            await network.handshake(peer)
        return caught.value.failure


def met(folder: Path, script: Script, host: str = "127.0.0.1", *, kind: StartTls | None = None) -> tuple[Failure, str]:
    """Why no handshake with a server of *script* came about, and how that server is called."""

    async def meet() -> tuple[Failure, str]:
        async with serving(script) as server:
            peer = Peer(Address(host, server.port), kind)
            return await refused(folder, peer), str(peer)

    return asyncio.run(meet())


@pytest.mark.parametrize("script", [silent, drips(b"\x16\x03\x03\x40\x00" + b"\x02" * 99, 0.02)], ids=["silent", "dripping"])
def test_a_peer_that_does_not_shake_hands_is_not_waited_for_long(tmp_path: Path, script: Script) -> None:
    failure, peer = met(tmp_path, script)
    told = f"{peer}: no handshake within 0.3 s: it took the connection and did not complete the TLS handshake"
    assert failure == Failure(Reason.TIMEOUT, told)


def test_a_peer_that_does_not_agree_on_tls_is_told_apart(tmp_path: Path) -> None:
    failure, peer = met(tmp_path, silent, kind=StartTls.SMTP)
    told = f"{peer}: no handshake within 0.3 s: it took the connection and did not agree to begin TLS (smtp)"
    assert failure == Failure(Reason.TIMEOUT, told)


def test_the_limit_is_one_for_all_that_has_to_be_waited_for(tmp_path: Path) -> None:
    pause = PATIENCE * 2 / 3
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority().issue_cert("localhost").configure_cert(context)
    context.sni_callback = lambda _, __, ___: time.sleep(pause)

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(pause)
        writer.write(b"+OK\r\n")
        await reader.readline()
        writer.write(b"+OK\r\n")
        await writer.start_tls(context)

    with elsewhere(lambda: serving(slow)) as server:
        failure = asyncio.run(refused(tmp_path, Peer(Address("localhost", server.port), StartTls.POP3)))
    assert failure.reason is Reason.TIMEOUT
    assert failure.detail.endswith("did not complete the TLS handshake")


@contextmanager
def deaf() -> Iterator[int]:
    """A port that takes no more connections and does not say so: its queue is full (listen(2), backlog)."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)  # noqa: FBT003 - that is its only argument
            waiting.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


def test_a_peer_that_does_not_answer_at_all_is_told_apart(tmp_path: Path) -> None:
    with deaf() as port:
        failure = asyncio.run(refused(tmp_path, Peer(Address("127.0.0.1", port))))
    assert failure == Failure(
        Reason.TIMEOUT, f"127.0.0.1:{port}: no handshake within 0.3 s: the TCP connection was not made"
    )


def test_a_proxy_that_keeps_us_waiting_is_no_fault_of_the_peer(tmp_path: Path) -> None:
    async def meet() -> Failure:
        async with serving(silent) as proxy:
            where = Url(f"http://{proxy.authority}")
            failure = await refused(tmp_path, Peer(Address("vendor.test", 443)), where)
            assert failure.detail.endswith(f"the proxy {proxy.authority} did not connect us")
            return failure

    assert asyncio.run(meet()).reason is Reason.OFFLINE


def test_a_request_has_the_time_of_its_caller_and_no_other(tmp_path: Path) -> None:
    async def ask() -> None:
        async with site() as vendor, LiveNetwork(settings(tmp_path), handshake_seconds=0) as network:
            assert (await network.send(Request(url=vendor.url(), fresh=True))).status == 200
            with pytest.raises(Unseen):
                await network.handshake(Peer(Address("127.0.0.1", vendor.port)), fresh=True)

    asyncio.run(ask())
