"""Canaries of made-up operators, and a network in which they can be seen, lost and cut off."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from checks.model import Reason, Unseen
from checks.network import Answer, Connection, Peer, Request
from checks.values import Address, Seconds
from monitor.settings import Canaries, Canary
from tests.support.network import FakeNetwork

OPERATORS = ("ant", "bee", "cat", "dog")
_CONNECTION = Connection(address="203.0.113.5", port=443, ip_family="ipv4")


def canary(operator: str, number: int = 1) -> Canary:
    """An operator with all that can be looked at."""
    name = f"www.{operator}.test"
    tcp = (Address(f"192.0.2.{number}", 53), Address(f"2001:db8::{number}", 53))
    return Canary(operator=operator, dns=name, tcp=tcp, tls=Address(name, 443))


def canaries(every: float = 30, grace: float = 60) -> Canaries:
    """Four operators."""
    asked = tuple(canary(operator, number) for number, operator in enumerate(OPERATORS, start=1))
    return Canaries(every=Seconds(every), grace=Seconds(grace), ask=asked)


@dataclass
class CanaryNetwork(FakeNetwork):
    """A network that can be cut: then nothing is heard any more, of canaries and vendors alike.

    Vendors answer by ``answers``; of the canaries nothing *absent* is seen: an operator, a family, a kind of look; with
    ``untrusted`` their certificates are a portal's. *silence*
    is how many seconds it takes to find that out. *begun* are the moments at which rounds began.
    """

    is_cut: bool = False
    absent: set[str] = field(default_factory=set)
    silence: float = 0.0
    begun: list[float] = field(default_factory=list)

    async def send(self, request: Request) -> Answer:
        """Send, unless the network is cut."""
        if self.is_cut:
            await self._lose(request.url)
        return await super().send(request)

    async def reach(self, address: Address) -> Connection:
        """Connect to a canary."""
        if address == Address("192.0.2.1", 53):
            self.begun.append(asyncio.get_running_loop().time())
        operator = OPERATORS[int(address.host[-1]) - 1] if address.host[-1] in "1234" else ""
        await self._look({"tcp", "ipv6" if ":" in address.host else "ipv4", operator})
        return _CONNECTION

    async def handshake(self, peer: Peer, *, fresh: bool = False) -> Connection:
        """Shake hands with a canary, or with a vendor that the test knows."""
        if peer.address in self.connections or peer in self.connections:
            return await super().handshake(peer, fresh=fresh)
        if "untrusted" in self.absent:
            raise Unseen(Reason.TLS, "the certificate is somebody else's")
        await self._look({"tls", peer.address.host.split(".")[1]})
        return _CONNECTION

    async def look_up(self, name: str) -> tuple[str, ...]:
        """The address of a canary."""
        await self._look({"dns", name.split(".")[1]})
        return ("203.0.113.5",)

    async def _look(self, words: set[str]) -> None:
        if self.is_cut or words & self.absent:
            await self._lose(" ".join(sorted(words)))

    async def _lose(self, what: str) -> None:
        await asyncio.sleep(self.silence)
        raise Unseen(Reason.TIMEOUT, f"{what}: silence")
