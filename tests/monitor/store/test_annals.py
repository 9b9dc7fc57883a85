"""What is kept of the past comes back as it was written, in any order in which it became known."""

from __future__ import annotations

from datetime import datetime, timedelta

from checks.model import State
from monitor.history import Presence, Stretch
from monitor.store.store import Aside, Consequences, Store
from tests.support.records import NOON

ALWAYS = (NOON - timedelta(days=1), NOON + timedelta(days=1))


def _at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def _moved(seconds: float, state: State | None, series: str = "acme") -> Aside:
    stretch = Stretch(series, _at(seconds), state)
    return Aside(at=stretch.since, consequences=Consequences(stretches=(stretch,)))


def _present(since: float, until: float) -> Aside:
    return Aside(at=_at(until), presence=Presence(_at(since), _at(until)))


def test_stretches_come_back_oldest_first_with_the_one_in_force(store: Store) -> None:
    store.write([_moved(0, State.UP), _moved(60, State.DOWN), _moved(90, State.UP), _moved(0, State.DOWN, "other/tls/x")])
    found = store.stretches(_at(70), _at(90))
    assert found == {
        "acme": [Stretch("acme", _at(60), State.DOWN)],
        "other/tls/x": [Stretch("other/tls/x", NOON, State.DOWN)],
    }
    assert store.stretches(_at(70), _at(91), ["acme"]) == {
        "acme": [Stretch("acme", _at(60), State.DOWN), Stretch("acme", _at(90), State.UP)]
    }


def test_what_becomes_known_late_takes_the_place_of_what_never_was(store: Store) -> None:
    store.write([_moved(0, State.UP), _moved(60, State.DEGRADED), _moved(50, State.DOWN)])
    assert store.stretches(*ALWAYS)["acme"] == [Stretch("acme", NOON, State.UP), Stretch("acme", _at(50), State.DOWN)]


def test_what_is_watched_no_more_is_not_alive(store: Store) -> None:
    store.write([_moved(0, State.UP), _moved(0, State.DOWN, "b"), _moved(9, None, "b"), _moved(0, None, "c")])
    store.write([_moved(10, State.UNKNOWN, "c")])
    assert store.living() == {"acme": State.UP, "c": State.UNKNOWN}


def test_a_presence_grows_and_shrinks_until_another_begins(store: Store) -> None:
    store.write([_present(0, 10)])
    store.write([_present(0, 30), _present(0, 20)])
    store.write([_present(40, 40), _present(40, 50)])
    assert store.presences(*ALWAYS) == [Presence(_at(0), _at(20)), Presence(_at(40), _at(50))]
    assert store.presences(_at(20), _at(40)) == []


def test_a_clock_that_was_set_back_takes_back_what_had_not_come_yet(store: Store) -> None:
    store.write([_present(0, 100), _moved(0, State.UP), _moved(50, State.DOWN), _moved(80, State.DEGRADED)])
    store.write([_present(30, 30)])
    assert store.presences(*ALWAYS) == [Presence(_at(0), _at(30)), Presence(_at(30), _at(30))]
    assert store.stretches(*ALWAYS)["acme"] == [Stretch("acme", NOON, State.UP), Stretch("acme", _at(30), State.DEGRADED)]


def test_a_batch_with_a_clock_set_back_may_be_written_twice(store: Store) -> None:
    store.write([_present(0, 100), _moved(0, State.UP), _moved(50, State.DOWN)])
    batch = [_present(0, 120), _moved(110, State.UP), _present(30, 30), _present(30, 60), _moved(40, State.DOWN)]
    store.write(batch)
    once = (store.presences(*ALWAYS), store.stretches(*ALWAYS))
    store.write(batch)
    assert (store.presences(*ALWAYS), store.stretches(*ALWAYS)) == once
    assert once[0] == [Presence(_at(0), _at(30)), Presence(_at(30), _at(60))]
