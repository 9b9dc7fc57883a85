"""How large a database is, with what, since when, and what it grows to: numbers for people who look after it.

Sizes are what the database itself says: SQLite by its table of pages (https://www.sqlite.org/dbstat.html), where it was
built with it, PostgreSQL by its own count of a table with its indexes. Elsewhere they are estimated from a sample of rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, null, select, text

from monitor.outbox import Queue
from monitor.store.engine import name_of, translated
from monitor.store.growth import Growth, growth
from monitor.store.lengths import bytes_of_row
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: how many rows, how many bytes with its indexes, of what time.

    Where the database does not say how many bytes that are, it is estimated, without indexes.
    """

    name: str
    rows: int
    bytes: int
    is_estimated: bool
    oldest: datetime | None
    newest: datetime | None


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
            grows = growth(connection, {table.name: table for table in tables})
        queues = SqlStore(engine).queues()
        schema = revisions(engine)[1]
        return Figures(
            database=name_of(engine), schema=schema, bytes=whole, free=free, tables=tables, growth=grows, queues=queues
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
    asked = (func.count(), func.min(time), func.max(time)) if time is not None else (func.count(), null(), null())
    rows, oldest, newest = connection.execute(select(*asked).select_from(row)).one()
    known = sizes.get(name)
    size = known if known is not None else round(rows * (bytes_of_row(connection, name) or 0))
    return Table(name=name, rows=rows, bytes=size, is_estimated=known is None, oldest=oldest, newest=newest)
