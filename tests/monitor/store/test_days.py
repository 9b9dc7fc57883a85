"""A day says what was known of it, whenever it was counted, whether or not its hours are still there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from checks.model import State
from monitor.history import Tally
from monitor.state import Held
from monitor.store import expiry
from monitor.store.health import examine
from monitor.store.sql import SqlStore, open_store
from monitor.store.store import Store
from tests.support.compacting import compacted, kept, present, stretch
from tests.support.records import NOON, record

MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
ALL = (MIDNIGHT - 99 * DAY, MIDNIGHT + 99 * DAY)
HOUR_SECONDS = 3_600


def _at(hours: float) -> datetime:
    return MIDNIGHT + timedelta(hours=hours)


def _days(store: Store, series: str = "acme") -> dict[int, Tally]:
    return {(each.begins - MIDNIGHT) // DAY: each.tally for each in store.days(*ALL).get(series, ())}


def _tally(**hours: int) -> Tally:
    return Tally(**{state: count * HOUR_SECONDS for state, count in hours.items()})


def test_hours_in_which_nobody_watched_are_unknown_in_a_day(store: Store, url: str) -> None:
    store.write([present(_at(0), _at(3)), stretch("acme", _at(0), State.UP)])
    compacted(store, _at(3.2))
    assert _days(store) == {0: _tally(up=3)}
    store.write([present(_at(21), _at(60))])
    compacted(store, _at(60.1))
    assert _days(store) == {0: _tally(up=6, unknown=18), 1: _tally(up=24), 2: _tally(up=12)}
    assert examine(url, lambda _: None).is_sound


def test_a_day_that_nobody_saw_the_end_of_is_a_whole_one_and_those_that_nobody_saw_are_none(store: Store, url: str) -> None:
    store.write([present(_at(0), _at(3)), stretch("acme", _at(0), State.UP), stretch("bolt", _at(0), State.DOWN)])
    compacted(store, _at(3.2))
    store.write([stretch("bolt", _at(50), State.UP), present(_at(100), _at(102))])
    compacted(store, _at(102.1))
    assert _days(store) == {0: _tally(up=3, unknown=21), 4: _tally(up=2, unknown=4)}
    assert _days(store, "bolt") == {0: _tally(down=3, unknown=21), 4: _tally(up=2, unknown=4)}
    assert examine(url, lambda _: None).is_sound


def test_a_day_whose_hours_went_in_part_keeps_its_seconds(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiry, "HOURS", 5)
    store.write([present(_at(0), _at(100)), stretch("acme", _at(0), State.UP)])
    compacted(store, _at(100.1))
    assert store.compact(_at(100.1), kept(_at(100), looks=DAY, hours=timedelta(hours=28))).removed == 5
    store.write([present(_at(10.5), _at(10.5)), present(_at(10.5), _at(30))])
    compacted(store, _at(30.1))
    assert _days(store) == {0: _tally(up=24), 1: _tally(up=6)}


def test_a_day_without_hours_says_no_more_than_came_of_it_when_the_clock_is_set_back(store: Store) -> None:
    store.write([present(_at(0), _at(100)), stretch("acme", _at(0), State.UP)])
    compacted(store, _at(100.1))
    at = _at(100.1)
    compacted(store, at, kept(at, looks=timedelta(hours=1), hours=timedelta(hours=1)))
    store.write([present(_at(10.5), _at(10.5))])
    compacted(store, _at(10.6))
    assert _days(store) == {0: _tally(up=10)}
    assert store.hours(_at(24), _at(999)) == {}


def test_a_state_that_cannot_be_read_is_unknown_and_stops_nothing(store: SqlStore) -> None:
    store.write([present(_at(0), _at(3)), stretch("acme", _at(0), State.UP), stretch("bolt", _at(0), State.UP)])
    with store._engine.begin() as connection:
        connection.execute(text("UPDATE stretch SET state = 'well' WHERE target_id = (SELECT min(id) FROM target)"))
    assert compacted(store, _at(3.2)).rolled_up == 6
    assert _days(store) == {0: _tally(unknown=3)}
    assert _days(store, "bolt") == {0: _tally(up=3)}


@pytest.fixture
def plans(tmp_path: Path) -> Iterator[tuple[SqlStore, Callable[[], list[str]]]]:
    """A store, and how SQLite goes about what it has been asked since that was asked for last."""
    asked: dict[str, Any] = {}

    def note(_: object, cursor: object, statement: str, values: Any, context: object, many: bool) -> None:  # noqa: FBT001
        del cursor, context
        asked[statement] = values[0] if many and isinstance(values, list) else values

    def told() -> list[str]:
        found = {statement: values for statement, values in asked.items() if not statement.startswith(("PRAGMA", "EXPLAIN"))}
        with store._engine.connect() as connection:
            rows = [row for each in found.items() for row in _plan(connection, *each)]
        asked.clear()
        return rows

    with closing(open_store(f"sqlite:///{tmp_path / 'store.db'}")) as store:
        event.listen(store._engine, "before_cursor_execute", note)
        yield store, told


def _plan(connection: Connection, statement: str, values: Any) -> list[str]:
    return [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]


def test_no_step_reads_a_table_that_grows_for_ever_from_end_to_end(
    plans: tuple[SqlStore, Callable[[], list[str]]],
) -> None:
    """A table of years, read in the transaction of each step, would keep everybody waiting who writes."""
    store, told = plans
    found = list[str]()

    def compact(hours: float, size: int = 1 << 60) -> None:
        told()
        compacted(store, _at(hours), kept(_at(hours), looks=DAY, hours=2 * DAY, size=size))
        found.extend(told())

    down = Held(State.DOWN, NOON, "refused")
    store.write([record(second=60 * each, facts={"n": each}) for each in range(200)])
    store.write([record(second=12_001, held=down, moved_from=State.UP)])
    store.write([present(NOON, _at(30)), stretch("acme", NOON, State.UP), stretch("bolt", _at(20), State.UP)])
    compact(30)
    store.write([present(_at(20), _at(20))])
    compact(20.1)
    store.write([present(_at(20), _at(300))])
    compact(300)
    compact(300, size=1)
    for table in ("stretch", "presence", "transition"):
        assert [step for step in found if step.startswith(f"SEARCH {table}")], table
        assert not [step for step in found if step.startswith(f"SCAN {table}")], table
