"""The store is kept small while there is time for it, and never in the way of what is to be written."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from checks.values import Seconds, Size
from monitor.clock import Clock
from monitor.compactor import BEHIND, REST, ROUND_SECONDS, SHORTEST_REST_SECONDS, CompactionStats, Compactor
from monitor.settings import History
from monitor.store.sql import SqlStore, open_store
from monitor.store.store import Compacted, Fault, Kept, Operation, StoreUnavailable
from monitor.store.writer import Writer
from tests.support.records import NOON, record

LATER = NOON + timedelta(hours=3)


class Over(Exception):  # noqa: N818 - it ends a test, and nothing is wrong
    """The task has gone round often enough."""


@dataclass
class Rests:
    """Notes how long a rest is, and ends the task at the one that begins so many rounds and one."""

    rounds: int
    seconds: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        if seconds == ROUND_SECONDS and self.seconds.count(ROUND_SECONDS) == self.rounds:
            raise Over
        self.seconds.append(seconds)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with closing(open_store(f"sqlite:///{tmp_path / 'store.db'}")) as opened:
        yield opened


def _clock(step: float = 0.0) -> Clock:
    """Three hours after noon; each look at the monotonic one is *step* seconds after the last."""
    moments = (number * step for number in range(1_000_000))
    return Clock(now=lambda: LATER, monotonic=lambda: next(moments))


def _compactor(store: SqlStore, rests: Rests, *, history: History | None = None, clock: Clock | None = None) -> Compactor:
    compactor = Compactor(store, clock or _clock(), Writer(store, _clock()), rests)
    compactor.adopt(history or History())
    return compactor


def _run(compactor: Compactor) -> CompactionStats:
    with pytest.raises(Over):
        asyncio.run(compactor.run())
    return compactor.stats


def test_what_is_over_is_compacted_in_one_round_of_steps(store: SqlStore) -> None:
    store.write([record(second=number) for number in range(5)])
    rests = Rests(1)
    stats = _run(_compactor(store, rests))
    assert (stats.packed, stats.last_success, stats.too_large) == (5, LATER, False)
    assert stats.bytes
    assert stats.bytes > 100_000
    assert rests.seconds[0] == ROUND_SECONDS
    assert set(rests.seconds[1:]) == {SHORTEST_REST_SECONDS}


def test_a_rest_is_longer_than_the_step_before_it(store: SqlStore) -> None:
    store.write([record()])
    rests = Rests(1)
    _run(_compactor(store, rests, clock=_clock(2.0)))
    assert set(rests.seconds[1:]) == {REST * 2.0}


def test_nothing_is_compacted_while_the_writer_is_behind(store: SqlStore) -> None:
    store.write([record()])
    rests = Rests(1)
    writer = Writer(store, _clock())
    for number in range(BEHIND + 1):
        writer.put(record(second=number))
    compactor = Compactor(store, _clock(), writer, rests)
    assert _run(compactor) == CompactionStats()
    assert rests.seconds == [ROUND_SECONDS]


@dataclass
class Ailing:
    """Stands in front of a store whose compaction raises what is left of *errors*, one after the other."""

    errors: list[Exception]
    asked: list[Kept] = field(default_factory=list)

    def wrap(self, store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
        whole: Callable[[datetime, Kept], Compacted] = store.compact

        def compact(at: datetime, kept: Kept) -> Compacted:
            self.asked.append(kept)
            if self.errors:
                raise self.errors.pop(0)
            return whole(at, kept)

        monkeypatch.setattr(store, "compact", compact)


def test_trouble_ends_the_round_and_not_the_task(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    Ailing([StoreUnavailable(Operation.WRITE, "disk full", Fault.FULL), KeyError("a bug")]).wrap(store, monkeypatch)
    writer = Writer(store, _clock())
    rests = Rests(3)
    with caplog.at_level(logging.WARNING):
        stats = _run(Compactor(store, _clock(), writer, rests))
    assert stats.last_success == LATER
    assert writer.stats.errors == {(Operation.WRITE, Fault.FULL): 1}
    told: Sequence[str] = [each.message for each in caplog.records]
    assert told == ["the store cannot be compacted for now", "a bug in compacting the store"]


def test_what_is_kept_is_counted_from_now(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    ailing = Ailing([])
    ailing.wrap(store, monkeypatch)

    history = History(observations=Seconds(3_600), hours=Seconds(7_200), size=Size(1_000_000))
    _run(_compactor(store, Rests(1), history=history))
    assert ailing.asked == [
        Kept(observations_since=LATER - timedelta(hours=1), hours_since=LATER - timedelta(hours=2), bytes=1_000_000)
    ]


def test_a_store_that_is_too_large_is_told_once(store: SqlStore, caplog: pytest.LogCaptureFixture) -> None:

    with caplog.at_level(logging.WARNING):
        stats = _run(_compactor(store, Rests(3), history=History(size=Size(50_000))))
    assert stats.too_large
    assert [each.message.split(",")[0] for each in caplog.records] == ["the store is larger than it may be"]


def test_a_file_that_is_larger_only_by_free_pages_is_told_with_another_cure(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(store, "compact", lambda *_: Compacted(bytes=200_000, free=150_000, too_large=True))
    with caplog.at_level(logging.WARNING):
        _run(_compactor(store, Rests(1), history=History(size=Size(100_000))))
    [told] = caplog.records
    assert "VACUUM" in told.message
    assert "raise history" not in told.message
