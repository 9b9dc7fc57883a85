"""What a review is counted of: days added up, and what happened in a time. Queries, and what they find as values.

A year of days of a few hundred targets are a hundred thousand rows. They are added up here, by columns as the database has
them, because a value for each would take longer than all else that a review does.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Integer, Select, or_, select, type_coerce
from sqlmodel import col

from monitor.outage import Outage
from monitor.sketch import EMPTY, Sketch
from monitor.state import Transition
from monitor.store.consequences import outage_of
from monitor.store.rows import transition_of
from monitor.store.store import Total
from monitor.store.tables import Day, DayRow, OutageRow, TargetRow, TransitionRow


def totals(
    connection: Connection,
    begins: datetime,
    ends: datetime,
    series: Collection[str] | None,
    timed: Collection[str] | None,
) -> Mapping[str, Total]:
    """See `Annals.totals`."""
    query = select(col(TargetRow.id), col(TargetRow.key), col(TargetRow.accounted_until))
    chosen = query if series is None else query.where(col(TargetRow.key).in_(series))
    known = {row.id: row for row in connection.execute(chosen)}
    day = type_coerce(col(DayRow.day), Integer)
    columns = (col(DayRow.target_id), day, col(DayRow.probes), col(DayRow.failures), col(DayRow.latency))
    days = select(*columns).where(col(DayRow.day) >= begins, col(DayRow.day) < ends).order_by(col(DayRow.day))
    if series is not None:
        days = days.where(col(DayRow.target_id).in_(known))
    found = defaultdict[int, list[Sequence[Any]]](list)
    for row in _plain_rows(connection, days):
        found[row[0]].append(row)
    mine = {known[number]: rows for number, rows in found.items()}
    return {row.key: _total(row, rows, is_timed=timed is None or row.key in timed) for row, rows in mine.items()}


def _total(target: Any, rows: Sequence[Sequence[Any]], *, is_timed: bool) -> Total:
    """The days of *target* in *rows*, oldest first, added up. One of which no hour was counted has come to none of them."""
    first = _moment(rows[0][1])
    return Total(
        first=first,
        last=_moment(rows[-1][1]),
        until=target.accounted_until or first,
        days=len(rows),
        probes=sum(row[2] for row in rows),
        failures=_counted(row[3] for row in rows if row[3]),
        latency=Sketch.merged(row[4] for row in rows if row[4]) if is_timed else EMPTY,
    )


def _moment(day: int) -> datetime:
    return datetime.fromtimestamp(day * Day.seconds, UTC)


def _counted(failures: Iterable[str]) -> Mapping[str, int]:
    counts = Counter[str]()
    for written, times in Counter(failures).items():
        for reason, count in json.loads(written).items():
            counts[reason] += times * count
    return dict(sorted(counts.items()))


def changes(
    connection: Connection, begins: datetime, ends: datetime, series: Collection[str] | None
) -> Mapping[str, Sequence[Transition]]:
    """See `Annals.changes`."""
    query: Select[*tuple[Any, ...]] = select(col(TargetRow.key), TransitionRow).join_from(TargetRow, TransitionRow)
    query = query.where(col(TransitionRow.at) >= begins, col(TransitionRow.since) < ends)
    if series is not None:
        query = query.where(col(TargetRow.key).in_(series))
    found = defaultdict[str, list[Transition]](list)
    for row in _rows(connection, query.order_by(col(TransitionRow.id))):
        found[row.key].append(transition_of(row.key, row))
    return found


def outages_within(
    connection: Connection, begins: datetime, ends: datetime, vendors: Collection[str] | None
) -> Sequence[Outage]:
    """See `Annals.outages_within`."""
    opened_at, closed_at = col(OutageRow.opened_at), col(OutageRow.closed_at)
    # One that was over as it began is in the time that it began in, also at the very beginning of that.
    lasts = or_(closed_at.is_(None), closed_at > begins, opened_at >= begins)
    query: Select[*tuple[Any, ...]] = select(OutageRow).where(opened_at < ends, lasts)
    if vendors is not None:
        query = query.where(col(OutageRow.vendor).in_(vendors))
    return [outage_of(row) for row in _rows(connection, query.order_by(col(OutageRow.opened_at), col(OutageRow.vendor)))]


def _rows(connection: Connection, query: Select[*tuple[Any, ...]]) -> Sequence[Any]:
    """Its rows, which have the columns of a table by name."""
    return connection.execute(query).all()


def _plain_rows(connection: Connection, query: Select[*tuple[Any, ...]]) -> Sequence[Sequence[Any]]:
    """Its rows as the driver has them, which for a hundred thousand is sooner: their columns need no conversion."""
    return connection.execute(query).cursor.fetchall()
