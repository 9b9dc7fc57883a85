"""What waits to be written: in order, never too much of it, and never without what matters most.

- When there is more than the limits, of entries or of bytes, the oldest goes that changed nothing (no state of a target,
  nothing of a vendor, nothing that somebody is told) and is not the newest of its target.
- When that is not enough, the oldest probes that changed something leave behind what they changed, and what they saw goes.
- Of how long we could see only the newest counts: it takes the place of the one before, unless that began a presence,
  because what that does to later times is to be done before what follows is written.

So however long a database is away, every change and the latest state of every target are written in the end. Those alone
may exceed the limits: they grow with the changes, by about a kilobyte each, and not with time. Every act costs the same
however many wait, because all of them happen on the event loop.
"""

from __future__ import annotations

import heapq
from collections import OrderedDict, deque
from datetime import datetime

from monitor.history import Presence
from monitor.store.store import Aside, Record, Written
from monitor.store.weight import weight

MOST_BYTES = 64 * 1024 * 1024
BATCH_BYTES = 4 * 1024 * 1024
"""What is taken at once, about: a batch is one transaction, and held in memory twice."""


class Backlog:
    """Entries in the order they came. *dropped* counts those given up since the start, *bytes* is about what they take."""

    def __init__(self, limit: int, most_bytes: int = MOST_BYTES) -> None:
        self.dropped = 0
        self.bytes = 0
        self._limit = limit
        self._most_bytes = most_bytes
        self._number = 0
        self._entries: OrderedDict[int, tuple[Written, int]] = OrderedDict()
        self._newest: dict[str, int] = {}
        self._expendable: list[int] = []
        self._changes: deque[int] = deque()
        self._present: datetime | None = None
        self._growth: int | None = None

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def oldest(self) -> datetime | None:
        """When what waits longest happened."""
        return next(iter(self._entries.values()))[0].at if self._entries else None

    def add(self, entry: Written) -> None:
        """Put *entry* last, and give up older ones if there is too much now."""
        self._number += 1
        self._keep(self._number, entry)
        match entry:
            case Record():
                self._supersede(entry)
            case Aside(presence=Presence() as presence):
                self._outgrow(presence, alone=not _matters(entry))
            case Aside(held=None) if not _matters(entry):
                heapq.heappush(self._expendable, self._number)
        self._relieve()

    def take(self, count: int, most_bytes: int = BATCH_BYTES) -> list[Written]:
        """Remove and return the oldest entries: at most *count*, and no more once they are *most_bytes*."""
        left = self.bytes - most_bytes
        taken: list[Written] = []
        while self._entries and len(taken) < count and (not taken or self.bytes > left):
            taken.append(self._take_oldest())
        return taken

    def _keep(self, number: int, entry: Written) -> None:
        size = _weight(entry)
        self._entries[number] = (entry, size)
        self.bytes += size

    def _remove(self, number: int) -> Written:
        entry, size = self._entries.pop(number)
        self.bytes -= size
        return entry

    def _supersede(self, record: Record) -> None:
        """Take *record*, which came last, for the newest of its target; the one before it may go now."""
        before = self._newest.get(record.key)
        self._newest[record.key] = self._number
        if _matters(record):
            self._changes.append(self._number)
        if before is not None and not _matters(self._entries[before][0]):
            heapq.heappush(self._expendable, before)

    def _outgrow(self, presence: Presence, *, alone: bool) -> None:
        """Take *presence*, which came last, for how long we could see; the entry before it goes where this one grew."""
        if presence.since != self._present or not alone:
            self._present, self._growth = presence.since, None
            return
        if self._growth is not None:
            self._remove(self._growth)
        self._growth = self._number

    def _relieve(self) -> None:
        while (len(self._entries) > self._limit or self.bytes > self._most_bytes) and self._expendable:
            self._remove(heapq.heappop(self._expendable))
            self.dropped += 1
        while self.bytes > self._most_bytes and self._changes:
            self._lighten(self._changes.popleft())

    def _lighten(self, number: int) -> None:
        """Of the record with this *number* keep what it changed, where it stands."""
        record = self._entries[number][0]
        self.bytes -= self._entries[number][1]
        self._keep(number, _outcome(record))
        self.dropped += 1

    def _take_oldest(self) -> Written:
        number = next(iter(self._entries))
        entry = self._remove(number)
        if self._newest.get(entry.key) == number:
            del self._newest[entry.key]
        if self._expendable and self._expendable[0] == number:
            heapq.heappop(self._expendable)
        if self._changes and self._changes[0] == number:
            self._changes.popleft()
        if self._growth == number:
            self._growth = None
        return entry


def _matters(entry: Written) -> bool:
    """Whether anything changed by *entry*."""
    return entry.transition is not None or entry.consequences.matters


def _outcome(record: Written) -> Aside:
    """What *record* changed, without what was seen."""
    return Aside(
        at=record.at, key=record.key, held=record.held, transition=record.transition, consequences=record.consequences
    )


def _weight(entry: Written) -> int:
    """What *entry* takes; its target is there anyway."""
    seen = entry.observation if isinstance(entry, Record) else None
    return weight((seen, entry.held, entry.transition, entry.consequences))
