"""A copy of the database file, of one moment and whole, while the daemon goes on writing.

- SQLite's own way to copy (https://www.sqlite.org/backup.html), in steps, within one transaction that reads: so it is not
  begun anew whenever the daemon writes, and the daemon waits for nothing. Only the write-ahead log grows until it ends.
- The copy stands beside its place as ``FILE.partial`` until all of it is on the disk and was found sound. What is there
  already is never written over, neither by a second backup at the same time.
- The copy needs no second file beside it, and can be read from where nothing can be written.
"""

from __future__ import annotations

import os
import shlex
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import cast

from sqlalchemy import Engine

from checks.foreign import one_line
from monitor.store.engine import kind_of, name_of, translated
from monitor.store.store import Fault, Operation, StoreUnavailable
from monitor.store.upkeep import existing

_STEP_PAGES = 1_024

Heard = Callable[[int, int], None]
"""Told after each step how much is done and how much there is in all, in pages of the file."""


def foreign_command(url: str, into: Path) -> str | None:
    """What copies the database at *url* if it is a server's, as a line for a shell, without a password; None of a file."""
    with existing(url) as engine:
        command = kind_of(engine).copier(engine, into)
        return shlex.join(command) if command else None


def back_up(url: str, into: Path, heard: Heard) -> int:
    """Copy the database file at *url* to the file *into*, which is not there yet, and return its size in bytes.

    Raises `StoreUnavailable` where either cannot be used, and `OSError` where *into* can be no new file.
    """
    partial = into.with_name(f"{into.name}.partial")
    with existing(url) as engine, _claimed(partial, into):
        with translated(Operation.OPEN, engine), engine.connect() as connection, _translated(engine, partial):
            source = cast("sqlite3.Connection", connection.connection.driver_connection)
            mode = _mode_of(source)
            _copy(source, partial, heard)
        partial.chmod(mode)
        size = partial.stat().st_size
        partial.rename(into)
        _settle(into.parent)
    return size


@contextmanager
def _claimed(partial: Path, into: Path) -> Iterator[None]:
    """Have *partial* for ourselves; it is gone afterwards, unless it was renamed."""
    if into.exists():
        raise FileExistsError(17, "is there already, and is not written over", str(into))
    try:
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError as error:
        told = "another backup is writing this, or was broken off: remove it then"
        raise FileExistsError(error.errno, told, str(partial)) from None
    try:
        yield
    finally:
        for left in (partial, partial.with_name(f"{partial.name}-journal")):
            left.unlink(missing_ok=True)


def _mode_of(source: sqlite3.Connection) -> int:
    """Who may read the file of *source*."""
    _, _, name = source.execute("PRAGMA database_list").fetchone()
    return Path(name).stat().st_mode & 0o777


def _copy(source: sqlite3.Connection, partial: Path, heard: Heard) -> None:
    with closing(sqlite3.connect(partial)) as target:
        source.execute("BEGIN")
        source.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()  # Only this makes it a moment of the database.
        source.backup(target, pages=_STEP_PAGES, progress=lambda _, left, total: heard(total - left, total))
        source.rollback()
        target.execute("PRAGMA journal_mode = DELETE")
        (found,) = target.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise sqlite3.DatabaseError(found)


@contextmanager
def _translated(engine: Engine, partial: Path) -> Iterator[None]:
    """Turn errors of either file into `StoreUnavailable`, which names the one that cannot be used."""
    try:
        yield
    except sqlite3.Error as error:
        found = kind_of(engine).diagnosis(error)
        if found and found.fault is not Fault.CORRUPT:
            name = name_of(engine) if found.fault is Fault.LOCKED else partial
            raise StoreUnavailable(Operation.WRITE, f"{name}: {error}: {found.cure}", found.fault) from error
        told = f"{name_of(engine)}: is damaged, and so would its copy be: {one_line(str(error))}"
        raise StoreUnavailable(Operation.READ, f"{told}; see `vendorwatch db check`", Fault.CORRUPT) from error


def _settle(folder: Path) -> None:
    """Have what a folder holds outlast a loss of power."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
