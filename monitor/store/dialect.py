"""What the two databases say differently: inserting what may be there already, and how large they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection
from sqlalchemy.dialects import sqlite

from monitor.store.rows import Columns
from monitor.store.tables import Row

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql


def insert(connection: Connection, table: type[Row]) -> sqlite.Insert | postgresql.Insert:
    """An insert into *table* that can be told what to do with a row that is there already."""
    if connection.dialect.name != "postgresql":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - who keeps the store in a file need not wait for it

    return postgresql.insert(table)


def add(connection: Connection, table: type[Row], rows: list[Columns]) -> None:
    """Insert what is not there yet, so that a batch may be written again when nobody knows whether it was."""
    if rows:
        connection.execute(insert(connection, table).on_conflict_do_nothing(), rows)


def bytes_in_all(connection: Connection) -> int:
    """How large the database is: its file, or what PostgreSQL counts, without what is logged of changes."""
    if connection.dialect.name == "postgresql":
        return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())
    return _pragma(connection, "page_count") * _pragma(connection, "page_size")


def bytes_used(connection: Connection) -> int | None:
    """How much of a file is in use: pages that are free are written again before it grows. None of PostgreSQL."""
    if connection.dialect.name == "postgresql":
        return None
    return (_pragma(connection, "page_count") - _pragma(connection, "freelist_count")) * _pragma(connection, "page_size")


def _pragma(connection: Connection, name: str) -> int:
    return int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())
