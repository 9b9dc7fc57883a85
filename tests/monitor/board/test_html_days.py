"""Ninety days as a picture: it neither hides nor overstates, and says in words what it shows."""

from __future__ import annotations

import gc
import re
from datetime import date, timedelta
from itertools import pairwise
from weakref import ref
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model import State
from monitor.board.html.days import in_words, large_strip, small_strip, troubled
from monitor.board.remembering import remembered
from monitor.board.values import Day, Strip
from monitor.history import Tally
from tests.support.boards import NOW, past

WHOLE = 86_400
Bar = tuple[int, int, int]


def strip(*tallies: Tally) -> Strip:
    days = [Day(date(2026, 11, 1) + timedelta(days=number), tally) for number, tally in enumerate(tallies)]
    return Strip(days=days, whole=sum(tallies, Tally()), until=NOW)


def bars(drawn: str) -> dict[str, list[Bar]]:
    """The bars that are drawn, by state: from which pixel on, from which height down to which."""
    found: dict[str, list[Bar]] = {}
    for each in ET.fromstring(drawn).iter("path"):  # noqa: S314 - our own
        look, _, state = each.get("class", "").partition(" ")
        path = each.get("d", "")
        if look == "away":
            continue
        if look == "run":
            runs = re.findall(r"M(-?\d+\.5) 10H(\d+\.5)", path)
            made = [(at, 0, 20) for left, right in runs for at in range(round(float(left) + 1.5), int(float(right)), 4)]
        else:
            lines = re.findall(r"M(\d+) (\d+)v(\d+)", path)
            made = [(int(at), int(top), int(top) + int(high)) for at, top, high in lines]
        found.setdefault(state, []).extend(made)
    return found


def test_a_calm_strip_is_one_line() -> None:
    written = small_strip(strip(*[Tally(up=WHOLE)] * 90))
    assert written.count("<path") == 1
    assert 'd="M-1.5 10H357.5" class="run up"' in written
    assert 'viewBox="-1.5 0 359 24"' in written
    assert len(written) < 250


def test_a_strip_is_drawn_once_for_as_long_as_it_is_there() -> None:
    made = strip(Tally(up=WHOLE), Tally(up=WHOLE - 5, down=5))
    assert small_strip(made) is small_strip(made)
    assert small_strip(made) is small_strip(strip(*(day.tally for day in made.days))), "one that is alike is drawn alike"
    other = strip(Tally(up=WHOLE - 5, down=5), Tally(up=WHOLE))
    assert (other.whole, other.until) == (made.whole, made.until)
    assert small_strip(other) != small_strip(made)


def test_what_was_drawn_goes_with_its_strip() -> None:
    asked = list[int]()

    @remembered
    def days(made: Strip) -> int:
        asked.append(1)
        return len(made.days)

    made = strip(Tally(up=WHOLE))
    assert (days(made), days(made), len(asked)) == (1, 1, 1)
    gone = ref(made)
    del made
    gc.collect()
    assert gone() is None


def test_a_day_that_nobody_watched_has_no_bar() -> None:
    drawn = bars(small_strip(strip(Tally(), Tally(up=WHOLE), Tally(), Tally(up=10))))
    assert drawn == {"up": [(4, 0, 20), (12, 0, 20)]}


def test_days_that_nobody_watched_are_marked_at_the_foot() -> None:
    written = small_strip(strip(*[Tally()] * 2, Tally(up=WHOLE), Tally(), Tally(up=10)))
    assert '<path d="M-1.5 19H5.5M10.5 19H13.5" class="away"/>' in written
    assert "away" not in small_strip(strip(Tally(up=10)))


def test_a_second_of_trouble_is_seen_and_stands_out() -> None:
    drawn = bars(small_strip(strip(Tally(up=WHOLE - 1, down=1), Tally(up=WHOLE - 1, degraded=1))))
    assert drawn == {"down": [(0, 16, 24)], "degraded": [(4, 17, 22)], "up": [(0, 0, 16), (4, 0, 17)]}


def test_a_second_of_what_is_no_trouble_is_not_drawn() -> None:
    assert bars(small_strip(strip(Tally(up=WHOLE - 2, unknown=1, maintenance=1)))) == {"up": [(0, 0, 20)]}


def test_a_day_that_was_all_down_stands_out_too() -> None:
    assert bars(small_strip(strip(Tally(down=WHOLE)))) == {"down": [(0, 0, 24)]}


def test_a_bar_is_filled_by_shares() -> None:
    drawn = bars(small_strip(strip(Tally(down=50, degraded=25, unknown=25))))
    assert drawn == {"down": [(0, 10, 24)], "degraded": [(0, 5, 10)], "unknown": [(0, 0, 5)]}


tallies = st.builds(Tally, **{state.value: st.sampled_from((0, 0, 1, 600, 20_000, WHOLE)) for state in State})


@given(st.lists(tallies, min_size=1, max_size=8))
def test_every_watched_day_is_filled_from_top_to_foot_and_no_trouble_is_hidden(days: list[Tally]) -> None:
    drawn = bars(small_strip(strip(*days)))
    for number, tally in enumerate(days):
        parts = sorted((top, foot, state) for state, made in drawn.items() for at, top, foot in made if at == 4 * number)
        assert bool(parts) == bool(tally.elapsed)
        if parts:
            assert parts[0][0] == 0
            assert parts[-1][1] in {20, 22, 24}
            assert all(before[1] == after[0] for before, after in pairwise(parts))
            assert {state for _, _, state in parts} <= {each.value for each in State if getattr(tally, each.value)}
        assert not tally.down or "down" in {state for _, _, state in parts}


def test_words_say_what_the_picture_shows() -> None:
    made = strip(Tally(), Tally(), Tally(up=7_200, down=90, degraded=60, unknown=3_600, maintenance=1))
    assert (
        in_words(made) == "3 days: down 1 min 30 s, degraded 1 min, unknown 1 h, maintenance 1 s, up 2 h; 2 days not watched"
    )
    assert in_words(strip(Tally())) == "1 day: nothing known; 1 day not watched"
    assert f"<title>{in_words(made)}</title>".replace(" min", "\N{NO-BREAK SPACE}min")[:20] in small_strip(made)


def test_days_with_trouble_are_the_newest_first() -> None:
    made = strip(Tally(down=1), Tally(up=1), Tally(degraded=1), Tally(unknown=1))
    assert [day.day.day for day in troubled(made)] == [3, 1]


@pytest.mark.parametrize("seed", range(5))
def test_the_large_strip_names_its_days(seed: int) -> None:
    made = past(seed, troubles=seed)
    written = large_strip(made)
    for day in (made.days[0], made.days[45], made.days[-1]):
        assert f"<time>{day.day}</time>" in written
    assert 'class="days large"' in written
