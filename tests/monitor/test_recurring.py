"""When a rule comes again: the RFC's own examples, and what they leave open."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from itertools import islice, pairwise

import pytest

from checks.vendor.recurrence import Recurrence
from monitor.recurring import times
from tests.support.windows import openings, window

RFC = [
    ("1997-09-02", "FREQ=DAILY;INTERVAL=10;COUNT=5", "09-02 09-12 09-22 10-02 10-12"),
    ("1997-09-02", "FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH", "09-02 09-04 09-09 09-11 09-16"),
    ("1997-09-01", "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=MO,WE,FR", "09-01 09-03 09-05 09-15 09-17"),
    ("1997-09-05", "FREQ=MONTHLY;COUNT=10;BYDAY=1FR", "09-05 10-03 11-07 12-05 01-02 02-06"),
    ("1997-09-07", "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU", "09-07 09-28 11-02 11-30 01-04 01-25"),
    ("1997-09-22", "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO", "09-22 10-20 11-17 12-22 01-19 02-16"),
    ("1997-09-28", "FREQ=MONTHLY;BYMONTHDAY=-3", "09-28 10-29 11-28 12-29 01-29 02-26"),
    (
        "1997-09-10",
        "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
        "09-10 09-11 09-12 09-13 09-14 09-15 03-10",
    ),
    ("1997-01-01", "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200", "01-01 04-10 07-19 01-01 04-09 07-18 01-01"),
    ("1997-05-19", "FREQ=YEARLY;BYDAY=20MO", "05-19 05-18 05-17"),
    ("1997-05-12", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "05-12 05-11 05-17"),
    ("1997-03-13", "FREQ=YEARLY;BYMONTH=3;BYDAY=TH", "03-13 03-20 03-27 03-05 03-12"),
    ("1997-09-02", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "02-13 03-13 11-13 08-13 10-13"),
    ("1997-09-13", "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13", "09-13 10-11 11-08 12-13 01-10"),
    ("1996-11-05", "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8", "11-05 11-07 11-02"),
    ("1997-09-04", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "09-04 10-07 11-06"),
    ("1997-09-29", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", "09-29 10-30 11-27 12-30 01-29"),
    ("1997-08-05", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "08-05 08-10 08-19 08-24"),
    ("1997-08-05", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "08-05 08-17 08-19 08-31"),
    ("2007-01-15", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "01-15 01-30 02-15 03-15 03-30"),
]


@pytest.mark.parametrize(("start", "rule", "days"), RFC, ids=[rule for _, rule, _ in RFC])
def test_the_examples_of_the_rfc(start: str, rule: str, days: str) -> None:
    begin = datetime.fromisoformat(f"{start}T09:00")
    wanted = days.split()
    found = list(islice(times(Recurrence.parse(rule), begin, begin), len(wanted)))
    assert [f"{moment:%m-%d}" for moment in found] == wanted
    assert {f"{moment:%H:%M}" for moment in found} == {"09:00"}


@pytest.mark.parametrize(
    ("rule", "last"), [("FREQ=DAILY;COUNT=3", 3), ("FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", 3)]
)
def test_a_counted_rule_ends_and_is_counted_from_its_first_time(rule: str, last: int) -> None:
    begin = datetime(1997, 9, 4, 9)  # noqa: DTZ001 - a rule's clock has no zone
    everything = list(times(Recurrence.parse(rule), begin, begin))
    assert len(everything) == last
    assert list(times(Recurrence.parse(rule), begin, begin + timedelta(days=400))) == everything


@pytest.mark.parametrize(("start", "rule"), [(start, re.sub(";COUNT=[0-9]+", "", rule)) for start, rule, _ in RFC])
def test_to_begin_in_the_middle_of_a_rule_finds_what_comes_from_there_on(start: str, rule: str) -> None:
    begin = datetime.fromisoformat(f"{start}T09:00")
    everything = list(islice(times(Recurrence.parse(rule), begin, begin), 40))
    for index, (before, following) in enumerate(pairwise(everything), 1):
        between = before + (following - before) / 2
        found = (moment for moment in times(Recurrence.parse(rule), begin, between) if moment >= between)
        assert list(islice(found, 40 - index)) == everything[index:]


def test_what_a_rule_does_not_name_is_as_at_its_start() -> None:
    assert openings(window("2026-12-06T02:30", repeats="FREQ=WEEKLY"), 2) == ["2026-12-06 02:30", "2026-12-13 02:30"]
    assert openings(window("2026-01-31T02:00", repeats="FREQ=MONTHLY"), 3)[1:] == ["2026-03-31 02:00", "2026-05-31 02:00"]
    week = window("2026-05-13T02:00", repeats="FREQ=YEARLY;BYWEEKNO=20")
    assert openings(week, 3) == ["2026-05-13 02:00", "2027-05-19 02:00", "2028-05-17 02:00"]


def test_a_leap_day_comes_in_leap_years() -> None:
    leap = window("2024-02-29T02:00", repeats="FREQ=YEARLY")
    assert openings(leap, 4) == ["2024-02-29 02:00", "2028-02-29 02:00", "2032-02-29 02:00", "2036-02-29 02:00"]
    assert openings(leap, 1, "2097-01-01") == ["2104-02-29 02:00"]


def test_hours_are_followed_as_hours_of_the_day() -> None:
    often = window("2026-12-06T22:15", "10m", "FREQ=HOURLY;INTERVAL=6;BYHOUR=4,10,22")
    assert openings(often, 4) == ["2026-12-06 22:15", "2026-12-07 04:15", "2026-12-07 10:15", "2026-12-07 22:15"]


def test_the_weeks_of_a_set_are_whole_also_the_first() -> None:
    second = window("2026-12-09T02:00", repeats="FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=2;COUNT=2")
    assert openings(second, 3) == ["2026-12-09 02:00", "2026-12-16 02:00"]
