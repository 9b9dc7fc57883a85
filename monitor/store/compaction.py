"""What keeps the database small, in steps of bounded work, each of which is whole or was never made.

In this order: observations of an hour that is over are pressed together (`monitor.store.folding`), hours are rolled up
(`monitor.store.accounting`), facts that nothing refers to are removed (`monitor.store.forgetting`), what is old goes
(`monitor.store.expiry`). A series' hour is rolled up with its looks, where it has any, because the tree of hours then only
ever grows at its end.

Damage stops only what needs what is damaged: such an hour is passed over, and the other parts go on. What is wrong is raised
when nothing else is left to do, and all of it is tried again from then on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from threading import Lock

from sqlalchemy import Connection

from monitor.store import accounting, expiry, folding, forgetting
from monitor.store.dialect import bytes_in_all, bytes_used
from monitor.store.expiry import Expiry
from monitor.store.folding import Folding
from monitor.store.forgetting import Key
from monitor.store.rollups import hour_of, put
from monitor.store.store import Compacted, Fault, Kept, StoreUnavailable

LAG = timedelta(minutes=5)
"""How long after its end an hour is taken for over: what was seen in it has been written by then, as a rule."""
SLACK = 1.25
"""A file may be so many times as large as it should be: it grows before what is to go for that has gone."""
LATE = 3
"""How often an hour may be begun anew before others have their turn."""

Transaction = Callable[[], AbstractContextManager[Connection]]


@dataclass(slots=True)
class _Round:
    """What goes wrong until nothing is left to do: hours that are *passed_over*, and the *trouble* that was met first.

    *late* counts how often an hour was begun anew. Hours are folded without being rolled up where they are folded *alone*.
    """

    passed_over: set[int] = field(default_factory=set)
    late: Counter[int] = field(default_factory=Counter)
    alone: bool = False
    trouble: StoreUnavailable | None = None


class Compaction:
    """Makes one step after another. *reading* and *writing* begin a transaction; may be used by any thread.

    *in_use* are the whole facts to which observations that will be written may refer.
    """

    def __init__(self, reading: Transaction, writing: Transaction, in_use: Callable[[], AbstractSet[Key]]) -> None:
        self._reading = reading
        self._writing = writing
        self._in_use = in_use
        self._turn = Lock()
        self._folding: Folding | None = None
        self._expiry = Expiry()
        self._round = _Round()
        self._is_littered = True
        self._litter: Collection[Key] = ()

    def step(self, at: datetime, kept: Kept) -> Compacted:
        """See `monitor.store.store.Annals.compact`."""
        over = hour_of(at - LAG)
        parts = (self._fold, self._account, self._forget)
        with self._turn:
            for part in (*(partial(part, over) for part in parts), partial(self._expire, at, kept)):
                if step := self._attempt(part):
                    return step
            trouble, self._round = self._round.trouble, _Round()
            if trouble:
                raise trouble
            return self._settled(kept)

    def _attempt(self, part: Callable[[], Compacted | None]) -> Compacted | None:
        """Do *part* of the work; None where nothing is left of it, or nothing can be done."""
        try:
            return part()
        except StoreUnavailable as unavailable:
            if unavailable.fault is not Fault.CORRUPT:
                raise
            self._round.trouble = self._round.trouble or unavailable
            if self._folding is None:
                return None
            # What it is rolled up of may be what is damaged, and not the hour.
            if self._round.alone:
                self._round.passed_over.add(self._folding.hour)
            self._folding, self._round.alone = None, True
            return Compacted(is_done=False)

    def _fold(self, over: datetime) -> Compacted | None:
        """Go on with the hour that is being folded, or begin one; None where none is over."""
        if self._folding is None or self._folding.over_at > over:
            self._folding = None
            with self._reading() as connection:
                self._folding = folding.begun(connection, over, self._round.passed_over)
        if self._folding is None:
            return None
        if self._folding.portions:
            return self._pack(self._folding)
        return self._clear(self._folding)

    def _pack(self, hour: Folding) -> Compacted:
        """Pack and count the looks of some targets, and roll up their hour and that of the series between them."""
        _, last = hour.portions[0]
        self._expiry.expect(hour.over_at)
        with self._reading() as connection:
            portion = folding.read(connection, hour)
        with self._writing() as connection:
            packed = put(connection, hour.hour, portion.packs)
            rolled_up = None if self._round.alone else accounting.account(connection, hour.over_at, last)
        hour.note(portion)
        return Compacted(packed=packed, rolled_up=rolled_up or 0, is_done=False)

    def _clear(self, hour: Folding) -> Compacted:
        """Remove looks that are packed, oldest first."""
        minutes = folding.next_minutes(hour)
        try:
            with self._writing() as connection:
                folding.remove(connection, hour, minutes)
        except folding.Late:
            self._begin_anew(hour.hour)
            return Compacted(is_done=False)
        removed = sum(hour.minutes.pop(minute) for minute in minutes)
        if not hour.minutes:
            self._folding, self._is_littered = None, True
        return Compacted(removed=removed, is_done=False)

    def _begin_anew(self, hour: int) -> None:
        self._folding = None
        self._round.late[hour] += 1
        if self._round.late[hour] > LATE:
            self._round.passed_over.add(hour)

    def _account(self, over: datetime) -> Compacted | None:
        with self._writing() as connection:
            rolled_up = accounting.account(connection, over)
            if rolled_up is None and not accounting.take_back(connection, over):
                return None
        return Compacted(rolled_up=rolled_up or 0, is_done=False)

    def _forget(self, over: datetime) -> Compacted | None:
        """Remove some of the whole facts that nothing refers to, once some hours have been folded."""
        if not self._litter and self._is_littered:
            in_use = self._in_use()
            with self._reading() as connection:
                self._litter = forgetting.unneeded_facts(connection, over, in_use)
            self._is_littered = len(self._litter) == forgetting.MANY
        if not self._litter:
            return None
        going = list(islice(self._litter, folding.PORTION))
        with self._writing() as connection:
            forgetting.forget_facts(connection, going)
        self._litter = list(islice(self._litter, folding.PORTION, None))
        return Compacted(removed=len(going), is_done=False)

    def _expire(self, at: datetime, kept: Kept) -> Compacted | None:
        with self._reading() as connection:
            limits = expiry.limits(connection, at, kept)
        try:
            with self._writing() as connection:
                removed = self._expiry.by_age(connection, limits)
                used = bytes_used(connection)
                if not removed and used is not None:
                    removed = self._expiry.by_size(connection, limits, kept.bytes, used)
        except BaseException:
            self._expiry.forget()
            raise
        return Compacted(removed=removed, is_done=False) if removed else None

    def _settled(self, kept: Kept) -> Compacted:
        """What there is when nothing is left to do."""
        with self._reading() as connection:
            used, size = bytes_used(connection), bytes_in_all(connection)
        if used is None:
            return Compacted(bytes=size)
        too_large = used > kept.bytes or size > kept.bytes * SLACK
        return Compacted(bytes=size, free=size - used, too_large=too_large)
