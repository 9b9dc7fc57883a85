"""A `Store` in a database: SQLModel to read, batches of plain inserts to write.

Adding rows through the ORM costs ten times as much, and a commit per row a hundred times. So `SqlStore.write` takes what
its caller has gathered, and writes each table with one statement and all of them in one transaction. What is sent from
there is `monitor.store.outbox`'s.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlmodel import Session, col, func, or_, select

from monitor.alert import Alert
from monitor.outage import Outage
from monitor.state import Held, Transition
from monitor.store import recall
from monitor.store.annals import SqlAnnals
from monitor.store.consequences import (
    alert_columns,
    alert_of,
    message_columns,
    mute_columns,
    mute_of,
    outage_columns,
    outage_of,
)
from monitor.store.dialect import add, insert
from monitor.store.engine import kind_of, make_engine, translated
from monitor.store.facts import Base
from monitor.store.lock import Hold
from monitor.store.migrations import refuse_old, upgrade
from monitor.store.rows import Columns, Rows, held_of, transition_of
from monitor.store.store import Aside, Compacted, Consequences, Kept, Mute, Operation, Past, Record, Written
from monitor.store.stretches import put_presence, put_stretches
from monitor.store.tables import (
    AlertRow,
    FactsRow,
    MessageRow,
    MuteRow,
    ObservationRow,
    OutageRow,
    Row,
    StateRow,
    TargetRow,
    TransitionRow,
)


def open_store(url: str, root: Path = Path()) -> SqlStore:
    """Open the database at *url*, making or upgrading its tables; a relative path is counted from *root*.

    It is the daemon's until it is closed: no other can open it so meanwhile, only as `open_existing` does. Raises
    `StoreUnavailable` with the cure when it cannot be used: the folder is missing, the file is not writable, not a
    database, another program's or another daemon's, or of a newer release.
    """
    engine = make_engine(url, root)
    with ExitStack() as opened:
        opened.callback(engine.dispose)
        with translated(Operation.OPEN, engine):
            hold = kind_of(engine).hold(engine)
            if hold:
                opened.callback(hold.close)
            upgrade(engine)
            kind_of(engine).make_ready(engine)
        opened.pop_all()
    return SqlStore(engine, hold)


def open_existing(url: str, root: Path = Path()) -> SqlStore:
    """Open the database at *url* as the daemon made it, beside the daemon or without one; it is neither made nor upgraded.

    Raises `StoreUnavailable` with the cure when it cannot be used as it is.
    """
    engine = make_engine(url, root)
    try:
        with translated(Operation.OPEN, engine):
            kind_of(engine).refuse_missing(engine)
            refuse_old(engine)
    except BaseException:
        engine.dispose()
        raise
    return SqlStore(engine)


class SqlStore(SqlAnnals):
    """A `monitor.store.store.Store`. Made by `open_store`; may be used by any thread, and writes one batch at a time."""

    def __init__(self, engine: Engine, hold: Hold | None = None) -> None:
        super().__init__(engine)
        self._hold = hold
        self._numbers: dict[str, int] = {}
        self._bases: dict[str, Base] = {}

    def states(self) -> Mapping[str, Held]:
        """See `Store.states`."""
        query = select(TargetRow.key, StateRow).join_from(TargetRow, StateRow)
        with translated(Operation.READ, self._engine), Session(self._engine) as session:
            return {key: held_of(row) for key, row in session.exec(query)}

    def transitions(self, key: str | None = None, limit: int = 100) -> Sequence[Transition]:
        """See `Store.transitions`."""
        query = select(TargetRow.key, TransitionRow).join_from(TargetRow, TransitionRow)
        query = query.order_by(col(TransitionRow.id).desc()).limit(limit)
        if key is not None:
            query = query.where(TargetRow.key == key)
        with translated(Operation.READ, self._engine), Session(self._engine) as session:
            return [transition_of(of, row) for of, row in session.exec(query)]

    def observations(self, key: str, limit: int = 100, *, before: datetime | None = None) -> Sequence[Past]:
        """See `Store.observations`."""
        with self._reading() as connection:
            return recall.observations(connection, key, limit, before)

    def outages(self, vendor: str | None = None, *, is_open: bool | None = None, limit: int = 100) -> Sequence[Outage]:
        """See `Store.outages`."""
        query = select(OutageRow).order_by(col(OutageRow.opened_at).desc(), col(OutageRow.vendor)).limit(limit)
        if vendor is not None:
            query = query.where(OutageRow.vendor == vendor)
        if is_open is not None:
            goes_on = col(OutageRow.closed_at).is_(None)
            query = query.where(goes_on if is_open else ~goes_on)
        with translated(Operation.READ, self._engine), Session(self._engine) as session:
            return [outage_of(row) for row in session.exec(query)]

    def alerts(self, ended_after: datetime) -> Sequence[Alert]:
        """See `Store.alerts`."""
        counts = or_(col(AlertRow.ends_at).is_(None), col(AlertRow.ends_at) > ended_after)
        query = select(AlertRow).where(counts).order_by(col(AlertRow.starts_at), col(AlertRow.id))
        with translated(Operation.READ, self._engine), Session(self._engine) as session:
            return [alert_of(row) for row in session.exec(query)]

    def mutes(self, at: datetime) -> Sequence[Mute]:
        """See `Store.mutes`."""
        newest = select(func.max(MuteRow.id)).group_by(col(MuteRow.vendor))
        query = select(MuteRow).where(col(MuteRow.id).in_(newest), col(MuteRow.until) > at).order_by(col(MuteRow.vendor))
        with translated(Operation.READ, self._engine), Session(self._engine) as session:
            return [mute_of(row) for row in session.exec(query)]

    def mute(self, mute: Mute) -> None:
        """See `Store.mute`."""
        with self._turn, translated(Operation.WRITE, self._engine), self._engine.begin() as connection:
            connection.execute(insert(connection, MuteRow), [mute_columns(mute)])

    def write(self, entries: Sequence[Written]) -> None:
        """See `Store.write`. What it remembers from batch to batch changes only once a batch is committed."""
        bases: dict[str, Base] = {}
        with self._turn, translated(Operation.WRITE, self._engine):
            self._keep()
            with self._engine.begin() as connection:
                numbers = _numbers(connection, self._numbers, _series(entries))
                _write(connection, _rows(entries, numbers, ChainMap(bases, self._bases)))
                _conclude(connection, [entry.consequences for entry in entries if entry.consequences])
                _account(connection, entries, numbers)
            self._numbers = numbers
            self._bases |= bases

    def compact(self, at: datetime, kept: Kept) -> Compacted:
        """See `Annals.compact`. Two daemons would count what they put together twice."""
        with self._turn:
            self._keep()
        return super().compact(at, kept)

    def close(self) -> None:
        """See `Store.close`."""
        self._engine.dispose()
        if self._hold:
            self._hold.close()

    def _keep(self) -> None:
        """Raise `StoreUnavailable` where the database is another daemon's by now; forget what may not be there any more."""
        if self._hold and self._hold.keep():
            self._numbers, self._bases = {}, {}


def _numbers(connection: Connection, known: dict[str, int], keys: set[str]) -> dict[str, int]:
    """The number of every target, the *known* ones if that is enough for *keys*; what has none is given one."""
    new = sorted(keys - known.keys())
    if not new:
        return known
    add(connection, TargetRow, [{"key": key} for key in new])
    return dict(connection.execute(select(TargetRow.key, TargetRow.id)).all())


def _series(entries: Iterable[Written]) -> set[str]:
    """Every series of which something is written."""
    keys = {entry.key for entry in entries if entry.key}
    return keys | {each.series for entry in entries for each in entry.consequences.stretches}


def _account(connection: Connection, entries: Iterable[Written], numbers: Mapping[str, int]) -> None:
    """Write what is known of the past by *entries*, in the order in which it became known."""
    for entry in entries:
        if isinstance(entry, Aside) and entry.presence:
            put_presence(connection, entry.presence)
        put_stretches(connection, entry.consequences.stretches, numbers)


def _rows(entries: Iterable[Written], numbers: Mapping[str, int], bases: MutableMapping[str, Base]) -> Rows:
    rows = Rows()
    for entry in entries:
        if isinstance(entry, Record):
            rows.add(entry, numbers[entry.key], bases)
        elif entry.held:
            rows.move(numbers[entry.key], entry.at, entry.held, entry.transition)
    return rows


def _write(connection: Connection, rows: Rows) -> None:
    add(connection, FactsRow, rows.facts)
    add(connection, ObservationRow, rows.observations)
    add(connection, TransitionRow, rows.transitions)
    _replace_states(connection, list(rows.states.values()))


def _replace_states(connection: Connection, rows: list[Columns]) -> None:
    if rows:
        statement = insert(connection, StateRow)
        newer = {name: statement.excluded[name] for name in rows[0] if name != "target_id"}
        connection.execute(statement.on_conflict_do_update(index_elements=["target_id"], set_=newer), rows)


def _conclude(connection: Connection, found: Sequence[Consequences]) -> None:
    """Write what followed, in the order in which it did."""
    outages = [outage_columns(outage) for each in found for outage in each.outages]
    _replace_open(connection, OutageRow, outages, ("vendor", "opened_at"), "closed_at")
    alerts = [alert_columns(alert) for each in found for alert in (*each.alerts, *each.reworded)]
    _replace_open(connection, AlertRow, alerts, ("fingerprint", "starts_at"), "ends_at")
    add(connection, MessageRow, [message_columns(message) for each in found for message in each.messages])


def _replace_open(connection: Connection, table: type[Row], rows: list[Columns], names: tuple[str, str], ended: str) -> None:
    """Insert rows, or replace those of the same *names*; one that has *ended* stays so, whatever is written late."""
    if rows:
        statement = insert(connection, table)
        newer = {name: statement.excluded[name] for name in rows[0] if name not in names}
        may = or_(statement.table.c[ended].is_(None), statement.excluded[ended].is_not(None))
        connection.execute(statement.on_conflict_do_update(index_elements=names, set_=newer, where=may), rows)
