"""Inserting what may be there already: the two databases say it alike, and SQLAlchemy has a word of its own for each."""

from __future__ import annotations

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from monitor.store.rows import Columns
from monitor.store.tables import Row

Insert = sqlite.Insert | postgresql.Insert


def insert(connection: Connection, table: type[Row]) -> Insert:
    """An insert into *table* that can be told what to do with a row that is there already."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def add(connection: Connection, table: type[Row], rows: list[Columns]) -> None:
    """Insert what is not there yet, so that a batch may be written again when nobody knows whether it was."""
    if rows:
        connection.execute(insert(connection, table).on_conflict_do_nothing(), rows)
