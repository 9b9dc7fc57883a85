"""The daemon's task that keeps its store small: steps of `Annals.compact`, whenever there is time for them.

Writing what is seen comes first. No step begins while the writer is behind or the store is not well, each runs in a thread,
and after each there is a rest of several times as long, in which whoever waits for the store has it. A store that cannot be
used is tried again in the next round; a bug of ours ends the round, and not the daemon.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NoReturn

from monitor.clock import Clock
from monitor.settings import History
from monitor.store.store import Compacted, Kept, Store, StoreUnavailable
from monitor.store.writer import Writer
from monitor.threads import in_thread

ROUND_SECONDS = 30.0
"""How long after a round the next begins."""
REST = 3.0
"""How many times as long as a step the rest after it is,"""
SHORTEST_REST_SECONDS = 0.05
"""and at least this."""
BEHIND = 1_000
"""A writer is behind with more records than this: more than come together while others are written."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompactionStats:
    """How it goes. *packed* and *removed* count since the start; the rest is what the last whole round found."""

    packed: int = 0
    removed: int = 0
    bytes: int | None = None
    too_large: bool = False
    last_success: datetime | None = None


class Compactor:
    """Compacts *store* as long as *writer* keeps up. *pause* waits for a number of seconds."""

    def __init__(
        self, store: Store, clock: Clock, writer: Writer, pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._store = store
        self._clock = clock
        self._writer = writer
        self._pause = pause
        self._history = History()
        self.stats = CompactionStats()

    def adopt(self, history: History) -> None:
        """Keep from now on what *history* says."""
        self._history = history

    async def run(self) -> NoReturn:
        """Compact, round after round, until cancelled."""
        while True:
            await self._pause(ROUND_SECONDS)
            try:
                await self._go_round()
            except StoreUnavailable as unavailable:
                self._writer.failed(unavailable)
                _log.warning("the store cannot be compacted for now", extra={"detail": unavailable.detail})
            except Exception:  # noqa: BLE001 - a bug of ours here must not end what else goes on
                _log.exception("a bug in compacting the store")

    async def _go_round(self) -> None:
        """Make steps until nothing is left to do, or there is no time for it."""
        while self._writer.is_well and self._writer.stats.queued <= BEHIND:
            began = self._clock.monotonic()
            step = await in_thread(self._store.compact, self._clock.now(), self._kept())
            self._note(step)
            if step.is_done:
                return
            await self._pause(max(SHORTEST_REST_SECONDS, REST * (self._clock.monotonic() - began)))

    def _kept(self) -> Kept:
        """What is kept, counted from now."""
        at, history = self._clock.now(), self._history
        return Kept(
            observations_since=at - timedelta(seconds=history.observations),
            hours_since=at - timedelta(seconds=history.hours),
            bytes=history.size,
        )

    def _note(self, step: Compacted) -> None:
        stats = self.stats
        self.stats = replace(stats, packed=stats.packed + step.packed, removed=stats.removed + step.removed)
        if not step.is_done:
            return
        if step.too_large and not stats.too_large:
            told = {"bytes": step.bytes, "free": step.free, "size": self._history.size}
            _log.warning("the store is larger than it may be, and %s", self._cure(step), extra=told)
        self.stats = replace(self.stats, bytes=step.bytes, too_large=step.too_large, last_success=self._clock.now())

    def _cure(self, step: Compacted) -> str:
        if step.bytes - step.free > self._history.size:
            return "nothing in it may go: raise history: size:"
        return "what went of it stays in its file as free pages: stop the daemon, and let SQLite VACUUM the file"
