"""What a review draws: strips that neither hide nor overstate, scales, small lines, and the labels below."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model import State
from monitor.hypertext.markup import EMPTY
from monitor.review.html.axes import marks
from monitor.review.html.scales import Share, floor, scale
from monitor.review.html.sparks import COLUMNS as POINTS
from monitor.review.html.sparks import sparks
from monitor.review.html.strips import COLUMNS, NARROW, Length, framed, pieces, strip

BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
MONTH = timedelta(days=30)
BERLIN = ZoneInfo("Europe/Berlin")


def lengths(*parts: tuple[float, State | None], begins: datetime = BEGINS) -> list[Length]:
    """Lengths of so many seconds one after the other; None leaves a gap."""
    found, at = [], begins.timestamp()
    for seconds, state in parts:
        until = at + seconds
        found += [(at, until, state)] if state else []
        at = until
    return found


def paths(drawn: str) -> dict[str, str]:
    """The paths of a picture, by class."""
    return {each.get("class", ""): each.get("d", "") for each in ET.fromstring(drawn).iter("path")}  # noqa: S314 - our own


def test_a_strip_is_to_scale() -> None:
    half = MONTH.total_seconds() / 2
    assert pieces(lengths((half, State.UP), (half, State.DOWN)), BEGINS, BEGINS + MONTH) == [
        (0, COLUMNS / 2, State.UP),
        (COLUMNS / 2, COLUMNS, State.DOWN),
    ]


def test_half_a_minute_in_a_month_is_seen_and_takes_nothing_from_its_neighbours() -> None:
    parts = lengths((86_400, State.UP), (30, State.DOWN), (29 * 86_400 - 30, State.UP))
    left, right, _ = pieces(parts, BEGINS, BEGINS + MONTH)[1]
    assert right - left == pytest.approx(30 / MONTH.total_seconds() * COLUMNS)
    drawn = paths(strip(parts, BEGINS, BEGINS + MONTH, "s"))
    assert re.fullmatch(r"M24 0v22", drawn["tick down"])
    assert "tick degraded" not in drawn


def test_what_is_wide_enough_has_no_tick() -> None:
    wide = MONTH.total_seconds() / COLUMNS * NARROW
    parts = lengths((86_400, State.UP), (wide + 1, State.DOWN), (29 * 86_400 - wide - 1, State.UP))
    assert "tick down" not in paths(strip(parts, BEGINS, BEGINS + MONTH, "s"))


def test_a_strip_that_hangs_has_its_ticks_below() -> None:
    parts = lengths((86_400, State.UP), (30, State.DOWN), (30, State.DEGRADED), (86_400, State.UP))
    assert paths(strip(parts, BEGINS, BEGINS + MONTH, "s", hangs=True))["tick down"] == "M24 0v22"
    assert paths(strip(parts, BEGINS, BEGINS + MONTH, "s"))["fill up"].startswith("M0 14H")
    assert paths(strip(parts, BEGINS, BEGINS + MONTH, "s", hangs=True))["fill up"].startswith("M0 8H")


def test_what_is_narrower_than_a_column_is_drawn_together_as_the_worst() -> None:
    column = MONTH.total_seconds() / COLUMNS
    parts = lengths((column * 9, State.UP), (column / 4, State.UNKNOWN), (column / 4, State.UP), (column * 9, State.UP))
    drawn = pieces(parts, BEGINS, BEGINS + MONTH)
    assert [state for _, _, state in drawn] == [State.UP, State.UNKNOWN, State.UP]
    assert drawn[1][:2] == pytest.approx((9, 9.5))


def test_what_is_drawn_together_is_never_wider_than_a_column() -> None:
    quarter = MONTH.total_seconds() / COLUMNS / 4
    drawn = pieces(lengths(*((quarter, State.UP), (quarter, State.DOWN)) * 8), BEGINS, BEGINS + MONTH)
    assert [(round(left, 6), round(right, 6)) for left, right, _ in drawn] == [(0, 1), (1, 2), (2, 3), (3, 4)]


def test_a_gap_stays_between_what_is_narrow() -> None:
    quarter = MONTH.total_seconds() / COLUMNS / 4
    drawn = pieces(lengths((quarter, State.UP), (quarter, None), (quarter, State.DOWN)), BEGINS, BEGINS + MONTH)
    assert [state for _, _, state in drawn] == [State.UP, State.DOWN]


def test_what_was_degraded_has_a_lower_tick() -> None:
    parts = lengths((86_400, State.UP), (30, State.DEGRADED), (86_400, State.UP))
    assert paths(strip(parts, BEGINS, BEGINS + MONTH, "s"))["tick degraded"] == "M24 3v19"
    assert paths(strip(parts, BEGINS, BEGINS + MONTH, "s", hangs=True))["tick degraded"] == "M24 0v19"


def test_nothing_is_drawn_where_nobody_watched() -> None:
    drawn = pieces(lengths((60, State.UP), (86_400, None), (86_400, State.UP)), BEGINS, BEGINS + MONTH)
    assert [round(left, 3) for left, _, _ in drawn] == [0, 24.017]


def test_what_lies_outside_is_cut() -> None:
    around = [((BEGINS - MONTH).timestamp(), (BEGINS + 3 * MONTH).timestamp(), State.DEGRADED)]
    assert pieces(around, BEGINS, BEGINS + MONTH) == [(0, COLUMNS, State.DEGRADED)]
    assert not pieces(around, BEGINS + 4 * MONTH, BEGINS + 5 * MONTH)


def test_a_strip_of_two_years_and_thousands_of_changes_stays_small() -> None:
    flapping = lengths(*((3_000, State.UP), (600, State.DOWN)) * 17_520)
    drawn = strip(flapping, BEGINS, BEGINS + timedelta(days=730), "s")
    assert len(drawn) < 30_000
    assert len(pieces(flapping, BEGINS, BEGINS + timedelta(days=730))) <= 2 * COLUMNS


def test_a_frame_stretches_what_is_in_it() -> None:
    frame = ET.fromstring(framed(strip(lengths((60, State.UP)), BEGINS, BEGINS + MONTH, "s"), y=5))  # noqa: S314
    assert (frame.get("width"), frame.get("y"), frame.get("preserveAspectRatio")) == ("100%", "5", "none")


@given(
    st.lists(st.tuples(st.one_of(st.floats(1, 3_000), st.floats(1, 300_000)), st.sampled_from([*State, None])), max_size=60)
)
def test_pieces_cover_exactly_what_they_are_of_and_no_trouble_is_lost(parts: Sequence[tuple[float, State | None]]) -> None:
    found = lengths(*parts)
    drawn = pieces(found, BEGINS, BEGINS + MONTH)
    first, last = BEGINS.timestamp(), (BEGINS + MONTH).timestamp()
    inside = [each for each in found if each[0] < last]
    seconds = sum(min(until, last) - since for since, until, _ in inside)
    assert sum(right - left for left, right, _ in drawn) == pytest.approx(seconds / MONTH.total_seconds() * COLUMNS)
    assert all(before[1] <= after[0] for before, after in pairwise(drawn))
    assert (State.DOWN in {state for _, _, state in inside}) == (State.DOWN in {state for _, _, state in drawn})
    wide = {(round(left, 6), state) for left, right, state in drawn if right - left > 1}
    scale = COLUMNS / MONTH.total_seconds()
    assert wide <= {(round((since - first) * scale, 6), state) for since, _, state in inside}


@pytest.mark.parametrize(
    ("days", "labels"),
    [
        (1 / 8, ["00:00", "01:00", "02:00"]),
        (2, ["00:00", "12:00", "00:00", "12:00"]),
        (7, ["1 Mar", "2 Mar", "3 Mar", "4 Mar", "5 Mar", "6 Mar", "7 Mar"]),
        (31, ["1 Mar", "7 Mar", "13 Mar", "19 Mar", "25 Mar", "31 Mar"]),
        (92, ["Mar", "Apr", "May"]),
        (365, ["Mar", "May", "Jul", "Sep", "Nov", "Jan 2027"]),
        (1_095, ["Jul 2026", "Jan 2027", "Jul 2027", "Jan 2028", "Jul 2028", "Jan 2029"]),
        (3_652, ["Jan 2028", "Jan 2030", "Jan 2032", "Jan 2034", "Jan 2036"]),
    ],
)
def test_labels_below_a_strip_are_few_and_at_round_times(days: float, labels: list[str]) -> None:
    begins = datetime(2026, 3, 1, tzinfo=BERLIN)
    assert [label for _, label in marks(begins, begins + timedelta(days=days), BERLIN)] == labels


def test_labels_are_where_the_clock_shows_them_when_it_was_changed() -> None:
    begins = datetime(2026, 3, 28, 23, tzinfo=UTC)
    shares = {label: share for share, label in marks(begins, begins + timedelta(hours=23), BERLIN)}
    assert shares["00:00"] == 0
    assert shares["12:00"] == pytest.approx(11 / 23)


def test_no_two_labels_stand_at_one_place_when_an_hour_is_left_out() -> None:
    begins = datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert [label for _, label in marks(begins, begins + timedelta(hours=4), BERLIN)] == ["00:00", "01:00", "03:00", "04:00"]


@pytest.mark.parametrize(("values", "begins"), [((0.9995, None), 0.999), ((0.9991, 0.95), 0.9), ((0.2,), 0.0), ((), 0.999)])
def test_a_scale_begins_where_all_have_room(values: tuple[float | None, ...], begins: float) -> None:
    assert floor(values) == begins


def test_a_scale_marks_the_value_the_target_and_what_is_open() -> None:
    drawn = paths(scale(Share(0.995, 0.98, 0.997), 0.999, 0.99, "told"))
    assert drawn == {"band": "M0 8H700", "target": "M900 0V16", "value": "M500 2V14"}


def test_a_scale_has_no_band_where_all_was_seen_and_no_mark_where_nothing_was() -> None:
    assert set(paths(scale(Share(1.0, 1.0, 1.0), None, 0.99, ""))) == {"value"}
    assert not paths(scale(Share(None, 1.0, 1.0), None, 0.99, ""))


def test_small_lines_have_gaps_where_nothing_was_timed() -> None:
    drawn = paths(sparks([1.0, None, 1.0, 1.0], [2.0, None, 4.0, 2.0], "told"))
    assert drawn == {"slow": "M0 18h1M2 1h1v17h1", "median": "M0 27h1M2 27h2"}


def test_many_days_share_columns_and_the_slowest_is_drawn() -> None:
    slow = [0.1] * 999 + [9.0]
    drawn = ET.fromstring(sparks([0.1] * 1_000, slow, "told"))  # noqa: S314
    assert int(drawn.get("viewBox", "").split()[2]) <= POINTS
    assert paths(ET.tostring(drawn, encoding="unicode"))["slow"].endswith("v-34h1")


@pytest.mark.parametrize("times", [[], [None, None], [0.0]])
def test_nothing_timed_is_nothing_drawn(times: list[float | None]) -> None:
    assert sparks(times, times, "told") == EMPTY
