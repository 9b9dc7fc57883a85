"""The network as checks see it: everything of this package put together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self

from checks.model import Reason, Unseen
from checks.network import Answer, Connection, Peer, Question, RecordKind, Request, Revocation, Round
from checks.values import Address
from checks.x509.crl import MAX_LIST_BYTES
from monitor.clock import SYSTEM_CLOCK, Clock
from monitor.network.asking import Asker
from monitor.network.crls import Revocations
from monitor.network.dial import Dialer, Origin, origin_of
from monitor.network.dns import Resolver, read_host
from monitor.network.guard import Guard
from monitor.network.http import HttpClient, OwnTransport
from monitor.network.pages import Pages, is_page
from monitor.network.recent import Recent
from monitor.network.tls import Offer, Tls, follows
from monitor.network.transport import Transport
from monitor.network.trust import Judge
from monitor.settings import NetworkSettings

HANDSHAKE_SECONDS = 8.0
"""How long a handshake may take from the connection on: whoever asks for it means to look on afterwards, or elsewhere."""


class LiveNetwork:
    """`checks.network.Network` over real sockets. Use it as an async context manager, inside the loop it is to run in."""

    def __init__(
        self, settings: NetworkSettings, clock: Clock = SYSTEM_CLOCK, handshake_seconds: float = HANDSHAKE_SECONDS
    ) -> None:
        """Raises `monitor.network.trust.RootsUnavailable` when the settings' ``ca_file`` cannot be used."""
        self._handshake_seconds = handshake_seconds
        self._resolver = Resolver(settings.resolvers)
        tls = Tls(Judge(settings.ca_file, clock, follows))
        self._dialer = Dialer(self._resolver, Guard(settings.allow), tls, clock, settings.proxy)
        self._asker = Asker(self._dialer, clock)
        self._recent = Recent(clock.monotonic)
        transport = OwnTransport(Transport(self._dialer, clock, self._recent.put))
        self._client = HttpClient(transport, clock.monotonic)
        self._revocations = Revocations(HttpClient(transport, clock.monotonic, MAX_LIST_BYTES).send, clock)
        self._pages = Pages(self._client.send, clock)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._pages.aclose()
        await self._revocations.aclose()
        await self._client.aclose()
        await self._resolver.aclose()

    @property
    def resting(self) -> int:
        """How many origins are left alone at the moment, because they asked for it. For any thread."""
        return self._pages.resting

    async def send(self, request: Request) -> Answer:
        """Send a request, or share the answer to an equal one; see `checks.network.Network.send`."""
        asked = self._pages.get(request) if is_page(request) else self._client.send(request)
        try:
            async with asyncio.timeout(request.within):
                return await asked
        except TimeoutError:
            raise Unseen(Reason.TIMEOUT, f"no complete answer within {request.within:g} s") from None

    async def handshake(self, peer: Peer, *, fresh: bool = False) -> Connection:
        """Complete a handshake and hang up, or show one that a request completed a moment ago."""
        known = None if fresh or peer.starttls or peer.prefer else self._recent.get(origin_of(peer.address))
        if known and peer.ip in {"", known.address}:
            return replace(known, cached=True)
        return await self._dialer.shake(peer, Offer.NEWEST if fresh else Offer.LOOK, self._handshake_seconds)

    async def ask(self, peer: Peer, questions: Sequence[Question]) -> Round:
        """Say each question on a connection of its own; see `checks.network.Network.ask`."""
        return await self._asker.ask(peer, questions)

    async def addresses(self, host: str) -> tuple[str, ...]:
        """The addresses of *host* that may be looked at, in the same order each time."""
        return tuple(map(str, await self._dialer.addresses(host)))

    async def reach(self, address: Address) -> Connection:
        """Connect to *address* by plain TCP, or through the proxy, and hang up. Raises `Unseen` when that fails."""
        host = str(read_host(address.host))
        line = await self._dialer.connect(await self._dialer.way(Origin(host, address.port, is_tls=False)))
        line.stream.close()
        return line.connection

    async def look_up(self, name: str) -> tuple[str, ...]:
        """The addresses of *name* as our name servers tell them now, whatever is remembered. Raises `Unseen` for none."""
        return tuple(map(str, await self._dialer.addresses(name, fresh=True)))

    async def records(self, name: str, kind: RecordKind) -> tuple[str, ...]:
        """The records of a kind at *name*; see `checks.network.Network.records`."""
        return await self._resolver.records(name, kind)

    async def revocation(self, url: str, issuer: bytes, serial: int) -> Revocation:
        """What the list at *url* says of a certificate; see `checks.network.Network.revocation`."""
        return await self._revocations.find(url, issuer, serial)
