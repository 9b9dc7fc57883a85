"""Handshakes that do not come about: how long each part is waited for, and what a peer means that refuses."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from checks.model import Failure, Reason, Unseen
from checks.network import Peer, Request
from checks.tls.codes import ALERT_NAMES
from checks.values import Address, Url
from checks.vendor import StartTls
from monitor.clock import SYSTEM_CLOCK
from monitor.network.network import LiveNetwork
from monitor.network.stream import READ_BYTES
from monitor.network.tls import Tls
from monitor.network.trust import Judge
from tests.support.servers import (
    Script,
    authority,
    ca_file,
    drips,
    elsewhere,
    resetting,
    says,
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


def alert(code: int, level: int = 2) -> Script:
    return says(bytes([21, 3, 3, 0, 2, level, code]))


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


def test_a_peer_that_cuts_the_connection_refuses_to_shake_hands(tmp_path: Path) -> None:
    failure, _ = met(tmp_path, resetting)
    assert failure == Failure(Reason.TLS, "the peer cut the connection during the TLS handshake")


class Broken:
    """A stream that fails with one error, when written to."""

    def __init__(self, number: int) -> None:
        self._number = number

    async def read(self, limit: int = READ_BYTES) -> bytes:
        raise AssertionError(limit)

    async def write(self, content: bytes) -> None:
        assert content
        raise OSError(self._number, "as told")

    def offer(self, content: bytes) -> None:
        raise AssertionError(content)

    def is_quiet(self) -> bool:
        return False

    def close(self) -> None: ...


def test_only_a_cut_is_taken_for_a_refusal(tmp_path: Path) -> None:
    tls = Tls(Judge(ca_file(tmp_path), SYSTEM_CLOCK))
    with pytest.raises(Unseen) as caught:
        asyncio.run(tls.open(Broken(errno.EPIPE), "vendor.test"))
    assert caught.value.failure.reason is Reason.TLS
    with pytest.raises(OSError, match="as told"):
        asyncio.run(tls.open(Broken(errno.ENETUNREACH), "vendor.test"))


def test_every_alert_is_told_by_its_name(tmp_path: Path) -> None:
    async def meet(code: int) -> str:
        async with serving(alert(code)) as server:
            return (await refused(tmp_path, Peer(Address("127.0.0.1", server.port)), seconds=5)).detail

    async def all_of_them() -> list[str]:
        return await asyncio.gather(*map(meet, ALERT_NAMES))

    told = dict(zip(ALERT_NAMES.values(), asyncio.run(all_of_them()), strict=True))
    said = {name: f"the peer refused the TLS handshake with the alert {name}" for name in told}
    assert told == said | {"unrecognized_name": f"{said['unrecognized_name']}: it wants to be told a host's name"}


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (alert(200), "the peer refused the TLS handshake with the alert 200, which has no name"),
        (alert(0, level=1), "the peer said goodbye (close_notify) during the TLS handshake"),
        (alert(112, level=1), "the peer closed the connection during the TLS handshake"),
        (
            alert(112),
            'the peer refused the TLS handshake with the alert unrecognized_name: it knows no host "localhost"',
        ),
    ],
    ids=["unknown", "goodbye", "a warning", "name"],
)
def test_what_a_peer_means_is_told_as_that(tmp_path: Path, script: Script, told: str) -> None:
    assert met(tmp_path, script, "localhost")[0] == Failure(Reason.TLS, told)


def test_an_alert_about_a_staple_is_no_staple(tmp_path: Path) -> None:
    async def meet() -> None:
        async with serving(alert(113)) as server:
            failure = await refused(tmp_path, Peer(Address("127.0.0.1", server.port)))
            assert failure.detail.endswith("the alert bad_certificate_status_response")
            assert server.connections == 1

    asyncio.run(meet())
