"""One daemon to a database file: what keeps the second one away, and tells its owner who the first one is.

- The lock is one of the operating system, on a file of its own beside the database: ``FILE.lock``. It ends with the process
  that holds it, whatever kills that, and so a file that was left behind means nothing and is never removed. Removing it
  could give two daemons a lock each: one on the file that was, one on the file that is.
- It is not the database itself that is locked: closing it once would let go of the locks that SQLite has on it, because a
  process has but one lock of a kind on a file (https://www.sqlite.org/howtocorrupt.html, section 2.2).
- It is of the open file and not of the process (flock(2)), so that one process cannot open a store twice either.
- Whoever only reads, or mutes, takes no lock: SQLite's own are enough for that.
- A file that was moved away or removed takes what is written without an error, and nobody finds it again. So before each
  write it is looked whether the file that was opened is still the one of that name.
"""

from __future__ import annotations

import fcntl
import json
import os
import platform
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine

from checks.foreign import one_line
from checks.wording import moment
from monitor.store.store import Fault, Operation, StoreUnavailable

_LONGEST_NOTE = 500
"""How many bytes are read of what the holder wrote of itself."""
_LONGEST_HOST = 100


class Hold(Protocol):
    """What keeps other daemons away from a database, until it is closed or the process ends."""

    def keep(self) -> bool:
        """Take it again where it was lost meanwhile, true then. Raises `StoreUnavailable` where it cannot be had."""
        ...

    def close(self) -> None:
        """Let go. May be called again."""
        ...


class _FileHold:
    """A `Hold` by the open lock *file* of the database at *path*."""

    def __init__(self, file: int, path: Path) -> None:
        self._file: int | None = file
        self._path = path
        self._opened = _identity(path)

    def keep(self) -> bool:
        """A file's lock is never lost, but the file may be. Raises `StoreUnavailable` until the same one is back."""
        found = _identity(self._path)
        self._opened = self._opened or found  # There was none yet when it was locked.
        if found is None or found != self._opened:
            cure = "put it back or restart"
            told = f"{self._path}: the file was moved away or replaced while vendorwatch runs; {cure}"
            raise StoreUnavailable(Operation.WRITE, told, Fault.UNREACHABLE)
        return False

    def close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            os.close(file)


def hold_sqlite(engine: Engine) -> Hold | None:
    """Hold the file of *engine*, made if there is none yet; None of a database without a file.

    Raises `StoreUnavailable` when another daemon holds it, under whichever of its names, or nobody can.
    """
    with engine.connect() as connection:
        name = connection.exec_driver_sql("PRAGMA database_list").one().file  # As SQLite calls it: links are followed.
    return hold_file(Path(name)) if name else None


def hold_file(path: Path) -> Hold:
    """Hold the database at *path*. Raises `StoreUnavailable`."""
    lock = path.with_name(f"{path.name}.lock")
    try:
        file = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    except OSError as error:
        cure = "make the folder writable for the user that runs vendorwatch"
        raise StoreUnavailable(Operation.OPEN, f"{lock}: {error.strerror}: {cure}", Fault.READ_ONLY) from error
    try:
        _lock(file, path)
    except BaseException:
        os.close(file)
        raise
    return _FileHold(file, path)


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells the file at *path* from every other on this machine; None where there is none to be seen."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _lock(file: int, path: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        cure = "stop that one, or name another file as database: in monitor.yaml"
        held = f"{path}: another vendorwatch keeps its store here{_holder(file)}; {cure}"
        raise StoreUnavailable(Operation.OPEN, held, Fault.LOCKED) from error
    except OSError as error:
        cure = "keep the database on a disk of this machine"
        told = f"{path}.lock: no lock to be had: {error.strerror}: {cure}"
        raise StoreUnavailable(Operation.OPEN, told, Fault.IO) from error
    with suppress(OSError):  # A full disk is no reason not to start: then only the refusal of others says less.
        os.ftruncate(file, 0)
        os.pwrite(file, json.dumps({"pid": os.getpid(), "host": platform.node()}).encode(), 0)


def _holder(file: int) -> str:
    """Who holds the lock on *file* as far as that is written there, and since when."""
    try:
        note = json.loads(os.pread(file, _LONGEST_NOTE, 0))
        process, host = int(note["pid"]), one_line(str(note["host"]), _LONGEST_HOST)
    except (OSError, ArithmeticError, LookupError, RecursionError, TypeError, ValueError):
        return ""
    since = datetime.fromtimestamp(int(os.fstat(file).st_mtime), UTC)
    return f": process {process} on {host}, since {moment(since)}"
