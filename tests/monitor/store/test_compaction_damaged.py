"""What is damaged is left out or made anew, and stops nothing: the rest is pressed, counted, and goes when it is old."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from checks.model import Failure, Reason, State
from monitor.store import accounting, folding
from monitor.store.compaction import LATE
from monitor.store.folding import Folding, Portion
from monitor.store.sql import SqlStore, open_store
from monitor.store.store import Fault, Operation, Record, StoreUnavailable
from tests.support.compacting import FOR_EVER, compacted, kept, present, stretch
from tests.support.records import NOON, record

API = "acme/endpoint/api"
HOUR = timedelta(hours=1)
AT = NOON + 3 * HOUR
ALL = (NOON - 99 * HOUR, NOON + 99 * HOUR)
TIMEOUT = Failure(Reason.TIMEOUT, "after 10 s")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    """Half an hour of looks at two targets, a third of which fail."""
    with closing(open_store(f"sqlite:///{tmp_path / 'store.db'}")) as opened:
        opened.write([_look(API, minute) for minute in range(30)])
        opened.write([_look("acme/tls/api", minute) for minute in range(30)])
        yield opened


def _look(key: str, minute: int) -> Record:
    if minute % 3 == 0:
        return record(key, second=60 * minute, failure=TIMEOUT)
    return record(key, second=60 * minute, facts={"n": minute})


def _change(store: SqlStore, statement: str) -> None:
    with store._engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount


def _counts(store: SqlStore, key: str = API) -> list[tuple[int, dict[str, int]]]:
    found = (*store.hours(*ALL)[key], *store.days(*ALL)[key])
    return [(each.probes, dict(each.failures)) for each in found]


def test_a_pack_that_is_damaged_is_made_anew_of_looks_that_are_here_still(store: SqlStore) -> None:
    before = store.observations(API)
    assert store.compact(AT, FOR_EVER).packed == 60
    _change(store, "UPDATE pack SET packed = x'00' WHERE target_id = 1")
    store.close()
    with closing(open_store(str(store._engine.url))) as again:
        assert compacted(again, AT).packed == 30
        assert again.observations(API) == before
        assert _counts(again) == [(30, {"timeout": 10})] * 2
        assert again.days(*ALL)[API][0].latency.count == 20
        assert again.compact(AT, FOR_EVER).is_done


def test_what_came_late_beside_a_damaged_pack_is_counted_once(store: SqlStore) -> None:
    store.compact(AT, FOR_EVER)
    _change(store, "UPDATE pack SET packed = x'00' WHERE target_id = 1")
    store.write([_look(API, minute) for minute in range(27, 36)])
    store.close()
    with closing(open_store(str(store._engine.url))) as again:
        compacted(again, AT)
        assert len(again.observations(API)) == 36
        assert _counts(again) == [(36, {"timeout": 12})] * 2


@pytest.mark.parametrize("change", ["failures = '{['", "failures = '7'", 'failures = \'{"dns": "a"}\''])
@pytest.mark.parametrize("table", ["hour", "day"])
def test_counts_that_are_damaged_begin_anew(store: SqlStore, table: str, change: str) -> None:
    compacted(store, AT)
    _change(store, f"UPDATE {table} SET {change} WHERE target_id = 1")  # noqa: S608
    store.write([_look(API, minute) for minute in range(30, 60)])
    assert compacted(store, AT).packed == 30
    found = store.hours(*ALL) if table == "hour" else store.days(*ALL)
    assert (found[API][0].probes, found[API][0].failures) == (60, {"timeout": 10})


@pytest.mark.parametrize("latency", ["x'80'", "'words'", "7"])
def test_latency_that_is_damaged_begins_anew(store: SqlStore, latency: str) -> None:
    compacted(store, AT)
    _change(store, f"UPDATE day SET latency = {latency} WHERE target_id = 1")  # noqa: S608
    store.write([_look(API, minute) for minute in range(30, 60)])
    compacted(store, AT)
    assert store.days(*ALL)[API][0].latency.count == 20


@pytest.mark.parametrize(
    "change",
    [
        "observation SET findings = '[{'",
        """observation SET severity = 'critical', reason = NULL, findings = '[{"code":"x"},1]'""",
        "observation SET changed = '}, {'",
        "facts SET whole = '[1]'",
        "facts SET whole = '{'",
    ],
)
def test_a_look_that_is_damaged_is_pressed_without_what_cannot_be_read(
    store: SqlStore, change: str, caplog: pytest.LogCaptureFixture
) -> None:
    _change(store, f"UPDATE {change} WHERE target_id = 1")
    with caplog.at_level(logging.WARNING):
        assert compacted(store, AT).packed == 60
    assert len(store.observations(API)) == 30
    assert [past.facts for past in store.observations("acme/tls/api", 2)] == [{"n": 29}, {"n": 28}]


def _corrupt() -> StoreUnavailable:
    return StoreUnavailable(Operation.READ, "malformed", Fault.CORRUPT)


def test_an_hour_that_cannot_be_read_is_passed_over_and_tried_again(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, is_damaged = folding.read, True

    def reading(connection: object, hour: Folding) -> Portion:
        if is_damaged and hour.begins == NOON.timestamp() * 10**6:
            raise _corrupt()
        return read(connection, hour)  # type: ignore[arg-type]

    monkeypatch.setattr(folding, "read", reading)
    store.write([record(second=3_700), present(NOON, AT), stretch(API, NOON, State.UP)])
    with pytest.raises(StoreUnavailable, match="malformed"):
        compacted(store, AT)
    assert {each.begins: each.probes for each in store.hours(*ALL)[API]} == {NOON: 0, NOON + HOUR: 1}
    with pytest.raises(StoreUnavailable, match="malformed"):
        compacted(store, AT)
    is_damaged = False
    assert compacted(store, AT).packed == 60


def test_looks_are_pressed_and_old_ones_go_where_hours_cannot_be_rolled_up(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def account(*_: object) -> int:
        raise _corrupt()

    monkeypatch.setattr(accounting, "account", account)
    store.write([present(NOON, AT)])
    with pytest.raises(StoreUnavailable, match="malformed"):
        compacted(store, AT)
    assert [each.probes for each in store.hours(*ALL)[API]] == [30]
    with pytest.raises(StoreUnavailable, match="malformed"):
        compacted(store, AT, kept(AT, looks=HOUR, hours=99 * HOUR))
    assert store.observations(API) == []


def test_an_hour_whose_looks_are_never_as_many_as_were_packed_keeps_nobody_waiting(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = list[datetime]()

    def remove(_: object, hour: Folding, __: object) -> None:
        tries.append(hour.over_at)
        raise folding.Late

    monkeypatch.setattr(folding, "remove", remove)
    store.write([record(second=3_700)])
    assert compacted(store, AT).packed == 61
    assert tries == [NOON + HOUR] * (LATE + 1) + [NOON + 2 * HOUR] * (LATE + 1)
