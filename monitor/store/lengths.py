"""About how many bytes a row takes in the file: by a sample of the rows, for where the database does not say.

A row is reckoned as SQLite writes it (https://www.sqlite.org/fileformat2.html, section 2.1): a whole number by how large it
is, a text in UTF-8, and a byte of each column's kind. What pages have free, and what indexes take, is not in it.
"""

from __future__ import annotations

from sqlalchemy import Connection

_SAMPLE = 300
_ROW_BYTES = 6
"""What a row takes beside its columns: its length, its id, its place in the page."""


def bytes_of_row(connection: Connection, table: str) -> float | None:
    """The average length of a row of *table*, a name of ours; None where there is no row."""
    rows = connection.exec_driver_sql(f"SELECT * FROM {table} LIMIT {_SAMPLE}").all()  # noqa: S608 - no foreign name
    lengths = [_ROW_BYTES + sum(1 + _length(value) for value in row) for row in rows]
    return sum(lengths) / len(lengths) if lengths else None


def _length(value: object) -> int:
    match value:
        case str():
            return len(value.encode())
        case bytes() | memoryview():
            return len(value)
        case float():
            return 8
        case int():
            return next((size for size in (1, 2, 3, 4, 6) if -(1 << 8 * size - 1) <= value < 1 << 8 * size - 1), 8)
    return 0
