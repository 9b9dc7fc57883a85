"""Over which family a look begins, and that a look which confirms another begins with the other one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path

import pytest

from checks.model import State
from checks.network import Family, Peer, Request
from checks.values import Address
from monitor.clock import SYSTEM_CLOCK
from monitor.network.connect import in_turns
from monitor.network.network import LiveNetwork
from monitor.overheard import other_family
from monitor.settings import Concurrency, Confirmation
from monitor.snapshot import Entry
from monitor.state import Transition
from monitor.watch import Learned, Watch
from tests.support.build import targets, vendor
from tests.support.families import NAME, TwoFamilies, two_families
from tests.support.servers import Reply, has_ipv6, settings

GOOD = Reply(body=b"ok")
BROKEN = Reply(503)
BOTH: tuple[Family, ...] = ("ipv4", "ipv6")

needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no ::1")


def test_families_take_turns_and_the_one_that_is_preferred_begins() -> None:
    four, six = [ip_address(f"192.0.2.{n}") for n in (1, 2)], [ip_address("2001:db8::1")]
    assert in_turns([*four, *six]) == (six[0], four[0], four[1])
    assert in_turns([*six, *four], "ipv4") == (four[0], six[0], four[1])
    assert in_turns(four, "ipv6") == tuple(four), "what is preferred may be missing"


def test_the_first_look_prefers_nothing_and_those_that_confirm_it_take_turns() -> None:
    assert [other_family(pending) for pending in range(5)] == [None, "ipv4", "ipv6", "ipv4", "ipv6"]


def told(story: Callable[[TwoFamilies, LiveNetwork], Awaitable[None]], folder: Path, **replies: Reply | None) -> None:
    """Tell *story* of a vendor with these *replies* by family."""

    async def run() -> None:
        async with (
            asyncio.timeout(10),
            two_families(**replies) as served,
            LiveNetwork(settings(folder, resolvers=(served.names,))) as network,
        ):
            await story(served, network)

    asyncio.run(run())


@needs_ipv6
@pytest.mark.parametrize("family", BOTH)
def test_a_request_and_a_handshake_begin_with_the_family_they_are_asked_to(tmp_path: Path, family: Family) -> None:
    async def story(served: TwoFamilies, network: LiveNetwork) -> None:
        answer = await network.send(Request(url=served.url, fresh=True, prefer=family))
        shown = await network.handshake(Peer(Address(NAME, served.port), prefer=family))
        assert (answer.connection.ip_family, shown.ip_family) == (family, family)
        assert not shown.cached

    told(story, tmp_path, ipv4=GOOD, ipv6=GOOD)


@needs_ipv6
def test_where_nobody_asks_a_look_begins_with_ipv6(tmp_path: Path) -> None:
    async def story(served: TwoFamilies, network: LiveNetwork) -> None:
        assert (await network.send(Request(url=served.url, fresh=True))).connection.ip_family == "ipv6"
        assert (await network.handshake(Peer(Address(NAME, served.port)))).cached

    told(story, tmp_path, ipv4=GOOD, ipv6=GOOD)


@asynccontextmanager
async def watching(served: TwoFamilies, network: LiveNetwork) -> AsyncIterator[Callable[[], Awaitable[Learned]]]:
    """What gives the vendor's endpoint a turn, of a watch that believes nothing before the fourth look."""
    turns: asyncio.Queue[Learned] = asyncio.Queue()

    class Heard:
        def learned(self, learned: Learned) -> None:
            turns.put_nowait(learned)

        def overrun(self, key: str) -> None:
            raise AssertionError(key)

        def lapsed(self, entry: Entry, transition: Transition) -> None:
            raise AssertionError((entry, transition))

    watch = Watch(network, SYSTEM_CLOCK, Heard())
    acme = vendor(url=served.url)
    [target] = targets(acme, check="endpoint")
    watch.adopt([acme], [target], Concurrency(), Confirmation(fall=4, rise=2), {})

    async def turn() -> Learned:
        watch.due(target.key)
        await asyncio.wait({task for task in asyncio.all_tasks() if task.get_name() == target.key})
        return turns.get_nowait()

    yield turn
    await watch.drain(1)


@needs_ipv6
@pytest.mark.parametrize("spoiled", [BROKEN, None], ids=["503", "hung up"])
def test_what_fails_over_one_family_only_is_met_over_the_other_and_nobody_is_down(
    tmp_path: Path, spoiled: Reply | None
) -> None:
    async def story(served: TwoFamilies, network: LiveNetwork) -> None:
        async with watching(served, network) as turn:
            assert (await turn()).entry.held.state is State.UP
            served.answers["ipv6"] = spoiled
            pending = await turn()
            assert (pending.entry.held.state, pending.entry.held.pending) == (State.UP, 1)
            confirming = await turn()
            assert (confirming.entry.held.state, confirming.entry.held.pending) == (State.UP, 0)
            assert confirming.observation.facts
            assert confirming.observation.facts.ip_family == "ipv4"
            assert served.met == ["ipv6", "ipv6", "ipv4"]

    told(story, tmp_path, ipv4=GOOD, ipv6=GOOD)


@needs_ipv6
def test_what_fails_over_both_is_down_after_looks_over_both(tmp_path: Path) -> None:
    async def story(served: TwoFamilies, network: LiveNetwork) -> None:
        async with watching(served, network) as turn:
            await turn()
            served.answers |= {"ipv4": BROKEN, "ipv6": None}
            looks = [await turn() for _ in range(4)]
            assert [look.entry.held.state for look in looks] == [State.UP, State.UP, State.UP, State.DOWN]
            assert served.met[1:] == ["ipv6", "ipv4", "ipv6", "ipv4"]

    told(story, tmp_path, ipv4=GOOD, ipv6=GOOD)
