"""What a review is counted of: days added up, and what happened in a time. Queries, and what they find as values.

A year of days of a few hundred targets are a hundred thousand rows. They are added up here, by columns as the database has
them, because a value for each would take longer than all else that a review does.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Integer, Select, or_, select, type_coerce
from sqlmodel import col

from checks.model import Reason
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
    query = select(col(TargetRow.id), col(TargetRow.key))
    chosen = query if series is None else query.where(col(TargetRow.key).in_(series))
    keys: dict[int, str] = {row.id: row.key for row in connection.execute(chosen)}
    elapsed = col(DayRow.up) + col(DayRow.degraded) + col(DayRow.down) + col(DayRow.unknown) + col(DayRow.maintenance)
    day = type_coerce(col(DayRow.day), Integer)
    columns = (col(DayRow.target_id), day, elapsed, col(DayRow.probes), col(DayRow.failures), col(DayRow.latency))
    days = select(*columns).where(col(DayRow.day) >= begins, col(DayRow.day) < ends).order_by(col(DayRow.day))
    if series is not None:
        days = days.where(col(DayRow.target_id).in_(keys))
    found = defaultdict[int, list[Sequence[Any]]](list)
    for row in _plain_rows(connection, days):
        found[row[0]].append(row)
    is_timed = {number: timed is None or keys[number] in timed for number in found}
    return {keys[number]: _total(rows, is_timed=is_timed[number]) for number, rows in found.items()}


def _total(rows: Sequence[Sequence[Any]], *, is_timed: bool) -> Total:
    """The days in *rows*, oldest first, added up."""
    _, first, *_ = rows[0]
    _, last, elapsed, *_ = rows[-1]
    begun = _moment(last)
    return Total(
        first=_moment(first),
        last=begun,
        until=begun + timedelta(seconds=min(elapsed, Day.seconds)),
        days=len(rows),
        probes=sum(row[3] for row in rows),
        failures=_counted(row[4] for row in rows if row[4]),
        latency=Sketch.merged(row[5] for row in rows if row[5]) if is_timed else EMPTY,
    )


def _moment(day: int) -> datetime:
    return datetime.fromtimestamp(day * Day.seconds, UTC)


def _counted(failures: Iterable[str]) -> Mapping[Reason, int]:
    counts = Counter[str]()
    for written, times in Counter(failures).items():
        for reason, count in json.loads(written).items():
            counts[reason] += times * count
    return {Reason(reason): count for reason, count in sorted(counts.items())}


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
    closed_at = col(OutageRow.closed_at)
    query: Select[*tuple[Any, ...]] = select(OutageRow).where(
        col(OutageRow.opened_at) < ends, or_(closed_at.is_(None), closed_at > begins)
    )
    if vendors is not None:
        query = query.where(col(OutageRow.vendor).in_(vendors))
    return [outage_of(row) for row in _rows(connection, query.order_by(col(OutageRow.opened_at), col(OutageRow.vendor)))]


def _rows(connection: Connection, query: Select[*tuple[Any, ...]]) -> Sequence[Any]:
    """Its rows, which have the columns of a table by name."""
    return connection.execute(query).all()


def _plain_rows(connection: Connection, query: Select[*tuple[Any, ...]]) -> Sequence[Sequence[Any]]:
    """Its rows as the driver has them, which for a hundred thousand is sooner: their columns need no conversion."""
    return connection.execute(query).cursor.fetchall()
