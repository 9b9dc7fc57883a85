"""Raw questions: how each answer ends, what is bounded, and that a peer is neither hammered nor left with open sockets."""

from __future__ import annotations

import asyncio
import gc
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from checks.model import Reason, Unseen
from checks.network import Ending, Peer, Question, Reply, Round
from checks.values import Address
from monitor.clock import SYSTEM_CLOCK
from monitor.network.asking import Asker, Limits
from tests.monitor.network.test_connect import deaf
from tests.support.asking import HERE, SHORT, Words, asker, peer, questions
from tests.support.servers import Script, cut, drips, free_port, resetting, says, serving, silent


def asked(script: Script, limits: Limits = SHORT, wanted: int = 5) -> Reply:
    """The reply to one question to a server that runs *script*."""

    async def run() -> Reply:
        async with serving(script) as server, asker(limits) as ask:
            return (await ask.ask(peer(server), questions(wanted=wanted))).replies[0]

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


class Tunnel:
    """A stream through a proxy, and a dialer that has no other; the proxy's TLS breaks."""

    def __init__(self) -> None:
        self.origin = self.stream = self
        self.host = HERE

    async def way(self, *_: object) -> Tunnel:
        return self

    connect = way

    async def agree(self, *_: object) -> None:
        """Nothing is said before TLS."""

    async def write(self, _: bytes) -> None:
        """It still takes what is sent."""

    async def read(self, _: int) -> bytes:
        raise Unseen(Reason.TLS, "the proxy broke off")

    def close(self) -> None:
        """Nothing is open."""


def test_a_proxy_that_breaks_off_is_no_peer_that_does() -> None:
    tunnel: Any = Tunnel()
    told = asyncio.run(Asker(tunnel, SYSTEM_CLOCK).ask(Peer(Address(HERE, 443)), questions()))
    assert told.replies == (Reply(Ending.UNREACHED, "the proxy broke off"),)


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


def test_a_large_round_takes_its_time_and_a_small_one_none() -> None:
    async def seconds(count: int, limits: Limits) -> float:
        async with serving(says(b"well!")) as server, asker(limits) as ask:
            return (await ask.ask(peer(server), questions(count))).seconds

    assert asyncio.run(seconds(20, Limits(at_once=1, pause_seconds=0.02))) > 0.08
    assert asyncio.run(seconds(4, Limits(pause_seconds=30))) < 5
