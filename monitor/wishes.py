"""What signals ask the daemon for: to stop, to read the configuration again."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for and not granted yet."""

    stop: asyncio.Event = field(default_factory=asyncio.Event)
    reload: asyncio.Event = field(default_factory=asyncio.Event)

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Hear signals while the context is open. An event loop must be running."""
        loop = asyncio.get_running_loop()
        events = {signal.SIGTERM: self.stop, signal.SIGINT: self.stop, signal.SIGHUP: self.reload}
        for number, event in events.items():
            loop.add_signal_handler(number, event.set)
        try:
            yield
        finally:
            for number in events:
                loop.remove_signal_handler(number)
                # The process is about to end by itself; another signal now must not make it end as if it had been killed.
                signal.signal(number, signal.SIG_IGN)

    async def unless_stopped(self, work: Awaitable[T]) -> T | None:
        """What *work* comes to, or None as soon as the wish is to stop."""
        working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(self.stop.wait())
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if working.done():
            return working.result()
        working.cancel()
        return None
