"""A scan of a server on loopback over the daemon's own network."""

from __future__ import annotations

import asyncio
from pathlib import Path

from checks.network import Peer, Session
from checks.tls.asking import hold
from checks.tls.deep import DEEP_CONNECTIONS, deep
from checks.tls.posture import Posture, Verdict
from checks.tls.quick import QUICK_CONNECTIONS, quick
from checks.values import Address
from monitor.network.network import LiveNetwork
from tests.support.servers import settings
from tests.support.tlsservers import NAME


def quickly(folder: Path, port: int) -> Posture:
    """What a quick scan shows of the server at *port*."""

    async def scan() -> Posture:
        async with LiveNetwork(settings(folder)) as network:
            return await hold(quick(NAME), network, Peer(Address(NAME, port)), budget=QUICK_CONNECTIONS)

    return asyncio.run(scan())


def deeply(folder: Path, port: int) -> Posture:
    """What a deep scan shows of the server at *port*."""

    async def scan() -> Posture:
        async with LiveNetwork(settings(folder)) as network:
            return await hold(deep(NAME), network, Peer(Address(NAME, port)), budget=DEEP_CONNECTIONS)

    return asyncio.run(scan())


def handshake(folder: Path, port: int) -> Session:
    """What a client of today is shown by the server at *port*."""

    async def shake() -> Session:
        async with LiveNetwork(settings(folder)) as network:
            shown = await network.handshake(Peer(Address(NAME, port)), fresh=True)
            assert shown.session
            return shown.session

    return asyncio.run(shake())


def spoken(posture: Posture) -> set[str]:
    """The versions that were accepted."""
    return {version for version, verdict in posture.versions.items() if verdict is Verdict.YES}
