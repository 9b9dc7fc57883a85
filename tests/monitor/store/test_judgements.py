"""How targets were judged is kept for good, once for each change."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from checks.model import Failure, Finding, Reason, Severity, State
from monitor.history import Judgement
from monitor.state import Held
from monitor.store.figures import measure
from monitor.store.judgements import LATELY, MOST
from monitor.store.sql import open_store
from monitor.store.store import Record, Store
from tests.support.records import NOON, record

KEY = "acme/certificate/web"
OLD = Finding("tls.version.old", Severity.WARNING, "accepts TLS 1.0")
SOON = Finding("cert.expiring", Severity.OK, "valid for 80 days")
BUSY = Finding("endpoint.status", Severity.CRITICAL, "503", transient=True)


def _judged(second: int, memo: str, *findings: Finding, failure: Failure | None = None) -> Record:
    return record(KEY, second=second, findings=findings, held=Held(State.UP, NOON, memo=memo), failure=failure)


def _found(store: Store, begins: int = 0, ends: int = 100) -> list[tuple[float, str, list[str]]]:
    """What is kept, as seconds after noon, memo and codes."""
    found = store.judgements(NOON + timedelta(seconds=begins), NOON + timedelta(seconds=ends), [KEY])
    return [((each.since - NOON).total_seconds(), each.memo, _codes(each)) for each in found.get(KEY, ())]


def _codes(judgement: Judgement) -> list[str]:
    assert isinstance(judgement.findings, list)
    return [str(finding["code"]) for finding in judgement.findings if isinstance(finding, dict)]


def test_a_judgement_is_kept_when_it_is_another_than_the_one_before(store: Store) -> None:
    later = replace(SOON, message="valid for 79 days")
    store.write([_judged(0, "a", SOON), _judged(1, "a", later), _judged(2, "a", OLD, SOON)])
    store.write([_judged(3, "a", SOON, OLD), _judged(4, "b", SOON, OLD), _judged(5, "b", SOON)])
    codes = ["tls.version.old", "cert.expiring"]
    assert _found(store) == [(0, "a", codes[1:]), (2, "a", codes), (4, "b", codes[::-1]), (5, "b", codes[1:])]
    assert _found(store, 3, 5) == [(2, "a", codes), (4, "b", codes[::-1])]
    assert store.judgements(NOON, NOON, [KEY]) == {}


def test_what_is_by_chance_is_no_judgement(store: Store) -> None:
    failed = _judged(1, "a", failure=Failure(Reason.TIMEOUT, "silent"))
    store.write([_judged(0, "a", SOON), failed, _judged(2, "a", BUSY), _judged(3, "a", SOON)])
    assert _found(store) == [(0, "a", ["cert.expiring"])]


def test_a_restart_is_no_news(store: Store, url: str) -> None:
    store.write([_judged(0, "a", SOON)])
    store.close()
    again = open_store(url)
    again.write([_judged(1, "a", SOON)])
    again.write([_judged(2, "a", OLD)])
    assert [second for second, _, _ in _found(again)] == [0, 2]
    again.close()


def test_a_batch_written_twice_judges_once(store: Store) -> None:
    batch = [_judged(0, "a", SOON), _judged(1, "b", SOON)]
    store.write(batch)
    store.write(batch)
    assert [(second, memo) for second, memo, _ in _found(store)] == [(0, "a"), (1, "b")]


def test_who_is_judged_in_turns_puts_down_a_few_judgements_a_day(store: Store, url: str) -> None:
    """Two servers with a certificate each, looked at once a minute for two days, with a restart in the midst."""
    looks = [_judged(60 * minute, "ab"[minute % 2], SOON) for minute in range(2_880)]
    store.write(looks[:1_500])
    store.close()
    again = open_store(url)
    for first in range(1_500, 2_880, 30):
        again.write(looks[first : first + 30])
    kept = [second for second, _, _ in _found(again, 0, 200_000)]
    assert kept[:MOST] == [60 * number for number in range(MOST)]
    assert 40 <= len(kept) <= MOST * (2 * 86_400 // int(LATELY.total_seconds()))
    again.close()


def test_what_it_came_to_is_put_down_in_the_end(store: Store) -> None:
    store.write([_judged(second, "ab"[second % 2], SOON) for second in range(100)])
    hours = int(LATELY.total_seconds())
    store.write([_judged(100 + 600 * number, "c", SOON) for number in range(hours // 600 + 1)])
    found = _found(store, 0, 100_000)
    assert [memo for _, memo, _ in found] == [*("ab" * (MOST // 2)), "c"]
    assert hours <= found[-1][0] <= hours + 600


def test_a_clock_that_was_far_ahead_silences_nobody(store: Store) -> None:
    year = 365 * 86_400
    store.write([_judged(year + second, "ab"[second % 2], SOON) for second in range(50)])
    store.write([_judged(second, "cd"[second % 2], SOON) for second in range(2)])
    assert _found(store) == [(0, "c", ["cert.expiring"]), (1, "d", ["cert.expiring"])]


def test_a_batch_that_judges_often_may_be_written_twice(store: Store, url: str) -> None:
    batch = [_judged(second, "ab"[second % 2], SOON) for second in range(MOST // 2)]
    store.write(batch)
    store.close()
    again = open_store(url)
    again.write(batch)
    again.write([_judged(second, "ab"[second % 2], SOON) for second in range(MOST // 2, 50)])
    assert [second for second, _, _ in _found(again)] == [*range(MOST)]
    again.close()


def test_they_are_counted_among_what_is_kept(store: Store, url: str) -> None:
    store.write([_judged(0, "a", SOON), _judged(9, "b", SOON)])
    [table] = [each for each in measure(url).tables if each.name == "judgement"]
    assert (table.rows, table.oldest, table.newest) == (2, NOON, NOON + timedelta(seconds=9))
