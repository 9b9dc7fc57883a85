"""Looking at canaries: when, how often, and what is seen of real servers that are cut off and come back."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from itertools import pairwise
from pathlib import Path

import pytest

from checks.model import Reason
from checks.network import Connection
from checks.values import Address, Url
from monitor.canaries import (
    ABSENT_SECONDS,
    GAP_SECONDS,
    LOOK_SECONDS,
    OFFLINE_SECONDS,
    SETTLE_SECONDS,
    Canaries,
    look_around,
)
from monitor.clock import SYSTEM_CLOCK, Clock
from monitor.correlate import Sight
from monitor.egress import Egress, Round, View, Way
from monitor.network.network import LiveNetwork
from monitor.settings import PUBLIC_CANARIES, Canary
from monitor.settings import Canaries as Settings
from tests.monitor.network.test_connect import Proxy
from tests.support.canaries import OPERATORS, CanaryNetwork, canaries
from tests.support.nameserver import addresses, name_server, silence
from tests.support.servers import authority, free_port, serving, settings, silent, trusted
from tests.support.virtual import run_virtually, virtual_clock

Story = Callable[[Canaries, CanaryNetwork, Clock], Awaitable[None]]


def told(story: Story, network: CanaryNetwork | None = None, asked: Settings | None = None) -> None:
    """A *story* of canaries that look, in virtual time."""

    async def tell() -> None:
        surroundings, clock = network or CanaryNetwork(), virtual_clock()
        looking = Canaries(surroundings, clock)
        looking.adopt(asked or canaries())
        task = asyncio.create_task(looking.run())
        try:
            await story(looking, surroundings, clock)
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    run_virtually(tell())


def test_there_is_a_round_at_once_and_then_one_every_while_but_not_on_the_beat() -> None:
    async def story(_: Canaries, network: CanaryNetwork, __: Clock) -> None:
        await asyncio.sleep(3600)
        assert network.begun[0] == 0
        pauses = [after - before for before, after in pairwise(network.begun)]
        assert all(27 <= pause <= 33 for pause in pauses)
        assert len({round(pause, 3) for pause in pauses}) > 20

    told(story)


def test_who_calls_gets_a_round_soon_and_all_who_call_get_the_same() -> None:
    async def story(looking: Canaries, network: CanaryNetwork, clock: Clock) -> None:
        await asyncio.sleep(10)
        for _ in range(200):
            looking.call(clock.monotonic())
        await asyncio.sleep(0.1)
        assert network.begun == [0, 10]
        looking.call(clock.monotonic())
        await asyncio.sleep(1.5 * GAP_SECONDS)
        assert GAP_SECONDS <= network.begun[2] - 10 <= 1.5 * GAP_SECONDS
        looking.call(11)
        await asyncio.sleep(2 * GAP_SECONDS)
        assert len(network.begun) == 3, "there was one since"

    told(story)


def test_however_often_it_is_called_rounds_keep_their_distance() -> None:
    async def story(looking: Canaries, network: CanaryNetwork, clock: Clock) -> None:
        for _ in range(1000):
            looking.call(clock.monotonic())
            await asyncio.sleep(0.1)
        assert min(after - before for before, after in pairwise(network.begun)) > 0.999 * GAP_SECONDS

    told(story)


def test_who_waits_learns_of_a_round_that_began_since() -> None:
    async def story(looking: Canaries, _: CanaryNetwork, clock: Clock) -> None:
        await asyncio.sleep(10)
        failed = clock.monotonic()
        assert looking.sight(failed, failed - 1, Reason.CONNECT) is Sight.UNSURE
        await looking.settle(failed)
        assert clock.monotonic() - failed < 0.1
        assert looking.sight(failed, failed - 1, Reason.CONNECT) is Sight.CLEAR

    told(story)


@pytest.mark.parametrize("moment", [10, 31, 60, 61.5, 64])
def test_nobody_waits_for_long_though_a_canary_is_silent(moment: float) -> None:
    async def story(looking: Canaries, _: CanaryNetwork, clock: Clock) -> None:
        await asyncio.sleep(moment)
        looking.call(clock.monotonic())
        await asyncio.sleep(1)
        failed = clock.monotonic()
        await looking.settle(failed)
        assert clock.monotonic() - failed <= SETTLE_SECONDS
        assert looking.sight(failed, failed - 1, Reason.CONNECT) is Sight.CLEAR
        assert looking.view.state is Egress.DEGRADED

    told(story, CanaryNetwork(absent={"ant"}, silence=99))


def test_a_family_that_leads_nowhere_holds_nobody_up() -> None:
    async def story(looking: Canaries, _: CanaryNetwork, clock: Clock) -> None:
        await asyncio.sleep(10)
        assert looking.view.state is Egress.OK
        failed = clock.monotonic()
        await looking.settle(failed)
        assert clock.monotonic() - failed == pytest.approx(ABSENT_SECONDS)

    told(story, CanaryNetwork(absent={"ipv6"}, silence=99))


def test_while_we_are_offline_nobody_waits_and_the_way_back_is_found_soon(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    async def story(looking: Canaries, network: CanaryNetwork, clock: Clock) -> None:
        await asyncio.sleep(1)
        network.is_cut = True
        await looking.settle(clock.monotonic())
        cut = clock.monotonic()
        offline = looking.view
        assert offline.state is Egress.OFFLINE
        assert looking.sight(cut, cut - 1, Reason.TIMEOUT) is Sight.BLIND
        await looking.settle(cut)
        assert clock.monotonic() == cut
        await asyncio.sleep(100)
        network.is_cut = False
        await asyncio.sleep(OFFLINE_SECONDS * 1.1)
        assert looking.view.state is Egress.OK

    told(story)
    messages = [record.getMessage() for record in caplog.records]
    assert messages == [
        "our own network works",
        "our own network is offline: while it is, no failure is a vendor's",
        "our own network is back",
    ]
    told_of = vars(caplog.records[1])
    assert all(f"{operator}: timeout" in told_of["canaries"] for operator in OPERATORS)
    assert "canaries: ask:" in told_of["cure"]


def test_a_part_that_fails_is_logged_once_two_rounds_on_end_have_met_it(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    async def story(looking: Canaries, network: CanaryNetwork, clock: Clock) -> None:
        for absent in (*("", "ant") * 20, "", "ant", "ant", "ant", ""):
            network.absent = {absent}
            await asyncio.sleep(0.1)
            await looking.settle(clock.monotonic())
            assert looking.view.state is (Egress.DEGRADED if absent else Egress.OK)

    told(story)
    messages = [record.getMessage() for record in caplog.records]
    assert messages == ["our own network works", "our own network is degraded", "our own network is back"]


def test_what_is_left_of_our_network_when_the_way_out_is_back_is_logged_at_once(caplog: pytest.LogCaptureFixture) -> None:
    async def story(_: Canaries, network: CanaryNetwork, __: Clock) -> None:
        await asyncio.sleep(1)
        network.is_cut = True
        await asyncio.sleep(40)
        network.is_cut, network.absent = False, {"ant"}
        await asyncio.sleep(OFFLINE_SECONDS * 1.1)

    told(story)
    assert [record.getMessage() for record in caplog.records][1:] == ["our own network is degraded"]


def test_that_nobody_is_asked_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    async def story(looking: Canaries, _: CanaryNetwork, __: Clock) -> None:
        await asyncio.sleep(1)
        looking.adopt(Settings(ask=()))
        await asyncio.sleep(1000)

    told(story)
    assert [record.getMessage()[:23] for record in caplog.records] == ["our own network works", "no canaries are asked: "]


def test_for_some_graces_after_we_were_offline_rounds_come_every_ten_seconds() -> None:
    async def story(looking: Canaries, network: CanaryNetwork, clock: Clock) -> None:
        await asyncio.sleep(1)
        network.is_cut = True
        await looking.settle(clock.monotonic())
        network.is_cut = False
        await asyncio.sleep(OFFLINE_SECONDS * 1.1)
        back = clock.monotonic()
        await asyncio.sleep(600)
        pauses = {began - back: after - began for began, after in pairwise(network.begun)}
        assert all(9 <= pause <= 11 for at, pause in pauses.items() if 0 < at < 100)
        assert all(27 <= pause <= 33 for at, pause in pauses.items() if at > 120)
        assert max(pauses) > 500

    told(story)


class BrokenNetwork(CanaryNetwork):
    """A network with a bug."""

    async def reach(self, address: Address) -> Connection:
        await super().reach(address)
        raise ZeroDivisionError


def test_a_bug_is_told_and_abstains_and_the_looking_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    async def story(looking: Canaries, network: CanaryNetwork, _: Clock) -> None:
        await asyncio.sleep(100)
        assert (looking.abstains, looking.view.state) == (True, Egress.UNKNOWN)
        assert looking.sight(90, 89, Reason.CONNECT) is None
        assert len(network.begun) > 2

    told(story, BrokenNetwork())
    assert any(record.exc_info for record in caplog.records)


def test_other_canaries_begin_anew_and_none_have_nothing_to_say() -> None:
    async def story(looking: Canaries, network: CanaryNetwork, clock: Clock) -> None:
        network.is_cut = True
        await asyncio.sleep(1)
        offline = looking.view
        looking.adopt(canaries())
        assert looking.view is offline, "nothing has changed"
        network.is_cut = False
        looking.adopt(canaries(grace=10))
        assert looking.view.latest is None
        await asyncio.sleep(1.5 * GAP_SECONDS)
        assert (looking.view.state, len(network.begun)) == (Egress.OK, 2)
        looking.adopt(Settings(ask=()))
        assert looking.abstains
        assert looking.sight(2, 1, Reason.CONNECT) is None
        await looking.settle(clock.monotonic())
        await asyncio.sleep(1000)
        assert len(network.begun) == 2

    told(story)


def test_a_round_that_was_under_way_says_nothing_of_the_new_canaries() -> None:
    async def story(looking: Canaries, network: CanaryNetwork, _: Clock) -> None:
        network.is_cut = True
        await asyncio.sleep(0.5)
        looking.adopt(canaries(grace=10))
        network.is_cut = False
        await asyncio.sleep(0.6)
        assert looking.view.state is Egress.OK

    told(story, CanaryNetwork(silence=1))


def test_the_public_canaries_are_four_operators_with_everything_that_can_be_looked_at() -> None:
    assert len(PUBLIC_CANARIES) == len({each.operator for each in PUBLIC_CANARIES}) == 4
    assert len({each.tls for each in PUBLIC_CANARIES}) == 4
    assert all(each.dns and each.tls for each in PUBLIC_CANARIES)
    assert all(sorted(":" in address.host for address in each.tcp) == [False, True] for each in PUBLIC_CANARIES)


def real(folder: Path, **others: object) -> LiveNetwork:
    """A network over real sockets that may reach loopback."""
    return LiveNetwork(settings(folder, **others))


async def looked(network: LiveNetwork, *asked: Canary) -> Round:
    async with asyncio.timeout(2 * LOOK_SECONDS):
        return await look_around(asked, network, SYSTEM_CLOCK)


def words(seen: Round) -> dict[str, str]:
    """What came of each look, by operator, kind and family."""
    return {
        "/".join(filter(None, (look.operator, look.kind, look.ip_family))): look.failure.reason if look.failure else "up"
        for look in seen.looks
    }


@pytest.mark.slow
def test_real_canaries_are_seen_are_cut_off_and_come_back(tmp_path: Path) -> None:
    async def story() -> None:
        port, tls_port = free_port(), free_port()
        one = Canary(
            operator="one",
            dns="canary.test",
            tcp=(Address("127.0.0.1", port), Address("::1", port)),
            tls=Address("localhost", tls_port),
        )
        async with AsyncExitStack() as stack, AsyncExitStack() as servers:
            names = await stack.enter_async_context(name_server({"canary.test": addresses("127.0.0.9", ttl=300)}))
            network = await stack.enter_async_context(real(tmp_path, resolvers=(names.address,)))
            for host in ("127.0.0.1", "::1"):
                await servers.enter_async_context(listening(host, port))
            await servers.enter_async_context(listening("127.0.0.1", tls_port, trusted()))
            view = View(grace=60, patience=90)
            for number in range(1, 4):
                seen = await looked(network, one)
                view = view.after(seen)
                assert words(seen) == dict.fromkeys(["one/tcp/ipv4", "one/tcp/ipv6", "one/tls", "one/dns"], "up")
                assert names.asked["canary.test", "A"] == number, "it is asked past the memory of names"
            assert view.state is Egress.OK
            await servers.aclose()
            names.zone["canary.test"] = silence()
            seen = await looked(network, one)
            view = view.after(seen)
            assert words(seen) == {
                "one/tcp/ipv4": Reason.REFUSED,
                "one/tcp/ipv6": Reason.REFUSED,
                "one/tls": Reason.REFUSED,
                "one/dns": Reason.TIMEOUT,
            }
            assert (view.state, seen.ended - seen.began < LOOK_SECONDS + 1) == (Egress.OFFLINE, True)
            names.zone["canary.test"] = addresses("127.0.0.9")
            async with listening("127.0.0.1", port):
                view = view.after(await looked(network, one))
            assert (view.state, list(view.troubles())) == (Egress.DEGRADED, ["ipv6: not any more"])

    asyncio.run(story())


@asynccontextmanager
async def listening(host: str, port: int, tls: ssl.SSLContext | None = None) -> AsyncIterator[None]:
    """Take connections, and hang up."""
    server = await asyncio.start_server(lambda _, writer: writer.close(), host, port, ssl=tls)
    try:
        yield
    finally:
        server.close()
        await server.wait_closed()


def test_behind_a_proxy_canaries_are_reached_through_it_and_names_are_its_own_to_find(tmp_path: Path) -> None:
    async def story() -> None:
        proxy = Proxy()
        async with serving(silent) as plain, serving(silent, tls=trusted()) as shaking, serving(proxy) as server:
            where = (Address("127.0.0.1", plain.port),)
            one = Canary(operator="one", dns="canary.test", tcp=where, tls=Address("localhost", shaking.port))
            async with real(tmp_path, proxy=Url(f"http://{server.authority}")) as network:
                seen = await looked(network, one)
        assert words(seen) == {"one/tcp/ipv4": "up", "one/tls": "up", "one/dns": Reason.CONFIG}
        assert sorted(proxy.targets) == sorted([f"127.0.0.1:{plain.port}", f"localhost:{shaking.port}"])
        assert View(grace=60, patience=90).after(seen).state is Egress.OK

    asyncio.run(story())


def test_a_certificate_of_somebody_else_is_no_sight_of_a_canary(tmp_path: Path) -> None:
    async def story() -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority().issue_cert("portal.test").configure_cert(context)
        async with real(tmp_path) as network, serving(silent, tls=context) as portal:
            one = Canary(operator="one", tcp=(Address("127.0.0.1", portal.port),), tls=Address("localhost", portal.port))
            seen = await looked(network, one)
            view = View(grace=60, patience=90).after(seen)
            assert words(seen) == {"one/tcp/ipv4": "up", "one/tls": Reason.TLS}
            assert (view.state, list(view.lost)) == (Egress.DEGRADED, [Way.TRUST])

    asyncio.run(story())


def test_what_the_guard_forbids_is_no_vote(tmp_path: Path) -> None:
    async def story() -> None:
        async with real(tmp_path, allow=()) as network, serving(silent) as server:
            seen = await looked(network, Canary(operator="one", tcp=(Address("127.0.0.1", server.port),)))
            assert words(seen) == {"one/tcp/ipv4": Reason.CONFIG}
            assert View(grace=60, patience=90).after(seen).abstains
            assert server.connections == 0

    asyncio.run(story())
