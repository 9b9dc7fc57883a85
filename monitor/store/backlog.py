"""What waits to be written: in order, never too much of it, and never without what matters most.

When there is more than the limit, the oldest record goes that changed nothing (no state of a target, nothing of a vendor,
nothing that somebody is told) and is not the newest of its target. So however long a database is away, every change and the
latest state of every target are written in the end. Those alone may exceed the limit. Every act costs the same however many
wait, because all of them happen on the event loop.
"""

from __future__ import annotations

import heapq
from collections import OrderedDict

from monitor.store.store import Record, Written


class Backlog:
    """Entries in the order they came. *dropped* counts those given up since the start."""

    def __init__(self, limit: int) -> None:
        self.dropped = 0
        self._limit = limit
        self._number = 0
        self._entries: OrderedDict[int, Written] = OrderedDict()
        self._newest: dict[str, int] = {}
        self._expendable: list[int] = []

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, entry: Written) -> None:
        """Put *entry* last, and give up an older one if there are too many now."""
        self._number += 1
        self._entries[self._number] = entry
        if isinstance(entry, Record):
            self._supersede(entry.key)
        if len(self._entries) > self._limit and self._expendable:
            del self._entries[heapq.heappop(self._expendable)]
            self.dropped += 1

    def _supersede(self, key: str) -> None:
        """Take the record that came last for the newest of its target; the one before it may go now."""
        before = self._newest.get(key)
        self._newest[key] = self._number
        if before is not None and not _matters(self._entries[before]):
            heapq.heappush(self._expendable, before)

    def take(self, count: int) -> list[Written]:
        """Remove and return the oldest entries, at most *count*."""
        return [self._take_oldest() for _ in range(min(count, len(self._entries)))]

    def _take_oldest(self) -> Written:
        number, entry = self._entries.popitem(last=False)
        if isinstance(entry, Record) and self._newest[entry.key] == number:
            del self._newest[entry.key]
        if self._expendable and self._expendable[0] == number:
            heapq.heappop(self._expendable)
        return entry


def _matters(entry: Written) -> bool:
    """Whether anything changed by *entry*."""
    return entry.transition is not None or entry.consequences.matters
