"""A database by its URL: what is alike in SQLite and PostgreSQL, and who knows what is not.

Each kind of database is a module of the shape `Kind`. That of PostgreSQL is imported when it is asked for: its driver takes
time to load, and who keeps the store in a file need not have it at all. A URL may hold a password, so none is ever repeated
but as its kind's `Kind.name` writes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from checks.foreign import one_line
from checks.model import Unseen
from checks.values import Secret
from monitor.credentials import reveal
from monitor.store.lock import Hold
from monitor.store.store import Fault, Operation, StoreUnavailable

_EXAMPLES = "sqlite:///vendorwatch.db or postgresql://vendorwatch@db.example.com/vendorwatch"
_LONGEST_WORD = 300
"""How much is told of what a database said."""
_SENSELESS = (ArithmeticError, LookupError, RecursionError, TypeError, ValueError)
"""What the reading of a row ends in where something else stands than was written."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why a database cannot be used, and what helps."""

    fault: Fault
    cure: str


class Kind(Protocol):
    """What one kind of database is different in."""

    def make(self, url: URL, root: Path) -> Engine:
        """An engine that opens nothing yet. Raises `StoreUnavailable` for a URL that it can never open."""
        ...

    def name(self, url: URL) -> str:
        """What a person calls the database, without a secret."""
        ...

    def copier(self, engine: Engine, into: Path) -> Sequence[str] | None:
        """The command that copies the database to the file *into*, without a secret; None where that is left to us."""
        ...

    def diagnosis(self, error: BaseException) -> Diagnosis | None:
        """What ails the database, by what its driver raised; None where it is not known that the database ails."""
        ...

    def hold(self, engine: Engine) -> Hold | None:
        """Keep other daemons away. Raises `StoreUnavailable` when one is there, which it names."""
        ...

    def begin_patiently(self, connection: Connection) -> None:
        """Begin as the only one who migrates, however long another takes to do the same to a new database."""
        ...

    def make_ready(self, engine: Engine) -> None:
        """Raise now what the first write would raise."""
        ...

    def refuse_missing(self, engine: Engine) -> None:
        """Raise `StoreUnavailable` where there is no database yet, and opening it would make one."""
        ...


def make_engine(text: str, root: Path) -> Engine:
    """An engine for the URL *text*, or that to which it refers as a secret; a relative path is counted from *root*.

    Opens nothing yet. Raises `StoreUnavailable` for what is no URL of a database that is known here.
    """
    text = _revealed(text)
    with suppress(ArgumentError, ValueError):  # Their words repeat parts of the URL.
        url = make_url(text)
        if "@" not in (url.host or ""):  # What stands before it there is the end of a password.
            return _kind(url.get_backend_name()).make(url, root)
    raise StoreUnavailable(Operation.OPEN, f"database: is not a URL; write it like {_EXAMPLES}")


def _revealed(text: str) -> str:
    if not re.match(Secret.pattern, text):
        return text
    try:
        return reveal(Secret.parse(text))
    except Unseen as unseen:
        raise StoreUnavailable(Operation.OPEN, f"database: {unseen.failure.detail}") from unseen


def kind_of(engine: Engine) -> Kind:
    """The kind of database that *engine* opens."""
    return _kind(engine.dialect.name)


def name_of(engine: Engine) -> str:
    """What a person calls the database of *engine*, without a secret."""
    return kind_of(engine).name(engine.url)


@contextmanager
def translated(operation: Operation, engine: Engine) -> Iterator[None]:
    """Turn errors of the database into `StoreUnavailable`. Errors of what was asked of it are ours and stay as they are.

    What makes no sense when it is read was not written here like that: such a database is damaged as well.
    """
    try:
        yield
    except PoolExhausted as error:
        told = f"{name_of(engine)}: all connections have been in use for too long; it is tried again"
        raise StoreUnavailable(operation, told, Fault.OTHER) from error
    except DBAPIError as error:
        found = kind_of(engine).diagnosis(error.orig) if error.orig else None
        if found is None and isinstance(error, IntegrityError | ProgrammingError | DataError):
            raise
        fault, cure = (found.fault, found.cure) if found else (Fault.OTHER, "")
        told = ": ".join(filter(None, (name_of(engine), _words(error.orig), cure)))
        raise StoreUnavailable(operation, told, fault) from error
    except _SENSELESS as error:
        if operation is Operation.WRITE:
            raise
        told = f"{name_of(engine)}: holds what cannot be read: {one_line(str(error), _LONGEST_WORD)}"
        raise StoreUnavailable(operation, f"{told}; see `vendorwatch db check`", Fault.CORRUPT) from error


def _words(error: BaseException | None) -> str:
    """What a driver raised, in one line; of what PostgreSQL said without the statement that it points into."""
    said = getattr(getattr(error, "diag", None), "message_primary", None) or str(error)
    return one_line(said, _LONGEST_WORD)


def _kind(name: str) -> Kind:
    match name:
        case "sqlite":
            from monitor.store import sqlite  # noqa: PLC0415 - as the other

            return sqlite
        case "postgresql" | "postgres":
            return _postgres()
    told = f"database: {one_line(name, 40)} is not known here; write it like {_EXAMPLES}"
    raise StoreUnavailable(Operation.OPEN, told)


def _postgres() -> Kind:
    try:
        from monitor.store import postgres  # noqa: PLC0415 - its driver takes time to load, and may not be there
    except ImportError as error:
        cure = "install libpq 5 (Debian: apt install libpq5)"
        told = f"database: psycopg finds no library to speak to PostgreSQL with; {cure}"
        raise StoreUnavailable(Operation.OPEN, told) from error
    return postgres
