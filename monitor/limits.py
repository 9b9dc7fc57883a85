"""Places for probes: so many overall, so many for each host.

What is due beyond them waits; the wait is nobody's latency but ours. Waiting for a host's place holds no other. Probes that
go together share one place: they wait for one and the same answer, and apart from each other they would each fetch it.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from monitor.settings import Concurrency


@dataclass(slots=True, weakref_slot=True, eq=False)
class _Party:
    """Probes that go together: the place they share, which the first of them takes and the last gives back."""

    places: AsyncExitStack = field(default_factory=AsyncExitStack)
    entrance: asyncio.Lock = field(default_factory=asyncio.Lock)
    size: int = 0

    async def leave(self) -> None:
        """One of them is done."""
        self.size -= 1
        if not self.size:
            await self.places.aclose()


class Limits:
    """The places of one event loop."""

    def __init__(self, concurrency: Concurrency) -> None:
        self._overall = asyncio.Semaphore(concurrency.overall)
        self._per_host = concurrency.per_host
        # A host's places are forgotten with the last turn that holds or awaits one.
        self._hosts: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._parties: WeakValueDictionary[str, _Party] = WeakValueDictionary()

    def __len__(self) -> int:
        """How many hosts have a place taken or awaited."""
        return len(self._hosts)

    async def enter(self, places: AsyncExitStack, host: str, together: str = "") -> None:
        """Take a place for a probe that talks to *host* (``""``: to nobody), to be given back by *places*.

        Where others of the same name in *together* have a place, it is theirs.
        """
        if not together:
            await self._take(places, host)
            return
        party = self._parties.setdefault(together, _Party())
        async with party.entrance:
            if not party.size:
                async with AsyncExitStack() as taken:
                    await self._take(taken, host)
                    party.places = taken.pop_all()
            party.size += 1
        places.push_async_callback(party.leave)

    async def _take(self, places: AsyncExitStack, host: str) -> None:
        if host:
            await places.enter_async_context(self._hosts.setdefault(host, asyncio.Semaphore(self._per_host)))
        await places.enter_async_context(self._overall)
