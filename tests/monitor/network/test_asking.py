"""Raw questions: how each answer ends, what is bounded, and that a peer is neither hammered nor left with open sockets."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path

import pytest

from checks.model import Failure, Reason, Unseen
from checks.network import Ending, Peer, Question, Reply, Round
from checks.values import Address, Url
from checks.vendor import StartTls
from monitor.clock import SYSTEM_CLOCK
from monitor.network.asking import Asker, Limits
from monitor.network.dial import Dialer
from monitor.network.dns import Resolver
from monitor.network.guard import Guard, IPNetwork
from monitor.network.tls import Tls
from monitor.network.trust import Judge
from tests.monitor.network.test_connect import Proxy, deaf
from tests.support.nameserver import addresses, name_server
from tests.support.servers import (
    LOOPBACK,
    Listener,
    Script,
    ca_file,
    cut,
    drips,
    free_port,
    resetting,
    says,
    serving,
    silent,
    trusted,
)

HERE = "127.0.0.1"
EVERYWHERE = (ip_network("0.0.0.0/0"),)
SHORT = Limits(connect_seconds=0.15, answer_seconds=0.15)


@dataclass
class Words:
    """Reads until so many bytes have come."""

    wanted: int = 5
    heard: bytearray = field(default_factory=bytearray)

    @property
    def is_over(self) -> bool:
        return len(self.heard) >= self.wanted

    def feed(self, content: bytes) -> None:
        self.heard += content


def questions(count: int = 1, wanted: int = 5) -> list[Question]:
    return [Question(b"well?", Words(wanted)) for _ in range(count)]


@asynccontextmanager
async def asker(
    limits: Limits = SHORT,
    *,
    allow: tuple[IPNetwork, ...] = LOOPBACK,
    resolvers: tuple[Address, ...] = (),
    proxy: Url | None = None,
    roots: Path | None = None,
) -> AsyncIterator[Asker]:
    """What asks, with its own limits, over real sockets."""
    resolver = Resolver(resolvers)
    dialer = Dialer(resolver, Guard(allow), Tls(Judge(roots, SYSTEM_CLOCK)), SYSTEM_CLOCK, proxy)
    yield Asker(dialer, SYSTEM_CLOCK, limits)
    await resolver.aclose()


def peer(server: Listener) -> Peer:
    return Peer(Address(server.host, server.port))


def asked(script: Script, limits: Limits = SHORT, wanted: int = 5) -> Reply:
    """The reply to one question to a server that runs *script*."""

    async def run() -> Reply:
        async with serving(script) as server, asker(limits) as ask:
            return (await ask.ask(peer(server), questions(wanted=wanted))).replies[0]

    return asyncio.run(run())


def refused(ask: Callable[[Asker], Awaitable[Round]], **how: object) -> Failure:
    """Why nothing could be asked."""

    async def run() -> Failure:
        async with asker(**how) as asking:  # type: ignore[arg-type]
            with pytest.raises(Unseen) as caught:
                await ask(asking)
            return caught.value.failure

    return asyncio.run(run())


hangs_up = says(b"")


async def cuts_in_the_middle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"we")
    await writer.drain()
    await reader.read(100)
    cut(writer)


ENDINGS: dict[str, tuple[Script, Reply]] = {
    "answer": (says(b"yes, we are"), Reply(Ending.ANSWERED, received=11)),
    "greeting before the question": (says(b"hello there", first_reads=False), Reply(Ending.ANSWERED, received=11)),
    "farewell": (hangs_up, Reply(Ending.CLOSED)),
    "farewell in the middle": (says(b"we"), Reply(Ending.CLOSED, received=2)),
    "silence": (silent, Reply(Ending.TIMEOUT, "no complete answer within 0.15 s")),
}


@pytest.mark.parametrize(("script", "reply"), ENDINGS.values(), ids=ENDINGS.keys())
def test_an_answer_ends_as_it_ends(script: Script, reply: Reply) -> None:
    assert asked(script) == reply


@pytest.mark.parametrize("script", [resetting, cuts_in_the_middle])
def test_a_cut_connection_is_no_farewell(script: Script) -> None:
    reply = asked(script)
    assert reply.ending is Ending.RESET
    assert reply.detail.endswith("cut the connection")


def test_the_limit_is_one_on_the_whole_answer_however_it_drips() -> None:
    begun = SYSTEM_CLOCK.monotonic()
    reply = asked(drips(b"well", 0.01), wanted=10_000)
    assert SYSTEM_CLOCK.monotonic() - begun < 1
    assert reply.ending is Ending.TIMEOUT
    assert 1 < reply.received < 20


async def floods(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(100)
    while True:
        writer.write(bytes(65_536))
        await writer.drain()


def test_no_more_is_read_than_the_limit() -> None:
    assert asked(floods, wanted=10**9) == Reply(Ending.TOO_LARGE, received=Limits().answer_bytes)


def test_what_the_reading_wants_may_be_as_long_as_the_limit() -> None:
    limits = Limits(answer_bytes=100_000)
    assert asked(floods, limits, wanted=100_000) == Reply(Ending.ANSWERED, received=100_000)


def test_a_port_where_nothing_listens_is_a_reply_in_words() -> None:
    async def run(port: int) -> Reply:
        async with asker() as ask:
            return (await ask.ask(Peer(Address(HERE, port)), questions())).replies[0]

    port = free_port()
    reply = asyncio.run(run(port))
    assert reply == Reply(Ending.UNREACHED, f"{HERE}:{port} refused the connection: nothing listens there")


def test_an_address_that_does_not_answer_is_a_reply_in_words() -> None:
    async def run() -> tuple[Reply, str]:
        async with deaf(HERE) as port, asker() as ask:
            return (await ask.ask(Peer(Address(HERE, port)), questions())).replies[0], f"{HERE}:{port}"

    reply, there = asyncio.run(run())
    assert reply == Reply(Ending.UNREACHED, f"{there} did not answer within 0.15 s")


def test_replies_are_in_the_order_of_their_questions() -> None:
    async def parrot(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        said = await reader.read(100)
        await asyncio.sleep(0.02 if said == b"first" else 0)
        if said != b"third":
            writer.write(said)

    async def run() -> Round:
        async with serving(parrot) as server, asker() as ask:
            return await ask.ask(peer(server), [Question(word, Words()) for word in (b"first", b"second", b"third")])

    replies = asyncio.run(run()).replies
    assert [(reply.ending, reply.received) for reply in replies] == [
        (Ending.ANSWERED, 5),
        (Ending.ANSWERED, 6),
        (Ending.CLOSED, 0),
    ]


def test_a_round_without_questions_is_over_before_it_begins() -> None:
    async def run() -> None:
        async with serving(silent) as server, asker() as ask:
            assert (await ask.ask(peer(server), [])).replies == ()
            assert server.connections == 0

    asyncio.run(run())


@dataclass
class Crowd:
    """Counts who is there at once. Answers a moment after it was asked."""

    present: int = 0
    most: int = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.present += 1
        self.most = max(self.most, self.present)
        await reader.read(100)
        await asyncio.sleep(0.01)
        self.present -= 1
        writer.write(b"well!")


def test_a_host_has_four_connections_at_a_time_whoever_asks() -> None:
    async def run() -> tuple[int, int]:
        crowd = Crowd()
        async with serving(crowd) as server, asker() as ask:
            rounds = await asyncio.gather(*(ask.ask(peer(server), questions(6)) for _ in range(3)))
            assert {reply.ending for each in rounds for reply in each.replies} == {Ending.ANSWERED}
        return crowd.most, server.connections

    assert asyncio.run(run()) == (4, 18)


def test_another_host_does_not_wait_for_it() -> None:
    async def run() -> None:
        async with (
            serving(silent) as slow,
            serving(says(b"well!"), host="127.0.0.2") as quick,
            asker(Limits(answer_seconds=30)) as ask,
        ):
            waiting = asyncio.create_task(ask.ask(peer(slow), questions(8)))
            await slow.until(4)
            assert (await ask.ask(peer(quick), questions())).replies[0].ending is Ending.ANSWERED
            waiting.cancel()
            await asyncio.wait({waiting})
            assert len(asyncio.all_tasks()) - slow.connections <= 1

    asyncio.run(run())


def test_a_connection_is_closed_as_soon_as_its_answer_is_there() -> None:
    async def run() -> None:
        over = asyncio.Event()

        async def waits(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"well!")
            await reader.readexactly(5)
            assert await reader.read() == b""
            over.set()

        async with serving(waits) as server, asker() as ask:
            await ask.ask(peer(server), questions())
            await asyncio.wait_for(over.wait(), 5)

    asyncio.run(run())


@pytest.mark.skipif(not Path("/dev/fd").is_dir(), reason="open files cannot be counted here")
@pytest.mark.parametrize("script", [silent, hangs_up, resetting, says(b"well!"), floods])
def test_however_it_ends_no_socket_is_left(script: Script) -> None:
    def open_files() -> int:
        gc.collect()
        return sum(1 for _ in Path("/dev/fd").iterdir())

    before = open_files()
    asked(script, wanted=10**9)
    assert open_files() == before


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
