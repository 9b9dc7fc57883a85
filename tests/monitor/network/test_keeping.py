"""Kept connections: used again while they are good, given up the moment they are not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from checks.model import Reason, Unseen
from checks.network import Answer, Request
from monitor.clock import Clock
from monitor.network.kept import MAX_PER_ORIGIN
from monitor.network.network import LiveNetwork
from tests.support.servers import Asked, Reply, Site, cut, read_request, serving, settings, site, trusted, wire

WELL = wire(Reply(body=b"well"))
Talk = Callable[[LiveNetwork, Site], Awaitable[None]]


def asking(vendor: Site, path: str, method: str = "HEAD", **more: object) -> Request:
    """A request that may use a kept connection, and whose answer is never shared."""
    return Request(url=vendor.url(path), method=method, **more)  # type: ignore[arg-type]


def talk(folder: Path, conversation: Talk, clock: Clock | None = None, **how: object) -> Site:
    """Have a conversation with a site of one reply; the site as it was left."""

    async def run() -> Site:
        reply = Reply(body=b"well", headers=how.get("headers", {}))  # type: ignore[arg-type]
        async with site(reply, plain=bool(how.get("plain"))) as vendor:
            async with LiveNetwork(settings(folder), clock or Clock()) as network:
                await conversation(network, vendor)
            return vendor

    return asyncio.run(run())


@pytest.mark.parametrize("plain", [True, False])
def test_one_connection_carries_many_requests(tmp_path: Path, plain: bool) -> None:  # noqa: FBT001 - a parameter of pytest
    async def conversation(network: LiveNetwork, vendor: Site) -> None:
        answers = [await network.send(asking(vendor, f"/{number}")) for number in range(5)]
        first, *others = (answer.phases for answer in answers)
        assert first.connect is not None
        assert all(phases.connect is phases.resolve is phases.tls is None for phases in others)
        assert all(phases.first_byte for phases in others)

    assert talk(tmp_path, conversation, plain=plain).connections == 1


def test_a_fresh_request_neither_uses_nor_leaves_a_kept_connection(tmp_path: Path) -> None:
    async def conversation(network: LiveNetwork, vendor: Site) -> None:
        await network.send(asking(vendor, "/"))
        await network.send(asking(vendor, "/", fresh=True))
        await network.send(asking(vendor, "/"))
        assert [asked.headers.get("connection") for asked in vendor.asked] == [None, "close", None]

    assert talk(tmp_path, conversation).connections == 2


def test_what_may_not_be_sent_twice_gets_a_connection_of_its_own(tmp_path: Path) -> None:
    async def conversation(network: LiveNetwork, vendor: Site) -> None:
        await network.send(asking(vendor, "/"))
        await network.send(asking(vendor, "/", "POST", body=b"order"))
        assert vendor.asked[-1].body == b"order"

    assert talk(tmp_path, conversation).connections == 2


def test_a_connection_that_the_server_will_close_is_not_kept(tmp_path: Path) -> None:
    async def conversation(network: LiveNetwork, vendor: Site) -> None:
        await network.send(asking(vendor, "/"))
        await network.send(asking(vendor, "/"))

    assert talk(tmp_path, conversation, headers={"Connection": "close"}).connections == 2


def test_a_connection_idle_for_too_long_is_not_used(tmp_path: Path) -> None:
    now = [0.0]

    async def conversation(network: LiveNetwork, vendor: Site) -> None:
        await network.send(asking(vendor, "/"))
        now[0] = 89.0
        await network.send(asking(vendor, "/"))
        now[0] = 180.0
        await network.send(asking(vendor, "/"))

    assert talk(tmp_path, conversation, Clock(monotonic=lambda: now[0])).connections == 2


def test_no_more_connections_to_one_origin_are_kept_than_allowed(tmp_path: Path) -> None:
    async def conversation(network: LiveNetwork, vendor: Site) -> None:
        await asyncio.gather(*(network.send(asking(vendor, f"/{number}")) for number in range(6)))
        assert vendor.connections == 6
        await asyncio.gather(*(network.send(asking(vendor, f"/{number}")) for number in range(6)))

    assert talk(tmp_path, conversation).connections == 12 - MAX_PER_ORIGIN


class Fickle:
    """A server that is well once per connection, and then does something else."""

    def __init__(self, then: Callable[[asyncio.StreamWriter], None]) -> None:
        self.then = then
        self.asked: list[Asked] = []
        self.left = asyncio.Event()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._answer(reader, writer)
        self.then(writer)
        self.left.set()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await read_request(reader)
        assert request
        self.asked.append(request)
        writer.write(WELL)
        await writer.drain()


@pytest.mark.parametrize(
    "then",
    [lambda writer: writer.close(), cut, lambda writer: writer.write(b"HTTP/1.1 408 Too Slow\r\n\r\n")],
    ids=["hangs up", "cuts", "speaks unasked"],
)
@pytest.mark.parametrize("scheme", ["https", "http"])
def test_a_kept_connection_that_went_bad_is_never_used_again(
    tmp_path: Path, then: Callable[[asyncio.StreamWriter], None], scheme: str
) -> None:
    async def run() -> None:
        fickle = Fickle(then)
        tls = trusted() if scheme == "https" else None
        async with serving(fickle, tls=tls) as server, LiveNetwork(settings(tmp_path)) as network:
            for number in range(3):
                fickle.left.clear()
                answer = await network.send(Request(url=f"{scheme}://{server.authority}/{number}"))
                assert answer.body == b"well"
                await fickle.left.wait()
        assert server.connections == 3

    asyncio.run(run())


class Dying(Fickle):
    """A server that takes a second request on each connection, and hangs up over it."""

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._answer(reader, writer)
        if request := await read_request(reader):
            self.asked.append(request)
            self.then(writer)


@pytest.mark.parametrize("then", [lambda writer: writer.close(), cut], ids=["hangs up", "cuts"])
def test_a_request_lost_on_a_kept_connection_is_sent_once_more(
    tmp_path: Path, then: Callable[[asyncio.StreamWriter], None]
) -> None:
    async def run() -> list[str]:
        dying = Dying(then)
        async with serving(dying, tls=trusted()) as server, LiveNetwork(settings(tmp_path)) as network:
            for path in ("/first", "/second"):
                answer: Answer = await network.send(Request(url=f"https://{server.authority}{path}"))
                assert answer.body == b"well"
        return [asked.target for asked in dying.asked]

    assert asyncio.run(run()) == ["/first", "/second", "/second"]


def test_an_answer_that_breaks_off_on_a_kept_connection_is_not_asked_for_again(tmp_path: Path) -> None:
    async def run() -> None:
        dying = Dying(lambda writer: writer.write(b"HTTP/1.1 200 OK\r\nContent-Le"))
        async with serving(dying, tls=trusted()) as server, LiveNetwork(settings(tmp_path)) as network:
            await network.send(Request(url=f"https://{server.authority}/first"))
            with pytest.raises(Unseen) as caught:
                await network.send(Request(url=f"https://{server.authority}/second"))
        assert caught.value.failure.reason is Reason.HTTP
        assert [asked.target for asked in dying.asked] == ["/first", "/second"]

    asyncio.run(run())
