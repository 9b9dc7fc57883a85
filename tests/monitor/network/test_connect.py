"""Connecting to one of several addresses, and through a proxy."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path

import pytest

from checks.model import Failure, Reason, Unseen
from checks.network import Answer, Peer, Request
from checks.values import Address, Url
from monitor.network.connect import HEAD_START_SECONDS, MAX_ATTEMPTS, connect
from monitor.network.network import LiveNetwork
from tests.support.servers import (
    Listener,
    free_port,
    has_ipv6,
    read_request,
    says,
    serving,
    settings,
    silent,
    site,
    trusted,
)

needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no ::1")
HERE = ip_address("127.0.0.1")
NOBODY = ip_address("127.0.0.9")


@asynccontextmanager
async def deaf(host: str) -> AsyncIterator[int]:
    """A port that answers no attempt to connect, because its queue is full."""
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind((host, 0))
        listener.listen(0)
        for filler in (first, second):
            filler.setblocking(False)  # noqa: FBT003 - that is its only argument
            filler.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


def test_the_next_address_is_tried_at_once_when_one_refuses() -> None:
    async def run() -> None:
        async with serving(silent) as server:
            loop = asyncio.get_running_loop()
            begun = loop.time()
            address, stream = await connect([NOBODY, HERE], server.port)
            stream.close()
            assert address == HERE
            assert loop.time() - begun < HEAD_START_SECONDS

    asyncio.run(run())


def test_the_next_address_is_tried_when_one_says_nothing_for_long() -> None:
    async def run() -> None:
        async with deaf("127.0.0.9") as port:
            with socket.create_server(("127.0.0.1", port)):
                address, stream = await connect([NOBODY, HERE], port)
            stream.close()
            assert address == HERE
            assert len(asyncio.all_tasks()) == 1

    asyncio.run(run())


@pytest.mark.slow
def test_a_slow_address_wins_when_the_later_ones_fail() -> None:
    async def run() -> None:
        with socket.socket() as slow, socket.socket() as filler, socket.socket() as other:
            slow.bind(("127.0.0.9", 0))
            slow.listen(0)
            for client in (filler, other):
                client.setblocking(False)  # noqa: FBT003 - that is its only argument
                client.connect_ex(slow.getsockname())
            connecting = asyncio.create_task(connect([NOBODY, HERE], slow.getsockname()[1]))
            await asyncio.sleep(HEAD_START_SECONDS + 0.05)
            slow.listen(8)
            for _ in range(2):
                slow.accept()[0].close()
            address, stream = await asyncio.wait_for(connecting, 5)
            stream.close()
            assert address == NOBODY

    asyncio.run(run())


def test_attempts_end_with_the_deadline() -> None:
    async def run() -> None:
        async with deaf("127.0.0.9") as port:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await connect([NOBODY, NOBODY], port)
            assert len(asyncio.all_tasks()) == 1

    asyncio.run(run())


def test_when_all_addresses_fail_the_first_one_says_why() -> None:
    port = free_port()
    with pytest.raises(Unseen) as caught:
        asyncio.run(connect([HERE, NOBODY], port))
    assert caught.value.failure == Failure(Reason.REFUSED, f"127.0.0.1:{port} refused the connection: nothing listens there")


def test_an_address_we_have_no_way_to_does_not_hide_what_another_said() -> None:
    broadcast = ip_address("255.255.255.255")
    with pytest.raises(Unseen) as caught:
        asyncio.run(connect([broadcast, HERE], free_port()))
    assert caught.value.failure.reason is Reason.REFUSED


def test_an_address_we_have_no_way_to_is_our_failure() -> None:
    with pytest.raises(Unseen) as caught:
        asyncio.run(connect([ip_address("255.255.255.255")], 443))
    assert caught.value.failure.reason is Reason.OFFLINE


def test_no_more_addresses_are_tried_than_a_few() -> None:
    async def run() -> None:
        async with serving(silent) as server:
            with pytest.raises(Unseen):
                await connect([NOBODY] * MAX_ATTEMPTS + [HERE], server.port)

    asyncio.run(run())


def fetched(folder: Path, url: str, **how: object) -> Answer:
    """The answer to a fresh request."""

    async def fetch() -> Answer:
        async with LiveNetwork(settings(folder, **how)) as network:
            return await network.send(Request(url=url, fresh=True))

    return asyncio.run(fetch())


@pytest.mark.parametrize(("host", "family"), [("127.0.0.1", "ipv4"), pytest.param("::1", "ipv6", marks=needs_ipv6)])
def test_the_answer_says_which_family_it_came_over(tmp_path: Path, host: str, family: str) -> None:
    async def run() -> None:
        async with site(host=host) as vendor, LiveNetwork(settings(tmp_path)) as network:
            answer = await network.send(Request(url=vendor.url(), fresh=True))
            shown = await network.handshake(Peer(Address(host, vendor.port)))
        assert answer.status == 200
        assert vendor.asked[0].headers["host"] == vendor.authority
        for connection in (answer.connection, shown):
            assert (connection.address, connection.port, connection.ip_family) == (host, vendor.port, family)

    asyncio.run(run())


def test_a_name_is_resolved_and_an_address_is_not(tmp_path: Path) -> None:
    async def run() -> None:
        async with site() as vendor, LiveNetwork(settings(tmp_path)) as network:
            named = await network.send(Request(url=vendor.url(host="localhost"), fresh=True))
            assert named.phases.resolve is not None
            assert (await network.send(Request(url=vendor.url(), fresh=True))).phases.resolve is None

    asyncio.run(run())


def test_every_phase_of_a_new_connection_is_timed(tmp_path: Path) -> None:
    async def run() -> Answer:
        async with site() as vendor, LiveNetwork(settings(tmp_path)) as network:
            return await network.send(Request(url=vendor.url(host="localhost"), fresh=True))

    phases = asyncio.run(run()).phases
    assert all(seconds and seconds > 0 for seconds in (phases.connect, phases.tls, phases.first_byte, phases.transfer))


def test_without_tls_there_is_no_session_and_no_tls_phase(tmp_path: Path) -> None:
    async def run() -> Answer:
        async with site(plain=True) as vendor, LiveNetwork(settings(tmp_path)) as network:
            return await network.send(Request(url=vendor.url(), fresh=True))

    answer = asyncio.run(run())
    assert answer.connection.session is None
    assert answer.phases.tls is None


class Proxy:
    """A proxy that makes tunnels, and remembers where to."""

    def __init__(self) -> None:
        self.targets: list[str] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await read_request(reader)
        assert request
        assert request.method == "CONNECT"
        self.targets.append(request.target)
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", int(request.target.rpartition(":")[2]))
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        try:
            await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
        finally:
            far_writer.close()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while content := await source.read(65_536):
        sink.write(content)
        await sink.drain()
    sink.close()


def by_way_of(folder: Path, server: Listener, scheme: str = "http") -> LiveNetwork:
    return LiveNetwork(settings(folder, proxy=Url(f"{scheme}://{server.authority}")))


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_makes_a_tunnel_to_a_name_it_resolves_itself(tmp_path: Path, scheme: str) -> None:
    async def run() -> None:
        proxy = Proxy()
        tls = trusted() if scheme == "https" else None
        async with site() as vendor, serving(proxy, tls=tls) as server, by_way_of(tmp_path, server, scheme) as network:
            answer = await network.send(Request(url=vendor.url("/", "localhost"), fresh=True))
        assert answer.status == 200
        assert answer.connection.session
        assert proxy.targets == [f"localhost:{vendor.port}"]

    asyncio.run(run())


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "it answered 403 to CONNECT vendor.test:443"),
        (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "it answered 407 to CONNECT vendor.test:443"),
        (b"HTTP/1.1 200 OK\r\n\r\nHello", "it sent bytes of its own into the tunnel"),
        (b"", "closed the connection before it answered"),
        (b"SSH-2.0-odd\r\n\r\n", "is not valid HTTP/1.1"),
    ],
)
def test_a_proxy_that_fails_is_our_failure(tmp_path: Path, said: bytes, told: str) -> None:
    async def run() -> Failure:
        async with serving(says(said)) as server, by_way_of(tmp_path, server) as network:
            with pytest.raises(Unseen) as caught:
                await network.send(Request(url="https://vendor.test/"))
            return caught.value.failure

    failure = asyncio.run(run())
    assert failure.reason is Reason.OFFLINE
    assert told in failure.detail


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:{port}", "http://proxy.invalid:3128"])
def test_a_proxy_that_is_not_there_is_our_failure(tmp_path: Path, proxy: str) -> None:
    with pytest.raises(Unseen) as caught:
        fetched(tmp_path, "https://vendor.test/", proxy=Url(proxy.format(port=free_port())))
    assert caught.value.failure.reason is Reason.OFFLINE


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "[::ffff:127.0.0.1]",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0",
        "localhost",
        "api.localhost",
        "intranet",
    ],
)
def test_a_proxy_is_not_a_way_around_the_guard(tmp_path: Path, host: str) -> None:
    async def run() -> tuple[Failure, int]:
        async with serving(Proxy()) as server:
            async with LiveNetwork(settings(tmp_path, allow=(), proxy=Url(f"http://{server.authority}"))) as network:
                with pytest.raises(Unseen) as caught:
                    await network.send(Request(url=f"http://{host}:{server.port}/", fresh=True))
            return caught.value.failure, server.connections

    failure, connections = asyncio.run(run())
    assert (failure.reason, connections) == (Reason.CONFIG, 0)


def test_a_proxy_that_has_no_possible_name_stays_our_mistake(tmp_path: Path) -> None:
    with pytest.raises(Unseen) as caught:
        fetched(tmp_path, "https://vendor.test/", proxy=Url("http://\u2603\ufe0f.test:3128"))
    assert caught.value.failure.reason is Reason.CONFIG


def test_neither_is_a_handshake_through_one(tmp_path: Path) -> None:
    async def run() -> Failure:
        proxy = Url(f"http://127.0.0.1:{free_port()}")
        async with LiveNetwork(settings(tmp_path, allow=(), proxy=proxy)) as network:
            with pytest.raises(Unseen) as caught:
                await network.handshake(Peer(Address("localhost", 443)))
            return caught.value.failure

    assert asyncio.run(run()).reason is Reason.CONFIG


def test_the_environments_proxy_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")

    async def run() -> Answer:
        async with site() as vendor, LiveNetwork(settings(tmp_path)) as network:
            return await network.send(Request(url=vendor.url()))

    assert asyncio.run(run()).status == 200
