"""How large a database is, with what, since when, and what it grows to: numbers for people who look after it.

Sizes are what the database itself says: SQLite by its table of pages (https://www.sqlite.org/dbstat.html), where it was
built with it, PostgreSQL by its own count of a table with its indexes. What it grows to is reckoned from the looks of the
newest day and from what each costs now, and so is only as true as the next weeks are like the last day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select, text
from sqlmodel import col

from monitor.outbox import Queue
from monitor.store.engine import name_of, translated
from monitor.store.migrations import refuse_old, revisions
from monitor.store.sql import SqlStore
from monitor.store.store import Operation
from monitor.store.tables import (
    AlertRow,
    DayRow,
    FactsRow,
    HourRow,
    JudgementRow,
    MessageRow,
    MuteRow,
    ObservationRow,
    OutageRow,
    PackRow,
    PresenceRow,
    Row,
    StateRow,
    StretchRow,
    TargetRow,
    TransitionRow,
)
from monitor.store.upkeep import existing

_TIMED: Mapping[type[Row], Any] = {
    TargetRow: None,
    StateRow: StateRow.observed_at,
    ObservationRow: ObservationRow.at,
    FactsRow: FactsRow.at,
    PackRow: PackRow.hour,
    HourRow: HourRow.hour,
    DayRow: DayRow.day,
    StretchRow: StretchRow.since,
    PresenceRow: PresenceRow.since,
    JudgementRow: JudgementRow.since,
    TransitionRow: TransitionRow.at,
    OutageRow: OutageRow.opened_at,
    AlertRow: AlertRow.starts_at,
    MessageRow: MessageRow.at,
    MuteRow: MuteRow.since,
}
"""Each table, and when what it holds was."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: how many rows, how many bytes with its indexes (None where nobody can say), of what time."""

    name: str
    rows: int
    bytes: int | None
    oldest: datetime | None
    newest: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How a database grows: by so many looks and hours a day; what one of them takes, None where there is none yet.

    *lasting* is how many bytes a day's rollups take that stay for good.
    """

    looks_per_day: float
    look_bytes: float | None
    hours_per_day: float
    hour_bytes: float | None
    lasting: float

    def settles_at(self, observations: timedelta, hours: timedelta) -> float | None:
        """The bytes of looks and hours once so much of each is kept, and as much goes as comes."""
        if self.look_bytes is None:
            return None
        looks = self.looks_per_day * self.look_bytes * (observations / _DAY)
        return looks + self.hours_per_day * (self.hour_bytes or 0) * (hours / _DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Numbers of a *database*: *bytes* in all, of which *free* are empty pages that are used again."""

    database: str
    schema: str
    bytes: int
    free: int
    tables: Sequence[Table]
    growth: Growth
    queues: Mapping[str, Queue]


def measure(url: str) -> Figures:
    """The figures of the database at *url*. Raises `StoreUnavailable`, also for one whose schema is not today's."""
    with existing(url) as engine, translated(Operation.READ, engine):
        refuse_old(engine)
        with engine.connect() as connection:
            sizes = _sizes(connection)
            tables = [_table(connection, row, time, sizes) for row, time in _TIMED.items()]
            whole, free = _whole(connection)
            growth = _growth(connection, {table.name: table for table in tables})
        queues = SqlStore(engine).queues()
        schema = revisions(engine)[1]
        return Figures(
            database=name_of(engine), schema=schema, bytes=whole, free=free, tables=tables, growth=growth, queues=queues
        )


def _whole(connection: Connection) -> tuple[int, int]:
    """The bytes of the database, with what is not in its place yet, and how many of them are empty."""
    if connection.dialect.name != "sqlite":
        return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one()), 0
    page, pages, free = (
        int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())
        for name in ("page_size", "page_count", "freelist_count")
    )
    log = Path(f"{connection.exec_driver_sql('PRAGMA database_list').one().file}-wal")
    return page * pages + (log.stat().st_size if log.exists() else 0), page * free


def _sizes(connection: Connection) -> Mapping[str, int]:
    """The bytes of each table with its indexes; nothing where the database cannot say."""
    if connection.dialect.name != "sqlite":
        return {row.name: row.bytes for row in connection.execute(_SIZES["postgresql"])}
    if not connection.exec_driver_sql("SELECT sqlite_compileoption_used('ENABLE_DBSTAT_VTAB')").scalar():
        return {}
    return {row.name: row.bytes for row in connection.execute(_SIZES["sqlite"])}


_SIZES = {
    "sqlite": text(
        "SELECT of.tbl_name AS name, sum(pages.pgsize) AS bytes FROM dbstat AS pages "
        "JOIN sqlite_schema AS of ON of.name = pages.name WHERE pages.aggregate = 1 GROUP BY of.tbl_name"
    ),
    "postgresql": text(
        "SELECT relname AS name, pg_total_relation_size(oid) AS bytes FROM pg_class "
        "WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
    ),
}


def _table(connection: Connection, row: type[Row], time: Any, sizes: Mapping[str, int]) -> Table:
    name = str(row.__tablename__)
    if time is None:
        rows = connection.execute(select(func.count()).select_from(row)).scalar_one()
        return Table(name=name, rows=rows, bytes=sizes.get(name), oldest=None, newest=None)
    rows, oldest, newest = connection.execute(select(func.count(), func.min(time), func.max(time)).select_from(row)).one()
    return Table(name=name, rows=rows, bytes=sizes.get(name), oldest=oldest, newest=newest)


def _growth(connection: Connection, tables: Mapping[str, Table]) -> Growth:
    looks, packed = tables["observation"], tables["pack"]
    newest = max(filter(None, (looks.newest, tables["hour"].newest)), default=None)
    since = newest - _DAY if newest else None
    oldest = min(filter(None, (looks.oldest, tables["hour"].oldest)), default=since)
    days = max(min((newest - oldest) / _DAY, 1.0), 1 / 24) if newest and oldest else 1.0
    raw, pressed = _looks(connection, since), _pressed(connection, since)
    hours = _counted(connection, HourRow, HourRow.hour, since)
    of_packs = _pressed(connection, packed.oldest) if packed.rows else 0
    return Growth(
        looks_per_day=(raw + pressed) / days,
        look_bytes=_each(packed.bytes, of_packs) or _each(_sum(looks.bytes, tables["facts"].bytes), looks.rows),
        hours_per_day=hours / days,
        hour_bytes=_each(tables["hour"].bytes, tables["hour"].rows),
        lasting=_counted(connection, TargetRow, None, None) * (_each(tables["day"].bytes, tables["day"].rows) or 0),
    )


def _looks(connection: Connection, since: datetime | None) -> int:
    return _counted(connection, ObservationRow, ObservationRow.at, since)


def _pressed(connection: Connection, since: datetime | None) -> int:
    """The looks that were pressed together of the hours since then."""
    query = select(func.coalesce(func.sum(col(HourRow.probes)), 0))
    return int(connection.execute(query.where(col(HourRow.hour) >= since) if since else query).scalar_one())


def _counted(connection: Connection, row: type[Row], time: Any, since: datetime | None) -> int:
    query = select(func.count()).select_from(row)
    return int(connection.execute(query.where(time >= since) if since else query).scalar_one())


def _sum(*parts: int | None) -> int | None:
    known = [part for part in parts if part is not None]
    return sum(known) if known else None


def _each(whole: int | None, number: int) -> float | None:
    return whole / number if whole and number else None
