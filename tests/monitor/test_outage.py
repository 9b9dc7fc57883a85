"""When an outage opens, what becomes known of it, and what it takes to close it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from checks.model import State
from monitor.outage import Outage, Sighting, ended_unseen, follow
from monitor.state import Held
from tests.support.build import T0

API, WEB = "acme/endpoint/api", "acme/endpoint/web"


def minute(number: int) -> datetime:
    return T0 + timedelta(minutes=number)


def held(state: State, since: int, cause: str = "refused") -> Held:
    return Held(state, minute(since), cause)


def seen(at: int, *, admitted: int | None = None, shared: str = "", **targets: Held) -> Sighting:
    keys = {"api": API, "web": WEB}
    return Sighting(
        vendor="acme",
        at=minute(at),
        targets={keys[name]: held for name, held in targets.items()},
        admitted_since=None if admitted is None else minute(admitted),
        shared=shared,
    )


OPEN = Outage(vendor="acme", opened_at=minute(1), confirmed_at=minute(2), targets=(API,), cause="refused")


@pytest.mark.parametrize("state", [state for state in State if state is not State.DOWN])
def test_nothing_but_down_opens_an_outage(state: State) -> None:
    assert follow(None, seen(2, api=held(state, 1))) is None


def test_it_began_with_the_first_failure_and_was_believed_later() -> None:
    outage = follow(None, seen(5, api=held(State.DOWN, 4, "timeout"), web=held(State.DOWN, 3, "refused")))
    assert outage is not None
    assert (outage.opened_at, outage.confirmed_at, outage.cause) == (minute(3), minute(5), "refused")
    assert outage.targets == (WEB, API)
    assert outage.detection_delay == timedelta(minutes=2)
    assert outage.lead is None


def test_nothing_new_is_the_very_same_outage() -> None:
    assert follow(OPEN, seen(3, api=held(State.DOWN, 1))) is OPEN


def test_what_goes_down_later_and_what_the_vendor_admits_later_are_added_once() -> None:
    later = follow(OPEN, seen(9, api=held(State.DOWN, 1), web=held(State.DOWN, 8), admitted=7, shared="3 vendors"))
    assert later is not None
    assert (later.targets, later.claimed_at, later.shared) == ((API, WEB), minute(7), "3 vendors")
    assert later.lead == timedelta(minutes=6)
    again = follow(later, seen(10, api=held(State.DOWN, 1), admitted=8, shared="4 vendors"))
    assert again is later


def test_a_vendor_that_told_first_has_a_negative_lead() -> None:
    outage = follow(None, seen(5, api=held(State.DOWN, 4), admitted=2))
    assert outage is not None
    assert outage.lead == timedelta(minutes=-2)


@pytest.mark.parametrize("state", [State.UP, State.DEGRADED, State.MAINTENANCE])
def test_it_ends_with_the_first_look_that_saw_it_well(state: State) -> None:
    closed = follow(OPEN, seen(9, api=held(state, 8), web=held(State.UP, -90)))
    assert closed is not None
    assert closed.closed_at == minute(8)


def test_it_never_ends_before_it_was_believed() -> None:
    closed = follow(OPEN, seen(9, api=held(State.UP, 1)))
    assert closed is not None
    assert closed.closed_at == OPEN.confirmed_at


def test_blindness_ends_nothing() -> None:
    assert follow(OPEN, seen(9, api=held(State.UNKNOWN, 8))) is OPEN


def test_what_was_never_down_may_stay_unknown_for_ever() -> None:
    closed = follow(OPEN, seen(9, api=held(State.UP, 8), web=held(State.UNKNOWN, 0)))
    assert closed is not None
    assert not closed.is_open


def test_one_of_two_that_is_well_again_does_not_end_it() -> None:
    both = follow(None, seen(2, api=held(State.DOWN, 1), web=held(State.DOWN, 1)))
    assert follow(both, seen(9, api=held(State.UP, 8), web=held(State.DOWN, 1))) is both


def test_what_is_not_watched_any_more_ends_when_nobody_looks() -> None:
    closed = follow(OPEN, seen(9, web=held(State.UP, 0)))
    assert closed is not None
    assert closed.closed_at == minute(9)
    assert ended_unseen(OPEN, minute(12)).closed_at == minute(12)
    assert ended_unseen(OPEN, minute(0)).closed_at == OPEN.confirmed_at
