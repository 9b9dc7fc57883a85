"""The resolver against real name servers on loopback; how it bears dead ones at a load is in test_dead_names.py."""

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path

import pytest

from checks.model import Failure, Reason, Unseen
from checks.values import Address
from monitor.network.dns import Resolver
from monitor.network.dns.resolver import SLOTS_PER_PARENT
from tests.support.nameserver import (
    NameServer,
    Script,
    addresses,
    by_family,
    garbage,
    name_server,
    referral,
    refusal,
    refused_port,
    silence,
    truncated,
    wrong_id,
)

SOON = 0.2
"""Seconds after which a server counts as silent, in tests that have a silent one."""
NAME = "api.vendor.test"
GOOD = addresses("192.0.2.1", "2001:db8::1")
BOTH = (ip_address("2001:db8::1"), ip_address("192.0.2.1"))


class Clock:
    def __init__(self) -> None:
        self.now = 5000.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def resolving(*servers: NameServer | Address, **options: object) -> AsyncIterator[Resolver]:
    """A resolver that asks *servers*, of a machine without a hosts file."""
    asked = [server.address if isinstance(server, NameServer) else server for server in servers]
    settings = {"hosts_file": Path("/nonexistent"), **options}
    resolver = Resolver(asked, **settings)  # type: ignore[arg-type]  # a test's options are those of the resolver
    try:
        yield resolver
    finally:
        await resolver.aclose()


async def failure(looking: Awaitable[object]) -> Failure:
    with pytest.raises(Unseen) as unseen:
        await looking
    return unseen.value.failure


def run(test: Callable[[], Awaitable[None]]) -> None:
    """Run *test* on a loop of its own; a socket or task it leaves behind is a warning, which is an error."""

    async def main() -> None:
        await test()

    asyncio.run(main())
    gc.collect()


def say(script: Script, host: str = NAME, **options: object) -> tuple[object, NameServer]:
    """What *host* resolves to, or the failure, when the name server follows *script*; and that name server."""
    told: list[tuple[object, NameServer]] = []

    async def test() -> None:
        async with name_server({NAME: script}) as server, resolving(server, **options) as resolver:
            try:
                told.append((await resolver.resolve(host), server))
            except Unseen as unseen:
                told.append((unseen.failure, server))

    run(test)
    return told[0]


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1"])
def test_an_address_is_its_own_answer(host: str) -> None:
    found, server = say(GOOD, host)
    assert found == (ip_address(host),)
    assert not server.asked


def test_both_families_come_by_turns() -> None:
    found, _ = say(addresses("192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2"))
    assert found == tuple(map(ip_address, ("2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2")))


@pytest.mark.parametrize("only", ["192.0.2.1", "2001:db8::1"])
def test_a_name_of_one_family_resolves(only: str) -> None:
    assert say(addresses(only))[0] == (ip_address(only),)


def test_a_name_is_asked_for_in_lower_case_and_once_for_each_family() -> None:
    found, server = say(GOOD, "API.Vendor.test")
    assert found == BOTH
    assert server.asked == {(NAME, "A"): 1, (NAME, "AAAA"): 1}


def test_an_international_name_is_asked_for_in_ascii() -> None:
    assert say(GOOD, "b\u00fccher.test")[1].names_asked() == ["xn--bcher-kva.test"]


def test_a_chain_of_aliases_is_followed() -> None:
    found, _ = say(addresses("192.0.2.1", "2001:db8::1", alias=("edge.cdn.test", "pop7.cdn.test")))
    assert found == BOTH


def test_an_alias_that_leads_to_no_address_is_no_address() -> None:
    assert say(addresses(alias=("edge.cdn.test",)))[0] == Failure(Reason.DNS, f"{NAME}: the name exists and has no address")


def test_an_endless_chain_of_aliases_is_unreadable() -> None:
    found, _ = say(addresses(alias=("a.cdn.test", "b.cdn.test", "a.cdn.test")))
    assert isinstance(found, Failure)
    assert found.reason is Reason.RESOLVER
    assert "cannot be read: ChainTooLong" in found.detail


def test_more_addresses_than_anybody_tries_are_cut() -> None:
    found, _ = say(addresses(*(f"192.0.2.{n}" for n in range(100)), *(f"2001:db8::{n:x}" for n in range(100))))
    assert isinstance(found, tuple)
    assert len(found) == 32


def test_a_name_that_does_not_exist_is_the_vendors() -> None:
    assert say(refusal("NXDOMAIN"))[0] == Failure(Reason.DNS, f"{NAME}: no such name")


def test_a_name_without_an_address_is_the_vendors() -> None:
    assert say(addresses())[0] == Failure(Reason.DNS, f"{NAME}: the name exists and has no address")


@pytest.mark.parametrize("rcode", ["SERVFAIL", "REFUSED", "NOTIMP", "FORMERR"])
def test_an_error_of_the_name_server_leaves_the_question_open(rcode: str) -> None:
    found, server = say(refusal(rcode))
    assert found == Failure(Reason.RESOLVER, f"{NAME}: {server.address} answered {rcode}")
    assert server.asked.total() == 2, "who refused is not asked again"


def test_a_server_that_only_refers_to_others_leaves_the_question_open() -> None:
    found, server = say(referral())
    assert found == Failure(Reason.RESOLVER, f"{NAME}: {server.address} does not look names up for others")


def test_a_silent_server_is_asked_three_times_and_leaves_the_question_open() -> None:
    found, server = say(silence(), patience=SOON)
    assert found == Failure(Reason.RESOLVER, f"{NAME}: {server.address} did not answer in {SOON} s")
    assert server.asked == {(NAME, "A"): 3, (NAME, "AAAA"): 3}


def test_a_lost_datagram_is_made_good() -> None:
    lost = iter([True, True])
    found, server = say(lambda query, tcp: [] if next(lost, False) else GOOD(query, tcp), patience=SOON)
    assert found == BOTH
    assert server.asked.total() == 4


def test_an_answer_that_was_cut_short_is_fetched_over_tcp() -> None:
    found, server = say(truncated(addresses("192.0.2.1", "2001:db8::1")))
    assert found == BOTH
    assert server.over_tcp == 2


def test_a_tcp_connection_that_closes_without_an_answer_leaves_the_question_open() -> None:
    found, _ = say(truncated(lambda query, tcp: [] if tcp else GOOD(query, tcp)))
    assert isinstance(found, Failure)
    assert found.reason is Reason.RESOLVER
    assert "cannot be read: EOFError" in found.detail


def test_garbage_over_tcp_leaves_the_question_open() -> None:
    found, _ = say(truncated(lambda query, tcp: [b"\x00" * 5] if tcp else GOOD(query, tcp)))
    assert isinstance(found, Failure)
    assert found.reason is Reason.RESOLVER


def test_datagrams_that_are_no_answer_are_dropped() -> None:
    found, server = say(garbage(GOOD, b"", b"\x00", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\xff" * 600))
    assert found == BOTH
    assert server.asked.total() == 2, "the wait for the answer went on"


def test_an_answer_with_another_id_is_dropped() -> None:
    found, server = say(wrong_id(GOOD, forged=addresses("198.51.100.66", "2001:db8::66")))
    assert found == BOTH
    assert server.asked.total() == 2


def test_an_answer_to_another_question_is_dropped() -> None:
    def other(query: object, tcp: bool) -> list[bytes]:  # noqa: FBT001 - the shape of every script
        return [wire.replace(b"\x03api", b"\x03app") for wire in addresses("198.51.100.66", "2001:db8::66")(query, tcp)]  # type: ignore[arg-type]

    found, _ = say(lambda query, tcp: [*other(query, tcp), *GOOD(query, tcp)])
    assert found == BOTH


def test_a_second_answer_changes_nothing() -> None:
    found, _ = say(lambda query, tcp: [*GOOD(query, tcp), *refusal("NXDOMAIN")(query, tcp), *addresses()(query, tcp)])
    assert found == BOTH


@pytest.mark.parametrize("broken", [silence(), refusal("SERVFAIL"), refusal("REFUSED"), refusal("NXDOMAIN"), addresses()])
def test_a_family_without_an_answer_takes_nothing_from_the_other(broken: Script) -> None:
    assert say(by_family(A=GOOD, AAAA=broken))[0] == (ip_address("192.0.2.1"),)
    assert say(by_family(A=broken, AAAA=GOOD))[0] == (ip_address("2001:db8::1"),)


def test_a_silent_family_is_not_waited_for() -> None:
    async def test() -> None:
        zone = {NAME: by_family(A=GOOD, AAAA=silence())}
        async with name_server(zone) as server, resolving(server, patience=60) as resolver, asyncio.timeout(5):
            assert await resolver.resolve(NAME) == (ip_address("192.0.2.1"),)

    run(test)


def test_a_family_that_was_not_waited_for_is_there_the_next_time() -> None:
    async def test() -> None:
        clock, zone = Clock(), {NAME: by_family(A=GOOD, AAAA=silence())}
        async with name_server(zone) as server, resolving(server, clock=clock) as resolver:
            assert await resolver.resolve(NAME) == (ip_address("192.0.2.1"),)
            zone[NAME] = GOOD
            clock.now += 5
            assert await resolver.resolve(NAME) == BOTH

    run(test)


def test_a_second_server_answers_for_a_silent_one_and_is_asked_first_from_then_on() -> None:
    async def test() -> None:
        dead, good = {"*.vendor.test": silence()}, {"*.vendor.test": GOOD}
        async with (
            name_server(dead) as first,
            name_server(good) as second,
            resolving(first, second, patience=SOON) as resolver,
        ):
            assert await resolver.resolve(NAME) == BOTH
            assert await resolver.resolve("www.vendor.test") == BOTH
            assert first.names_asked() == [NAME]

    run(test)


@pytest.mark.parametrize("rcode", ["SERVFAIL", "REFUSED"])
def test_a_second_server_answers_for_one_that_cannot(rcode: str) -> None:
    async def test() -> None:
        bad, good = {NAME: refusal(rcode)}, {NAME: GOOD}
        async with name_server(bad) as first, name_server(good) as second, resolving(first, second) as resolver:
            assert await resolver.resolve(NAME) == BOTH

    run(test)


def test_a_server_that_is_not_there_costs_no_time() -> None:
    async def test() -> None:
        gone = refused_port()
        async with name_server({NAME: GOOD}) as server, resolving(gone, server, patience=60) as resolver, asyncio.timeout(5):
            assert await resolver.resolve(NAME) == BOTH
        async with resolving(gone, patience=60) as resolver, asyncio.timeout(5):
            unseen = await failure(resolver.resolve(NAME))
        assert unseen == Failure(Reason.RESOLVER, f"{NAME}: {gone} cannot be asked: Connection refused")

    run(test)


def test_all_that_went_wrong_is_told() -> None:
    async def test() -> None:
        gone = refused_port()
        async with name_server({NAME: refusal("SERVFAIL")}) as server, resolving(gone, server) as resolver:
            unseen = await failure(resolver.resolve(NAME))
        told = f"{NAME}: {gone} cannot be asked: Connection refused; {server.address} answered SERVFAIL"
        assert unseen == Failure(Reason.RESOLVER, told)

    run(test)


def test_no_such_name_is_believed_only_when_a_second_server_does_not_know_better() -> None:
    async def test() -> None:
        async with name_server() as first, name_server({NAME: GOOD}) as second, resolving(first, second) as resolver:
            assert await resolver.resolve(NAME) == BOTH
        async with name_server() as first, name_server() as second, resolving(first, second) as resolver:
            assert await failure(resolver.resolve(NAME)) == Failure(Reason.DNS, f"{NAME}: no such name")
            assert second.asked.total() == 2

    run(test)


@pytest.mark.parametrize("other", [silence(), refusal("SERVFAIL")])
def test_no_such_name_stands_when_the_second_server_cannot_tell(other: Script) -> None:
    async def test() -> None:
        async with (
            name_server() as first,
            name_server({NAME: other}) as second,
            resolving(first, second, patience=SOON) as resolver,
        ):
            assert await failure(resolver.resolve(NAME)) == Failure(Reason.DNS, f"{NAME}: no such name")

    run(test)


def test_a_server_on_ipv6_is_asked() -> None:
    async def test() -> None:
        async with name_server({NAME: truncated(GOOD)}, host="::1") as server, resolving(server) as resolver:
            assert await resolver.resolve(NAME) == BOTH

    run(test)


def test_an_answer_is_remembered_within_its_ttl() -> None:
    async def test() -> None:
        clock, zone = Clock(), {NAME: addresses("192.0.2.1", ttl=100)}
        async with name_server(zone) as server, resolving(server, clock=clock) as resolver:
            await resolver.resolve(NAME)
            zone[NAME] = GOOD
            clock.now += 79
            assert await resolver.resolve(NAME) == (ip_address("192.0.2.1"),)
            clock.now += 21
            assert await resolver.resolve(NAME) == BOTH
            assert server.asked.total() == 4

    run(test)


@pytest.mark.parametrize("broken", [refusal("NXDOMAIN"), addresses(), silence(), refusal("SERVFAIL")])
def test_a_failure_is_remembered_for_a_moment_only(broken: Script) -> None:
    async def test() -> None:
        clock, zone = Clock(), {NAME: broken}
        async with name_server(zone) as server, resolving(server, clock=clock, patience=SOON) as resolver:
            first = await failure(resolver.resolve(NAME))
            zone[NAME] = GOOD
            assert await failure(resolver.resolve(NAME)) == first
            clock.now += 3
            assert await resolver.resolve(NAME) == BOTH

    run(test)


def test_callers_of_one_name_share_its_questions_and_one_who_gives_up_takes_nothing_from_the_others() -> None:
    async def test() -> None:
        async with name_server({NAME: GOOD}) as server, resolving(server, patience=60) as resolver:
            server.hold()
            callers = [asyncio.create_task(resolver.resolve(NAME)) for _ in range(5)]
            await server.until_asked(2)
            callers[0].cancel()
            await asyncio.wait(callers[:1])
            server.release()
            assert await asyncio.gather(*callers[1:]) == [BOTH] * 4
            assert server.asked.total() == 2

    run(test)


@pytest.mark.parametrize("script", [silence(), truncated(lambda query, tcp: [] if tcp else GOOD(query, tcp))])
def test_closing_in_the_middle_of_look_ups_leaves_nothing_behind(script: Script) -> None:
    async def test() -> None:
        async with name_server({"*.vendor.test": script}) as server:
            async with resolving(server, patience=60) as resolver:
                callers = [asyncio.create_task(resolver.resolve(f"{n}.vendor.test")) for n in range(5)]
                await server.until_asked(10)
            await asyncio.wait(callers)
            assert all(caller.cancelled() or caller.exception() for caller in callers)
            mine = [task for task in asyncio.all_tasks() if "look up" in task.get_name()]
            assert not mine

    run(test)


def test_a_loop_that_ends_in_the_middle_of_look_ups_leaves_nothing_behind() -> None:
    async def test() -> None:
        async with name_server({NAME: silence()}) as server:
            resolver = Resolver([server.address], hosts_file=Path("/nonexistent"), patience=60)
            caller = asyncio.create_task(resolver.resolve(NAME))
            await server.until_asked(2)
            caller.cancel()

    run(test)


def test_the_hosts_file_goes_first_and_is_followed_when_it_changes(tmp_path: Path) -> None:
    async def test() -> None:
        hosts, clock = tmp_path / "hosts", Clock()
        hosts.write_text("192.0.2.77 api.vendor.test\n2001:db8::77 API.vendor.test\n")
        async with name_server({NAME: GOOD}) as server, resolving(server, hosts_file=hosts, clock=clock) as resolver:
            assert await resolver.resolve(NAME + ".") == (ip_address("2001:db8::77"), ip_address("192.0.2.77"))
            hosts.write_text("192.0.2.78 api.vendor.test")
            clock.now += 1
            assert await resolver.resolve(NAME) == (ip_address("192.0.2.78"),)
            assert not server.asked
            hosts.write_text("")
            clock.now += 1
            assert await resolver.resolve(NAME) == BOTH

    run(test)


def test_localhost_needs_neither_file_nor_server(tmp_path: Path) -> None:
    async def test() -> None:
        async with resolving(refused_port()) as resolver:
            for name in ("localhost", "LOCALHOST.", "api.localhost"):
                assert await resolver.resolve(name) == (ip_address("::1"), ip_address("127.0.0.1"))
        hosts = tmp_path / "hosts"
        hosts.write_text("127.0.0.1 localhost")
        async with resolving(refused_port(), hosts_file=hosts) as resolver:
            assert await resolver.resolve("localhost") == (ip_address("127.0.0.1"),)

    run(test)


def test_what_is_no_name_is_refused_before_anybody_is_asked() -> None:
    found, server = say(GOOD, "api..vendor.test")
    assert isinstance(found, Failure)
    assert found.reason is Reason.CONFIG
    assert not server.asked


def test_without_a_name_server_the_failure_says_where_to_name_one(tmp_path: Path) -> None:
    async def test() -> None:
        async with resolving(resolv_conf=tmp_path / "none") as resolver:
            unseen = await failure(resolver.resolve(NAME))
        assert unseen.reason is Reason.RESOLVER
        assert "name one in /etc/resolv.conf, or under network: resolvers: in monitor.yaml" in unseen.detail

    run(test)


def test_the_systems_name_servers_are_followed_when_they_change(tmp_path: Path) -> None:
    async def test() -> None:
        conf, clock = tmp_path / "resolv.conf", Clock()
        async with resolving(resolv_conf=conf, clock=clock) as resolver:
            assert "no name server is configured" in (await failure(resolver.resolve(NAME))).detail
            conf.write_text("nameserver 127.255.255.254\n")
            clock.now += 3
            assert "127.255.255.254:53" in (await failure(resolver.resolve(NAME))).detail

    run(test)


def test_a_name_server_given_by_name_is_refused() -> None:
    with pytest.raises(ValueError, match=r"resolvers: dns\.vendor\.test:53 is a name.*write an address"):
        Resolver([Address("dns.vendor.test", 53)])


def test_names_under_a_dead_parent_wait_for_few_slots_and_no_other_name_waits() -> None:
    async def test() -> None:
        zone = {"*.dead.test": silence(), "*.vendor.test": GOOD}
        async with name_server(zone) as server, resolving(server, patience=60) as resolver, asyncio.timeout(5):
            dead = [asyncio.create_task(resolver.resolve(f"{n}.dead.test")) for n in range(50)]
            await server.until_asked(2 * SLOTS_PER_PARENT)
            assert await asyncio.gather(*(resolver.resolve(f"{n}.vendor.test") for n in range(50))) == [BOTH] * 50
            assert sum(name.endswith("dead.test") for name in server.names_asked()) == SLOTS_PER_PARENT
            assert not any(caller.done() for caller in dead)
            for caller in dead:
                caller.cancel()

    run(test)


def test_who_waits_for_a_slot_in_vain_is_told_so() -> None:
    async def test() -> None:
        async with name_server({"*.dead.test": silence()}) as server, resolving(server, patience=SOON) as resolver:
            looks = [failure(resolver.resolve(f"{n}.dead.test")) for n in range(3 * SLOTS_PER_PARENT)]
            failures = await asyncio.gather(*looks)
        assert {unseen.reason for unseen in failures} == {Reason.RESOLVER}
        assert (
            sum("names under dead.test are asked for at once" in unseen.detail for unseen in failures)
            >= 2 * SLOTS_PER_PARENT
        )

    run(test)
