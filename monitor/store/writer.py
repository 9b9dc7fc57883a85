"""The one task that writes what is seen. Probing hands it records and never learns whether the database is well.

- `Writer.put` neither waits nor raises; what it takes waits in a `Backlog`.
- Records are gathered for a moment and written as one batch in a thread, one batch at a time and in order. Whoever waits
  for what is in them is told when they are committed, and not before.
- While the store is unavailable the batch is kept and tried again, at growing intervals, for as long as it takes. Whatever
  the fault is, it stops no probe: at most one thread is at it, and what waits is bounded.
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
from monitor.store.store import Fault, Operation, Store, StoreUnavailable, Written
from monitor.threads import in_thread

GATHER_SECONDS = 0.2
"""How long records are gathered before a batch is written: what a crash may lose, and what spares a commit per probe."""
FIRST_RETRY_SECONDS = 0.5
LAST_RETRY_SECONDS = 5.0
"""Between these the time from one try to the next doubles. It is how late people may hear of what happened meanwhile."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterStats:
    """How the writing goes. *queued* and *bytes* are what waits now, the other numbers count since the start.

    *oldest* is when the first of it happened. What is *dropped* was one too many, what is *refused* cannot be written.
    """

    queued: int
    bytes: int
    oldest: datetime | None
    written: int
    dropped: int
    refused: int
    errors: Mapping[tuple[Operation, Fault], int]
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
        self._bytes_in_hand = 0
        self._portion = batch
        self._turn = asyncio.Lock()
        self._arrived = asyncio.Event()
        self._written = 0
        self._refused = 0
        self._errors: Counter[tuple[Operation, Fault]] = Counter()
        self._last_success: datetime | None = None
        self._fault: Fault | None = None

    @property
    def stats(self) -> WriterStats:
        """How the writing goes, at this moment."""
        return WriterStats(
            queued=self._queued,
            bytes=self._backlog.bytes + (self._bytes_in_hand if self._in_hand else 0),
            oldest=self._in_hand[0].at if self._in_hand else self._backlog.oldest,
            written=self._written,
            dropped=self._backlog.dropped,
            refused=self._refused,
            errors=dict(self._errors),
            last_success=self._last_success,
        )

    @property
    def is_well(self) -> bool:
        """Whether the store took what it was last given."""
        return self._fault is None

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
            self._take_in_hand()
            portion = self._in_hand[: self._portion]
            if not portion:
                return True
            try:
                await in_thread(self._store.write, portion)
            except StoreUnavailable as unavailable:
                self._wait_for(unavailable)
                return False
            except Exception as error:  # noqa: BLE001 - a bug of ours must not end the writing of everything else
                self._narrow(portion, error)
                return True
            self._confirm(portion)
            return True

    def _take_in_hand(self) -> None:
        """Take the next batch, once the last one is written."""
        if not self._in_hand:
            before = self._backlog.bytes
            self._in_hand = self._backlog.take(self._batch)
            self._bytes_in_hand = before - self._backlog.bytes

    def failed(self, unavailable: StoreUnavailable) -> None:
        """Count that the store was *unavailable* to whoever says so."""
        self._errors[unavailable.operation, unavailable.fault] += 1

    def _wait_for(self, unavailable: StoreUnavailable) -> None:
        """Note why nothing can be written, and tell it once for each fault."""
        self.failed(unavailable)
        if unavailable.fault is not self._fault:
            _log.warning("the store is unavailable, records wait", extra={"detail": unavailable.detail})
        self._fault = unavailable.fault

    def _narrow(self, portion: list[Written], error: Exception) -> None:
        """Come closer to the record that cannot be written, and drop it once it is alone."""
        self._errors[Operation.WRITE, Fault.OTHER] += 1
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
        if self._fault:
            _log.info("the store is available again", extra={"records": self._queued})
        self._fault = None
        self._hear(portion)
