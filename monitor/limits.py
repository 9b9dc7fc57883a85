"""Places for probes: so many overall, so many for each host.

What is due beyond them waits; the wait is nobody's latency but ours. Waiting for a host's place holds no other.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from weakref import WeakValueDictionary

from monitor.settings import Concurrency


class Limits:
    """The places of one event loop."""

    def __init__(self, concurrency: Concurrency) -> None:
        self._overall = asyncio.Semaphore(concurrency.overall)
        self._per_host = concurrency.per_host
        # A host's places are forgotten with the last turn that holds or awaits one.
        self._hosts: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    def __len__(self) -> int:
        """How many hosts have a place taken or awaited."""
        return len(self._hosts)

    async def enter(self, places: AsyncExitStack, host: str) -> None:
        """Take a place for a probe that talks to *host* (``""``: to nobody), to be given back by *places*."""
        if host:
            await places.enter_async_context(self._hosts.setdefault(host, asyncio.Semaphore(self._per_host)))
        await places.enter_async_context(self._overall)
