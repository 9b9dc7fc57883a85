"""Maintenance windows and their rules as they are written in a vendor's file."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.values import Seconds
from checks.vendor import Tier, Vendor, Window
from checks.vendor.recurrence import Frequency, Recurrence, WeekdayNumber
from checks.vendor.window import WallTime

START, HOUR = WallTime.parse("2026-12-06T02:00"), Seconds(3600)


def mistakes(text: str) -> tuple[str, ...]:
    with pytest.raises(ValueError, match=r".") as error:
        Recurrence.parse(text)
    return error.value.args


def test_a_rule_is_what_its_parts_say_in_any_order_and_case() -> None:
    rule = Recurrence.parse("byday=1sa,-1SU;Freq=Monthly;interval=2;WKST=SU;BYMONTH=3,6;COUNT=5")
    assert (rule.frequency, rule.interval, rule.count, rule.week_start) == (Frequency.MONTHLY, 2, 5, 6)
    assert rule.days == (WeekdayNumber(5, 1), WeekdayNumber(6, -1))
    assert (rule.by("BYMONTH"), rule.by("BYHOUR")) == ((3, 6), ())
    assert str(rule) == "BYDAY=1SA,-1SU;FREQ=MONTHLY;INTERVAL=2;WKST=SU;BYMONTH=3,6;COUNT=5"


@pytest.mark.parametrize(
    ("until", "moment"),
    [
        ("20271231", datetime(2027, 12, 31, 23, 59, 59)),  # noqa: DTZ001 - on the clock of the window's zone
        ("20271231T020000", datetime(2027, 12, 31, 2)),  # noqa: DTZ001 - likewise
        ("20271231T020000Z", datetime(2027, 12, 31, 2, tzinfo=UTC)),
    ],
)
def test_until_is_a_whole_day_a_time_on_the_wall_or_a_time_in_utc(until: str, moment: datetime) -> None:
    read = Recurrence.parse(f"FREQ=DAILY;UNTIL={until}").until
    assert read == moment
    assert read is not None
    assert read.tzinfo == moment.tzinfo


@pytest.mark.parametrize("until", ["20270229", "2027123", "20271231T24", "20271231T250000", "20271231T020000+", "00000101"])
def test_until_is_a_time_of_the_calendar(until: str) -> None:
    (told,) = mistakes(f"FREQ=DAILY;UNTIL={until}")
    assert told.startswith("UNTIL is no time: write 20271231, ")


@pytest.mark.parametrize(
    ("rule", "part"),
    [
        ("FREQ=YEARLY;BYMONTH=0", "BYMONTH takes numbers from 1 to 12"),
        ("FREQ=YEARLY;BYMONTH=-1", "BYMONTH takes"),
        ("FREQ=YEARLY;BYMONTH=1,", "BYMONTH takes"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY takes numbers from 1 to 31, or from -1 to -31"),
        ("FREQ=YEARLY;BYYEARDAY=-367", "BYYEARDAY takes"),
        ("FREQ=YEARLY;BYWEEKNO=54", "BYWEEKNO takes"),
        ("FREQ=DAILY;BYHOUR=24", "BYHOUR takes numbers from 0 to 23"),
        ("FREQ=DAILY;BYMINUTE=60", "BYMINUTE takes"),
        ("FREQ=DAILY;BYSECOND=60", "BYSECOND takes"),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0", "BYSETPOS takes"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL takes a number from 1 to 1000"),
        ("FREQ=DAILY;INTERVAL=1,2", "INTERVAL takes"),
        ("FREQ=DAILY;COUNT=1001", "COUNT takes a number from 1 to 1000"),
        ("FREQ=WEEKLY;BYDAY=XX", "BYDAY takes days"),
        ("FREQ=WEEKLY;BYDAY=MO TU", "must be the rule alone"),
        ("FREQ=MONTHLY;BYDAY=0MO", "the numbers of BYDAY begin with 1"),
        ("FREQ=MONTHLY;BYDAY=6MO", "the numbers of BYDAY go up to 5 here"),
        ("FREQ=YEARLY;BYDAY=54MO", "the numbers of BYDAY go up to 53 here"),
        ("FREQ=YEARLY;BYMONTH=5;BYDAY=6MO", "the numbers of BYDAY go up to 5 here"),
        ("FREQ=WEEKLY;WKST=1MO", "WKST is one of MO, TU"),
        ("FREQ=SECONDLY", "FREQ=SECONDLY is too often"),
        ("FREQ=MINUTELY;INTERVAL=600", "FREQ=MINUTELY is too often"),
        ("FREQ=FORTNIGHTLY", "says no FREQ that is known"),
        ("INTERVAL=2", "says no FREQ that is known"),
        ("FREQ=WEEKLY;BYEASTER=1", "BYEASTER is no part of a rule"),
    ],
)
def test_each_part_has_its_range(rule: str, part: str) -> None:
    (told,) = mistakes(rule)
    assert told.startswith(part)


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY means nothing with FREQ=WEEKLY"),
        ("FREQ=MONTHLY;BYWEEKNO=1", "BYWEEKNO means nothing with FREQ=MONTHLY"),
        ("FREQ=DAILY;BYYEARDAY=1", "BYYEARDAY means nothing with FREQ=DAILY"),
        ("FREQ=HOURLY;BYDAY=MO;BYSETPOS=1", "BYSETPOS means nothing with FREQ=HOURLY"),
        ("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS chooses from what another part names"),
        ("FREQ=MONTHLY;BYDAY=MO,1TU", "give all days of BYDAY a number, or none"),
        ("FREQ=WEEKLY;BYDAY=1MO", "BYDAY takes numbers only with FREQ=MONTHLY"),
        ("FREQ=YEARLY;BYWEEKNO=1;BYDAY=1MO", "BYDAY takes numbers only with FREQ=MONTHLY"),
        ("FREQ=HOURLY;INTERVAL=5", "INTERVAL must divide a day with FREQ=HOURLY"),
        ("FREQ=HOURLY;BYMINUTE=0,30", "it begins more than 24 times a day"),
        ("FREQ=DAILY;BYHOUR=1,2,3,4,5,6,7;BYMINUTE=0,15,30,45", "it begins more than 24 times a day"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20271231", "COUNT and UNTIL both say when it ends"),
    ],
)
def test_parts_that_mean_nothing_together_are_told(rule: str, told: str) -> None:
    assert any(sentence.startswith(told) for sentence in mistakes(rule))


def test_everything_wrong_with_a_rule_is_told_at_once() -> None:
    assert len(mistakes("BYMONTH=13;BYDAY=XX;BYHOURS=1;BYMONTH=14;INTERVAL=0")) == 6


@pytest.mark.parametrize(
    "text", ["RRULE:FREQ=DAILY", "DTSTART:20261206\nFREQ=DAILY", "EXDATE=20261206;FREQ=DAILY", "FREQ =DAILY"]
)
def test_only_the_rule_itself_belongs_there(text: str) -> None:
    assert mistakes(text) == ("must be the rule alone, like FREQ=WEEKLY;BYDAY=SU: start: says when it begins, zone: where",)


@given(st.text(alphabet="FREQ=DAILY;BYMONTHUC0123456789,+-ZW \n", max_size=80) | st.text(max_size=40))
def test_any_text_is_a_rule_or_a_mistake_and_what_is_read_stays_the_same(text: str) -> None:
    try:
        rule = Recurrence.parse(text)
    except ValueError:
        return
    assert Recurrence.parse(str(rule)) == rule
    assert re.fullmatch(Recurrence.pattern, text)


def test_a_long_text_is_refused_at_once() -> None:
    begins = time.perf_counter()
    for text in ("BYDAY=" + "MO," * 100_000, "A=1;" * 100_000, "FREQ=DAILY;BYHOUR=" + "1" * 400):
        mistakes(text)
    assert time.perf_counter() - begins < 1


def test_a_time_on_the_wall_has_no_zone() -> None:
    assert WallTime.parse("2026-12-06T02:00").tzinfo is None
    assert WallTime.parse("2026-12-06T02:00:30").second == 30
    for text in ("2026-12-06T02:00Z", "2026-12-06T02:00+01:00", "2026-12-06T02:00:00-0500"):
        with pytest.raises(ValueError, match="has an offset from UTC in it: leave it out, and say zone: for whose clock"):
            WallTime.parse(text)


@pytest.mark.parametrize("text", ["2026-12-06", "02:00", "2026-12-06 02:00", "6.12.2026 2 h", "2026-12-06T2:00", "hunter2"])
def test_a_time_on_the_wall_is_a_day_and_a_time(text: str) -> None:
    with pytest.raises(ValueError, match="is not a day and a time: write them like 2026-12-06T02:00") as error:
        WallTime.parse(text)
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize("text", ["2026-02-29T02:00", "2026-12-06T24:00", "2026-12-06T02:60", "2026-13-06T02:00"])
def test_a_time_on_the_wall_is_one_of_calendar_and_clock(text: str) -> None:
    with pytest.raises(ValueError, match="the calendar or the clock has no such"):
        WallTime.parse(text)


def test_a_window_opens_once_in_utc_unless_it_says_more() -> None:
    window = Window(start=START, lasts=HOUR)
    assert (window.repeats, window.zone, window.why) == (None, "UTC", "")


def test_everything_wrong_with_a_window_is_told_at_once() -> None:
    with pytest.raises(ValueError, match="start: its year must be from 2000 to 2199") as error:
        Window(start=WallTime.parse("1999-12-31T23:59"), lasts=HOUR, zone=" ", why="x" * 201)
    assert [sentence.split(":")[0] for sentence in error.value.args] == ["start", "zone", "why"]


@pytest.mark.parametrize("objective", [0, -1, 100, 100.1])
def test_an_objective_leaves_room_for_errors_and_asks_for_something(objective: float) -> None:
    with pytest.raises(ValueError, match=r"objective: must be above 0 and below 100 percent, like 99\.9"):
        Vendor(slug="acme", name="Acme", objective=objective)


def test_an_objective_is_nobodys_unless_it_is_said() -> None:
    assert Vendor(slug="acme", name="Acme", tier=Tier.CRITICAL).objective is None
    assert Vendor(slug="acme", name="Acme", objective=99.95).objective == 99.95


def test_a_vendor_has_a_bounded_number_of_windows() -> None:
    windows = (Window(start=START, lasts=HOUR),) * 20
    assert len(Vendor(slug="acme", name="Acme", maintenance=windows).maintenance) == 20
    with pytest.raises(ValueError, match="maintenance: has more than 20 windows: let them repeat"):
        Vendor(slug="acme", name="Acme", maintenance=(*windows, windows[0]))
