"""What keeps the database small, in steps of bounded work, each of which is whole or was never made.

In this order: observations of an hour that is over are pressed together (`monitor.store.folding`), hours are rolled up
(`monitor.store.accounting`), what is old goes (`monitor.store.expiry`). A series' hour is rolled up with its looks, where it
has any, because the tree of hours then only ever grows at its end.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import Connection

from monitor.store import accounting, folding
from monitor.store.dialect import bytes_in_all, bytes_used
from monitor.store.expiry import Expiry
from monitor.store.folding import Folding
from monitor.store.rollups import hour_of, put
from monitor.store.store import Compacted, Kept

LAG = timedelta(minutes=5)
"""How long after its end an hour is taken for over: what was seen in it has been written by then, as a rule."""

Transaction = Callable[[], AbstractContextManager[Connection]]


class Compaction:
    """Makes one step after another. *reading* and *writing* begin a transaction; may be used by any thread."""

    def __init__(self, reading: Transaction, writing: Transaction) -> None:
        self._reading = reading
        self._writing = writing
        self._turn = Lock()
        self._folding: Folding | None = None
        self._expiry = Expiry()

    def step(self, at: datetime, kept: Kept) -> Compacted:
        """See `monitor.store.store.Annals.compact`."""
        over = hour_of(at - LAG)
        with self._turn:
            return self._fold(over) or self._account(over) or self._expire(at, kept)

    def _fold(self, over: datetime) -> Compacted | None:
        """Go on with the hour that is being folded, or begin one; None where none is over."""
        if self._folding is None or self._folding.over_at > over:
            with self._reading() as connection:
                self._folding = folding.begun(connection, over)
        if self._folding is None:
            return None
        if self._folding.portions:
            return self._pack(self._folding)
        return self._clear(self._folding)

    def _pack(self, hour: Folding) -> Compacted:
        """Pack and count the looks of some targets, and roll up their hour and that of the series between them."""
        _, last = hour.portions[0]
        with self._reading() as connection:
            portion = folding.read(connection, hour)
        with self._writing() as connection:
            packed = put(connection, hour.hour, portion.packs)
            rolled_up = accounting.account(connection, hour.over_at, last)
        hour.note(portion)
        return Compacted(packed=packed, rolled_up=rolled_up or 0, is_done=False)

    def _clear(self, hour: Folding) -> Compacted:
        """Remove looks that are packed, oldest first, then whole facts that none of those left refers to."""
        minutes = folding.next_minutes(hour)
        if not minutes:
            return self._forget_facts(hour)
        try:
            with self._writing() as connection:
                folding.remove(connection, hour, minutes)
        except folding.Late:
            self._folding = None
            return Compacted(is_done=False)
        removed = sum(hour.minutes.pop(minute) for minute in minutes)
        return Compacted(removed=removed, is_done=False)

    def _forget_facts(self, hour: Folding) -> Compacted:
        with self._writing() as connection:
            removed = folding.forget_facts(connection, hour)
        if not removed:
            self._folding = None
        return Compacted(removed=removed, is_done=False)

    def _account(self, over: datetime) -> Compacted | None:
        with self._writing() as connection:
            rolled_up = accounting.account(connection, over)
            if rolled_up is None and not accounting.take_back(connection, over):
                return None
        return Compacted(rolled_up=rolled_up or 0, is_done=False)

    def _expire(self, at: datetime, kept: Kept) -> Compacted:
        with self._writing() as connection:
            used, size = bytes_used(connection), bytes_in_all(connection)
            removed = self._expiry.by_age(connection, kept)
            if not removed and used is not None:
                removed = self._expiry.by_size(connection, kept, at, used)
        too_large = not removed and used is not None and used > kept.bytes
        return Compacted(removed=removed, is_done=not removed, bytes=size, too_large=too_large)
