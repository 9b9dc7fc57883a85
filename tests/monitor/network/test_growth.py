"""Scans by the thousand leave nothing behind: what the process holds stays as it is, whatever the peers do."""

from __future__ import annotations

import asyncio
import gc
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from checks.network import Ending, Peer, Question
from checks.tls.codes import TLS12
from checks.tls.flight import Flight, Want
from checks.tls.hello import Hello
from checks.values import Address
from monitor.network.network import LiveNetwork
from tests.support.hostile import PEERS, SUITE, answering, flight
from tests.support.servers import Script, serving, settings, trusted

STATM = Path("/proc/self/statm")
WARM_UP, SCANS = 200, 1300
GROWTH_MEGABYTES = 1.5
QUICK_PEERS = ("resets", "garbage", "garbage in a record", "SMTP", "agrees to everything")
"""Peers that a question is soon over with."""


def megabytes() -> float:
    """What this process has in memory."""
    gc.collect()
    return int(STATM.read_text().split()[1]) * resource.getpagesize() / 1e6


def hello() -> Question:
    asked = Hello(version=TLS12, suites=(SUITE,), groups=(29,), random=bytes(32), server_name="vendor.test", staple=True)
    return Question(asked.encode(), Flight(Want.FLIGHT, asked))


def changing() -> Script:
    """Another peer on each connection, in turns: some honest, some not."""
    scripts = [answering(flight()), *(PEERS[name]() for name in QUICK_PEERS)]
    turn = 0

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal turn
        turn += 1
        await scripts[turn % len(scripts)](reader, writer)

    return script


async def listens(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """Stay until the peer leaves."""
    await reader.read()


async def serve(ports: Connection) -> None:
    """Serve handshakes at one port and anything at another, until the process is ended."""
    async with serving(listens, tls=trusted()) as honest, serving(changing()) as mixed:
        ports.send((honest.port, mixed.port))
        await asyncio.Event().wait()


def serve_alone(ports: Connection) -> None:
    asyncio.run(serve(ports))


@contextmanager
def peers() -> Iterator[tuple[Peer, Peer]]:
    """The two, served by a process of their own: what they hold is not ours."""
    spawn = get_context("spawn")
    ours, theirs = spawn.Pipe()
    server = spawn.Process(target=serve_alone, args=(theirs,), daemon=True)
    server.start()
    try:
        honest, mixed = (Peer(Address("127.0.0.1", port)) for port in ours.recv())
        yield honest, mixed
    finally:
        server.terminate()
        server.join()
        server.close()
        ours.close()
        theirs.close()


async def scan(network: LiveNetwork, honest: Peer, mixed: Peer) -> None:
    """A handshake, and a few questions."""
    assert (await network.handshake(honest, fresh=True)).session
    found = await network.ask(mixed, [hello() for _ in range(4)])
    assert {reply.ending for reply in found.replies} <= {Ending.ANSWERED, Ending.RESET}


@pytest.mark.slow
@pytest.mark.skipif(not STATM.exists(), reason="memory cannot be measured here")
def test_memory_stays_flat_over_many_scans(tmp_path: Path) -> None:
    async def run(honest: Peer, mixed: Peer) -> float:
        async with LiveNetwork(settings(tmp_path)) as network:
            for _ in range(WARM_UP):
                await scan(network, honest, mixed)
            before = megabytes()
            for _ in range(SCANS):
                await scan(network, honest, mixed)
            return megabytes() - before

    with peers() as (honest, mixed):
        assert asyncio.run(run(honest, mixed)) < GROWTH_MEGABYTES
