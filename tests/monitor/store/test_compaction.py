"""The past is made small without losing any of it: each look is counted once, each second is in one state."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from checks.model import Failure, Finding, Reason, Severity, State
from monitor.state import Held
from monitor.store.sql import SqlStore, open_store
from monitor.store.store import Compacted, Record, Store
from tests.support.compacting import FOR_EVER, compacted, kept, present, stretch
from tests.support.records import NOON, record

API = "acme/endpoint/api"
HOUR = timedelta(hours=1)
ALL = (NOON - timedelta(days=900), NOON + timedelta(days=900))
SLOW = Finding("endpoint.slow", Severity.WARNING, "0.9 s")
TIMEOUT, REFUSED = Failure(Reason.TIMEOUT, "after 10 s"), Failure(Reason.REFUSED, "by 192.0.2.7")


def _after(**parts: float) -> datetime:
    return NOON + timedelta(**parts)


def _watched(store: Store, hours: float = 3) -> None:
    store.write([present(NOON, _after(hours=hours)), stretch(API, NOON, State.UP)])


def _count(store: Store, table: str) -> int:
    assert isinstance(store, SqlStore)
    with store._engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608


def test_looks_come_back_from_packs_as_they_were_written(store: Store) -> None:
    facts = {"status": 200, "phases": {"dns": 0.1, "tls": 0.05}, "name": "nginx"}
    looks = [
        record(second=0, facts=facts, findings=(SLOW,)),
        record(second=60, facts={**facts, "phases": {"dns": 0.01, "tls": 0.07}}),
        record(second=120, failure=TIMEOUT),
        record(second=180, facts={**facts, "status": 204}),
        record(second=3_700, facts={**facts, "status": 500}),
        record("acme/tls/api", second=60, facts={"grade": "A"}),
    ]
    store.write(looks)
    before = {key: store.observations(key) for key in (API, "acme/tls/api")}
    assert compacted(store, _after(minutes=65)).packed == 5
    assert _count(store, "observation") == 1
    assert {key: store.observations(key) for key in before} == before
    assert compacted(store, _after(hours=3)).packed == 1
    assert {key: store.observations(key) for key in before} == before
    assert _count(store, "observation") == 0


def test_so_many_looks_are_read_as_are_wanted_and_only_those_before_a_time(store: Store) -> None:
    store.write([record(second=600 * number) for number in range(20)])
    expected = [_after(seconds=600 * number) for number in reversed(range(20))]
    for at in (_after(hours=1), _after(hours=2, minutes=5), _after(hours=9)):
        compacted(store, at)
        for limit in (1, 3, 7, 20, 50):
            assert [past.at for past in store.observations(API, limit)] == expected[:limit]
            before = [past.at for past in store.observations(API, limit, before=expected[5])]
            assert before == expected[6:][:limit]
    assert store.observations("acme/endpoint/other") == []


def test_looks_are_counted_in_the_rollups_of_their_hour_and_day(store: Store) -> None:
    looks = [record(second=0), record(second=60, failure=TIMEOUT), record(second=120, failure=REFUSED)]
    store.write([*looks, record(second=180, failure=TIMEOUT), record(second=3_600)])
    compacted(store, _after(hours=3))
    first, second = store.hours(*ALL)[API]
    assert (first.begins, first.probes) == (NOON, 4)
    assert first.failures == {Reason.TIMEOUT: 2, Reason.REFUSED: 1}
    assert (second.begins, second.probes, second.failures) == (_after(hours=1), 1, {})
    [day] = store.days(*ALL)[API]
    assert (day.begins, day.probes, day.failures) == (NOON.replace(hour=0), 5, first.failures)
    assert day.latency.count == 2
    assert day.latency.quantile(0.5) == pytest.approx(0.25, rel=0.02)


def test_an_hour_that_is_not_over_stays_as_it_is(store: Store) -> None:
    _watched(store)
    store.write([record(second=0)])
    assert compacted(store, _after(minutes=64)) == Compacted()
    assert store.hours(*ALL) == {}
    assert compacted(store, _after(minutes=65)) == Compacted(packed=1, rolled_up=1, removed=1)


def test_what_is_written_late_or_twice_is_counted_once(store: Store) -> None:
    looks = [record(second=600 * number, facts={"status": number}) for number in range(5)]
    store.write(looks[1:3])
    compacted(store, _after(hours=3))
    store.write(looks)
    compacted(store, _after(hours=3))
    assert _count(store, "observation") == 0
    assert _count(store, "pack") == 2
    assert [past.facts for past in reversed(store.observations(API))] == [{"status": number} for number in range(5)]
    assert [rollup.probes for rollup in store.hours(*ALL)[API]] == [5]
    assert [rollup.probes for rollup in store.days(*ALL)[API]] == [5]


def test_what_comes_while_an_hour_is_pressed_is_in_it_too(store: Store) -> None:
    store.write([record(second=0), record("b/endpoint/x", second=70)])
    step = store.compact(_after(hours=3), FOR_EVER)
    assert (step.packed, step.removed) == (2, 0)
    store.write([record(second=30), record("c/endpoint/x", second=80)])
    compacted(store, _after(hours=3))
    assert {key: rollup[0].probes for key, rollup in store.hours(*ALL).items()} == {
        API: 2,
        "b/endpoint/x": 1,
        "c/endpoint/x": 1,
    }
    assert [past.at for past in store.observations(API)] == [_after(seconds=30), NOON]


def test_facts_that_later_looks_refer_to_stay(store: Store) -> None:
    steady = {"server": "nginx", "version": 7, "name": "api.example.com", "port": 443}
    store.write([record(second=60 * number, facts={**steady, "status": number}) for number in range(61)])
    compacted(store, _after(minutes=65))
    store.write([record(second=4_000, facts={**steady, "status": 99})])
    assert [past.facts for past in store.observations(API, 2)] == [{**steady, "status": 99}, {**steady, "status": 60}]
    assert _count(store, "facts") == 1
    store.write([record(second=4_060, facts={"other": 1})])
    compacted(store, _after(hours=4))
    assert _count(store, "facts") == 1
    assert [past.facts for past in store.observations(API, 2)] == [{"other": 1}, {**steady, "status": 99}]


F, G, H = {"a": "x" * 50, "b": 1}, {"a": "y" * 60, "c": 2}, {"d": "z" * 70, "e": 5}


@pytest.mark.parametrize("newest", [record(second=4_300, failure=TIMEOUT), record(second=4_300, facts=H)])
def test_no_facts_are_lost_after_the_clock_was_set_back(store: Store, newest: Record) -> None:
    store.write([record(second=600, facts=F), record(second=3_000, facts=F)])
    store.write([record(second=360, facts=G), record(second=4_200, facts=G), record(second=4_260, facts=G), newest])
    compacted(store, _after(minutes=65))
    assert [past.facts for past in store.observations(API, before=_after(seconds=4_299))] == [G, G, F, F, G]
    store.write([record(second=4_400, facts=G)])
    assert store.observations(API, 1)[0].facts == G


def test_facts_to_which_the_next_look_will_refer_stay(store: Store) -> None:
    store.write([record(second=600, facts=F), record(second=360, facts=G), record(second=3_000, failure=TIMEOUT)])
    compacted(store, _after(minutes=65))
    store.write([record(second=4_000, facts=G)])
    assert store.observations(API, 1)[0].facts == G
    assert _count(store, "facts") == 1
    compacted(store, _after(minutes=125))
    assert [past.facts for past in store.observations(API)] == [G, None, F, G]


def test_facts_that_nothing_refers_to_go_whatever_left_them(url: str) -> None:
    with closing(open_store(url)) as store:
        store.write([record(second=number, facts={str(number): 1}) for number in range(9)])
        assert _count(store, "facts") == 9
        compacted(store, _after(minutes=65))
        assert _count(store, "facts") == 1
    with closing(open_store(url)) as store:
        compacted(store, _after(minutes=65))
        assert _count(store, "facts") == 0


def test_a_pack_is_kept_when_it_is_known_later_that_a_state_changed_in_its_hour(store: Store) -> None:
    store.write([record(second=0), record("acme/tls/api", second=0), record(second=3_300, failure=TIMEOUT)])
    compacted(store, _after(minutes=66))
    held = Held(State.DOWN, _after(minutes=55))
    store.write([record(second=4_200, failure=TIMEOUT, held=held, moved_from=State.UP)])
    at = _after(days=9)
    store.write([present(NOON, at)])
    compacted(store, at, kept(at, looks=timedelta(days=7), hours=timedelta(days=90)))
    assert [past.at for past in store.observations(API)] == [_after(minutes=70), _after(minutes=55), NOON]
    assert store.observations("acme/tls/api") == []


def test_a_look_that_found_the_target_down_has_failed_by_what_it_found(store: Store) -> None:
    answered = Finding("endpoint.status", Severity.CRITICAL, "it answered 503")
    expiring = Finding("cert.expiring", Severity.CRITICAL, "in 3 days", implies=State.UP)
    implied = Finding("status.outage", Severity.CRITICAL, "it says so", implies=State.DOWN)
    found = ((SLOW, answered), (expiring,), (expiring, implied), (answered,))
    looks = [record(second=60 * number, findings=each) for number, each in enumerate(found)]
    store.write([replace(look, severity=Severity.CRITICAL) for look in looks])
    store.write([record(second=500, findings=(SLOW,)), record(second=600, failure=TIMEOUT)])
    compacted(store, _after(hours=2))
    [hour], [day] = store.hours(*ALL)[API], store.days(*ALL)[API]
    assert hour.failures == day.failures == {"endpoint.status": 2, "status.outage": 1, "timeout": 1}
    assert (day.probes, day.latency.count) == (6, 2)
