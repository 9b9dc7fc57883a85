"""Hostile peers: whatever is on the port, a hello is answered for in time, by its cause, and little enough is read."""

from __future__ import annotations

import asyncio
import gc
from pathlib import Path
from time import monotonic

import pytest

from checks.network import Ending, Peer, Question, Reply
from checks.tls.codes import TLS12, TLS13
from checks.tls.flight import Flight, Got, Want
from checks.tls.hello import Hello
from checks.values import Address
from monitor.network.asking import Limits
from tests.support.asking import asker
from tests.support.hostile import PEERS, SLOW_SECONDS, SUITE
from tests.support.servers import serving

LIMITS = Limits(answer_seconds=3 * SLOW_SECONDS)
ASKED = Hello(version=TLS12, suites=(SUITE,), groups=(29,), random=bytes(32), server_name="vendor.test")
ASKED_NEWEST = Hello(version=TLS13, suites=(0x1301,), groups=(29,), random=bytes(32), session_id=bytes(range(32)))

ANSWERED, TIMEOUT = {Ending.ANSWERED}, {Ending.TIMEOUT}
CUT = {Ending.RESET, Ending.CLOSED}

VERDICTS: dict[str, tuple[set[Ending], Got, str]] = {
    "never answers": (TIMEOUT, Got.OPEN, ""),
    "closes at once": (CUT, Got.OPEN, ""),
    "resets": ({Ending.RESET}, Got.OPEN, ""),
    "garbage": (ANSWERED, Got.NOT_TLS, "the port does not speak TLS"),
    "garbage in a record": (ANSWERED, Got.BAD, "out of place"),
    "drips an honest answer": (TIMEOUT, Got.OPEN, ""),
    "drips quickly": (TIMEOUT, Got.OPEN, ""),
    "ServerHello of 16 MiB": (ANSWERED, Got.BAD, "longer than any honest one"),
    "Certificate of 16 MiB": (ANSWERED, Got.BAD, "longer than any honest one"),
    "records of one byte": (ANSWERED, Got.BAD, "200 records"),
    "warnings without end": (ANSWERED, Got.BAD, "200 records"),
    "empty records": (ANSWERED, Got.BAD, "an empty record"),
    "echo": (ANSWERED, Got.BAD, "out of place"),
    "HTTP": (ANSWERED, Got.NOT_TLS, "the port speaks plain HTTP"),
    "SMTP": (ANSWERED, Got.NOT_TLS, "the port speaks a mail"),
    "SSH": (ANSWERED, Got.NOT_TLS, "the port speaks SSH"),
    "a suite nobody offered": (ANSWERED, Got.BAD, "which was not offered"),
    "a version nobody has": (ANSWERED, Got.BAD, "which was not offered"),
    "retries without end": (ANSWERED, Got.HELLO, ""),
    "10,000 certificates": (ANSWERED, Got.BAD, "more than 20 certificates"),
    "agrees to everything": (ANSWERED, Got.FLIGHT, ""),
    "agrees late": (ANSWERED, Got.FLIGHT, ""),
    "fails every second time": ({Ending.RESET}, Got.OPEN, ""),
}
"""How the answer of each peer ends, and what was read in it."""


def hellos(name: str, count: int) -> list[Question]:
    hello = ASKED_NEWEST if name == "retries without end" else ASKED
    return [Question(hello.encode(), Flight(Want.FLIGHT, hello)) for _ in range(count)]


def met(name: str, count: int = 1) -> list[tuple[Reply, Flight]]:
    """What so many hellos to a hostile peer came to."""

    async def run() -> list[tuple[Reply, Flight]]:
        asked = hellos(name, count)
        async with serving(PEERS[name]()) as server, asker(LIMITS) as ask:
            found = await ask.ask(Peer(Address(server.host, server.port)), asked)
        readings = [question.reading for question in asked]
        return [(reply, flight) for reply, flight in zip(found.replies, readings, strict=True) if isinstance(flight, Flight)]

    return asyncio.run(run())


def open_files() -> int:
    gc.collect()
    return sum(1 for _ in Path("/dev/fd").iterdir()) if Path("/dev/fd").is_dir() else 0


def test_every_hostile_peer_has_a_verdict() -> None:
    assert VERDICTS.keys() == PEERS.keys()


@pytest.mark.parametrize("name", VERDICTS)
def test_a_hostile_peer_is_answered_for_in_time_and_by_its_cause(name: str) -> None:
    before, begun = open_files(), monotonic()
    ((reply, flight),) = met(name)
    endings, got, told = VERDICTS[name]
    assert monotonic() - begun < LIMITS.answer_seconds + 0.7
    assert reply.ending in endings
    assert flight.got is got
    assert told in flight.detail
    assert reply.received <= LIMITS.answer_bytes
    assert flight.received <= reply.received
    assert open_files() == before


def test_a_peer_that_fails_now_and_then_is_heard_when_it_does_not() -> None:
    outcomes = {(reply.ending, flight.got) for reply, flight in met("fails every second time", 12)}
    assert outcomes == {(Ending.RESET, Got.OPEN), (Ending.ANSWERED, Got.FLIGHT)}


def test_an_answer_that_comes_just_in_time_counts_each_time() -> None:
    outcomes = {(reply.ending, flight.got) for reply, flight in met("agrees late", 8)}
    assert outcomes == {(Ending.ANSWERED, Got.FLIGHT)}
