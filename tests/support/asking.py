"""Raw questions for tests: what asks them with limits of its own, and a reading that counts bytes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from checks.network import Peer, Question
from checks.values import Address, Url
from monitor.clock import SYSTEM_CLOCK
from monitor.network.asking import Asker, Limits
from monitor.network.dial import Dialer
from monitor.network.dns import Resolver
from monitor.network.guard import Guard, IPNetwork
from monitor.network.tls import Tls
from monitor.network.trust import Judge
from tests.support.servers import LOOPBACK, Listener

HERE = "127.0.0.1"
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
