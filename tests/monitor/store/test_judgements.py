"""How targets were judged is kept for good, once for each change."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from checks.model import Failure, Finding, Reason, Severity, State
from monitor.history import Judgement
from monitor.state import Held
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
