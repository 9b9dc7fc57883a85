"""Whatever happens to the daemon and its clock, every second of a life is in exactly one state, also once compacted."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.model import State
from monitor.clock import Clock
from monitor.history import Presence, Stretch, Tally, tally
from monitor.ledger import RECENT, Ledger
from monitor.store.rollups import hour_of
from monitor.store.sql import SqlStore, open_store
from monitor.store.store import Aside, Consequences, Kept, Written
from tests.support.compacting import come_to

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
TARGETS = ("acme/endpoint/api", "acme/tls/web", "acme/dns/acme.test")
VENDOR = "acme"
KEPT = Kept(observations_since=EPOCH, hours_since=EPOCH, bytes=1 << 40)


@cache
def _empty() -> Path:
    """A database without a row, made once."""
    path = Path(mkdtemp()) / "empty.db"
    open_store(f"sqlite:///{path}").close()
    return path


@dataclass
class Daemon:
    """The parts of a daemon that account for time, in a world whose clocks and power are moved by hand."""

    path: Path
    wall: datetime = NOON
    monotonic: float = 0.0
    is_lost: bool = False
    watched: tuple[str, ...] = TARGETS
    put: list[Written] = field(default_factory=list)
    ran_seconds: float = 0.0

    def __post_init__(self) -> None:
        self.clock = Clock(now=lambda: self.wall, monotonic=lambda: self.monotonic)
        self.start()

    def start(self) -> None:
        self.store: SqlStore = open_store(f"sqlite:///{self.path}")
        self.ledger = Ledger(self.clock)
        recent = self.store.presences(self.wall - RECENT, self.wall + timedelta(days=9_999))
        self.ledger.restore(self.store.living(), recent)
        self._present(self.ledger.begin())
        self.watch(self.watched)

    def watch(self, targets: tuple[str, ...]) -> None:
        self.watched = targets
        living = self.store.living()
        states = {key: living.get(key, State.UNKNOWN) for key in targets}
        self._stretch(self.ledger.adopt({**states, VENDOR: living.get(VENDOR, State.UNKNOWN)}))

    def _present(self, presences: Iterator[Presence]) -> None:
        self.put += [Aside(at=self.wall, presence=each) for each in presences]

    def _stretch(self, stretches: Iterator[Stretch]) -> None:
        if told := tuple(stretches):
            self.put.append(Aside(at=self.wall, consequences=Consequences(stretches=told)))

    def move(self, series: str, state: State, ago: float) -> None:
        if series == VENDOR or series in self.watched:
            self._stretch(self.ledger.moved(series, state, self.wall - timedelta(seconds=ago)))

    def run(self, seconds: float) -> None:
        end = self.monotonic + seconds
        while self.monotonic < end:
            step = min(5.0, end - self.monotonic)
            self.pass_by(step)
            self.ran_seconds += step
            self._present(self.ledger.beat(is_lost=self.is_lost, lost_since=self.wall if self.is_lost else None))
        self.flush()

    def pass_by(self, seconds: float) -> None:
        """Time that nobody uses."""
        self.monotonic += seconds
        self.wall += timedelta(seconds=seconds)

    def flush(self) -> None:
        self.store.write(self.put)
        self.put.clear()

    def end(self, *, killed: bool, seconds: float) -> None:
        if not killed:
            self._present(self.ledger.witness(matters=True))
            self.flush()
        self.put.clear()
        self.store.close()
        self.pass_by(seconds)
        self.start()

    def compact(self) -> None:
        self.flush()
        while not self.store.compact(self.wall, KEPT).is_done:
            pass


@contextmanager
def _daemon() -> Iterator[Daemon]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        shutil.copy(_empty(), path)
        daemon = Daemon(path)
        try:
            yield daemon
        finally:
            daemon.store.close()


def _counted(daemon: Daemon, series: str, begins: datetime, ends: datetime) -> Tally:
    stretches = daemon.store.stretches(begins, ends, [series]).get(series, ())
    return tally(stretches, daemon.store.presences(begins, ends), begins, ends)


SECONDS = st.integers(1, 6_000)
ACTS = st.one_of(
    st.tuples(st.just("run"), SECONDS),
    st.tuples(st.just("move"), st.sampled_from([*TARGETS, VENDOR]), st.sampled_from(State), SECONDS),
    st.tuples(st.just("watch"), st.sets(st.sampled_from(TARGETS))),
    st.tuples(st.just("sleep"), SECONDS),
    st.tuples(st.just("set back"), SECONDS),
    st.tuples(st.just("stop"), SECONDS, st.booleans()),
    st.tuples(st.just("lose"), st.booleans()),
    st.tuples(st.just("compact")),
)


def _act(daemon: Daemon, act: tuple[object, ...]) -> None:
    match act:
        case ("run", int(seconds)):
            daemon.run(seconds / 10)
        case ("move", str(series), State() as state, int(ago)):
            daemon.move(series, state, ago / 10)
        case ("watch", set() as targets):
            daemon.watch((TARGETS[0], *sorted({str(each) for each in targets} - {TARGETS[0]})))
        case ("sleep", int(seconds)):
            daemon.wall += timedelta(seconds=seconds)
            daemon.run(5)
        case ("set back", int(seconds)):
            daemon.wall -= timedelta(seconds=seconds)
            daemon.run(5)
        case ("stop", int(seconds), bool(killed)):
            daemon.end(killed=killed, seconds=seconds)
        case ("lose", bool(is_lost)):
            daemon.is_lost = is_lost
        case ("compact",):
            daemon.compact()
        case _:
            raise AssertionError(act)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ACTS, max_size=16), st.integers(0, 4_000))
def test_every_second_of_a_life_is_in_exactly_one_state(acts: list[tuple[object, ...]], cut: int) -> None:
    with _daemon() as daemon:
        daemon.flush()
        earliest = NOON
        for act in acts:
            _act(daemon, act)
            earliest = min(earliest, daemon.wall)
        daemon.flush()
        daemon.pass_by(1)
        for series in (TARGETS[0], VENDOR):
            # Both were watched from the beginning on: a clock that was set back before that has moved the beginning.
            begun = daemon.store.stretches(EPOCH, daemon.wall, [series])[series][0].since
            assert earliest <= begun <= NOON
            whole = _counted(daemon, series, EPOCH, daemon.wall)
            assert whole.elapsed == int(daemon.wall.timestamp() // 1) - int(begun.timestamp() // 1)
            between = begun + timedelta(seconds=cut)
            if between < daemon.wall:
                parts = _counted(daemon, series, EPOCH, between) + _counted(daemon, series, between, daemon.wall)
                assert parts == whole
            assert whole.elapsed - whole.unknown <= daemon.ran_seconds + 1 + 5 * len(acts)
        _compacted_alike(daemon)


def _compacted_alike(daemon: Daemon) -> None:
    """Rolled up, the past says what it said before; an hour without a rollup is one that nobody watched."""
    before = {series: _counted(daemon, series, EPOCH, daemon.wall) for series in (*TARGETS, VENDOR)}
    daemon.compact()
    hours, days = daemon.store.hours(EPOCH, daemon.wall), daemon.store.days(EPOCH, daemon.wall)
    for series, whole in before.items():
        assert _counted(daemon, series, EPOCH, daemon.wall) == whole
        for rolled in hours.get(series, ()):
            assert rolled.tally == _counted(daemon, series, rolled.begins, rolled.begins + timedelta(hours=1))
        until = hour_of(come_to(daemon.store)[series])
        for rolled in days.get(series, ()):
            assert rolled.tally == _counted(daemon, series, rolled.begins, min(rolled.begins + timedelta(days=1), until))
        seen_by_hours = sum((replace(each.tally, unknown=0) for each in hours.get(series, ())), Tally())
        assert sum((replace(each.tally, unknown=0) for each in days.get(series, ())), Tally()) == seen_by_hours
        known = {each.begins for each in hours.get(series, ())}
        ends = (daemon.wall - timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
        hour = (NOON - timedelta(days=20)).replace(minute=0)
        while hour < ends:
            if hour not in known:
                seen = _counted(daemon, series, hour, hour + timedelta(hours=1))
                assert seen == Tally(unknown=seen.elapsed)
            hour += timedelta(hours=1)
