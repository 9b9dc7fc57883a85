"""What every store does, whatever database it is in."""

from __future__ import annotations

import math
import pickle
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from checks.model import Failure, Finding, Reason, Severity, State
from monitor.state import Held
from monitor.store.rows import MAX_TEXT_CHARACTERS
from monitor.store.sql import open_store
from monitor.store.store import Operation, Store, StoreUnavailable
from tests.support.records import NOON, record

DOWN = Held(State.DOWN, NOON, "connect: reset by peer", transient=True)


def test_a_new_store_knows_nothing(store: Store) -> None:
    assert store.states() == {}
    assert store.transitions() == []
    assert store.observations("acme/endpoint/api") == []


def test_a_state_comes_back_as_it_was_after_a_restart(store: Store, url: str) -> None:
    since = datetime(2026, 2, 28, 23, 59, 59, 999999, tzinfo=UTC)
    held = Held(State.UP, since, "ok", transient=True, pending=1, pending_since=NOON, pending_falls=True, memo="m")
    restless = replace(held, looks="uUudDuU", flapping=True, intermittent=True, believed_since=since, bad_since=NOON)
    store.write([record(held=held), record("acme/status/page", held=DOWN), record("acme/tls/web", held=restless)])
    store.close()
    again = open_store(url)
    assert again.states() == {"acme/endpoint/api": held, "acme/status/page": DOWN, "acme/tls/web": restless}
    again.close()


def test_the_last_record_of_a_target_is_its_state(store: Store) -> None:
    store.write([record(second=1), record(second=2, held=DOWN), record("acme/status/page", second=2)])
    assert store.states()["acme/endpoint/api"] == DOWN
    store.write([record(second=3)])
    assert store.states()["acme/endpoint/api"].state is State.UP


def test_a_target_that_is_written_no_more_keeps_its_state(store: Store) -> None:
    store.write([record("gone/endpoint/api", held=DOWN)])
    store.write([record("acme/endpoint/api")])
    assert store.states()["gone/endpoint/api"] == DOWN


def test_transitions_come_newest_first(store: Store) -> None:
    first = record(second=1, held=DOWN, moved_from=State.UP)
    second = record("acme/status/page", second=1, held=DOWN, moved_from=State.UNKNOWN)
    third = record(second=2, moved_from=State.DOWN)
    store.write([first, second])
    store.write([third])
    assert store.transitions() == [third.transition, second.transition, first.transition]
    assert store.transitions("acme/endpoint/api") == [third.transition, first.transition]
    assert store.transitions(limit=1) == [third.transition]
    assert store.transitions("nobody/endpoint/api") == []


def test_a_batch_written_twice_counts_once(store: Store) -> None:
    batch = [record(second=1), record(second=2, held=DOWN, moved_from=State.UP)]
    store.write(batch)
    store.write(batch)
    assert len(store.transitions()) == 1
    assert len(store.observations("acme/endpoint/api")) == 2
    assert store.states()["acme/endpoint/api"] == DOWN


def test_an_empty_batch_is_nothing(store: Store) -> None:
    store.write([])
    assert store.states() == {}


def test_an_observation_comes_back_with_its_facts_and_findings(store: Store) -> None:
    finding = Finding("endpoint.status", Severity.OK, "answered 200")
    store.write([record(facts={"status": 200, "at": NOON, "hops": ("a", "b")}, findings=(finding,))])
    (past,) = store.observations("acme/endpoint/api")
    assert (past.key, past.at, past.seconds, past.severity, past.failure) == (
        "acme/endpoint/api",
        NOON,
        0.25,
        Severity.OK,
        None,
    )
    assert past.facts == {"status": 200, "at": "2026-03-01T12:00:00Z", "hops": ["a", "b"]}
    assert past.findings == [
        {"code": "endpoint.status", "severity": "ok", "message": "answered 200", "implies": None, "transient": False}
    ]


def test_each_observation_has_its_own_facts_however_they_are_stored(store: Store, url: str) -> None:
    page = {"components": ["api", "web", "mail"], "seconds": 0.1}
    seen = [page, {**page, "seconds": 0.2}, {**page, "seconds": 0.2}, {"components": []}, {**page, "more": None}]
    store.write([record(second=n, facts=facts) for n, facts in enumerate(seen[:2])])
    store.write([record(second=n, facts=facts) for n, facts in enumerate(seen[2:], start=2)])
    store.close()
    again = open_store(url)
    again.write([record(second=9, facts=page)])
    pasts = again.observations("acme/endpoint/api")
    again.close()
    assert [past.facts for past in reversed(pasts)] == [*seen, page]


def test_targets_with_equal_facts_keep_their_own(store: Store) -> None:
    store.write([record("a/endpoint/x", facts={"n": 1}), record("b/endpoint/x", facts={"n": 1})])
    store.write([record("a/endpoint/x", second=1, facts={"n": 2}), record("b/endpoint/x", second=1, facts={"n": 1})])
    assert [past.facts for past in store.observations("a/endpoint/x")] == [{"n": 2}, {"n": 1}]
    assert [past.facts for past in store.observations("b/endpoint/x")] == [{"n": 1}, {"n": 1}]


def test_a_failed_look_has_a_reason_and_no_facts(store: Store) -> None:
    failure = Failure(Reason.DNS, "no such name")
    store.write([record(failure=failure)])
    (past,) = store.observations("acme/endpoint/api")
    assert (past.failure, past.facts, past.severity) == (failure, None, Severity.CRITICAL)


def test_observations_come_newest_first_and_no_more_than_asked_for(store: Store) -> None:
    store.write([record(second=n) for n in range(5)])
    assert [past.at.second for past in store.observations("acme/endpoint/api", limit=2)] == [4, 3]


def test_times_come_back_in_utc(store: Store) -> None:
    since = NOON.astimezone(timezone(timedelta(hours=5, minutes=45)))
    store.write([record(held=Held(State.UP, since))])
    restored = store.states()["acme/endpoint/api"].since
    assert restored == since
    assert restored.tzinfo is UTC


@pytest.mark.parametrize("cause", ["a\0b", "\ud800 alone", "'; DROP TABLE target; --", "🜁" * 10_000])
def test_no_text_from_outside_fails_to_be_written(store: Store, cause: str) -> None:
    held = Held(State.DOWN, NOON, cause)
    finding = Finding("status.incident", Severity.CRITICAL, cause)
    store.write([record(facts={"title": cause}, findings=(finding,), held=held, moved_from=State.UP)])
    store.write([record(second=1, failure=Failure(Reason.PARSE, cause), held=held)])
    failed, seen = store.observations("acme/endpoint/api")
    assert failed.failure is not None
    assert len(failed.failure.detail) <= MAX_TEXT_CHARACTERS
    assert store.transitions()[0].cause == store.states()["acme/endpoint/api"].cause == failed.failure.detail
    assert seen.facts == {"title": cause}


def test_a_batch_is_written_whole_or_not_at_all(store: Store) -> None:
    good = record(second=1, facts={"status": 200}, held=DOWN, moved_from=State.UP)
    with pytest.raises(TypeError, match="object is not a fact"):
        store.write([good, record(second=2, facts={"status": object()})])
    assert store.states() == {}
    assert store.transitions() == []
    store.write([good, record(second=3, facts={"status": 200})])
    assert [past.facts for past in store.observations("acme/endpoint/api")] == [{"status": 200}, {"status": 200}]


def test_what_no_database_can_keep_is_a_bug_and_not_an_unavailable_database(store: Store) -> None:
    good = record()
    endless = replace(good, observation=replace(good.observation, seconds=math.nan))
    with pytest.raises(Exception, match="seconds") as caught:
        store.write([endless])
    assert not isinstance(caught.value, StoreUnavailable)
    assert store.states() == {}


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(Exception, match="has no time zone"):
        store.write([record(held=Held(State.UP, NOON.replace(tzinfo=None)))])
    assert store.states() == {}


def test_a_store_may_be_closed_twice(store: Store) -> None:
    store.close()
    store.close()


def test_unavailability_says_what_was_asked_and_travels_between_processes() -> None:
    error = pickle.loads(pickle.dumps(StoreUnavailable(Operation.WRITE, "disk full")))  # noqa: S301 - our own bytes
    assert (str(error), error.operation, error.detail) == ("write: disk full", "write", "disk full")
