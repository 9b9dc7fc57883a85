"""The one task that writes what is seen. Probing hands it records and never learns whether the database is well.

- `Writer.put` neither waits nor raises; what it takes waits in a `Backlog`.
- Records are gathered for a moment and written as one batch in a thread, one batch at a time and in order. Whoever waits
  for what is in them is told when they are committed, and not before.
- While the store is unavailable the batch is kept and tried again, at growing intervals, for as long as it takes.
- A record that cannot be written for any other reason is a bug of ours: found by halving its batch, logged and dropped.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.clock import Clock
from monitor.store.backlog import Backlog
from monitor.store.store import Operation, Store, StoreUnavailable, Written
from monitor.threads import in_thread

GATHER_SECONDS = 0.2
"""How long records are gathered before a batch is written: what a crash may lose, and what spares a commit per probe."""
FIRST_RETRY_SECONDS = 0.5
LAST_RETRY_SECONDS = 15.0
"""Between these the time from one try to the next doubles."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterStats:
    """How the writing goes. *queued* is what waits now, the other numbers count since the start."""

    queued: int
    written: int
    dropped: int
    errors: Mapping[Operation, int]
    last_success: datetime | None


def _unheard(written: Sequence[Written]) -> None:
    del written


class Writer:
    """Writes what is `put` while `run` runs. All methods belong to the event loop; only ``store.write`` runs in a thread.

    At most about *limit* records wait. *written* hears of every batch once it is committed, on the event loop. *pause* waits
    for a number of seconds.
    """

    def __init__(  # noqa: PLR0913 - what it works for and with, and how much at once
        self,
        store: Store,
        clock: Clock,
        *,
        written: Callable[[Sequence[Written]], None] = _unheard,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        limit: int = 20_000,
        batch: int = 1_000,
    ) -> None:
        self._store = store
        self._clock = clock
        self._hear = written
        self._pause = pause
        self._backlog = Backlog(limit)
        self._batch = batch
        self._in_hand: list[Written] = []
        self._portion = batch
        self._turn = asyncio.Lock()
        self._arrived = asyncio.Event()
        self._written = 0
        self._refused = 0
        self._errors: Counter[Operation] = Counter()
        self._last_success: datetime | None = None
        self._is_well = True

    @property
    def stats(self) -> WriterStats:
        """How the writing goes, at this moment."""
        return WriterStats(
            queued=self._queued,
            written=self._written,
            dropped=self._backlog.dropped + self._refused,
            errors=dict(self._errors),
            last_success=self._last_success,
        )

    @property
    def is_well(self) -> bool:
        """Whether the store took what it was last given."""
        return self._is_well

    @property
    def _queued(self) -> int:
        return len(self._in_hand) + len(self._backlog)

    def put(self, entry: Written) -> None:
        """Have *entry* written soon."""
        self._backlog.add(entry)
        self._arrived.set()

    async def run(self) -> None:
        """Write what comes, until cancelled."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            await self._pause(GATHER_SECONDS)
            await self._drain()

    async def flush(self, seconds: float) -> int:
        """Write what waits, for at most that long, and return how many records are left unwritten.

        For the end: nothing should be `put` meanwhile. A record counts as left when its batch was still being written.
        """
        try:
            async with asyncio.timeout(seconds):
                await self._drain()
        except TimeoutError:
            _log.warning("records were left unwritten", extra={"records": self._queued})
        return self._queued

    async def _drain(self) -> None:
        """Write until nothing waits."""
        wait = FIRST_RETRY_SECONDS
        while self._queued:
            if await self._write_batch():
                wait = FIRST_RETRY_SECONDS
                continue
            await self._pause(wait)
            wait = min(2 * wait, LAST_RETRY_SECONDS)

    async def _write_batch(self) -> bool:
        """Try once to write the oldest records; False when the store is unavailable."""
        async with self._turn:
            self._in_hand = self._in_hand or self._backlog.take(self._batch)
            portion = self._in_hand[: self._portion]
            if not portion:
                return True
            try:
                await in_thread(self._store.write, portion)
            except StoreUnavailable as unavailable:
                self._note(unavailable)
                return False
            except Exception as error:  # noqa: BLE001 - a bug of ours must not end the writing of everything else
                self._narrow(portion, error)
                return True
            self._confirm(portion)
            return True

    def _note(self, unavailable: StoreUnavailable) -> None:
        self._errors[unavailable.operation] += 1
        if self._is_well:
            _log.warning("the store is unavailable, records wait", extra={"detail": unavailable.detail})
        self._is_well = False

    def _narrow(self, portion: list[Written], error: Exception) -> None:
        """Come closer to the record that cannot be written, and drop it once it is alone."""
        self._errors[Operation.WRITE] += 1
        if len(portion) > 1:
            self._portion = len(portion) // 2
            return
        _log.error("a record cannot be stored", extra={"target": portion[0].key}, exc_info=error)
        self._refused += 1
        del self._in_hand[:1]
        self._portion = self._batch

    def _confirm(self, portion: list[Written]) -> None:
        del self._in_hand[: len(portion)]
        self._portion = self._batch
        self._written += len(portion)
        self._last_success = self._clock.now()
        if not self._is_well:
            _log.info("the store is available again", extra={"records": self._queued})
        self._is_well = True
        self._hear(portion)
