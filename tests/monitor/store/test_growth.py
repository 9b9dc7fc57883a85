"""What a database grows to: nothing before an hour is known, and then by whole hours; sizes near those that SQLite tells."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.history import Presence
from monitor.store import figures
from monitor.store.figures import measure
from monitor.store.sql import SqlStore, open_store
from monitor.store.store import Aside, Kept
from tests.support.consequences import after
from tests.support.records import record

DAY, HOUR, MINUTE = 86_400, 3_600, 60


def watch(store: SqlStore, begins: int, ends: int, *, every: int = MINUTE, targets: int = 1) -> None:
    """Look at so many *targets* from second *begins* to *ends*, after noon, and put down that somebody could see."""
    keys = [f"acme/endpoint/{number}" for number in range(targets)]
    store.write([Aside(at=after(begins), presence=Presence(after(begins), after(ends)))])
    facts = {"status": 200, "phases": {"dns": 0.01, "tls": 0.05}, "address": "192.0.2.7"}
    store.write([record(key, second=at, facts=facts) for at in range(begins, ends, every) for key in keys])


def compact(store: SqlStore, second: int) -> None:
    at = after(second)
    kept = Kept(observations_since=at - timedelta(days=7), hours_since=at - timedelta(days=90), bytes=10**9)
    while not store.compact(at, kept).is_done:
        pass


def test_nothing_is_said_of_a_day_after_minutes(store: SqlStore, url: str) -> None:
    watch(store, 50 * MINUTE, 119 * MINUTE)
    compact(store, 119 * MINUTE)
    grows = measure(url).growth
    assert (grows.looks_per_day, grows.hours_per_day) == (None, None)
    assert grows.settles_at(timedelta(days=7), timedelta(days=90)) is None


def test_whole_hours_tell_what_a_day_brings_and_parts_of_hours_do_not(store: SqlStore, url: str) -> None:
    """The first hour was watched for ten minutes, the last is not over; that before is not pressed together yet."""
    watch(store, 50 * MINUTE, 3 * HOUR + 120)
    assert measure(url).growth.looks_per_day == DAY / MINUTE
    compact(store, 2 * HOUR + 600)
    found = measure(url).growth
    assert (found.looks_per_day, found.hours_per_day) == (DAY / MINUTE, 24)
    compact(store, 3 * HOUR + 600)
    assert measure(url).growth.looks_per_day == DAY / MINUTE


def test_it_is_the_last_day_that_counts(store: SqlStore, url: str) -> None:
    watch(store, 0, DAY, every=HOUR // 2)
    watch(store, DAY, 2 * DAY, every=HOUR // 4)
    compact(store, 2 * DAY + 600)
    assert measure(url).growth.looks_per_day == pytest.approx(4 * 24, rel=0.05)


def test_what_stays_for_good_is_told_once_it_is_known_and_is_not_nothing(store: SqlStore, url: str) -> None:
    watch(store, 0, 3 * HOUR, every=HOUR // 4, targets=5)
    assert measure(url).growth.lasting is None
    compact(store, 3 * HOUR + 600)
    lasting = measure(url).growth.lasting
    assert lasting
    assert 5 * 20 < lasting < 5 * 500, "some hundred bytes a day and series, not a page of the file"


def test_an_estimate_is_near_what_sqlite_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    with closing(open_store(url)) as store:
        watch(store, 0, 5 * HOUR, every=20, targets=5)
        compact(store, 4 * HOUR + 600)
    counted = {table.name: table for table in measure(url).tables}
    monkeypatch.setattr(figures, "_sizes", lambda _: {})
    estimated = {table.name: table for table in measure(url).tables}
    assert {table.is_estimated for table in counted.values()} == {False}
    assert {table.is_estimated for table in estimated.values()} == {True}
    assert 0.4 < estimated["observation"].bytes / counted["observation"].bytes < 1.1
    assert estimated["mute"].bytes == 0
