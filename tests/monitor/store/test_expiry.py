"""Hours and days are rolled up to the second, and what is old goes: by its age, and for want of room."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from checks.model import State
from monitor.history import Tally
from monitor.state import Held
from monitor.store import compaction
from monitor.store.compaction import SLACK
from monitor.store.dialect import bytes_used
from monitor.store.rollups import day_of
from monitor.store.sql import SqlStore, open_store
from monitor.store.store import Fault, Kept, Operation, Store, StoreUnavailable
from tests.support.compacting import FOR_EVER, compacted, kept, present, seconds, stretch
from tests.support.records import NOON, record

API = "acme/endpoint/api"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ALL = (NOON - 900 * DAY, NOON + 1_900 * DAY)


def _hours(store: Store, series: str = API) -> dict[datetime, Tally]:
    return {each.begins: each.tally for each in store.hours(*ALL).get(series, ())}


def test_every_second_of_an_hour_is_in_one_state(store: Store) -> None:
    store.write([present(NOON, NOON + 90 * HOUR / 60), stretch(API, NOON + timedelta(seconds=600), State.UP)])
    store.write([stretch(API, NOON + timedelta(seconds=1_200), State.DOWN), stretch("acme", NOON, State.MAINTENANCE)])
    compacted(store, NOON + 3 * HOUR)
    assert _hours(store) == {
        NOON: Tally(up=600, down=2_400),
        NOON + HOUR: Tally(down=1_800, unknown=1_800),
    }
    assert _hours(store, "acme")[NOON] == Tally(maintenance=3_600)
    [day] = store.days(*ALL)[API]
    assert (day.begins, day.tally) == (NOON.replace(hour=0), Tally(up=600, down=4_200, unknown=1_800))


def test_years_in_which_nobody_watched_cost_nothing(store: Store) -> None:
    back = NOON + 800 * DAY
    store.write([present(NOON, NOON + HOUR), stretch(API, NOON, State.UP), present(back, back + HOUR)])
    assert compacted(store, back + 2 * HOUR).rolled_up == 2
    assert _hours(store) == {NOON: Tally(up=3_600), back: Tally(up=3_600)}


def test_what_becomes_known_late_changes_the_hours_since(store: Store) -> None:
    store.write([present(NOON, NOON + 5 * HOUR), stretch(API, NOON, State.UP)])
    compacted(store, NOON + 6 * HOUR)
    store.write([stretch(API, NOON + 2.5 * HOUR, None)])
    compacted(store, NOON + 6 * HOUR)
    assert _hours(store) == {
        NOON: Tally(up=3_600),
        NOON + HOUR: Tally(up=3_600),
        NOON + 2 * HOUR: Tally(up=1_800),
    }
    assert seconds(store.days(*ALL)[API]) == Tally(up=9_000)


def test_hours_that_have_not_come_yet_say_nothing(store: Store) -> None:
    store.write([present(NOON, NOON + 30 * HOUR), stretch(API, NOON, State.UP), record(second=20 * 3_600)])
    compacted(store, NOON + 31 * HOUR)
    now = NOON + 1.5 * HOUR
    store.write([present(now, now)])
    compacted(store, now)
    assert {hour for hour, counted in _hours(store).items() if counted.elapsed} == {NOON}
    assert seconds(store.days(*ALL)[API]) == Tally(up=3_600)
    store.write([present(now, NOON + 3 * HOUR)])
    compacted(store, NOON + 3.1 * HOUR)
    assert seconds(store.hours(*ALL)[API]) == Tally(up=3 * 3_600)
    assert sum(each.probes for each in store.hours(*ALL)[API]) == 1


def test_a_day_that_was_taken_back_says_nothing(store: Store) -> None:
    store.write([present(NOON, NOON + 30 * HOUR), stretch(API, NOON, State.UP), record(second=25 * 3_600)])
    compacted(store, NOON + 31 * HOUR)
    store.write([present(NOON + HOUR, NOON + HOUR), stretch(API, NOON, None)])
    compacted(store, NOON + 32 * HOUR)
    assert seconds(store.hours(*ALL)[API]) == seconds(store.days(*ALL)[API]) == Tally()
    assert [day.probes for day in store.days(*ALL)[API]] == [1]


def test_a_day_whose_hours_went_is_counted_anew_as_a_whole(store: Store) -> None:
    store.write([present(NOON, NOON + 72 * HOUR), stretch(API, NOON, State.UP)])
    at = NOON + 73 * HOUR
    compacted(store, at, kept(at, looks=HOUR, hours=25 * HOUR))
    assert min(_hours(store)) == NOON + 36 * HOUR
    before = {day.begins: day.tally for day in store.days(*ALL)[API]}
    store.write([stretch(API, NOON + 20 * HOUR, State.DOWN)])
    compacted(store, at)
    after = {day.begins: day.tally for day in store.days(*ALL)[API]}
    assert after == {
        NOON.replace(hour=0): Tally(up=12 * 3_600),
        NOON.replace(hour=0) + DAY: Tally(up=8 * 3_600, down=16 * 3_600),
        NOON.replace(hour=0) + 2 * DAY: Tally(down=24 * 3_600),
        NOON.replace(hour=0) + 3 * DAY: Tally(down=12 * 3_600),
    }
    assert before.keys() == after.keys()


def test_rollups_of_a_few_series_are_those_that_are_among_all(store: Store) -> None:
    series = [f"acme/endpoint/{number}" for number in range(30)]
    store.write([present(NOON, NOON + 50 * HOUR), *(stretch(each, NOON, State.UP) for each in series)])
    compacted(store, NOON + 51 * HOUR)
    zone = timezone(timedelta(hours=5, minutes=30))
    for begins, ends in (ALL, (NOON + 1.5 * HOUR, NOON + 20.2 * HOUR), (NOON.astimezone(zone), NOON + 40 * HOUR)):
        for read in (store.hours, store.days):
            whole = read(begins, ends)
            assert read(begins, ends, series) == whole
            assert read(begins, ends, series[:2]) == {key: whole[key] for key in series[:2] if key in whole}
    assert store.hours(NOON, NOON, series[:2]) == {}
    assert store.hours(*ALL, ["nobody"]) == {}


def test_looks_go_by_age_and_those_of_an_hour_with_a_change_later(store: Store) -> None:
    down = Held(State.DOWN, NOON, "refused")
    store.write([record(second=0, held=down, moved_from=State.UP), record(second=7_300), record(second=14_500)])
    at = NOON + 10 * DAY
    store.write([present(NOON, at), stretch(API, NOON, State.UP), stretch(API, NOON + 6 * HOUR, None)])
    compacted(store, at, kept(at, looks=7 * DAY, hours=30 * DAY))
    assert [past.at for past in store.observations(API)] == [NOON]
    assert sum(each.probes for each in store.hours(*ALL)[API]) == 3
    at = NOON + 40 * DAY
    store.write([present(NOON, at)])
    compacted(store, at, kept(at, looks=7 * DAY, hours=30 * DAY))
    assert store.observations(API) == []
    assert store.hours(*ALL) == {}
    [day] = store.days(*ALL)[API]
    assert (day.probes, day.tally) == (3, Tally(up=6 * 3_600))


def _aged(store: Store) -> datetime:
    """A store with four days of looks; when they end."""
    store.write([record(second=3_600 * hour) for hour in range(96)])
    at = NOON + 4 * DAY
    store.write([present(NOON, at), stretch(API, NOON, State.UP)])
    compacted(store, at, kept(at, looks=7 * DAY, hours=30 * DAY))
    return at


def _known(store: Store) -> tuple[int, int]:
    return len(store.observations(API, 1_000)), len(store.hours(*ALL)[API])


@pytest.mark.parametrize("ahead", [timedelta(seconds=31), 2 * HOUR])
def test_a_clock_that_is_years_ahead_makes_nothing_older_than_it_lived(store: Store, ahead: timedelta) -> None:
    at, far = _aged(store), NOON + 1_500 * DAY
    assert _known(store) == (96, 95)
    store.write([present(far, far + ahead)])
    compacted(store, far + ahead, kept(far + ahead, looks=7 * DAY, hours=30 * DAY))
    assert len(store.observations(API, 1_000)) == 96
    back = at + timedelta(minutes=1)
    store.write([present(back, back)])
    compacted(store, back, kept(back, looks=7 * DAY, hours=30 * DAY))
    assert _known(store) == (96, 96)


def test_what_is_old_goes_also_after_the_clock_was_ahead(store: Store) -> None:
    at, far = _aged(store), NOON + 1_500 * DAY
    store.write([present(far, far + 9 * DAY)])
    compacted(store, far + 9 * DAY, kept(far + 9 * DAY, looks=7 * DAY, hours=30 * DAY))
    assert store.observations(API) == []
    store.write([present(at, at), *(record(second=3_600 * hour) for hour in range(96, 120))])
    later = at + 9 * DAY
    store.write([present(at, later)])
    compacted(store, at + 2 * DAY, kept(at + 2 * DAY, looks=7 * DAY, hours=30 * DAY))
    assert len(store.observations(API, 1_000)) == 24
    compacted(store, later, kept(later, looks=7 * DAY, hours=30 * DAY))
    assert store.observations(API) == []


def test_looks_that_come_late_and_are_old_go_as_well(store: Store) -> None:
    at = _aged(store) + 6 * DAY
    store.write([present(NOON, at)])
    compacted(store, at, kept(at, looks=7 * DAY, hours=30 * DAY))
    left = store.observations(API, 1_000)
    assert len(left) == 24
    store.write([record(second=60 * minute) for minute in range(1, 5)])
    compacted(store, at, kept(at, looks=7 * DAY, hours=30 * DAY))
    assert store.observations(API, 1_000) == left


def test_time_in_which_nobody_watched_makes_nothing_older(store: Store) -> None:
    at = _aged(store) + 500 * DAY
    store.write([present(at, at + 2 * DAY)])
    compacted(store, at + 2 * DAY, kept(at + 2 * DAY, looks=3 * DAY, hours=5 * DAY))
    assert min(past.at for past in store.observations(API, 1_000)) == NOON + 3 * DAY
    assert min(_hours(store)) == NOON.replace(hour=0) + DAY


@pytest.fixture
def large(tmp_path: Path) -> SqlStore:
    """Three days of looks that cannot be pressed, one of which changed a state."""
    chance = random.Random(1)  # noqa: S311 - it guards nothing
    store = open_store(f"sqlite:///{tmp_path / 'large.db'}")
    down = Held(State.DOWN, NOON, "refused")
    store.write([record(second=1, held=down, moved_from=State.UP, facts={"noise": chance.randbytes(3_000).hex()})])
    for hour in range(72):
        store.write([record(second=hour * 3_600 + 2, facts={"noise": chance.randbytes(3_000).hex()})])
    store.write([present(NOON, NOON + 72 * HOUR), stretch(API, NOON, State.UP)])
    compacted(store, NOON + 74 * HOUR)
    return store


def _size(size: int) -> Kept:
    return Kept(observations_since=FOR_EVER.observations_since, hours_since=FOR_EVER.hours_since, bytes=size)


def test_for_want_of_room_looks_go_and_never_what_is_kept_for_good(large: SqlStore) -> None:
    at = NOON + 74 * HOUR
    with large._engine.connect() as connection:
        used = bytes_used(connection)
    assert used
    assert not compacted(large, at, _size(used)).removed
    assert compacted(large, at, _size(used - 1)).removed == 71
    assert [past.at.second for past in large.observations(API)] == [2, 1]
    found = compacted(large, at, _size(1_000))
    assert found.too_large
    assert large.observations(API) == []
    assert min(_hours(large)) == (at - 2 * DAY).replace(hour=0)
    assert seconds(large.days(*ALL)[API]) == Tally(up=72 * 3_600, unknown=3_600)
    assert len(large.stretches(*ALL)[API]) == 1
    assert len(large.transitions()) == 1
    large.close()


def test_a_file_that_was_once_larger_is_too_large_until_its_free_pages_are_given_back(large: SqlStore) -> None:
    at = NOON + 74 * HOUR
    compacted(large, at, _size(200_000))
    found = large.compact(at, _size(200_000))
    assert (found.is_done, found.too_large, found.bytes - found.free < 200_000) == (True, True, True)
    assert not large.compact(at, _size(int(found.bytes / SLACK) + 1)).too_large
    with large._engine.connect() as connection:
        connection.exec_driver_sql("VACUUM")
    found = large.compact(at, _size(200_000))
    assert (found.free, found.too_large) == (0, False)
    large.close()


def test_pages_that_are_free_are_written_again(large: SqlStore) -> None:
    at = NOON + 74 * HOUR
    compacted(large, at, _size(100_000))
    size = large.compact(at, FOR_EVER).bytes
    large.write([record(second=75 * 3_600 + each, facts={"noise": "ab" * 1_000 + str(each)}) for each in range(30)])
    assert large.compact(at, FOR_EVER).bytes == size
    large.close()


def test_the_moments_of_rollups_are_in_utc(store: Store) -> None:
    store.write([present(NOON, NOON + HOUR), stretch(API, NOON, State.UP)])
    compacted(store, (NOON + 2 * HOUR).astimezone(timezone(timedelta(hours=5, minutes=45))))
    assert list(_hours(store)) == [NOON.astimezone(UTC)]


def test_looks_without_a_way_out_grow_old_too(store: Store) -> None:
    store.write([present(NOON, NOON + HOUR), *(record(second=3_600 * hour) for hour in range(100))])
    at = NOON + 101 * HOUR
    compacted(store, at, kept(at, looks=2 * DAY, hours=3 * DAY))
    left = sorted(past.at for past in store.observations(API, 1_000))
    assert left == [NOON + hour * HOUR for hour in range(52, 100)]
    assert min(store.hours(*ALL)[API], key=lambda each: each.begins).begins >= day_of(NOON + 28 * HOUR)


def test_what_was_not_removed_after_all_goes_the_next_time(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    at = _aged(store) + 9 * DAY
    store.write([present(NOON, at)])
    keep = kept(at, looks=7 * DAY, hours=30 * DAY)
    before = len(store.observations(API, 1_000))

    def full(*_: object) -> None:
        raise StoreUnavailable(Operation.WRITE, "the disk is full", Fault.FULL)

    with monkeypatch.context() as patched:
        patched.setattr(compaction, "bytes_used", full)
        with pytest.raises(StoreUnavailable):
            compacted(store, at, keep)
    assert len(store.observations(API, 1_000)) == before > 0
    compacted(store, at, keep)
    assert store.observations(API) == []
