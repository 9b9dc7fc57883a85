"""A network in front of another: it passes everything on, and who wants to listen overrides what there is to hear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from checks.network import Answer, Connection, Network, Peer, Question, RecordKind, Request, Revocation, Round


@dataclass(slots=True)
class Relay:
    """Passes everything on to *network* and changes nothing."""

    network: Network

    async def send(self, request: Request) -> Answer:
        """Pass a request on."""
        return await self.network.send(request)

    async def handshake(self, peer: Peer, *, fresh: bool = False) -> Connection:
        """Pass a handshake on."""
        return await self.network.handshake(peer, fresh=fresh)

    async def ask(self, peer: Peer, questions: Sequence[Question]) -> Round:
        """Pass questions on."""
        return await self.network.ask(peer, questions)

    async def addresses(self, host: str) -> tuple[str, ...]:
        """Pass a name on."""
        return await self.network.addresses(host)

    async def records(self, name: str, kind: RecordKind) -> tuple[str, ...]:
        """Pass a name on."""
        return await self.network.records(name, kind)

    async def revocation(self, url: str, issuer: bytes, serial: int) -> Revocation:
        """Pass a certificate's serial number on."""
        return await self.network.revocation(url, issuer, serial)
