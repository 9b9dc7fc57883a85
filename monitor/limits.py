"""Places for probes: so many overall, so many for each host.

What is due beyond them waits; the wait is nobody's latency but ours. Waiting for a host's place holds no other. Probes that
go together share one place: they wait for one and the same answer, and apart from each other they would each fetch it.

A place overall keeps probes from waiting for each other, which would pass for the vendor's latency: of 1,000 at once, half
are measured to take 0.3 s with 32 places and 1.7 s with 256. But a probe that waits for a silent vendor keeps nobody
waiting: after `BUSY_SECONDS` it counts no more, only that `PATIENT` times as many may be under way in all. So with the
shipped 32 places 32 looks of 10 s begin each second, and 1,000 silent targets, four looks each, are known to be down in
125 s, after the interval in which they are met first. If each look kept its place it would be ten times as long.

Urgent probes go first, for an outage is told by them. Every `FAIR`-th place goes to another, so that none waits for ever.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from monitor.settings import Concurrency

BUSY_SECONDS = 1.0
"""A probe that has been under way for so long waits for its vendor, and costs us next to nothing."""
PATIENT = 10
"""So many times the places may be under way at once in all. One that waits keeps a connection or two, and some 60 kB."""
FAIR = 4


class _Places:
    """So many places, each taken by one and then given back."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._others: deque[asyncio.Future[None]] = deque()
        self._turn = 0

    async def take(self, *, urgent: bool) -> None:
        """Take a place, and wait until there is one."""
        if self._free:
            self._free -= 1
            return
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        (self._urgent if urgent else self._others).append(place)
        try:
            await place
        except asyncio.CancelledError:
            if not place.cancelled():
                self.give_back()  # It was given in the very round in which nobody wanted it any more.
            raise

    def give_back(self) -> None:
        """Give a place to whoever has waited longest, the urgent ones first most of the time."""
        self._turn += 1
        queues = (self._urgent, self._others) if self._turn % FAIR else (self._others, self._urgent)
        for queue in queues:
            while queue:
                place = queue.popleft()
                if not place.done():
                    place.set_result(None)
                    return
        self._free += 1


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
        self._busy = _Places(concurrency.overall)
        self._overall = _Places(concurrency.overall * PATIENT)
        self._per_host = concurrency.per_host
        # A host's places are forgotten with the last turn that holds or awaits one.
        self._hosts: WeakValueDictionary[str, _Places] = WeakValueDictionary()
        self._parties: WeakValueDictionary[str, _Party] = WeakValueDictionary()

    def __len__(self) -> int:
        """How many hosts have a place taken or awaited."""
        return len(self._hosts)

    async def enter(self, places: AsyncExitStack, host: str, together: str = "", *, urgent: bool = False) -> None:
        """Take a place for a probe that talks to *host* (``""``: to nobody), to be given back by *places*.

        Where others of the same name in *together* have a place, it is theirs.
        """
        if not together:
            await self._take(places, host, urgent=urgent)
            return
        party = self._parties.setdefault(together, _Party())
        async with party.entrance:
            if not party.size:
                async with AsyncExitStack() as taken:
                    await self._take(taken, host, urgent=urgent)
                    party.places = taken.pop_all()
            party.size += 1
        places.push_async_callback(party.leave)

    async def _take(self, places: AsyncExitStack, host: str, *, urgent: bool) -> None:
        needed = [self._overall]
        if host:
            needed.insert(0, self._hosts.setdefault(host, _Places(self._per_host)))
        for each in needed:
            await each.take(urgent=urgent)
            places.callback(each.give_back)
        await self._busy.take(urgent=urgent)
        place = places.enter_context(ExitStack())
        place.callback(self._busy.give_back)
        places.callback(asyncio.get_running_loop().call_later(BUSY_SECONDS, place.close).cancel)
