"""The database file: how it is opened, and what its errors mean to people.

- Write-ahead logging: readers and the writer do not wait for each other. With ``synchronous=NORMAL`` a loss of power may
  undo the last transactions, but never half of one (https://www.sqlite.org/pragma.html#pragma_synchronous).
- Python's driver begins a transaction with the first change, and at once as the writer: a reader that became the writer
  half-way would be refused without waiting (https://www.sqlite.org/lang_transaction.html, "Read transactions").
- Another program's lock is waited for only briefly: the writer's task waits better than a thread does.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from monitor.store.engine import Diagnosis
from monitor.store.lock import hold_sqlite as hold
from monitor.store.store import Fault, Operation, StoreUnavailable

__all__ = ["begin_patiently", "copier", "diagnosis", "hold", "make", "make_ready", "name", "refuse_missing"]

LOCK_WAIT_SECONDS = "0.5"
"""How long a statement waits for another program's lock, where the URL does not say ``?timeout=``."""
MIGRATION_WAIT_MILLISECONDS = 30_000
LOG_BYTES = 16 << 20
"""How large the file of the write-ahead log stays, once what grew it is over: a reader that took minutes, a large step."""

_UNWRITABLE = "make the file and its folder writable for the user that runs vendorwatch"
_DIAGNOSES = {
    "SQLITE_BUSY": Diagnosis(Fault.LOCKED, "another program holds the database locked; let it finish"),
    "SQLITE_FULL": Diagnosis(Fault.FULL, "the disk is full; make room"),
    "SQLITE_IOERR": Diagnosis(Fault.IO, "the disk does not take it; see whether it is full, over its quota or failing"),
    "SQLITE_READONLY": Diagnosis(Fault.READ_ONLY, _UNWRITABLE),
    "SQLITE_CANTOPEN": Diagnosis(Fault.UNREACHABLE, _UNWRITABLE),
    "SQLITE_NOTADB": Diagnosis(Fault.CORRUPT, "name another file as database: in monitor.yaml, or put back a backup"),
    "SQLITE_CORRUPT": Diagnosis(Fault.CORRUPT, "put back a backup, or move the file away to begin anew"),
}


def make(url: URL, root: Path) -> Engine:
    """See `monitor.store.engine.Kind.make`: a file in a folder that exists, its path counted from *root*."""
    engine = create_engine(_located(url, root), connect_args={"isolation_level": "IMMEDIATE"})
    event.listen(engine, "connect", _prepare)
    return engine


def _located(url: URL, root: Path) -> URL:
    if url.database in {None, "", ":memory:"}:
        msg = f"{url}: a database in memory forgets; name a file, like sqlite:///vendorwatch.db"
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
    connection.execute(f"PRAGMA journal_size_limit = {LOG_BYTES}")


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


def name(url: URL) -> str:
    """See `monitor.store.engine.Kind.name`: the file."""
    return str(url.database)


def copier(engine: Engine, into: Path) -> None:
    """See `monitor.store.engine.Kind.copier`: a file is copied by `monitor.store.backup`."""
    del engine, into


def diagnosis(error: BaseException) -> Diagnosis | None:
    """See `monitor.store.engine.Kind.diagnosis`."""
    return _DIAGNOSES.get(_kind(error))


def _kind(error: BaseException | None) -> str:
    """SQLite's primary result code by name: ``SQLITE_IOERR`` also for ``SQLITE_IOERR_WRITE``."""
    name = getattr(error, "sqlite_errorname", "")
    return "_".join(name.split("_")[:2])
