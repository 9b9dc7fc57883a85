"""PostgreSQL: how it is opened, and what its errors mean to people.

- Nothing waits for ever: not a connection to be made, a lock to be had, a statement to end; nor an answer of a server that
  has stopped to run without ending, for which `_Impatient` looks at the clock on this side.
- The server sees to it in turn that what this side leaves behind when it vanishes is soon gone: a transaction that is not
  ended, and a connection (and with it the daemon's lock) whose other end no longer answers.
- A connection that was lost is found out before it is used, so that only what was under way fails when a server restarts.
- States of errors are those of https://www.postgresql.org/docs/current/errcodes-appendix.html. While a connection is being
  made the library passes on no state but words, and those in the language of the server: the cure is then a guess.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg.abc import PQGen
from psycopg.conninfo import make_conninfo
from psycopg.pq import TransactionStatus
from sqlalchemy import URL, Connection, Engine, create_engine, event, text

from checks.foreign import one_line
from monitor.store.advisory import OWN_NAME, hold, lock_to_migrate
from monitor.store.engine import Diagnosis
from monitor.store.store import Fault, Operation, StoreUnavailable

__all__ = ["begin_patiently", "copier", "diagnosis", "hold", "make", "make_ready", "name", "refuse_missing"]

TIMEOUT_SECONDS = 30.0
"""How long a statement may take, where the URL does not say ``?timeout=``."""
_LONGEST_TIMEOUT = 86_400
_LONGEST_NAME = 200
_WHERE = ("host", "hostaddr", "port", "user", "dbname", "service")
"""Parameters of libpq that say which database it is."""
_UNTOLD = ("context", "password", "sslpassword", "oauth_client_secret")
"""What is the driver's own, and which parameters of libpq nobody is told."""
GRACE_SECONDS = 2.0
"""How much longer than the server may take its answer is waited for."""
LOCK_WAIT_SECONDS = 5.0
CONNECT_SECONDS = "5"
MIGRATION_WAIT_SECONDS = 30
POOL_WAIT_SECONDS = 10

_DRIVERS = ("postgresql", "postgres", "postgresql+psycopg")

_DIAGNOSES = {
    "08": Diagnosis(Fault.UNREACHABLE, "see whether the server runs; it is tried again"),
    "25006": Diagnosis(Fault.READ_ONLY, "the server takes no changes; name the primary as database:, not a standby"),
    "40": Diagnosis(Fault.LOCKED, "another program was in the way; it is tried again"),
    "42501": Diagnosis(Fault.READ_ONLY, "make the user of database: the owner of the database"),
    "53": Diagnosis(Fault.OTHER, "the server lacks memory or connections; give it more"),
    "53100": Diagnosis(Fault.FULL, "the disk of the server is full; make room"),
    "55P03": Diagnosis(Fault.LOCKED, "another program holds the database locked; let it finish"),
    "57014": Diagnosis(Fault.LOCKED, "the server took too long; see what keeps it busy"),
    "57P": Diagnosis(Fault.UNREACHABLE, "the server stops or starts; it is tried again"),
    "58": Diagnosis(Fault.IO, "the disk of the server does not do as it should; see the server's log"),
    "XX001": Diagnosis(Fault.CORRUPT, "put back a backup"),
    "XX002": Diagnosis(Fault.CORRUPT, "put back a backup, or have the server REINDEX"),
}
"""By the state of an error or what it begins with."""

_UNREACHABLE = "see whether the server runs, and whether database: names its host and port"
_BUSY_CURE = "the server has no connection left; raise its max_connections or the user's CONNECTION LIMIT"
_USER_CURE = "see the user and the password of database:, and the server's pg_hba.conf"
_WORDS = {
    "too many": _BUSY_CURE,
    "remaining connection slots": _BUSY_CURE,
    "connection option": "see what stands behind the ? of database:",
    "its encoding": "CREATE DATABASE another, with ENCODING 'UTF8'",
    "password": _USER_CURE,
    "authentication": _USER_CURE,
    "pg_hba.conf": _USER_CURE,
    "role ": _USER_CURE,
    "permission denied": "GRANT CONNECT ON DATABASE to the user of database:",
    'database "': "CREATE DATABASE it, with ENCODING 'UTF8' and the user of database: as OWNER",
    "starting up": "the server starts; try again",
    "shutting down": "the server stops; try again once it is back",
    "recovery": "the server recovers; try again",
}
"""Cures of what a server said that took no connection, by words of it."""


class _Impatient(psycopg.Connection[Any]):
    """A connection that gives up on a server that does not answer."""

    patience: float | None = None
    """Seconds, for a statement with all its rows; None for ever."""

    def wait(self, gen: PQGen[Any], interval: float = 0.1, timeout: float | None = None) -> Any:
        """As every wait of the driver for the server, for `patience` at most. Raises `psycopg.OperationalError`."""
        try:
            return super().wait(gen, interval, self.patience if timeout is None else timeout)
        except psycopg.OperationalError as error:
            if self.pgconn.transaction_status != TransactionStatus.ACTIVE:
                raise
            self.pgconn.finish()  # What it was about to answer can no longer be told from what it answers next.
            msg = f"the server has not answered for {self.patience:g} s"
            raise psycopg.errors.ConnectionTimeout(msg) from error


def make(url: URL, root: Path) -> Engine:
    """See `monitor.store.engine.Kind.make`."""
    del root
    if url.drivername not in _DRIVERS:
        told = f"{name(url)}: is spoken to with psycopg 3; write postgresql://"
        raise StoreUnavailable(Operation.OPEN, told)
    seconds = _seconds(url)
    known: dict[str, Any] = {"connect_timeout": CONNECT_SECONDS, "fallback_application_name": _own_name()}
    unsaid = {key: value for key, value in known.items() if key not in url.query}
    url = url.set(drivername="postgresql+psycopg").difference_update_query(["timeout"])
    engine = create_engine(url, connect_args=unsaid, pool_pre_ping=True, pool_timeout=POOL_WAIT_SECONDS)

    @event.listens_for(engine, "do_connect")
    def connect(_: Any, __: Any, arguments: list[Any], keywords: dict[str, Any]) -> _Impatient:
        return _connect(arguments, keywords, seconds)

    return engine


def _seconds(url: URL) -> float:
    told = url.query.get("timeout", str(TIMEOUT_SECONDS))
    try:
        seconds = float(str(told))
    except ValueError:
        seconds = 0
    if not 0 < seconds <= _LONGEST_TIMEOUT:
        raise StoreUnavailable(Operation.OPEN, f"{name(url)}: timeout= is not a number of seconds; write it like 30")
    return seconds


def _own_name() -> str:
    """What the server calls this process, so that the refusal of another names it."""
    return f"{OWN_NAME}process {os.getpid()} on {platform.node()}"[:63]


def _connect(arguments: list[Any], keywords: dict[str, Any], seconds: float) -> _Impatient:
    try:
        connection = _Impatient.connect(*arguments, **keywords)
    except psycopg.ProgrammingError as error:  # An option in the URL that is none: not a mistake of a statement's.
        raise psycopg.OperationalError(str(error)) from error
    connection.patience = seconds + GRACE_SECONDS
    try:
        _refuse_encoding(connection)
        connection.autocommit = True
        _set(connection, statement_timeout=seconds, lock_timeout=min(LOCK_WAIT_SECONDS, seconds / 2))
        connection.autocommit = False
    except BaseException:
        connection.close()
        raise
    return connection


def _refuse_encoding(connection: _Impatient) -> None:
    """Raise `psycopg.OperationalError` for a database that cannot hold what vendors say."""
    found = connection.info.parameter_status("server_encoding")
    if found != "UTF8":
        msg = f"its encoding is {found}"
        raise psycopg.OperationalError(msg)


def _set(connection: _Impatient, **seconds: float) -> None:
    known = {name: f"{round(number * 1000)}ms" for name, number in seconds.items()}
    known |= {"timezone": "UTC", "idle_in_transaction_session_timeout": "60s"}
    known |= {"tcp_keepalives_idle": "30", "tcp_keepalives_interval": "10", "tcp_keepalives_count": "3"}
    statement = "SELECT " + ", ".join("set_config(%s, %s, false)" for _ in known)
    connection.execute(statement, [word for pair in known.items() for word in pair])


def name(url: URL) -> str:
    """See `monitor.store.engine.Kind.name`: user, host and database, wherever in the URL they stand."""
    shown = URL.create("postgresql", username=url.username, host=url.host, port=url.port, database=url.database)
    where = "&".join(f"{key}={value}" for key in _WHERE for value in url.normalized_query.get(key, ()))
    return one_line("?".join(filter(None, (shown.render_as_string(), where))), _LONGEST_NAME)


def copier(engine: Engine, into: Path) -> Sequence[str]:
    """See `monitor.store.engine.Kind.copier`: pg_dump finds the server as the driver does, by libpq's own words."""
    _, known = engine.dialect.create_connect_args(engine.url)
    try:
        where = make_conninfo("", **{key: value for key, value in known.items() if key not in _UNTOLD})
    except psycopg.ProgrammingError as error:
        told = f"{name(engine.url)}: {one_line(str(error), _LONGEST_NAME)}: {_WORDS['connection option']}"
        raise StoreUnavailable(Operation.OPEN, told) from error
    return ("pg_dump", "--format=custom", f"--file={into}", f"--dbname={where}")


def diagnosis(error: BaseException) -> Diagnosis | None:
    """See `monitor.store.engine.Kind.diagnosis`."""
    state = getattr(error, "sqlstate", None)
    if state:
        return next((_DIAGNOSES[state[:length]] for length in (5, 3, 2) if state[:length] in _DIAGNOSES), None)
    if not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return None
    told = str(error)
    return Diagnosis(Fault.UNREACHABLE, next((cure for words, cure in _WORDS.items() if words in told), _UNREACHABLE))


def begin_patiently(connection: Connection) -> None:
    """See `monitor.store.engine.Kind.begin_patiently`. The connection is to be closed afterwards."""
    driven = connection.connection.driver_connection
    if isinstance(driven, _Impatient):
        driven.patience = None  # A migration takes as long as it takes.
    connection.exec_driver_sql(f"SET lock_timeout = '{MIGRATION_WAIT_SECONDS}s'")
    connection.exec_driver_sql("SET statement_timeout = 0")
    lock_to_migrate(connection)


def make_ready(engine: Engine) -> None:
    """See `monitor.store.engine.Kind.make_ready`."""
    with engine.connect() as connection:
        connection.execute(text("DELETE FROM target WHERE id IS NULL"))


def refuse_missing(engine: Engine) -> None:
    """See `monitor.store.engine.Kind.refuse_missing`. To connect makes no database here, and says so where there is none."""
    del engine
