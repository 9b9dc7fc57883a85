"""Times as they are said to people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from checks.wording import lasting, moment, span


def test_a_moment_is_said_in_utc_wherever_it_was_taken() -> None:
    assert moment(datetime(2026, 11, 21, 22, 50, 59, tzinfo=UTC)) == "2026-11-21 22:50 UTC"
    assert moment(datetime(2026, 11, 21, 1, 0, tzinfo=timezone(timedelta(hours=2)))) == "2026-11-20 23:00 UTC"


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (timedelta(0), "less than a minute"),
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(seconds=60), "1 minute"),
        (timedelta(minutes=59, seconds=59), "59 minutes"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(hours=23, minutes=59), "23 hours"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=74, hours=3), "74 days"),
        (timedelta(days=3_650), "3,650 days"),
    ],
)
def test_a_span_is_said_in_the_largest_unit_that_fits(time: timedelta, words: str) -> None:
    assert span(time) == words


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (timedelta(0), "0 s"),
        (timedelta(seconds=59.4), "59 s"),
        (timedelta(minutes=2, seconds=10.9), "2 min 11 s"),
        (timedelta(minutes=12), "12 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(hours=1, minutes=47, seconds=59), "1 h 47 min"),
        (timedelta(hours=1, minutes=59, seconds=59), "1 h 59 min"),
        (timedelta(seconds=48.6), "49 s"),
        (timedelta(seconds=59.7), "1 min"),
        (timedelta(seconds=-8), "-8 s"),
        (timedelta(hours=-2), "-2 h"),
        (timedelta(seconds=-0.4), "0 s"),
        (timedelta(hours=5, seconds=30), "5 h"),
        (timedelta(days=3, hours=4, minutes=59), "3 d 4 h"),
        (timedelta(days=30), "30 d"),
    ],
)
def test_how_long_something_lasts_is_said_in_its_two_largest_units(time: timedelta, words: str) -> None:
    assert lasting(time) == words
