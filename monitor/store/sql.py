"""A `Store` in a database: SQLModel to read, batches of plain inserts to write.

Adding rows through the ORM costs ten times as much, and a commit per row a hundred times. So `SqlStore.write` takes what
its caller has gathered, and writes each table with one statement and all of them in one transaction.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock

from sqlalchemy import Connection, Engine
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, col, select

from monitor.state import Held, Transition
from monitor.store.facts import Base
from monitor.store.migrations import upgrade
from monitor.store.rows import Columns, Rows, held_of, past_of, transition_of
from monitor.store.sqlite import make_engine, make_ready, translated
from monitor.store.store import Operation, Past, Record
from monitor.store.tables import FactsRow, ObservationRow, Row, StateRow, TargetRow, TransitionRow


def open_store(url: str, root: Path = Path()) -> SqlStore:
    """Open the database at *url*, making or upgrading its tables; a relative path is counted from *root*.

    Raises `StoreUnavailable` with the cure when it cannot be used: the folder is missing, the file is not writable, not a
    database, another program's, or of a newer release.
    """
    engine = make_engine(url, root)
    try:
        with translated(Operation.OPEN, engine):
            upgrade(engine)
            make_ready(engine)
    except BaseException:
        engine.dispose()
        raise
    return SqlStore(engine)


class SqlStore:
    """A `monitor.store.store.Store`. Made by `open_store`; may be used by any thread, and writes one batch at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turn = Lock()
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

    def observations(self, key: str, limit: int = 100) -> Sequence[Past]:
        """See `Store.observations`."""
        whole = (col(FactsRow.target_id) == ObservationRow.target_id) & (col(FactsRow.at) == ObservationRow.facts_at)
        query = select(ObservationRow, FactsRow.whole).join_from(ObservationRow, TargetRow).outerjoin(FactsRow, whole)
        query = query.where(TargetRow.key == key).order_by(col(ObservationRow.at).desc()).limit(limit)
        with translated(Operation.READ, self._engine), Session(self._engine) as session:
            return [past_of(key, row, facts) for row, facts in session.exec(query)]

    def write(self, records: Sequence[Record]) -> None:
        """See `Store.write`. What it remembers from batch to batch changes only once a batch is committed."""
        bases: dict[str, Base] = {}
        with self._turn, translated(Operation.WRITE, self._engine):
            with self._engine.begin() as connection:
                numbers = _numbers(connection, self._numbers, {record.target.key for record in records})
                rows = Rows()
                for record in records:
                    rows.add(record, numbers[record.target.key], ChainMap(bases, self._bases))
                _write(connection, rows)
            self._numbers = numbers
            self._bases |= bases

    def close(self) -> None:
        """See `Store.close`."""
        self._engine.dispose()


def _numbers(connection: Connection, known: dict[str, int], keys: set[str]) -> dict[str, int]:
    """The number of every target, the *known* ones if that is enough for *keys*; what has none is given one."""
    new = sorted(keys - known.keys())
    if not new:
        return known
    _add(connection, TargetRow, [{"key": key} for key in new])
    return dict(connection.execute(select(TargetRow.key, TargetRow.id)).all())


def _write(connection: Connection, rows: Rows) -> None:
    _add(connection, FactsRow, rows.facts)
    _add(connection, ObservationRow, rows.observations)
    _add(connection, TransitionRow, rows.transitions)
    _replace_states(connection, list(rows.states.values()))


def _add(connection: Connection, table: type[Row], rows: list[Columns]) -> None:
    """Insert what is not there yet, so that a batch may be written again when nobody knows whether it was."""
    if rows:
        connection.execute(insert(table).on_conflict_do_nothing(), rows)


def _replace_states(connection: Connection, rows: list[Columns]) -> None:
    if rows:
        statement = insert(StateRow)
        newer = {name: statement.excluded[name] for name in rows[0] if name != "target_id"}
        connection.execute(statement.on_conflict_do_update(index_elements=["target_id"], set_=newer), rows)
