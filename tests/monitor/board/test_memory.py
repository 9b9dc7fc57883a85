"""A store that is slow, stuck or gone costs the board its past for as long, and a page no more than a moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from checks.model import State
from monitor.board.memory import FRESH_SECONDS, RETRY_SECONDS, WHOLE_SECONDS, Memory
from monitor.board.reading import Known
from monitor.board.strips import first_day, midnight
from monitor.board.values import Reading
from monitor.clock import Clock
from monitor.history import LAG
from monitor.store.sql import SqlStore, open_store
from monitor.store.store import Fault, Operation, StoreUnavailable
from tests.support.compacting import present, stretch

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)
SLUGS = {"acme", "bolt"}
PATIENCE = 0.2
"""Long for a file on this machine, and short for a test."""


class Hours:
    """Time that a test passes."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.clock = Clock(now=lambda: NOON + timedelta(seconds=self.seconds), monotonic=lambda: self.seconds)


class Moody(SqlStore):
    """A store that does as it is told before it answers."""

    mood: Callable[[], object] = staticmethod(lambda: None)
    tries = 0
    reads: list[datetime]
    """From when on it was read each time."""

    def presences(self, begins: datetime, ends: datetime) -> Any:
        if ends - begins == LAG:  # which is asked first
            self.tries += 1
            self.mood()
        return super().presences(begins, ends)

    def stretches(self, begins: datetime, ends: datetime, series: Any = None) -> Any:
        self.reads.append(begins)
        return super().stretches(begins, ends, series)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Moody]:
    with closing(open_store("sqlite:///store.db", tmp_path)) as plain, closing(Moody(plain._engine)) as moody:
        moody.reads = []
        plain.write([stretch("acme", NOON - timedelta(days=2), State.UP), present(NOON - timedelta(days=2), NOON)])
        yield moody
        landed()


def readers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "board"]


def landed() -> None:
    for thread in readers():
        thread.join(10)


def refuse() -> None:
    raise StoreUnavailable(Operation.READ, "store.db: the disk is on fire")


def held(started: threading.Event, released: threading.Event) -> Callable[[], None]:
    """What waits until it is *released*, once it has *started*."""

    def mood() -> None:
        started.set()
        released.wait(10)

    return mood


def up(known: Known | None, slug: str = "acme") -> int:
    assert known
    return known.strips[slug].whole.up


def test_what_was_read_does_for_a_while_and_then_only_what_may_have_changed_is_read(store: Moody) -> None:
    hours = Hours()
    memory = Memory(store, hours.clock, patience=10)
    known, reading = memory.recall(SLUGS)
    assert (up(known), reading) == (2 * 86_400, Reading.DONE)
    hours.seconds += FRESH_SECONDS - 1
    assert memory.recall(SLUGS) == (known, Reading.DONE)
    assert store.reads == [midnight(first_day(NOON))]
    hours.seconds += 1
    memory.recall(SLUGS)
    hours.seconds += WHOLE_SECONDS
    memory.recall(SLUGS)
    first = midnight(first_day(NOON))
    assert store.reads == [first, midnight(NOON.date()) - timedelta(days=1), first]


def test_a_vendor_that_is_new_is_read_at_once(store: Moody) -> None:
    memory = Memory(store, Hours().clock, patience=10)
    memory.recall(SLUGS)
    known, _ = memory.recall({"acme", "calm"})
    assert known
    assert known.strips.keys() == {"acme", "calm"}
    memory.recall({"acme"})
    assert store.tries == 2, "one that is gone is no reason to read"


def test_whose_past_is_not_read_yet_it_is_not_said_to_be(store: Moody) -> None:
    """Who asks for a vendor that came while the past of others is read waits for the next reading."""
    started, released = threading.Event(), threading.Event()
    store.mood = held(started, released)
    memory = Memory(store, Hours().clock, patience=10)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(memory.recall, {"acme"})
        assert started.wait(10)
        second = pool.submit(memory.recall, {"acme", "new"})
        time.sleep(PATIENCE)
        released.set()
        assert first.result()[1] is Reading.DONE
        known, reading = second.result()
    assert known
    assert (set(known.strips), reading, store.tries) == ({"acme", "new"}, Reading.DONE, 2)


def test_who_cannot_wait_that_long_is_told_that_it_is_awaited(store: Moody) -> None:
    started, released = threading.Event(), threading.Event()
    store.mood = held(started, released)
    memory = Memory(store, Clock(now=lambda: NOON), patience=PATIENCE)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(memory.recall, {"acme"})
        assert started.wait(10)
        began = time.monotonic()
        assert memory.recall({"acme", "new"}) == (None, Reading.AWAITED)
        assert time.monotonic() - began < 2 * PATIENCE
        released.set()


def test_many_who_ask_at_once_have_it_read_once(store: Moody) -> None:
    gate = threading.Barrier(20)
    store.mood = lambda: time.sleep(0.05)
    memory = Memory(store, Hours().clock, patience=10)

    def ask() -> tuple[Known | None, Reading]:
        gate.wait()
        return memory.recall(SLUGS)

    with ThreadPoolExecutor(20) as pool:
        found = [future.result() for future in [pool.submit(ask) for _ in range(20)]]
    assert all(up(known) == 2 * 86_400 and reading is Reading.DONE for known, reading in found)
    assert store.tries == 1


def test_a_store_that_is_stuck_holds_up_one_thread_and_each_page_for_a_moment(store: Moody) -> None:
    released = threading.Event()
    store.mood = lambda: released.wait(10)
    memory = Memory(store, Clock(now=lambda: NOON), patience=PATIENCE)
    try:
        began = time.monotonic()
        with ThreadPoolExecutor(20) as pool:
            found = [future.result() for future in [pool.submit(memory.recall, SLUGS) for _ in range(20)]]
        assert found == [(None, Reading.AWAITED)] * 20
        assert PATIENCE <= time.monotonic() - began < 20 * PATIENCE
        began = time.monotonic()
        assert memory.recall(SLUGS) == (None, Reading.AWAITED)
        assert time.monotonic() - began < PATIENCE, "who comes later waits no more"
        assert (len(readers()), store.tries) == (1, 1)
    finally:
        released.set()
    landed()
    known, reading = memory.recall(SLUGS)
    assert (up(known), reading) == (2 * 86_400, Reading.DONE)


def test_while_it_is_slow_what_was_known_is_shown(store: Moody) -> None:
    hours, released = Hours(), threading.Event()
    memory = Memory(store, hours.clock, patience=PATIENCE)
    memory.recall(SLUGS)
    landed()
    known, _ = memory.recall(SLUGS)
    store.mood = lambda: released.wait(10)
    hours.seconds += FRESH_SECONDS
    try:
        assert memory.recall(SLUGS) == (known, Reading.AWAITED)
    finally:
        released.set()


def test_a_store_that_fails_costs_nothing_that_was_known_and_is_asked_again(
    store: Moody, caplog: pytest.LogCaptureFixture
) -> None:
    hours = Hours()
    memory = Memory(store, hours.clock, patience=10)
    store.mood = refuse
    assert memory.recall(SLUGS) == (None, Reading.FAILED)
    assert memory.recall(SLUGS) == (None, Reading.FAILED)
    assert store.tries == 1, "it is not asked again at once"
    hours.seconds += RETRY_SECONDS
    assert memory.recall(SLUGS) == (None, Reading.FAILED)
    hours.seconds += RETRY_SECONDS
    store.mood = lambda: None
    known, reading = memory.recall(SLUGS)
    assert (up(known), reading) == (2 * 86_400, Reading.DONE)
    hours.seconds += FRESH_SECONDS
    store.mood = refuse
    assert memory.recall(SLUGS) == (known, Reading.FAILED)
    assert memory.recall({"new"}) == (known, Reading.FAILED)
    assert store.tries == 4
    warnings = [record for record in caplog.records if record.levelname == "WARNING"]
    assert ["disk is on fire" in getattr(record, "why", "") for record in warnings] == [True, True], "once for each time"
    assert memory.errors == {(Operation.READ, Fault.OTHER): 3}, "each is counted"


def test_where_no_thread_can_start_the_past_is_as_one_that_cannot_be_read(
    store: Moody, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: threading.Thread) -> None:
        msg = "can't start new thread"
        raise RuntimeError(msg)

    hours = Hours()
    memory = Memory(store, hours.clock, patience=10)
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", full)
        assert [memory.recall(SLUGS) for _ in range(2)] == [(None, Reading.FAILED)] * 2
    assert (store.tries, memory.errors) == (0, {(Operation.READ, Fault.OTHER): 1})
    hours.seconds += RETRY_SECONDS
    assert memory.recall(SLUGS)[1] is Reading.DONE


def test_that_the_store_is_back_is_told_once(store: Moody, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "monitor.board.memory")
    hours = Hours()
    memory = Memory(store, hours.clock, patience=10)
    store.mood = refuse
    memory.recall(SLUGS)
    store.mood = lambda: None
    for _ in range(3):
        hours.seconds += FRESH_SECONDS
        memory.recall(SLUGS)
    assert [record.getMessage() for record in caplog.records] == [
        "the board goes without the past, or with an old one",
        "the board has the past again",
    ]


def test_a_bug_in_reading_costs_the_past_and_not_the_page(store: Moody, caplog: pytest.LogCaptureFixture) -> None:
    def stumble() -> None:
        msg = "a bug"
        raise LookupError(msg)

    hours = Hours()
    memory = Memory(store, hours.clock, patience=10)
    store.mood = stumble
    assert memory.recall(SLUGS) == (None, Reading.FAILED)
    assert "a bug in reading the past" in caplog.text
    store.mood = lambda: None
    hours.seconds += RETRY_SECONDS
    assert memory.recall(SLUGS)[1] is Reading.DONE


@pytest.mark.slow
def test_pages_are_read_while_the_daemon_writes(store: Moody) -> None:
    """On connections of their own: nobody finds the database locked, and what comes out is right each time."""
    hours, ended = Hours(), threading.Event()
    memory = Memory(store, replace(hours.clock, monotonic=lambda: 0.0), patience=30)
    troubles: list[str] = []

    def write() -> None:
        for second in range(400):
            at = NOON + timedelta(seconds=second)
            state = State.DOWN if second % 2 else State.UP
            store.write([stretch("acme", at, state), stretch("bolt", at, state), present(NOON - timedelta(days=2), at)])
            hours.seconds = float(second)
        ended.set()

    def ask() -> None:
        while not ended.is_set():
            memory._due_at = 0.0
            known, reading = memory.recall(SLUGS)
            if reading is not Reading.DONE or known is None:
                troubles.append(f"{reading}")
            elif known.strips["acme"].whole.unknown or up(known) < 2 * 86_400:
                troubles.append(f"{known.strips['acme'].whole}")

    threads = [threading.Thread(target=write), *(threading.Thread(target=ask) for _ in range(8))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    assert store.tries > 20
    memory._due_at = 0.0
    assert up(memory.recall(SLUGS)[0]) == 2 * 86_400 + 200
