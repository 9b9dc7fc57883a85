"""A look may be cancelled at any moment: it ends at once and leaves neither socket nor task behind."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from checks.network import Peer, Question, Request
from checks.tls.codes import TLS13
from checks.tls.flight import Flight, Want
from checks.tls.hello import Hello
from checks.values import Address
from monitor.network.network import LiveNetwork
from tests.support.servers import Reply, Site, elsewhere, settings, site, trusted

Look = Callable[[LiveNetwork, Site], Awaitable[object]]


def questions(count: int) -> list[Question]:
    hello = Hello(version=TLS13, suites=(0x1301,), groups=(29,), random=bytes(32))
    return [Question(hello.encode(), Flight(Want.HELLO, hello)) for _ in range(count)]


LOOKS: dict[str, Look] = {
    "fresh": lambda network, vendor: network.send(Request(url=vendor.url(host="localhost"), fresh=True)),
    "kept": lambda network, vendor: network.send(Request(url=vendor.url(), method="HEAD")),
    "shared": lambda network, vendor: network.send(Request(url=vendor.url("/page"))),
    "handshake": lambda network, vendor: network.handshake(Peer(Address("localhost", vendor.port))),
    "newest handshake": lambda network, vendor: network.handshake(Peer(Address("localhost", vendor.port)), fresh=True),
    "question": lambda network, vendor: network.ask(Peer(Address("localhost", vendor.port)), questions(1)),
    "questions": lambda network, vendor: network.ask(Peer(Address("localhost", vendor.port)), questions(9)),
}


def open_files() -> int:
    """How many there are; what is only waiting to be collected is told by a ResourceWarning, which is an error here."""
    gc.collect()
    return sum(1 for _ in Path("/dev/fd").iterdir())


async def end_after(turns: int, look: Awaitable[object]) -> bool:
    """Cancel *look* after some turns of the loop; whether it was still under way."""
    task = asyncio.ensure_future(look)
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task})
    assert len(asyncio.all_tasks()) == 1
    return task.cancelled()


@pytest.mark.skipif(not Path("/dev/fd").is_dir(), reason="open files cannot be counted here")
@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS.keys())
def test_whenever_a_look_is_cancelled_it_leaves_nothing_behind(tmp_path: Path, look: Look) -> None:
    async def run(vendor: Site) -> int:
        cancelled = 0
        for turns in range(30):
            async with LiveNetwork(settings(tmp_path)) as network:
                cancelled += await end_after(turns, look(network, vendor))
        return cancelled

    trusted()
    before = open_files()
    with elsewhere(lambda: site(Reply(body=b"well"))) as vendor:
        assert asyncio.run(run(vendor)) > 3
    assert open_files() == before
