"""Ninety days of a vendor add up to what is known of them, to the second, however states and presences lie."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise

from hypothesis import given
from hypothesis import strategies as st

from checks.model import State
from monitor.board.strips import DAYS, counted, first_day, joined, midnight, spans
from monitor.board.values import Day, Strip
from monitor.history import Presence, Stretch, Tally, tally

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)
BEGIN = midnight(first_day(NOON))
DAY = timedelta(days=1)


def days(least: float = 0.0) -> st.SearchStrategy[list[timedelta]]:
    """Moments in some order of time, from five days before the strip to behind it."""
    gaps = st.lists(st.floats(least, 40), max_size=12)
    return gaps.map(lambda found: [timedelta(days=each - 5) for each in accumulate(found)])


STRETCHES = st.tuples(days(1e-6), st.lists(st.one_of(st.none(), st.sampled_from(State)), min_size=12, max_size=12)).map(
    lambda drawn: [Stretch("acme", BEGIN + since, state) for since, state in zip(*drawn, strict=False)]
)
PRESENCES = days().map(lambda edges: [Presence(BEGIN + one, BEGIN + other) for one, other in list(pairwise(edges))[::2]])
UNTIL = st.floats(0, 1).map(lambda share: NOON - timedelta(hours=12) + share * DAY - timedelta(seconds=1))


def strip_of(stretches: list[Stretch], presences: list[Presence], until: datetime) -> Strip:
    return joined((), list(counted(stretches, spans(presences, first_day(until), until))), until)


@given(STRETCHES, PRESENCES, UNTIL)
def test_every_day_is_its_tally_and_all_of_them_are_that_of_the_whole(
    stretches: list[Stretch], presences: list[Presence], until: datetime
) -> None:
    strip = strip_of(stretches, presences, until)
    begins = midnight(first_day(until))
    assert [each.day for each in strip.days] == [(begins + n * DAY).date() for n in range(DAYS)]
    assert strip.whole == tally(stretches, presences, begins, until)
    for each in strip.days:
        midnights = midnight(each.day), midnight(each.day) + DAY
        assert each.tally == tally(stretches, presences, midnights[0], min(midnights[1], until))


@given(STRETCHES, PRESENCES, UNTIL, st.integers(0, 95))
def test_days_that_are_counted_later_join_those_before(
    stretches: list[Stretch], presences: list[Presence], until: datetime, late: int
) -> None:
    whole = strip_of(stretches, presences, until)
    earlier = strip_of(stretches, presences, until - timedelta(hours=30))
    since = max(first_day(until), until.date() - timedelta(days=max(late, 2)))
    fresh = list(counted(stretches, spans(presences, since, until)))
    assert joined(earlier.days, fresh, until) == whole


def test_a_vendor_that_was_not_watched_yet_has_lived_no_second() -> None:
    began = NOON - timedelta(days=2)
    strip = strip_of([Stretch("acme", began, State.UP)], [Presence(began, NOON - timedelta(hours=1))], NOON)
    assert [day.tally for day in strip.days[:-3]] == [Tally()] * (DAYS - 3)
    assert [day.tally for day in strip.days[-3:]] == [
        Tally(up=43_200),
        Tally(up=86_400),
        Tally(up=43_200 - 3_600, unknown=3_600),
    ]
    assert strip.whole.coverage == 1 - 3_600 / 172_800


def test_a_day_that_has_just_begun_is_there() -> None:
    strip = strip_of([Stretch("acme", BEGIN, State.UP)], [Presence(BEGIN, NOON)], midnight(NOON.date()))
    assert strip.days[-1] == Day(NOON.date(), Tally())
    assert len(strip.days) == DAYS
