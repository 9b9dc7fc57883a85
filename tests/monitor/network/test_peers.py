"""Whom raw questions go to: names and addresses, where we may not go, proxies, and what is said before TLS."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from ipaddress import ip_network
from pathlib import Path

import pytest

from checks.model import Failure, Reason, Unseen
from checks.network import Ending, Peer, Reply, Round
from checks.values import Address, Url
from checks.vendor import StartTls
from monitor.network.asking import Asker, Limits
from monitor.network.network import LiveNetwork
from monitor.settings import NetworkSettings
from tests.monitor.network.test_connect import Proxy
from tests.support.asking import HERE, asker, questions
from tests.support.nameserver import addresses, name_server
from tests.support.servers import Script, ca_file, free_port, says, serving, silent, trusted

EVERYWHERE = (ip_network("0.0.0.0/0"),)


def refused(ask: Callable[[Asker], Awaitable[Round]], **how: object) -> Failure:
    """Why nothing could be asked."""

    async def run() -> Failure:
        async with asker(**how) as asking:  # type: ignore[arg-type]
            with pytest.raises(Unseen) as caught:
                await ask(asking)
            return caught.value.failure

    return asyncio.run(run())


def test_a_name_is_looked_up_once_for_all_questions() -> None:
    async def run() -> None:
        zone = {"vendor.test": addresses(HERE, ttl=0)}
        async with (
            serving(says(b"well!")) as server,
            name_server(zone) as names,
            asker(resolvers=(names.address,)) as ask,
        ):
            found = await ask.ask(Peer(Address("vendor.test", server.port)), questions(9))
            assert {reply.ending for reply in found.replies} == {Ending.ANSWERED}
            assert names.asked == {("vendor.test", "A"): 1, ("vendor.test", "AAAA"): 1}

    asyncio.run(run())


def test_one_of_a_hosts_addresses_may_be_meant() -> None:
    async def run() -> None:
        async with serving(says(b"well!"), host="127.0.0.2") as server, asker() as ask:
            there = Address("localhost", server.port)
            assert (await ask.ask(Peer(there), questions())).replies[0].ending is Ending.UNREACHED
            assert (await ask.ask(Peer(there, ip="127.0.0.2"), questions())).replies[0].ending is Ending.ANSWERED

    asyncio.run(run())


def test_a_name_without_an_address_cannot_be_asked() -> None:
    failure = refused(lambda ask: ask.ask(Peer(Address("nobody.invalid", 443)), questions()))
    assert failure.reason is Reason.DNS


@pytest.mark.parametrize("where", [Peer(Address(HERE, 443)), Peer(Address("vendor.test", 443), ip="10.0.0.1")])
def test_where_we_may_not_go_nothing_is_asked(where: Peer) -> None:
    assert refused(lambda ask: ask.ask(where, questions()), allow=()).reason is Reason.CONFIG


def test_without_a_way_out_nothing_is_asked() -> None:
    failure = refused(lambda ask: ask.ask(Peer(Address("255.255.255.255", 443)), questions(6)), allow=EVERYWHERE)
    assert failure.reason is Reason.OFFLINE


def test_a_proxy_that_is_not_there_is_our_failure() -> None:
    proxy = Url(f"http://{HERE}:{free_port()}")
    failure = refused(lambda ask: ask.ask(Peer(Address("vendor.test", 443)), questions(2)), proxy=proxy)
    assert failure.reason is Reason.OFFLINE


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_questions_go_through_a_proxy_to_the_name_whatever_address_is_meant(tmp_path: Path, scheme: str) -> None:
    async def run() -> None:
        proxy, tls = Proxy(), trusted() if scheme == "https" else None
        async with serving(says(b"well!")) as vendor, serving(proxy, tls=tls) as server:
            way = Url(f"{scheme}://{server.authority}")
            async with asker(Limits(), proxy=way, roots=ca_file(tmp_path)) as ask:
                found = await ask.ask(Peer(Address("localhost", vendor.port), ip=HERE), questions(2))
        assert [reply.ending for reply in found.replies] == [Ending.ANSWERED, Ending.ANSWERED]
        assert proxy.targets == [f"localhost:{vendor.port}"] * 2

    asyncio.run(run())


def told(host: str, *found: str, **how: object) -> tuple[str, ...]:
    """The addresses of *host* that may be looked at, as the network tells them, where a name server says *found*."""

    async def run() -> tuple[str, ...]:
        async with name_server({"vendor.test": addresses(*found)}) as names:
            made = NetworkSettings(resolvers=(names.address,), **how)  # type: ignore[arg-type]
            async with LiveNetwork(made) as network:
                return await network.addresses(host)

    return asyncio.run(run())


def test_addresses_of_both_families_are_told_in_the_same_order_each_time() -> None:
    found = ["192.0.2.20", "2001:db8::b", "192.0.2.3", "2001:db8::a", "192.0.2.100"]
    allow = (ip_network("192.0.2.0/24"), ip_network("2001:db8::/32"))
    expected = ("2001:db8::a", "192.0.2.3", "2001:db8::b", "192.0.2.20", "192.0.2.100")
    assert told("vendor.test", *found, allow=allow) == expected
    assert told("vendor.test", *reversed(found), allow=allow) == expected


@pytest.mark.parametrize("host", ["vendor.test", "10.0.0.1"])
def test_addresses_that_we_may_not_go_to_are_not_told(host: str) -> None:
    with pytest.raises(Unseen) as caught:
        told(host, "192.0.2.1", "10.0.0.1")
    assert caught.value.failure.reason is Reason.CONFIG


def test_through_a_proxy_names_have_addresses_that_only_it_knows() -> None:
    proxy = Url("http://192.0.2.9:3128")
    with pytest.raises(Unseen) as caught:
        told("vendor.test", "198.51.100.1", proxy=proxy)
    assert "for the proxy 192.0.2.9:3128 to find" in caught.value.failure.detail
    assert told("198.41.0.4", proxy=proxy) == ("198.41.0.4",)


def mail(willing: bytes) -> Script:
    """A mail server up to the point where TLS would begin; *willing* is its word on that."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.test ESMTP\r\n")
        await reader.readline()
        writer.write(b"250-mail.test\r\n250 STARTTLS\r\n")
        await reader.readline()
        writer.write(willing)
        writer.write(await reader.readexactly(5))

    return script


@pytest.mark.parametrize(
    ("script", "ending", "told"),
    [
        (mail(b"220 go ahead\r\n"), Ending.ANSWERED, ""),
        (mail(b"454 not today\r\n"), Ending.UNREACHED, "not today"),
        (silent, Ending.UNREACHED, "did not agree on TLS within 0.15 s"),
        (says(b"well!\r\n", first_reads=False), Ending.UNREACHED, "SMTP"),
    ],
    ids=["willing", "unwilling", "silent", "another protocol"],
)
def test_a_question_is_put_once_tls_has_been_agreed_on(script: Script, ending: Ending, told: str) -> None:
    async def run() -> Reply:
        async with serving(script) as server, asker() as ask:
            there = Peer(Address(HERE, server.port), starttls=StartTls.SMTP)
            return (await ask.ask(there, questions())).replies[0]

    reply = asyncio.run(run())
    assert reply.ending is ending
    assert told in reply.detail
