"""One daemon to a PostgreSQL database: an advisory lock keeps the second away, and by another those who migrate take turns.

- The daemon's lock belongs to a connection of its own, which does nothing else. With the connection it ends, whatever
  becomes of the process (https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS).
- So a restart of the server ends it. Before each write it is therefore asked for, and taken again where it was lost. Whoever
  finds another daemon there meanwhile writes nothing, and says so for as long as that is the case.
- Locks are of the schema in which the tables are: two stores may live in two schemas of one database.
- Whoever only reads, or mutes, takes no lock.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from checks.foreign import one_line
from checks.wording import moment
from monitor.store.engine import name_of, translated
from monitor.store.lock import Hold
from monitor.store.store import Fault, Operation, StoreUnavailable

_DAEMON, _MIGRATION = 1_986_946_145, 1_986_946_146
"""Numbers of this program's locks, drawn once; the first four letters of its name, and the next."""
_TAKE = text("SELECT pg_try_advisory_lock(:number, current_schema()::regnamespace::oid::int)").bindparams(number=_DAEMON)
_AWAIT = text("SELECT pg_advisory_lock(:number, current_schema()::regnamespace::oid::int)").bindparams(number=_DAEMON)
_MIGRATE = text("SELECT pg_advisory_xact_lock(:number, current_schema()::regnamespace::oid::int)").bindparams(
    number=_MIGRATION
)
_HOLDER = text(
    "SELECT application_name AS name, backend_start AS since FROM pg_locks JOIN pg_stat_activity USING (pid)"
    " WHERE locktype = 'advisory' AND classid::int = :number AND objid = current_schema()::regnamespace::oid"
    " AND objsubid = 2 AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
).bindparams(number=_DAEMON)
_LONGEST_NAME = 100
OWN_NAME = "vendorwatch: "
"""What the name begins with by which the server calls a process of this program."""
_WAIT = "1s"
"""How long a daemon that starts waits for the lock: the server needs a moment to see that one was killed."""
_LOCK_NOT_AVAILABLE = "55P03"


def lock_to_migrate(connection: Connection) -> None:
    """Wait until nobody else migrates, and keep others from it until the transaction of *connection* ends."""
    connection.execute(_MIGRATE)


def hold(engine: Engine) -> Hold:
    """Keep other daemons away from the database of *engine*. Raises `StoreUnavailable` when one is there."""
    held = _SessionHold(engine)
    held.take(Operation.OPEN)
    return held


class _SessionHold:
    """A `Hold`. One thread at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    def keep(self) -> bool:
        """See `Hold.keep`."""
        if self._is_held():
            return False
        self.close()
        self.take(Operation.WRITE)
        return True

    def take(self, operation: Operation) -> None:
        with translated(operation, self._engine):
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            connection.detach()  # It is not for others when it is closed, and closing it lets go of the lock.
            try:
                _take(connection, name_of(self._engine), operation)
            except BaseException:
                connection.close()
                raise
        self._connection = connection

    def close(self) -> None:
        """See `Hold.close`."""
        connection, self._connection = self._connection, None
        if connection:
            with suppress(DBAPIError):
                connection.close()

    def _is_held(self) -> bool:
        try:
            return self._connection is not None and bool(self._connection.execute(text("SELECT true")).scalar())
        except DBAPIError:
            return False


def _take(connection: Connection, name: str, operation: Operation) -> None:
    if connection.execute(_TAKE).scalar() or (operation is Operation.OPEN and _is_free_soon(connection)):
        return
    found = connection.execute(_HOLDER).first()
    cure = "stop that one, or name another database or schema as database: in monitor.yaml"
    told = f"{name}: another vendorwatch keeps its store here{_described(found)}; {cure}"
    raise StoreUnavailable(operation, told, Fault.LOCKED)


def _is_free_soon(connection: Connection) -> bool:
    """Wait for the lock for `_WAIT`; whether it was had."""
    connection.execute(text("SELECT set_config('lock_timeout', :wait, false)"), {"wait": _WAIT})
    try:
        connection.execute(_AWAIT)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
            raise
        return False
    return True


def _described(found: Any) -> str:
    """Who has the lock, as far as this user may know."""
    if found is None or not found.name:
        return ""
    who = one_line(found.name, _LONGEST_NAME).removeprefix(OWN_NAME)
    return f": {who}, since {moment(found.since)}"
