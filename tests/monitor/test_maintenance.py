"""When windows are open: in the nights the clocks change, beside a model that looks at every day, and asked often."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.check import all_checks
from checks.model import Failure, Observation, Reason, State
from checks.vendor.window import Window
from monitor.alerting import conditions
from monitor.maintenance import Span, Timetable, faults, next_opening, open_at
from monitor.snapshot import Entry
from monitor.standing import Circumstances, follow
from monitor.state import Held
from tests.support.build import targets, vendor
from tests.support.windows import DAYS, model_begins, model_utc, openings, utc, window, windows

HOUR = timedelta(hours=1)
MOMENT = timedelta(microseconds=1)


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


def test_a_window_that_opens_during_an_outage_silences_it_until_it_closes() -> None:
    """In the night in which the clocks of Berlin skip 02:00, by the minute: told before, told after, silent between."""
    acme = replace(vendor(), maintenance=(window("2026-03-29T02:00", "2h", "FREQ=WEEKLY;BYDAY=SU", "Europe/Berlin"),))
    broken = utc("2026-03-29T00:30")
    (target,) = targets(acme, check="endpoint")
    bare = Entry(target=target, check=all_checks()["endpoint"], held=Held(State.DOWN, broken, "refused"))
    entry = bare.after(Observation(key=target.key, at=broken, seconds=0.1, failure=Failure(Reason.REFUSED, "no")), bare.held)
    timetable, standing = Timetable(acme.maintenance), None
    heard: list[tuple[str, State, bool]] = []
    for at in (broken + timedelta(minutes=minute) for minute in range(240)):
        span, _ = timetable.at(at)
        circumstances = Circumstances(at=at, grace_seconds=300, works_until=span.ends if span else None)
        standing = follow(standing, acme.slug, [entry], circumstances)
        found = conditions(acme, standing, [entry], at)
        (down,) = (condition for condition in found if condition.labels["alertname"] == "VendorDown")
        if not heard or heard[-1][1:] != (standing.state, down.is_silenced):
            heard.append((f"{at:%H:%M}", standing.state, down.is_silenced))
        assert standing.outage is not None
        assert standing.outage.opened_at == broken
    assert heard == [("00:30", State.DOWN, False), ("01:00", State.MAINTENANCE, True), ("03:00", State.DOWN, False)]


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
