"""Times of a review add up to the tally, to the second, however states and presences lie."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise

from hypothesis import given
from hypothesis import strategies as st

from checks.model import State
from monitor.history import Presence, Stretch, Tally, tallied, tally, watched_in, within
from monitor.review.details import Why
from monitor.review.periods import both, counted, excused, moment, pieces, runs, seen_within, unwatched, worst

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


@st.composite
def stretches(draw: st.DrawFn) -> list[Stretch]:
    """The stretches of one series, at moments that need not be whole seconds."""
    gaps = draw(st.lists(st.floats(0.001, 500), max_size=8))
    states = st.one_of(st.none(), st.sampled_from(State))
    return [Stretch("acme", at(since - 300), draw(states)) for since in accumulate(gaps)]


@st.composite
def presences(draw: st.DrawFn) -> list[Presence]:
    """Times at which somebody watched, none of which overlap."""
    edges = list(accumulate(draw(st.lists(st.floats(0, 400), max_size=12))))
    return [Presence(at(since - 300), at(until - 300)) for since, until in list(pairwise(edges))[::2]]


@given(stretches(), presences(), st.floats(0, 900), st.floats(0, 900))
def test_runs_and_parts_add_up_to_the_tally(
    series: list[Stretch], watched: list[Presence], one: float, other: float
) -> None:
    begins, ends = at(min(one, other)), at(max(one, other))
    expected = tally(series, watched, begins, ends)
    seen = watched_in(watched, begins, ends)
    found = runs(pieces(within(series, begins, ends), seen, begins, ends))
    assert tallied(within(series, begins, ends), seen, begins, ends) == expected
    assert counted(found, begins, ends) == expected
    middle = begins + (ends - begins) / 3
    assert counted(found, begins, middle) + counted(found, middle, ends) == expected
    assert tally(within(series, begins, ends), seen_within(watched, begins, ends), begins, ends) == expected
    assert all(before[1] < after[0] or before[2] is not after[2] for before, after in pairwise(found))


@given(stretches(), presences())
def test_what_is_excused_is_what_is_not_counted(series: list[Stretch], watched: list[Presence]) -> None:
    everything = tally(series, watched, at(-400), at(900))
    found = list(pieces(series, watched_in(watched, at(-400), at(900)), at(-400), at(900)))
    gaps = list(unwatched(series, at(-400), at(900)))
    periods, more = excused(found, gaps, 1_000)
    seconds = {why: sum(each.lasted.total_seconds() for each in periods if each.why is why) for why in Why}
    assert seconds[Why.UNSEEN] + seconds[Why.UNKNOWN] == everything.unknown
    assert seconds[Why.MAINTENANCE] == everything.maintenance
    assert not more
    assert list(periods) == sorted(periods, key=lambda each: each.begins)
    longest, rest = excused(found, gaps, 2)
    for why in Why:
        lengths = sorted((each.lasted.total_seconds() for each in periods if each.why is why), reverse=True)
        assert sorted((each.lasted.total_seconds() for each in longest if each.why is why), reverse=True) == lengths[:2]
        assert [(each.count, each.seconds) for each in rest if each.why is why] == (
            [(len(lengths) - 2, sum(lengths[2:]))] if lengths[2:] else []
        )


@given(stretches(), stretches(), presences())
def test_two_series_are_compared_second_by_second(one: list[Stretch], other: list[Stretch], watched: list[Presence]) -> None:
    seen = watched_in(watched, at(-400), at(900))
    mine, theirs = (runs(pieces(each, seen, at(-400), at(900))) for each in (one, other))

    def state(series: object, second: int) -> State | None:
        return next((run[2] for run in series if run[0] <= second < run[1]), None)  # type: ignore[attr-defined]

    edges = {edge for run in (*mine, *theirs) for edge in run[:2]}
    together = list(both(mine, theirs))
    joint = worst([mine, theirs])
    for second in edges:
        states = [each for each in (state(mine, second), state(theirs, second)) if each]
        found = next(((ours, yours) for since, until, ours, yours in together if since <= second < until), None)
        assert found == ((state(mine, second), state(theirs, second)) if len(states) == 2 else None)
        assert state(joint, second) == (State.worst(states) if states else None)


def test_runs_are_unknown_where_nobody_watched() -> None:
    series = [Stretch("acme", BEGIN, State.UP), Stretch("acme", at(60), State.DOWN)]
    seen = watched_in([Presence(at(10), at(90))], BEGIN, at(120))
    found = runs(pieces(series, seen, BEGIN, at(120)))
    assert [(moment(since), moment(until), state) for since, until, state in found] == [
        (BEGIN, at(10), State.UNKNOWN),
        (at(10), at(60), State.UP),
        (at(60), at(90), State.DOWN),
        (at(90), at(120), State.UNKNOWN),
    ]
    assert moment(int(BEGIN.timestamp())) == BEGIN
    assert counted([], BEGIN, at(9)) == Tally()
