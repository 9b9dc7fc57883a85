"""What a review asks a store for: days added up, and what happened in a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from checks.model import Failure, Reason, State
from monitor.state import Held
from monitor.store.store import Store
from tests.support.compacting import compacted, present, stretch
from tests.support.consequences import after, aside, outage
from tests.support.records import NOON, record

API, TLS = "acme/endpoint/api", "bolt/tls/api"
DAY = timedelta(days=1)
MIDNIGHT = NOON.replace(hour=0)
TIMEOUT = Failure(Reason.TIMEOUT, "after 10 s")


def test_days_are_added_up_for_each_series(store: Store) -> None:
    store.write([present(NOON, NOON + 2 * DAY), stretch(API, NOON, State.UP), stretch(TLS, NOON, State.UP)])
    looks = [record(API, second=second, failure=TIMEOUT if second == 60 else None) for second in (0, 60, 120, 86_400)]
    store.write([*looks, record(TLS, second=0)])
    compacted(store, NOON + 2 * DAY)
    total = store.totals(MIDNIGHT, MIDNIGHT + 2 * DAY)[API]
    assert (total.first, total.last, total.days) == (MIDNIGHT, MIDNIGHT + DAY, 2)
    assert (total.probes, total.failures) == (4, {Reason.TIMEOUT: 1})
    assert total.latency.count == 3
    assert total.latency.quantile(0.5) == pytest.approx(0.25, rel=0.02)
    assert total.until == NOON + 2 * DAY - timedelta(hours=1)
    assert set(store.totals(MIDNIGHT, MIDNIGHT + DAY)) == {API, TLS}
    assert set(store.totals(MIDNIGHT, MIDNIGHT + DAY, [TLS, "who/tls/knows"])) == {TLS}
    assert store.totals(MIDNIGHT, MIDNIGHT + DAY)[API].probes == 3
    assert store.totals(MIDNIGHT + 9 * DAY, MIDNIGHT + 10 * DAY) == {}


def test_how_far_days_are_counted_is_said_whenever_a_life_began(store: Store) -> None:
    now = NOON + timedelta(hours=5, minutes=20)
    # The life of the one begins within the day, and within an hour; that of the other is over.
    store.write([present(NOON, now), stretch(API, NOON + timedelta(minutes=40), State.UP), stretch(TLS, NOON, State.UP)])
    store.write([stretch(TLS, NOON + timedelta(hours=1), None), record(API, second=2_400), record(TLS, second=0)])
    compacted(store, now)
    found = store.totals(MIDNIGHT, MIDNIGHT + DAY)
    assert {each.until for each in found.values()} == {NOON + timedelta(hours=5)}


def test_changes_are_those_that_touch_the_time(store: Store) -> None:
    down = Held(State.DOWN, after(60), "gone")
    store.write([
        record(API, second=0),
        record(API, second=75, held=down, moved_from=State.UP),
        record(API, second=200, held=Held(State.UP, after(200)), moved_from=State.DOWN),
        record(TLS, second=80, held=down, moved_from=State.UP),
    ])  # fmt: skip
    found = store.changes(NOON, after(100))
    assert {key: [(each.before, each.after, each.since) for each in mine] for key, mine in found.items()} == {
        API: [(State.UP, State.DOWN, after(60))],
        TLS: [(State.UP, State.DOWN, after(60))],
    }
    assert [each.after for each in store.changes(NOON, after(900), [API])[API]] == [State.DOWN, State.UP]
    # Believed in that time, though it began before.
    assert set(store.changes(after(76), after(90))) == {TLS}


def test_outages_are_those_that_overlap_oldest_first(store: Store) -> None:
    over, long, later = outage(opened=0, closed=50), outage("bolt", opened=10, closed=900), outage(opened=300)
    store.write([aside(outages=(later, over, replace(long, cause="x")))])
    assert [each.opened_at for each in store.outages_within(NOON, after(1_000))] == [after(0), after(10), after(300)]
    assert [each.vendor for each in store.outages_within(after(50), after(300))] == ["bolt"]
    assert store.outages_within(after(5_000), after(6_000)) == [later]
    blink = outage("core", opened=2_000, closed=2_000)
    store.write([aside(outages=(blink,))])
    found = [store.outages_within(after(since), after(since + 1_000), ["core"]) for since in (1_000, 2_000)]
    assert found == [[], [blink]]
    assert store.outages_within(NOON, after(1_000), ["bolt"]) == [replace(long, cause="x")]
