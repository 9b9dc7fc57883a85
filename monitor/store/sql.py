"""A `Store` in a database: SQLModel to read, batches of plain inserts to write.

Adding rows through the ORM costs ten times as much, and a commit per row a hundred times. So `SqlStore.write` takes what
its caller has gathered, and writes each table with one statement and all of them in one transaction. What is sent from
there is `monitor.store.outbox`'s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session, col, func, or_, select

from monitor.alert import Alert
from monitor.outage import Outage
from monitor.state import Held, Transition
from monitor.store import recall, writing
from monitor.store.annals import SqlAnnals
from monitor.store.compaction import Compaction
from monitor.store.consequences import alert_of, mute_columns, mute_of, outage_of
from monitor.store.dialect import insert
from monitor.store.engine import kind_of, make_engine, translated
from monitor.store.forgetting import Key, key_of
from monitor.store.lock import Hold
from monitor.store.migrations import refuse_old, upgrade
from monitor.store.rows import held_of, transition_of
from monitor.store.store import Compacted, Kept, Mute, Operation, Past, Written
from monitor.store.tables import AlertRow, MuteRow, OutageRow, StateRow, TargetRow, TransitionRow


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
            if hold:
                hold.keep()  # From here on it is this very file.
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
        self._known = writing.Known()
        self._compaction = Compaction(self._reading, self._writing, self._bases)

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
        with self._turn, translated(Operation.WRITE, self._engine):
            self._keep()
            with self._engine.begin() as connection:
                news = writing.put(connection, entries, self._known)
            self._known.learn(news)

    def compact(self, at: datetime, kept: Kept) -> Compacted:
        """See `Annals.compact`. Two daemons would count what they put together twice."""
        with self._turn:
            self._keep()
        return self._compaction.step(at, kept)

    def _bases(self) -> AbstractSet[Key]:
        """The whole facts to which the next observations may refer."""
        with self._turn:
            known = self._known
            return {key_of(known.numbers[key], base.at) for key, base in known.bases.items()}

    def close(self) -> None:
        """See `Store.close`."""
        self._engine.dispose()
        if self._hold:
            self._hold.close()

    def _keep(self) -> None:
        """Raise `StoreUnavailable` where it is another daemon's by now, or gone; forget what may not be there any more."""
        if self._hold and self._hold.keep():
            self._known = writing.Known()
