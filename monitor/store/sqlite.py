"""The database file: how it is opened, and what its errors mean to people.

- Write-ahead logging: readers and the writer do not wait for each other. With ``synchronous=NORMAL`` a loss of power may
  undo the last transactions, but never half of one (https://www.sqlite.org/pragma.html#pragma_synchronous).
- Python's driver begins a transaction with the first change, and at once as the writer: a reader that became the writer
  half-way would be refused without waiting (https://www.sqlite.org/lang_transaction.html, "Read transactions").
- Another program's lock is waited for only briefly: the writer's task waits better than a thread does.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, ProgrammingError

from monitor.store.store import Fault, Operation, StoreUnavailable

LOCK_WAIT_SECONDS = "0.5"
"""How long a statement waits for another program's lock, where the URL does not say ``?timeout=``."""
MIGRATION_WAIT_MILLISECONDS = 30_000

_CURES = {
    "SQLITE_BUSY": "another program holds the database locked; let it finish",
    "SQLITE_FULL": "the disk is full; make room",
    "SQLITE_IOERR": "the disk does not take it; see whether it is full, over its quota or failing",
    "SQLITE_READONLY": "make the file and its folder writable for the user that runs vendorwatch",
    "SQLITE_CANTOPEN": "make the file and its folder writable for the user that runs vendorwatch",
    "SQLITE_NOTADB": "name another file as database: in monitor.yaml, or move this one away",
    "SQLITE_CORRUPT": "put back a backup, or move the file away to begin anew",
}

_FAULTS = {
    "SQLITE_BUSY": Fault.LOCKED,
    "SQLITE_FULL": Fault.FULL,
    "SQLITE_IOERR": Fault.IO,
    "SQLITE_READONLY": Fault.READ_ONLY,
    "SQLITE_CANTOPEN": Fault.UNREACHABLE,
    "SQLITE_NOTADB": Fault.CORRUPT,
    "SQLITE_CORRUPT": Fault.CORRUPT,
}


def make_engine(url: str, root: Path) -> Engine:
    """An engine for *url*, a relative path counted from *root*. Opens nothing yet.

    Raises `StoreUnavailable` for anything but the URL of an SQLite file in a folder that exists.
    """
    engine = create_engine(_resolve(url, root), connect_args={"isolation_level": "IMMEDIATE"})
    event.listen(engine, "connect", _prepare)
    return engine


def _resolve(text: str, root: Path) -> URL:
    try:
        url = make_url(text)
    except ArgumentError as error:
        msg = "database: is not a URL; write it like sqlite:///vendorwatch.db"
        raise StoreUnavailable(Operation.OPEN, msg) from error
    if url.get_backend_name() != "sqlite":
        msg = f"{url.render_as_string()}: this release keeps its store in SQLite; write sqlite:///vendorwatch.db"
        raise StoreUnavailable(Operation.OPEN, msg)
    if url.database in {None, "", ":memory:"}:
        msg = f"{text}: a database in memory forgets; name a file, like sqlite:///vendorwatch.db"
        raise StoreUnavailable(Operation.OPEN, msg)
    url = url.update_query_dict({"timeout": url.query.get("timeout", LOCK_WAIT_SECONDS)})
    if url.query.get("uri"):
        return url
    path = root / str(url.database)
    if not path.parent.is_dir():
        msg = f"{path}: the folder {path.parent} does not exist; create it, or change database: in monitor.yaml"
        raise StoreUnavailable(Operation.OPEN, msg)
    return url.set(database=str(path))


def refuse_missing(engine: Engine) -> None:
    """Raise `StoreUnavailable` where there is no file yet: opening it would make one. A ``file:`` URI says so itself."""
    name = str(engine.url.database)
    if not engine.url.query.get("uri") and not Path(name).exists():
        cure = "`vendorwatch run` makes it; or change database: in monitor.yaml"
        raise StoreUnavailable(Operation.OPEN, f"{name}: there is no database yet; {cure}")


def _prepare(connection: sqlite3.Connection, _: Any) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")


def begin_patiently(connection: Connection) -> None:
    """Begin as the writer, however long another daemon takes to do the same to a new database."""
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {MIGRATION_WAIT_MILLISECONDS}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def make_ready(engine: Engine) -> None:
    """Turn write-ahead logging on, which the file remembers, and raise now what the first write would raise.

    A lock is no reason to raise: it passes, and the next to open the database turns on what this one could not.
    """
    for statement in ("PRAGMA journal_mode = WAL", "DELETE FROM target WHERE id IS NULL"):
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql(statement)
        except DBAPIError as error:
            if _kind(error.orig) != "SQLITE_BUSY":
                raise


@contextmanager
def translated(operation: Operation, engine: Engine) -> Iterator[None]:
    """Turn errors of the database into `StoreUnavailable`. Errors of what was asked of it are ours and stay as they are."""
    try:
        yield
    except (IntegrityError, ProgrammingError, DataError):
        raise
    except DBAPIError as error:
        kind = _kind(error.orig)
        told = ": ".join(part for part in (str(engine.url.database), str(error.orig), _CURES.get(kind)) if part)
        raise StoreUnavailable(operation, told, _FAULTS.get(kind, Fault.OTHER)) from error


def _kind(error: BaseException | None) -> str:
    """SQLite's primary result code by name: ``SQLITE_IOERR`` also for ``SQLITE_IOERR_WRITE``."""
    name = getattr(error, "sqlite_errorname", "")
    return "_".join(name.split("_")[:2])
