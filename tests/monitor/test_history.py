"""Every second of a series' life is in exactly one state, however the time is cut."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from checks.model import State
from monitor.history import Presence, Stretch, Tally, tally

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def _stretch(seconds: float, state: State | None) -> Stretch:
    return Stretch("acme", _at(seconds), state)


def test_seconds_are_counted_by_state() -> None:
    stretches = [_stretch(0, State.UP), _stretch(60, State.DOWN), _stretch(90, State.DEGRADED)]
    assert tally(stretches, [Presence(_at(0), _at(100))], _at(0), _at(100)) == Tally(up=60, down=30, degraded=10)


def test_what_began_before_counts_from_the_beginning_on() -> None:
    assert tally([_stretch(-500, State.DOWN)], [Presence(_at(-900), _at(900))], _at(0), _at(10)) == Tally(down=10)


def test_nobody_knows_what_was_while_nobody_watched() -> None:
    presences = [Presence(_at(0), _at(10)), Presence(_at(30), _at(40))]
    assert tally([_stretch(0, State.UP)], presences, _at(0), _at(60)) == Tally(up=20, unknown=40)


def test_a_life_begins_with_its_first_stretch_and_rests_while_nobody_is_to_watch() -> None:
    stretches = [_stretch(10, State.UP), _stretch(20, None), _stretch(50, State.UP)]
    assert tally(stretches, [Presence(_at(0), _at(60))], _at(0), _at(60)) == Tally(up=20)


def test_a_degraded_vendor_is_available_and_what_is_not_known_counts_for_nobody() -> None:
    month = Tally(up=80, degraded=10, down=10, unknown=50, maintenance=50)
    assert (month.availability, month.coverage) == (0.9, 0.75)
    assert (Tally(unknown=5).availability, Tally().coverage) == (None, None)


MOMENTS = st.integers(0, 10_000).map(lambda tenths: _at(tenths / 10))
STATES = st.none() | st.sampled_from(State)


@given(st.lists(st.tuples(MOMENTS, STATES)), st.lists(MOMENTS), st.lists(MOMENTS))
def test_the_parts_add_up_to_the_whole(
    moved: list[tuple[datetime, State | None]], watched: list[datetime], cuts: list[datetime]
) -> None:
    stretches = [Stretch("acme", since, state) for since, state in sorted(dict(moved).items())]
    edges = sorted(set(watched))
    presences = [Presence(since, until) for since, until in zip(edges[::2], edges[1::2], strict=False)]
    bounds = [_at(0), *sorted(cuts), _at(1_000)]
    whole = tally(stretches, presences, bounds[0], bounds[-1])
    parts = Tally()
    for begins, ends in pairwise(bounds):
        parts += tally(stretches, presences, begins, ends)
    assert parts == whole
    lived = sum(_lived(stretches, second) for second in range(1_000))
    assert whole.elapsed == lived


def _lived(stretches: list[Stretch], second: int) -> bool:
    """Whether the series is watched at the end of a second, by a walk along its stretches."""
    states = [each.state for each in stretches if int((each.since - NOON).total_seconds()) <= second]
    return bool(states) and states[-1] is not None
