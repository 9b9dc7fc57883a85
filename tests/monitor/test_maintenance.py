"""When windows are open: the RFC's own examples, the nights the clocks change, and a naive model that knows no library."""

from __future__ import annotations

import calendar
import re
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.values import Seconds
from checks.vendor.recurrence import WEEKDAYS, Recurrence
from checks.vendor.window import WallTime, Window
from monitor.maintenance import Span, Timetable, faults, next_opening, open_at
from monitor.recurring import times

HOUR = timedelta(hours=1)
MOMENT = timedelta(microseconds=1)


def window(start: str, lasts: str = "2h", repeats: str = "", zone: str = "UTC", why: str = "") -> Window:
    rule = Recurrence.parse(repeats) if repeats else None
    return Window(start=WallTime.parse(start), lasts=Seconds.parse(lasts), repeats=rule, zone=zone, why=why)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def openings(one: Window, count: int, after: str = "2000-01-01") -> list[str]:
    """The next *count* openings in UTC, each found from the one before it."""
    found: list[str] = []
    at = utc(after)
    while len(found) < count and (span := next_opening([one], at)):
        found.append(f"{span.begins:%Y-%m-%d %H:%M}")
        at = span.begins
    return found


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


NIGHTS = [
    ("Europe/Berlin", "2026-03-27T02:30", ["03-27 01:30", "03-28 01:30", "03-29 01:30", "03-30 00:30"]),
    ("Europe/Berlin", "2026-10-24T02:30", ["10-24 00:30", "10-25 00:30", "10-26 01:30"]),
    ("America/New_York", "2026-03-07T02:30", ["03-07 07:30", "03-08 07:30", "03-09 06:30"]),
    ("America/New_York", "2026-10-31T01:30", ["10-31 05:30", "11-01 05:30", "11-02 06:30"]),
    ("Australia/Lord_Howe", "2026-10-03T02:15", ["10-02 15:45", "10-03 15:45", "10-04 15:15"]),
    ("Australia/Lord_Howe", "2026-04-04T01:45", ["04-03 14:45", "04-04 14:45", "04-05 15:15"]),
    ("Asia/Kolkata", "2026-03-28T02:30", ["03-27 21:00", "03-28 21:00", "03-29 21:00"]),
]


@pytest.mark.parametrize(("zone", "start", "wanted"), NIGHTS, ids=[f"{zone} {start}" for zone, start, _ in NIGHTS])
def test_a_window_stays_at_its_time_of_day_when_the_clocks_change(zone: str, start: str, wanted: list[str]) -> None:
    """A time that is skipped is taken by the offset before the gap, one that comes twice is the first (section 3.3.5)."""
    daily = window(start, "30m", "FREQ=DAILY", zone)
    assert openings(daily, len(wanted)) == [f"2026-{moment}" for moment in wanted]


def test_openings_that_the_clocks_put_in_another_order_are_found_in_time() -> None:
    """Troll skips from 01:00 to 03:00, so that what is due at 02:00 comes an hour after what is due at 03:00."""
    twice = window("2026-03-28T02:00", "10m", "FREQ=DAILY;BYHOUR=2,3", "Antarctica/Troll")
    assert openings(twice, 2, "2026-03-29T00:30") == ["2026-03-29 01:00", "2026-03-29 02:00"]


@pytest.mark.parametrize(
    ("start", "ends"), [("2026-03-29T01:00", "2026-03-29 02:00"), ("2026-10-25T01:00", "2026-10-25 01:00")]
)
def test_how_long_a_window_lasts_is_time_that_passes(start: str, ends: str) -> None:
    span = next_opening([window(start, zone="Europe/Berlin")], utc("2026-01-01"))
    assert span is not None
    assert f"{span.ends:%Y-%m-%d %H:%M}" == ends
    assert span.ends - span.begins == 2 * HOUR


def test_a_window_holds_its_first_moment_and_not_its_last() -> None:
    one = window("2026-12-06T23:00", "2h", "FREQ=WEEKLY", why="database")
    begins, ends = utc("2026-12-06T23:00"), utc("2026-12-07T01:00")
    span = Span(begins, ends, "database")
    assert [open_at([one], at) for at in (begins - MOMENT, begins, ends - MOMENT, ends)] == [None, span, span, None]
    assert open_at([one], utc("2026-12-13T23:30").astimezone(ZoneInfo("Asia/Tokyo"))) is not None


def test_of_windows_that_overlap_the_one_that_ends_last_is_open() -> None:
    short, long = window("2026-12-06T02:00", "2h"), window("2026-12-06T01:00", "8h")
    assert open_at([short, long], utc("2026-12-06T03:00")) == Span(utc("2026-12-06T01:00"), utc("2026-12-06T09:00"))


def test_openings_that_touch_leave_no_gap() -> None:
    working_days = window("2026-12-07T00:00", "24h", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR")
    friday, saturday = utc("2026-12-11T12:00"), utc("2026-12-12T00:00")
    assert all(open_at([working_days], utc("2026-12-07") + hours * HOUR) for hours in range(5 * 24))
    assert open_at([working_days], friday)
    assert open_at([working_days], saturday) is None


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("20261220", "12-20"),
        ("20261220T020000", "12-20"),
        ("20261220T015959", "12-13"),
        ("20261220T010000Z", "12-20"),
        ("20261220T005959Z", "12-13"),
    ],
)
def test_until_is_on_the_clock_of_the_zone_or_in_utc(until: str, last: str) -> None:
    weekly = window("2026-12-06T02:00", "1h", f"FREQ=WEEKLY;UNTIL={until}", "Europe/Berlin")
    assert openings(weekly, 9)[-1] == f"2026-{last} 01:00"
    assert list(faults(weekly)) == []


def test_a_window_opens_neither_before_its_start_nor_after_its_end() -> None:
    once = window("2026-12-06T02:00")
    assert next_opening([once], utc("2026-12-06T02:00")) is None
    assert open_at([window("2026-12-06T02:00", repeats="FREQ=DAILY")], utc("2026-12-05T03:00")) is None
    assert next_opening([window("2199-12-30T02:00", repeats="FREQ=DAILY")], utc("2199-12-31T03:00")) is None
    assert open_at([window("2199-12-30T02:00", repeats="FREQ=DAILY")], utc("9999-12-30T03:00")) is None


NEVER = [
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=5",
    "FREQ=MONTHLY;BYMONTHDAY=1;BYSETPOS=-2",
    "FREQ=YEARLY;BYYEARDAY=1;BYMONTH=12",
    "FREQ=YEARLY;BYWEEKNO=30;BYMONTH=1",
    "FREQ=HOURLY;INTERVAL=2;BYHOUR=3",
    "FREQ=DAILY;UNTIL=20261205",
]


@pytest.mark.parametrize("rule", NEVER)
def test_a_rule_that_never_comes_is_told_and_takes_no_time_to_find_out(rule: str) -> None:
    begins = time.process_time()
    assert [key for key, _ in faults(window("2026-12-06T02:00", repeats=rule))] == ["repeats"]
    assert time.process_time() - begins < 2


@pytest.mark.parametrize(
    ("lasts", "rule", "told"),
    [
        ("25h", "FREQ=DAILY", "is longer than the 1d until it opens again"),
        ("8d", "FREQ=WEEKLY", "is longer than the 7d until it opens again"),
        ("30h", "FREQ=WEEKLY;BYDAY=SA,SU", "is longer than the 1d until"),
        ("90m", "FREQ=DAILY;BYHOUR=2,3", "is longer than the 1h until"),
        ("1h", "FREQ=HOURLY", "leaves no time between one opening and the next"),
        ("24h", "FREQ=DAILY", "leaves no time between one opening and the next"),
        ("7d", "FREQ=WEEKLY;UNTIL=20991231", "leaves no time between one opening and the next"),
    ],
)
def test_a_window_that_would_never_close_is_told(lasts: str, rule: str, told: str) -> None:
    ((key, sentence),) = faults(window("2026-12-05T02:00", lasts, rule))
    assert key == "lasts"
    assert sentence.startswith(told)


@pytest.mark.parametrize(
    ("lasts", "rule"),
    [
        ("24h", "FREQ=DAILY;COUNT=3"),
        ("24h", "FREQ=WEEKLY;BYDAY=SA,SU"),
        ("59m", "FREQ=HOURLY"),
        ("7d", "FREQ=WEEKLY;COUNT=2"),
    ],
)
def test_a_window_that_closes_at_last_may_touch_its_next_opening(lasts: str, rule: str) -> None:
    assert list(faults(window("2026-12-05T02:00", lasts, rule))) == []


def test_a_start_that_is_no_time_of_its_rule_is_told_with_the_first_that_is() -> None:
    ((key, sentence),) = faults(window("2026-12-06T02:00", repeats="FREQ=WEEKLY;BYDAY=MO"))
    assert (key, sentence.partition(":")[0]) == ("start", "is no time of the rule, whose first is 2026-12-07T02")
    ((_, far),) = faults(window("2026-12-06T02:00", repeats="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=TU"))
    assert "whose first is 2028-02-29T02:00" in far


@pytest.mark.parametrize(
    ("zone", "meant"),
    [
        ("Europe/Berln", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("Berlin", "Europe/Berlin"),
        ("New York", "America/New_York"),
    ],
)
def test_a_zone_that_is_nearly_one_is_told_with_the_one_that_is_meant(zone: str, meant: str) -> None:
    assert list(faults(window("2026-12-06T02:00", zone=zone))) == [
        ("zone", f"there is no time zone of that name (did you mean {meant}?)")
    ]


@pytest.mark.parametrize(
    "zone", ["localtime", "../../etc/passwd", "/etc/localtime", "x" * 10_000, "Europe", "posixrules", "\0"]
)
def test_a_file_is_no_zone(zone: str) -> None:
    assert [key for key, _ in faults(window("2026-12-06T02:00", zone=zone))] == ["zone"]


# A naive model: every day is looked at, and every offset a zone has around a time is tried.

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Antarctica/Troll")
DAYS = 800


def model_utc(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first time at which the clocks of *zone* show *wall*, or by the offset before the gap that skips it."""
    guess = wall.replace(tzinfo=UTC)
    around = [guess + timedelta(minutes=15 * step) for step in range(-60, 61)]
    offsets = {moment.astimezone(zone).utcoffset() or timedelta() for moment in around}
    moments = sorted(guess - offset for offset in offsets)
    shown = [moment for moment in moments if moment.astimezone(zone).replace(tzinfo=None) == wall]
    return shown[0] if shown else guess - min(offsets)


def model_is_period(rule: Recurrence, start: date, day: date) -> bool:
    months = (day.year - start.year) * 12 + day.month - start.month
    weeks = (day - timedelta(day.weekday()) - start + timedelta(start.weekday())).days // 7
    passed = {"YEARLY": day.year - start.year, "MONTHLY": months, "WEEKLY": weeks, "DAILY": (day - start).days}
    return passed[rule.frequency] % rule.interval == 0


def model_is_day(rule: Recurrence, start: date, day: date) -> bool:
    length = calendar.monthrange(day.year, day.month)[1]
    month_days, months = rule.by("BYMONTHDAY"), rule.by("BYMONTH")
    if not month_days and not rule.days and rule.frequency in {"MONTHLY", "YEARLY"}:
        month_days = (start.day,)
        months = months or ((start.month,) if rule.frequency == "YEARLY" else ())
    weekdays = [(one.weekday, one.number) for one in rule.days]
    if rule.frequency == "WEEKLY" and not weekdays:
        weekdays = [(start.weekday(), 0)]
    numbers = {0, (day.day + 6) // 7, -((length - day.day + 7) // 7)}
    return (
        (not months or day.month in months)
        and (not month_days or day.day in month_days or day.day - length - 1 in month_days)
        and (not weekdays or any(weekday == day.weekday() and number in numbers for weekday, number in weekdays))
    )


def model_begins(one: Window) -> Iterator[datetime]:
    """When *one* opens within `DAYS` of its start, in UTC."""
    rule, zone, found = one.repeats, ZoneInfo(one.zone), 0
    assert rule is not None
    for number in range(DAYS):
        day = one.start.date() + timedelta(number)
        if not model_is_period(rule, one.start.date(), day) or not model_is_day(rule, one.start.date(), day):
            continue
        for hour in sorted(set(rule.by("BYHOUR"))) or [one.start.hour]:
            wall = datetime(day.year, day.month, day.day, hour, one.start.minute)  # noqa: DTZ001 - on the wall
            found += wall >= one.start
            if wall >= one.start and (rule.count is None or found <= rule.count):
                yield model_utc(wall, zone)


@st.composite
def rules(draw: st.DrawFn) -> str:
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = {"FREQ": frequency, "INTERVAL": str(draw(st.integers(1, 3)))}
    some_days = st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=4)
    numbered = st.lists(st.sampled_from(["1MO", "-1SU", "3WE", "5FR", "-2TU"]), min_size=1, max_size=3)
    if draw(st.booleans()):
        parts["BYDAY"] = ",".join(draw(some_days | numbered if frequency == "MONTHLY" else some_days))
    if frequency != "WEEKLY" and draw(st.booleans()):
        parts["BYMONTHDAY"] = ",".join(map(str, draw(st.lists(st.sampled_from([1, 2, 13, 28, 29, 31, -1, -7]), min_size=1))))
    if draw(st.booleans()):
        parts["BYMONTH"] = ",".join(map(str, draw(st.lists(st.sampled_from([2, 3, 4, 10, 11]), min_size=1))))
    if draw(st.booleans()):
        parts["BYHOUR"] = ",".join(map(str, draw(st.lists(st.integers(0, 4), min_size=1))))
    if draw(st.booleans()):
        parts["COUNT"] = str(draw(st.integers(1, 40)))
    return ";".join(f"{name}={value}" for name, value in parts.items())


@st.composite
def windows(draw: st.DrawFn) -> Window:
    day = draw(st.dates(date(2024, 1, 1), date(2027, 12, 31)))
    hour, minute = draw(st.integers(0, 4)), draw(st.sampled_from([0, 15, 30, 45]))
    lasts = draw(st.sampled_from(["30m", "1h", "3h", "26h"]))
    return window(f"{day}T{hour:02}:{minute:02}", lasts, draw(rules()), draw(st.sampled_from(ZONES)))


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(windows(), st.lists(st.floats(0, DAYS - 3), max_size=8))
def test_the_openings_are_those_of_a_model_that_looks_at_every_day(one: Window, chosen: list[float]) -> None:
    begins, lasts = sorted(model_begins(one)), timedelta(seconds=one.lasts)
    start = model_utc(datetime.combine(one.start.date(), one.start.time()), ZoneInfo(one.zone))
    near = [moment + off for moment in begins[:40:4] for off in (-MOMENT, timedelta(), lasts - MOMENT, lasts)]
    last = start + timedelta(days=DAYS - 3)
    for at in (moment for moment in [*near, *(start + timedelta(days=days) for days in chosen)] if moment < last):
        span, following = open_at([one], at), next_opening([one], at)
        running = [moment for moment in begins if moment <= at < moment + lasts]
        assert (span and span.ends) == (max(running) + lasts if running else None)
        later = next((moment for moment in begins if moment > at), None)
        assert following is None or following.begins == later or (later is None and following.begins > last)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.lists(windows(), max_size=3), st.lists(st.floats(-30, 500), min_size=1, max_size=12))
def test_a_timetable_says_what_the_windows_say_and_changes_when_it_said(several: list[Window], days: list[float]) -> None:
    timetable, first = Timetable(several), utc("2026-01-01")
    for at in (first + timedelta(days=day) for day in days):
        span, until = timetable.at(at)
        assert span == open_at(several, at)
        assert timetable.at(at) == (span, until)
        if until is not None:
            assert until > at
            assert timetable.at(until - MOMENT) == (span, until)
            after = timetable.at(until)[0]
            assert after != span or any(other.begins == until for one in several if (other := open_at([one], until)))


def test_a_clock_that_is_set_back_is_followed() -> None:
    timetable = Timetable([window("2026-12-06T02:00", repeats="FREQ=WEEKLY")])
    inside, before = utc("2026-12-13T03:00"), utc("2026-12-12")
    assert timetable.at(inside)[0] is not None
    assert timetable.at(before) == (None, utc("2026-12-13T02:00"))
    assert timetable.at(inside)[0] is not None


def test_without_windows_nothing_is_ever_open() -> None:
    assert Timetable(()).at(utc("2026-12-06")) == (None, None)


def test_to_ask_again_costs_next_to_nothing() -> None:
    timetable, at = Timetable([window("2020-12-06T02:00", repeats="FREQ=WEEKLY", zone="Europe/Berlin")]), utc("2026-12-01")
    timetable.at(at)
    begins = time.process_time()
    for _ in range(10_000):
        timetable.at(at)
    assert (time.process_time() - begins) / 10_000 < 20e-6, "measured 0.12 µs; the limit is for a busy machine"
