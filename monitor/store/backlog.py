"""What waits to be written: records in order, never too many of them, and never without what matters most.

When there are more than the limit, the oldest record goes that is neither a transition nor the newest of its target. So
however long a database is away, every transition and the latest state of every target are written in the end. Those alone
may exceed the limit. Every act costs the same however many wait, because all of them happen on the event loop.
"""

from __future__ import annotations

import heapq
from collections import OrderedDict

from monitor.store.store import Record


class Backlog:
    """Records in the order they came. *dropped* counts those given up since the start."""

    def __init__(self, limit: int) -> None:
        self.dropped = 0
        self._limit = limit
        self._number = 0
        self._records: OrderedDict[int, Record] = OrderedDict()
        self._newest: dict[str, int] = {}
        self._expendable: list[int] = []

    def __len__(self) -> int:
        return len(self._records)

    def add(self, record: Record) -> None:
        """Put *record* last, and give up an older one if there are too many now."""
        self._number += 1
        self._records[self._number] = record
        superseded = self._newest.get(record.target.key)
        self._newest[record.target.key] = self._number
        if superseded is not None and self._records[superseded].transition is None:
            heapq.heappush(self._expendable, superseded)
        if len(self._records) > self._limit and self._expendable:
            del self._records[heapq.heappop(self._expendable)]
            self.dropped += 1

    def take(self, count: int) -> list[Record]:
        """Remove and return the oldest records, at most *count*."""
        return [self._take_oldest() for _ in range(min(count, len(self._records)))]

    def _take_oldest(self) -> Record:
        number, record = self._records.popitem(last=False)
        if self._newest[record.target.key] == number:
            del self._newest[record.target.key]
        if self._expendable and self._expendable[0] == number:
            heapq.heappop(self._expendable)
        return record
