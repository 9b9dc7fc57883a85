"""The writer against a real database: one that is well, one that is locked, and records that cannot be written."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from checks.model import State
from monitor.clock import Clock
from monitor.state import Held
from monitor.store.sql import SqlStore, open_existing, open_store
from monitor.store.store import Aside, Fault, Operation, Record, StoreUnavailable, Written
from monitor.store.writer import FIRST_RETRY_SECONDS, GATHER_SECONDS, LAST_RETRY_SECONDS, Writer
from tests.support.consequences import aside, message
from tests.support.records import NOON, record

CLOCK = Clock(now=lambda: NOON)
KEY = "acme/endpoint/api"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqlStore]:
    """A store that does not wait for locks."""
    opened = open_store(f"sqlite:///{path}?timeout=0")
    yield opened
    opened.close()


@pytest.fixture
def patient(path: Path, store: SqlStore) -> Iterator[SqlStore]:
    """A store that waits for locks, longer than any test takes."""
    del store
    opened = open_existing(f"sqlite:///{path}?timeout=60")
    yield opened
    opened.close()


@pytest.fixture
def lock(path: Path, store: SqlStore, patient: SqlStore) -> Iterator[sqlite3.Connection]:
    """The database, once it is open, locked by another program until it rolls back."""
    del store, patient
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield other


class Pauses:
    """Pauses that end at once, remembered; *acts* happen in those with their number."""

    def __init__(self, acts: Mapping[int, Callable[[], object]]) -> None:
        self.asked: list[float] = []
        self._acts = acts

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        self._acts.get(len(self.asked), lambda: None)()
        await asyncio.sleep(0)


def probes(count: int, **of: object) -> list[Record]:
    return [record(second=second, facts={"n": second, **of}) for second in range(count)]


def put_all(writer: Writer, records: Sequence[Written]) -> None:
    for one in records:
        writer.put(one)


def test_what_is_put_is_written_in_order(store: SqlStore) -> None:
    async def scene() -> Writer:
        writer = Writer(store, CLOCK, batch=10)
        put_all(writer, probes(25))
        assert writer.stats.queued == 25
        assert writer.stats.bytes > 25 * 100
        assert writer.stats.oldest == NOON
        assert writer.stats.last_success is None
        assert await writer.flush(5) == 0
        return writer

    stats = asyncio.run(scene()).stats
    assert (stats.queued, stats.bytes, stats.oldest, stats.written, stats.dropped, stats.errors) == (0, 0, None, 25, 0, {})
    assert stats.last_success == NOON
    assert [past.at.second for past in store.observations(KEY)] == list(reversed(range(25)))


def test_running_it_gathers_and_then_writes_what_came_meanwhile(store: SqlStore) -> None:
    async def scene() -> list[float]:
        both_written = asyncio.Event()
        pauses = Pauses({1: lambda: writer.put(record(second=2)), 2: both_written.set})
        writer = Writer(store, CLOCK, pause=pauses)
        running = asyncio.create_task(writer.run())
        writer.put(record(second=1))
        await asyncio.wait_for(both_written.wait(), 5)
        assert writer.stats.written == 2
        running.cancel()
        return pauses.asked

    assert set(asyncio.run(scene())) == {GATHER_SECONDS}
    assert len(store.observations(KEY)) == 2


def test_a_locked_database_is_tried_again_ever_more_rarely_and_loses_nothing(
    store: SqlStore, lock: sqlite3.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    pauses = Pauses({8: lambda: lock.execute("ROLLBACK")})

    async def scene() -> Writer:
        writer = Writer(store, CLOCK, pause=pauses, batch=10)
        put_all(writer, probes(25))
        writer.put(record(second=30, held=Held(State.DOWN, NOON), moved_from=State.UP))
        assert await writer.flush(30) == 0
        return writer

    stats = asyncio.run(scene()).stats
    assert (stats.written, stats.dropped, stats.errors) == (26, 0, {(Operation.WRITE, Fault.LOCKED): 8})
    assert pauses.asked == [FIRST_RETRY_SECONDS, 1, 2, 4, *[LAST_RETRY_SECONDS] * 4]
    assert len(store.observations(KEY)) == 26
    assert store.states()[KEY].state is State.DOWN
    assert [said.message for said in caplog.records if said.name == "monitor.store.writer"] == [
        "the store is unavailable, records wait",
        "the store is available again",
    ]


def test_probing_goes_on_while_a_write_waits_for_a_lock(patient: SqlStore, lock: sqlite3.Connection) -> None:
    async def scene() -> int:
        writer = Writer(patient, CLOCK)
        put_all(writer, probes(5))
        flushing = asyncio.create_task(writer.flush(20))
        for turn in range(2_000):
            writer.put(record(second=10 + turn))
            await asyncio.sleep(0)
        assert not flushing.done()
        assert writer.stats.queued == 2_005
        lock.execute("ROLLBACK")
        assert await flushing == 0
        return writer.stats.written

    assert asyncio.run(scene()) == 2_005


def test_running_and_flushing_at_once_writes_everything_once(patient: SqlStore, lock: sqlite3.Connection) -> None:
    async def scene() -> Writer:
        writer = Writer(patient, CLOCK, pause=Pauses({}))
        running = asyncio.create_task(writer.run())
        put_all(writer, probes(5))
        flushing = asyncio.create_task(writer.flush(20))
        for _ in range(100):
            await asyncio.sleep(0)
        lock.execute("ROLLBACK")
        assert await flushing == 0
        running.cancel()
        return writer

    stats = asyncio.run(scene()).stats
    assert (stats.written, stats.dropped, stats.errors) == (5, 0, {})
    assert len(patient.observations(KEY)) == 5


def test_flushing_a_locked_database_ends_in_time_and_says_what_is_left(
    store: SqlStore, lock: sqlite3.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene() -> int:
        writer = Writer(store, CLOCK)
        put_all(writer, probes(25))
        left = await writer.flush(0.05)
        lock.execute("ROLLBACK")
        assert await writer.flush(5) == 0
        return left

    assert asyncio.run(scene()) == 25
    assert "records were left unwritten" in caplog.messages
    assert len(store.observations(KEY)) == 25


def test_a_database_away_for_long_gets_every_transition_and_every_latest_state(
    store: SqlStore, lock: sqlite3.Connection
) -> None:
    async def scene() -> Writer:
        writer = Writer(store, CLOCK, limit=50, batch=10)
        moved = record("acme/endpoint/web", second=5, held=Held(State.DOWN, NOON, "early"), moved_from=State.UP)
        put_all(writer, [record("acme/endpoint/slow"), *probes(500), moved, *probes(500)])
        assert await writer.flush(0.05) == 50
        put_all(writer, probes(100))
        lock.execute("ROLLBACK")
        await writer.flush(5)
        return writer

    stats = asyncio.run(scene()).stats
    assert stats.written + stats.dropped == 1_102
    assert [one.cause for one in store.transitions()] == ["early"]
    assert store.states().keys() == {"acme/endpoint/slow", "acme/endpoint/web", KEY}


def test_a_record_that_cannot_be_stored_is_dropped_alone(store: SqlStore, caplog: pytest.LogCaptureFixture) -> None:
    bad = record("acme/endpoint/bad", facts={"value": object()})

    async def scene() -> Writer:
        writer = Writer(store, CLOCK)
        records = probes(40)
        put_all(writer, [*records[:13], bad, *records[13:30], bad, *records[30:]])
        assert await writer.flush(10) == 0
        return writer

    stats = asyncio.run(scene()).stats
    assert (stats.written, stats.dropped, stats.refused) == (40, 0, 2)
    assert stats.errors.keys() == {(Operation.WRITE, Fault.OTHER)}
    assert [past.at.second for past in store.observations(KEY)] == list(reversed(range(40)))
    assert store.states().keys() == {KEY}
    assert caplog.messages.count("a record cannot be stored") == 2


def test_one_that_is_stopped_in_the_middle_writes_the_same_again(patient: SqlStore, lock: sqlite3.Connection) -> None:
    """Its thread cannot be stopped: the batch may be written after all, and is written once all the same."""

    async def scene() -> None:
        writer = Writer(patient, CLOCK)
        put_all(writer, probes(25))
        assert await writer.flush(0.05) == 25
        lock.execute("ROLLBACK")
        assert await writer.flush(20) == 0

    asyncio.run(scene())
    assert len(patient.observations(KEY)) == 25


def test_who_waits_for_what_is_written_hears_of_it_once_it_is_committed(store: SqlStore, lock: sqlite3.Connection) -> None:
    """On the loop, in the order of writing, and not while the database is away."""
    heard: list[tuple[int, bool]] = []

    def hear(written: Sequence[Written]) -> None:
        asyncio.get_running_loop()
        heard.append((len(written), bool(store.queues())))

    async def scene() -> None:
        pauses = Pauses({1: lambda: heard.append((0, False)), 2: lambda: lock.execute("ROLLBACK")})
        writer = Writer(store, CLOCK, written=hear, pause=pauses, batch=2)
        put_all(writer, [*probes(2), aside(message(0)), *probes(1)])
        assert await writer.flush(5) == 0

    asyncio.run(scene())
    assert heard == [(0, False), (2, False), (2, True)]


def test_nothing_that_somebody_is_told_of_is_given_up_however_long_the_database_is_away(
    store: SqlStore, lock: sqlite3.Connection
) -> None:
    async def scene() -> Writer:
        writer = Writer(store, CLOCK, limit=5, batch=3)
        for number in range(20):
            put_all(writer, [aside(message(number), at=number), *probes(30)])
        assert await writer.flush(0.05) > 20
        lock.execute("ROLLBACK")
        assert await writer.flush(5) == 0
        return writer

    stats = asyncio.run(scene()).stats
    assert stats.written + stats.dropped == 620
    assert store.queues()["ops"].waiting == 20


def test_an_aside_that_cannot_be_stored_is_dropped_alone(store: SqlStore, caplog: pytest.LogCaptureFixture) -> None:
    bad = Aside(at=NOON, key=KEY, held=Held(State.DOWN, NOON.replace(tzinfo=None)))

    async def scene() -> Writer:
        writer = Writer(store, CLOCK)
        for entry in (aside(message(0)), bad, aside(message(1))):
            writer.put(entry)
        assert await writer.flush(5) == 0
        return writer

    assert asyncio.run(scene()).stats.refused == 1
    assert store.queues()["ops"].waiting == 2
    assert [said.target for said in caplog.records if hasattr(said, "target")] == [KEY]


def test_what_is_in_hand_waits_too(store: SqlStore, lock: sqlite3.Connection) -> None:
    """A batch that could not be written is as old, and takes as much memory, as before it was tried."""

    async def scene() -> None:
        writer = Writer(store, CLOCK, batch=10)
        put_all(writer, probes(25))
        before = writer.stats
        assert await writer.flush(0.05) == 25
        lock.execute("ROLLBACK")
        tried = writer.stats
        assert (
            (tried.queued, tried.bytes, tried.oldest)
            == (before.queued, before.bytes, before.oldest)
            == (25, tried.bytes, NOON)
        )

    asyncio.run(scene())


def test_each_fault_is_told_once_and_whoever_meets_one_has_it_counted(
    store: SqlStore, lock: sqlite3.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    """A disk that is full after a lock is another thing to do for people, and said as such."""

    def fill() -> None:
        lock.execute("ROLLBACK")
        with store._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1")

    def make_room() -> None:
        with store._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1000000")

    async def scene() -> Writer:
        writer = Writer(store, CLOCK, pause=Pauses({3: fill, 6: make_room}))
        put_all(writer, [record(facts={"n": "x" * 5_000}, second=each) for each in range(50)])
        assert await writer.flush(30) == 0
        writer.failed(StoreUnavailable(Operation.READ, "it is damaged", Fault.CORRUPT))
        return writer

    writer = asyncio.run(scene())
    assert writer.is_well
    assert writer.stats.errors == {
        (Operation.WRITE, Fault.LOCKED): 3,
        (Operation.WRITE, Fault.FULL): 3,
        (Operation.READ, Fault.CORRUPT): 1,
    }
    told = [
        getattr(said, "detail", "") for said in caplog.records if said.message == "the store is unavailable, records wait"
    ]
    assert ["lock" in told[0], "full; make room" in told[1], len(told)] == [True, True, 2]
    assert len(store.observations(KEY)) == 50
