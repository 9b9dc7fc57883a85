"""Whatever is written in which order, and whenever it is compacted: every second is in one state, every look counted once.

What the store says of stretches and presences is the truth here, as `monitor.history.tally` reads it; that they are written
as they should be is told in ``test_annals``.
"""

from __future__ import annotations

import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.model import Failure, Reason, State
from monitor.history import Tally, tally
from monitor.store.compaction import LAG
from monitor.store.rollups import day_of, hour_of
from monitor.store.sql import open_store
from monitor.store.store import Store
from tests.support.compacting import FOR_EVER, come_to, compacted, present, seconds, stretch
from tests.support.records import NOON, record

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EVER = (NOON - timedelta(days=400), NOON + timedelta(days=400))
KEYS = ("acme/endpoint/api", "acme/tls/api", "bolt/endpoint/api")
SERIES = ("acme", *KEYS)
FAILURES = (None, Failure(Reason.TIMEOUT, "after 10 s"), Failure(Reason.DNS, "no such name"))


@dataclass(frozen=True)
class Look:
    """A look so many seconds before now."""

    key: str
    ago: float
    failure: Failure | None


@dataclass(frozen=True)
class Move:
    """A series is in another state since so many seconds ago."""

    series: str
    ago: float
    state: State | None


@dataclass(frozen=True)
class Pass:
    """The clock goes on, while we could see or not."""

    seconds: float
    is_seen: bool


@dataclass(frozen=True)
class SetBack:
    """The clock is set back."""

    seconds: float


@dataclass(frozen=True)
class Again:
    """What was seen is written once more, because nobody knew whether it was: so many of the newest looks."""

    count: int


@dataclass(frozen=True)
class Steps:
    """So many steps of compaction."""

    count: int


Act = Look | Move | Pass | SetBack | Again | Steps

AGO = st.sampled_from([0.0, 1.5, 60.0, 3_000.0, 9_000.0])
ACTS: st.SearchStrategy[Act] = st.one_of(
    st.builds(Look, st.sampled_from(KEYS), AGO, st.sampled_from(FAILURES)),
    st.builds(Move, st.sampled_from(SERIES), AGO, st.sampled_from([*State, None])),
    st.builds(Pass, st.sampled_from([0.5, 61.0, 600.0, 3_600.0, 7_000.0, 90_000.0]), st.booleans()),
    st.builds(SetBack, st.sampled_from([1.0, 700.0, 5_000.0, 30_000.0, 100_000.0])),
    st.builds(Again, st.integers(1, 9)),
    st.builds(Steps, st.integers(1, 9)),
)


@dataclass
class Play:
    """Writes to *store* what happens, and remembers each look. *now* is the time; we see since *since*."""

    store: Store
    now: datetime = NOON
    since: datetime = NOON
    seen: dict[tuple[str, datetime], Failure | None] = field(default_factory=dict)

    def do(self, act: Act) -> None:
        """Let it happen."""
        match act:
            case Look(key, ago, failure):
                at = self.now - timedelta(seconds=ago)
                self._look(key, at, failure)
            case Move(series, ago, state):
                self.store.write([stretch(series, self.now - timedelta(seconds=ago), state)])
            case Pass(duration, is_seen):
                self.now += timedelta(seconds=duration)
                self.since = self.since if is_seen else self.now
                self.store.write([present(self.since, self.now)])
            case SetBack(duration):
                self.now -= timedelta(seconds=duration)
                self.since = self.now
                self.store.write([present(self.since, self.now)])
            case Again(count):
                for (key, at), failure in [*self.seen.items()][-count:]:
                    self._look(key, at, failure)
            case Steps(count):
                for _ in range(count):
                    self.store.compact(self.now, FOR_EVER)

    def _look(self, key: str, at: datetime, failure: Failure | None) -> None:
        one = record(key, second=(at - NOON).total_seconds(), failure=failure)
        self.store.write([one])
        self.seen.setdefault((key, one.observation.at), failure)


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    """A store without anything in it."""
    with TemporaryDirectory() as folder:
        open_store(f"sqlite:///{folder}/store.db").close()
        yield Path(folder) / "store.db"


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ACTS, max_size=25))
def test_the_past_adds_up_whatever_happens(template: Path, acts: list[Act]) -> None:
    with TemporaryDirectory() as folder:
        shutil.copy(template, folder)
        with closing(open_store(f"sqlite:///{folder}/store.db")) as store:
            play = Play(store)
            for act in acts:
                play.do(act)
            compacted(store, play.now)
            over = hour_of(play.now - LAG)
            _each_second_is_in_one_state(store, play.now, over)
            _each_day_is_as_whole_as_its_series(store)
            _days_have_the_looks_of_their_hours(store)
            _each_look_is_counted_once(play, over)


def _each_second_is_in_one_state(store: Store, now: datetime, over: datetime) -> None:
    """Each hour that is over says what its stretches and presences come to; an hour to come says nothing."""
    presences, hours = store.presences(*EVER), store.hours(*EVER)
    for series, stretches in store.stretches(*EVER).items():
        found = {each.begins: each.tally for each in hours.get(series, ())}
        begins = hour_of(min(stretches[0].since, over))
        for hour in _hours(begins, over):
            expected = tally(stretches, presences, hour, hour + HOUR)
            is_seen = any(each.since < hour + HOUR and each.until > hour for each in presences)
            assert found.get(hour, Tally()) == (expected if is_seen else Tally())
        missing = sum(
            tally(stretches, [], hour, hour + HOUR).elapsed for hour in _hours(begins, over) if not _is_counted(found, hour)
        )
        whole = tally(stretches, presences, begins, over)
        assert seconds(hours.get(series, ())).elapsed + missing == whole.elapsed
        assert not [hour for hour, counted in found.items() if counted.elapsed and hour + HOUR > now]


def _is_counted(found: Mapping[datetime, Tally], hour: datetime) -> bool:
    """Whether an hour has seconds."""
    return bool(found.get(hour, Tally()).elapsed)


def _each_day_is_as_whole_as_its_series(store: Store) -> None:
    """A day in which somebody watched says what its stretches and presences come to, as far as its series has come."""
    presences, so_far = store.presences(*EVER), come_to(store)
    for series, stretches in store.stretches(*EVER).items():
        days = {each.begins: each.tally for each in store.days(*EVER, [series]).get(series, ())}
        until = hour_of(so_far[series])
        first = min([day_of(stretches[0].since), *days])
        for day in _times(first, max([until, *(each + DAY for each in days)]), DAY):
            ends = max(day, min(day + DAY, until))
            is_seen = any(each.since < ends and each.until > day for each in presences)
            assert days.get(day, Tally()) == (tally(stretches, presences, day, ends) if is_seen else Tally())


def _days_have_the_looks_of_their_hours(store: Store) -> None:
    """The same of what was known of their seconds."""
    hours, days = store.hours(*EVER), store.days(*EVER)
    for series in {*hours, *days}:
        looks, known = Counter[datetime](), defaultdict[datetime, Tally](Tally)
        for each in hours.get(series, ()):
            looks[day_of(each.begins)] += each.probes
            known[day_of(each.begins)] += each.tally
        for day in days.get(series, ()):
            assert day.probes == looks[day.begins]
            assert replace(day.tally, unknown=0) == replace(known[day.begins], unknown=0)


def _each_look_is_counted_once(play: Play, over: datetime) -> None:
    expected = Counter((key, hour_of(at)) for key, at in play.seen if at < over)
    failed = Counter((key, hour_of(at), failure.reason) for (key, at), failure in play.seen.items() if failure and at < over)
    counted = Counter[tuple[str, datetime]]()
    reasons = Counter[tuple[str, datetime, str]]()
    for key, rollups in play.store.hours(*EVER).items():
        for each in rollups:
            counted[key, each.begins] += each.probes
            reasons.update({(key, each.begins, reason): count for reason, count in each.failures.items()})
    for key in KEYS:
        times = [past.at for past in play.store.observations(key, 1_000)]
        assert times == sorted((at for of, at in play.seen if of == key), reverse=True)
    later = {hour for (_, hour), count in counted.items() if hour >= over and count}
    assert {key: count for key, count in counted.items() if count and key[1] not in later} == dict(expected)
    assert {key: count for key, count in reasons.items() if key[1] not in later} == dict(failed)


def _hours(begins: datetime, ends: datetime) -> Iterator[datetime]:
    yield from _times(begins, ends, HOUR)


def _times(begins: datetime, ends: datetime, length: timedelta) -> Iterator[datetime]:
    while begins < ends:
        yield begins
        begins += length
