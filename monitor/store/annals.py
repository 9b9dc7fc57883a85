"""What is kept of the past, in a database: what is read of it.

What is written is `monitor.store.stretches`', what becomes of it with time `monitor.store.compaction`'s.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select
from sqlmodel import col

from checks.model import State
from monitor.history import Judgement, Presence, Rollup, Stretch
from monitor.outage import Outage
from monitor.state import Transition
from monitor.store import judgements, rolled, totals
from monitor.store.engine import translated
from monitor.store.outbox import SqlOutbox
from monitor.store.store import Operation, Total
from monitor.store.stretches import held_at
from monitor.store.tables import PresenceRow, StretchRow, TargetRow

_Query = Select[*tuple[Any, ...]]


class SqlAnnals(SqlOutbox):
    """A `monitor.store.store.Annals`, but for compaction: that has to know what the writer knows."""

    def living(self) -> Mapping[str, State]:
        """See `Annals.living`."""
        newest = select(col(StretchRow.target_id), func.max(col(StretchRow.since)).label("since")).group_by(
            col(StretchRow.target_id)
        )
        last = newest.subquery()
        is_last = (col(StretchRow.target_id) == last.c.target_id) & (col(StretchRow.since) == last.c.since)
        query: _Query = (
            select(col(TargetRow.key), col(StretchRow.state)).join_from(TargetRow, StretchRow).join(last, is_last)
        )
        with self._reading() as connection:
            rows = connection.execute(query.where(col(StretchRow.state).is_not(None)))
            return {row.key: State(row.state) for row in rows}

    def presences(self, begins: datetime, ends: datetime) -> Sequence[Presence]:
        """See `Annals.presences`."""
        overlaps = (col(PresenceRow.until) > begins) & (col(PresenceRow.since) < ends)
        query = select(PresenceRow).where(overlaps).order_by(col(PresenceRow.since))
        return [Presence(row.since, row.until) for row in self._read(query)]

    def stretches(
        self, begins: datetime, ends: datetime, series: Collection[str] | None = None
    ) -> Mapping[str, Sequence[Stretch]]:
        """See `Annals.stretches`."""
        query: _Query = select(col(TargetRow.key), col(StretchRow.since), col(StretchRow.state)).join_from(
            TargetRow, StretchRow
        )
        counts = (col(StretchRow.since) >= held_at(begins)) & (col(StretchRow.since) < ends)
        found = defaultdict[str, list[Stretch]](list)
        query = _of(query.where(counts).order_by(col(TargetRow.id), col(StretchRow.since)), series)
        with self._reading() as connection:
            for row in connection.execute(query):
                found[row.key].append(Stretch(row.key, row.since, State(row.state) if row.state else None))
        return found

    def hours(
        self, begins: datetime, ends: datetime, series: Collection[str] | None = None
    ) -> Mapping[str, Sequence[Rollup]]:
        """See `Annals.hours`."""
        with self._reading() as connection:
            return rolled.hours(connection, begins, ends, series)

    def days(
        self, begins: datetime, ends: datetime, series: Collection[str] | None = None
    ) -> Mapping[str, Sequence[Rollup]]:
        """See `Annals.days`."""
        with self._reading() as connection:
            return rolled.days(connection, begins, ends, series)

    def totals(
        self,
        begins: datetime,
        ends: datetime,
        series: Collection[str] | None = None,
        *,
        timed: Collection[str] | None = None,
    ) -> Mapping[str, Total]:
        """See `Annals.totals`."""
        with self._reading() as connection:
            return totals.totals(connection, begins, ends, series, timed)

    def changes(
        self, begins: datetime, ends: datetime, series: Collection[str] | None = None
    ) -> Mapping[str, Sequence[Transition]]:
        """See `Annals.changes`."""
        with self._reading() as connection:
            return totals.changes(connection, begins, ends, series)

    def judgements(
        self, begins: datetime, ends: datetime, series: Collection[str] | None = None
    ) -> Mapping[str, Sequence[Judgement]]:
        """See `Annals.judgements`."""
        with self._reading() as connection:
            return judgements.within(connection, begins, ends, series)

    def outages_within(self, begins: datetime, ends: datetime, vendors: Collection[str] | None = None) -> Sequence[Outage]:
        """See `Annals.outages_within`."""
        with self._reading() as connection:
            return totals.outages_within(connection, begins, ends, vendors)

    def _read(self, query: _Query) -> Sequence[Any]:
        with self._reading() as connection:
            return connection.execute(query).all()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with translated(Operation.READ, self._engine), self._engine.connect() as connection:
            yield connection


def _of(query: _Query, series: Collection[str] | None) -> _Query:
    return query if series is None else query.where(col(TargetRow.key).in_(series))
