"""A clock that is behind what is stored: that it is told, and that what the runbook says takes the future off again."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from checks.model import State
from monitor.chronicle import Chronicle, remembered
from monitor.clock import SYSTEM_CLOCK, Clock
from monitor.history import Presence, Stretch
from monitor.metrics import Instruments
from monitor.store.engine import make_engine
from monitor.store.health import examine
from monitor.store.sql import open_store
from monitor.store.store import Aside, Consequences, Kept, Store, Written
from tests.monitor.test_standing import entry
from tests.monitor.test_vendors import Scene
from tests.support.records import record

RUNBOOK = (Path(__file__).parents[3] / "grafana" / "runbook.md").read_text()
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NOW = SYSTEM_CLOCK.now()
"""The statements ask the database what time it is."""


@dataclass(frozen=True)
class Network:
    is_lost: bool | None = False
    lost_since: datetime | None = None
    comes_and_goes: bool = False
    troubles: str = ""


class Started:
    """A daemon's chronicle, started on a *store* by a clock that *ahead* can be moved of."""

    def __init__(self, store: Store, ahead: timedelta) -> None:
        self.ahead, self.passed = ahead, 0.0
        self.put: list[Written] = []
        clock = Clock(now=self._now, monotonic=lambda: self.passed)
        self.chronicle = Chronicle(self.put.append, clock, Scene([entry(State.UP, 0)]), Network())
        self.chronicle.restore(remembered(store, clock.now()))

    def _now(self) -> datetime:
        return SYSTEM_CLOCK.now() + self.ahead + timedelta(seconds=self.passed)

    def go_on(self) -> None:
        self.passed += 1
        self.chronicle.passed()


def _told(records: Iterable[logging.LogRecord]) -> list[str]:
    return [record.getMessage() for record in records if record.levelno == logging.ERROR]


def _future(store: Store) -> None:
    """What a daemon leaves whose clock was eight days ahead for three days."""
    seen = Presence(NOW + 5 * DAY, NOW + 8 * DAY)
    down = Consequences(
        stretches=tuple(Stretch(key, seen.since + HOUR, State.DOWN) for key in ("acme/endpoint/api", "acme"))
    )
    store.write([Aside(at=seen.since, presence=seen), Aside(at=seen.since, consequences=down)])
    store.write(
        [record(second=round((seen.since - record().observation.at).total_seconds()) + 3_600 * n) for n in range(40)]
    )


def _all_compacted(store: Store, at: datetime) -> None:
    kept = Kept(observations_since=at - 30 * DAY, hours_since=at - 90 * DAY, bytes=10**9)
    for _ in range(10_000):
        if store.compact(at, kept).is_done:
            return
    raise AssertionError


def test_it_is_logged_when_it_begins_and_when_it_ends_and_shown_meanwhile(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    store.write([Aside(at=NOW, presence=Presence(NOW - 5 * DAY, NOW - HOUR))])
    started, instruments = Started(store, -30 * DAY), Instruments("1", ())
    for _ in range(5):
        started.go_on()
        instruments.clock_is(behind=started.chronicle.is_behind)
        assert b"\nvendorwatch_clock_behind 1.0\n" in instruments.exposition()
    assert _told(caplog.records) == ["the clock is more than a day behind what is stored: no history is put down"]
    assert vars(caplog.records[-1])["cure"].startswith("set the clock; ")
    assert not [entry for entry in started.put if isinstance(entry, Aside) and entry.presence]
    started.ahead = timedelta()
    for _ in range(5):
        started.go_on()
        instruments.clock_is(behind=started.chronicle.is_behind)
        assert b"\nvendorwatch_clock_behind 0.0\n" in instruments.exposition()
    assert _told(caplog.records)[1:] == ["the clock is no longer behind what is stored: history is put down again"]
    assert [entry for entry in started.put if isinstance(entry, Aside) and entry.presence]


def _statements(engine: Engine) -> list[str]:
    """What the runbook says to this kind of database."""
    section = RUNBOOK.split("### VendorwatchClockBehind")[1].split("\n### ")[0]
    found = {"sqlite": r'sqlite3 vendorwatch.db "(.*?)"', "postgresql": r"```sql(.*?)```"}[engine.dialect.name]
    [said] = re.findall(found, section, re.DOTALL)
    return [statement for statement in map(str.strip, said.split(";")) if statement]


def _repair(url: str) -> None:
    engine = make_engine(url, Path())
    statements = _statements(engine)
    assert len(statements) == 2
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def test_what_the_runbook_says_takes_the_future_off_what_was_seen(url: str) -> None:
    grown = Presence(NOW - HOUR, NOW + 3 * DAY)
    with closing(open_store(url)) as store:
        store.write([Aside(at=grown.since, presence=grown)])
        _future(store)
        _all_compacted(store, NOW + 8 * DAY)
        assert Started(store, timedelta()).chronicle.is_behind
    _repair(url)
    with closing(open_store(url)) as store:
        [left] = store.presences(NOW - DAY, NOW + 99 * DAY)
        assert left.since == grown.since
        assert left.until <= SYSTEM_CLOCK.now()
        started = Started(store, timedelta())
        assert not started.chronicle.is_behind
        store.write(started.put)
        _all_compacted(store, NOW + HOUR)
        assert examine(url, lambda _: None, sample=None).is_sound
