"""What a stored SQLite database holds, put into PostgreSQL at the same schema, as if it had been written there."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Boolean, Connection, MetaData, Table, func, select

from monitor.store import migrations
from monitor.store.engine import make_engine


def move(script: str, revision: str, url: str) -> None:
    """Make the tables of *revision* in the empty database at *url*, with the rows of the SQLite database of *script*."""
    engine = make_engine(url, Path())
    config = Config(attributes={"engine": engine})
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    command.upgrade(config, revision)
    tables = MetaData()
    tables.reflect(engine)
    with closing(sqlite3.connect(":memory:")) as old, engine.begin() as new:
        old.executescript(script)
        old.row_factory = sqlite3.Row
        for table in tables.sorted_tables:
            if table.name != "alembic_version":
                _fill(new, table, list(_rows(old, table)))
    engine.dispose()


def _rows(old: sqlite3.Connection, table: Table) -> Iterator[dict[str, Any]]:
    truths = {column.name for column in table.columns if isinstance(column.type, Boolean)}
    for row in old.execute(f"SELECT * FROM {table.name}"):  # noqa: S608 - a name of our schema
        values = dict(row)
        yield {name: bool(value) if name in truths and value is not None else value for name, value in values.items()}


def _fill(new: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    new.execute(table.insert(), rows)
    if "id" in table.columns:  # Numbered by the database, which goes on behind the last.
        sequence = func.pg_get_serial_sequence(table.name, "id")
        new.execute(select(func.setval(sequence, func.max(table.columns["id"]))))
