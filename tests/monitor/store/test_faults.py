"""A database that cannot be used, in each way that can be had here: what is said of it, and that nothing is lost by it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.model import State
from monitor.clock import Clock
from monitor.state import Held
from monitor.store.sql import SqlStore, open_store
from monitor.store.store import Fault, Operation, Record, StoreUnavailable, Written
from monitor.store.writer import Writer
from tests.support.records import NOON, record

KEYS = [f"acme/endpoint/{name}" for name in "abc"]


@contextmanager
def opened(path: Path) -> Iterator[SqlStore]:
    """A store that does not wait for locks."""
    with closing(open_store(f"sqlite:///{path}?timeout=0")) as store:
        yield store


@contextmanager
def full(store: SqlStore, path: Path) -> Iterator[None]:
    """The database may take no page more: what SQLite says of it is what it says of a disk without room."""
    del path
    with pragma(store, "max_page_count = 1", "max_page_count = 1000000000"):
        yield


@contextmanager
def read_only(store: SqlStore, path: Path) -> Iterator[None]:
    """Nothing may be changed, as when the file belongs to another."""
    del path
    with pragma(store, "query_only = ON", "query_only = OFF"):
        yield


@contextmanager
def pragma(store: SqlStore, begins: str, ends: str) -> Iterator[None]:
    """Say *begins* to the store's connection, and *ends* at the end; in its turn, so that it has but one."""
    with store._turn, store._engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA {begins}")
    yield
    with store._turn, store._engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA {ends}")


@contextmanager
def locked(store: SqlStore, path: Path) -> Iterator[None]:
    """Another program writes, and does not come to an end."""
    del store
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


@contextmanager
def damaged(store: SqlStore, path: Path) -> Iterator[None]:
    """Something has written over the file, but for its first page."""
    with store._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store._engine.dispose()
    with path.open("r+b") as file:
        whole = file.read()
        file.seek(4096)
        file.write(b"\xa5" * (len(whole) - 4096))
        file.flush()
        yield
        file.seek(0)
        file.write(whole)


Having = Callable[[SqlStore, Path], AbstractContextManager[None]]
FAULTS: dict[Fault, Having] = {
    Fault.FULL: full,
    Fault.READ_ONLY: read_only,
    Fault.LOCKED: locked,
    Fault.CORRUPT: damaged,
}
PASSING: list[Having] = [full, read_only, locked]
LARGE = {"page": "x" * 20_000}
"""More than what is left of the pages that there are."""


@pytest.mark.parametrize("fault", FAULTS)
def test_what_ails_a_database_is_said_and_when_it_is_over_all_is_as_it_was(tmp_path: Path, fault: Fault) -> None:
    path = tmp_path / "store.db"
    with opened(path) as store:
        store.write([record(KEYS[0], second=1)])
        with FAULTS[fault](store, path), pytest.raises(StoreUnavailable) as caught:
            store.write([record(KEYS[0], second=second, facts=LARGE) for second in (2, 3)])
        assert caught.value.fault is fault
        assert str(path) in caught.value.detail
        assert [past.at.second for past in store.observations(KEYS[0])] == [1], "all of a batch or nothing"
        store.write([record(KEYS[0], second=second, facts=LARGE) for second in (2, 3)])
        assert [past.at.second for past in store.observations(KEYS[0])] == [3, 2, 1]


def test_a_database_that_is_not_there_is_out_of_reach(tmp_path: Path) -> None:
    (tmp_path / "store.db").mkdir()
    with pytest.raises(StoreUnavailable) as caught:
        open_store(f"sqlite:///{tmp_path / 'store.db'}")
    assert (caught.value.operation, caught.value.fault) == (Operation.OPEN, Fault.UNREACHABLE)


def probes(round_: int, moves: list[bool]) -> list[Record]:
    """A probe of each target, some of which move it."""
    held = Held(State.DOWN if round_ % 2 else State.UP, NOON, f"round {round_}")
    return [
        record(key, second=round_, facts=LARGE, held=held, moved_from=State.UNKNOWN if moves_it else None)
        for key, moves_it in zip(KEYS, moves, strict=True)
    ]


ROUNDS = st.lists(
    st.tuples(st.lists(st.booleans(), min_size=3, max_size=3), st.sampled_from([None, *PASSING])), min_size=1, max_size=12
)


@pytest.mark.slow
@given(rounds=ROUNDS, limit=st.integers(3, 30))
@settings(max_examples=25, deadline=None)
def test_whatever_ails_it_and_when_what_was_written_stays_and_what_changed_something_arrives(
    rounds: list[tuple[list[bool], Having | None]], limit: int
) -> None:
    """In each round all targets are looked at; in some the database is away, and what waits may become too much."""
    acknowledged: list[Written] = []

    async def story(store: SqlStore, path: Path) -> Writer:
        writer = Writer(store, Clock(now=lambda: NOON), written=acknowledged.extend, limit=limit, batch=4)
        for number, (moves, ailing) in enumerate(rounds):
            for each in probes(number, moves):
                writer.put(each)
            if ailing:
                with ailing(store, path):
                    await writer.flush(0.02)
            elif number % 2:
                await writer.flush(5)
        assert await writer.flush(5) == 0
        return writer

    with TemporaryDirectory() as folder, opened(Path(folder) / "store.db") as store:
        stats = asyncio.run(story(store, Path(folder) / "store.db")).stats
        stored = {(key, past.at) for key in KEYS for past in store.observations(key)}
        assert stored == {(each.key, each.at) for each in acknowledged}
        assert len(stored) == stats.written == 3 * len(rounds) - stats.dropped
        moved = [
            (number, key)
            for number, (moves, _) in enumerate(rounds)
            for key, is_it in zip(KEYS, moves, strict=True)
            if is_it
        ]
        assert [(each.at.second, each.key) for each in reversed(store.transitions())] == moved
        assert {held.cause for held in store.states().values()} == {f"round {len(rounds) - 1}"}
