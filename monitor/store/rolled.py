"""Reading rollups of hours and days. They lie in the order of time: those of a few series are looked up one by one."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, func, select
from sqlmodel import col

from monitor.history import Rollup, Tally
from monitor.sketch import EMPTY, Sketch
from monitor.store.rollups import day_of, hour_of
from monitor.store.tables import DayRow, HourRow, TargetRow

FEW = 20
"""So many series are few: of more, all that there is from a time to another is read."""
PORTION = 1_000
"""How many hours or days are looked up at once."""

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def hours(
    connection: Connection, begins: datetime, ends: datetime, series: Collection[str] | None
) -> Mapping[str, Sequence[Rollup]]:
    """See `Annals.hours`."""
    return _read(connection, HourRow, _HOUR, (_next(hour_of, begins, _HOUR), _next(hour_of, ends, _HOUR)), series)


def days(
    connection: Connection, begins: datetime, ends: datetime, series: Collection[str] | None
) -> Mapping[str, Sequence[Rollup]]:
    """See `Annals.days`."""
    return _read(connection, DayRow, _DAY, (_next(day_of, begins, _DAY), _next(day_of, ends, _DAY)), series)


def _next(begin: Callable[[datetime], datetime], moment: datetime, length: timedelta) -> datetime:
    """The first beginning that is not before *moment*."""
    return moment if begin(moment) == moment else begin(moment) + length


def _read(
    connection: Connection,
    table: type[HourRow | DayRow],
    length: timedelta,
    bounds: tuple[datetime, datetime],
    series: Collection[str] | None,
) -> Mapping[str, Sequence[Rollup]]:
    begins = col(HourRow.hour) if table is HourRow else col(DayRow.day)
    query: Select[*tuple[Any, ...]] = select(col(TargetRow.key), table, begins.label("begins"))
    query = query.join(TargetRow, col(TargetRow.id) == col(table.target_id)).order_by(begins)
    found = defaultdict[str, list[Rollup]](list)
    for times in _portions(connection, begins, length, bounds, series):
        for row in connection.execute(query.where(times)):
            found[row.key].append(_rollup_of(row))
    return found


def _portions(
    connection: Connection, begins: Any, length: timedelta, bounds: tuple[datetime, datetime], series: Collection[str] | None
) -> Iterator[Any]:
    """What to ask for, one after the other: everything at once, or single times of a few series."""
    first, last = bounds
    if series is None or len(series) > FEW:
        everything = (begins >= first) & (begins < last)
        yield everything if series is None else everything & col(TargetRow.key).in_(series)
        return
    known = bounds_of(connection, begins)
    if known is None:
        return
    first, last = max(first, known[0]), min(last, known[1] + length)
    times = [first + number * length for number in range((last - first) // length)]
    numbers = select(col(TargetRow.id)).where(col(TargetRow.key).in_(series))
    of = begins.class_.target_id.in_(connection.execute(numbers).scalars().all())
    for number in range(0, len(times), PORTION):
        yield begins.in_(times[number : number + PORTION]) & of


def bounds_of(connection: Connection, column: Any) -> tuple[datetime, datetime] | None:
    """The least and the greatest of a *column* that an index begins with; None of none.

    Asked for together SQLite reads all that lies between (https://www.sqlite.org/optoverview.html#minmax).
    """
    least, greatest = (connection.execute(select(bound(column))).scalar() for bound in (func.min, func.max))
    return None if least is None or greatest is None else (least, greatest)


def _rollup_of(row: Any) -> Rollup:
    counted = Tally(up=row.up, degraded=row.degraded, down=row.down, unknown=row.unknown, maintenance=row.maintenance)
    latency = getattr(row, "latency", None)
    return Rollup(
        series=row.key,
        begins=row.begins,
        tally=counted,
        probes=row.probes,
        failures=json.loads(row.failures or "{}"),
        latency=Sketch.from_bytes(latency) if latency else EMPTY,
    )
