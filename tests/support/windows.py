"""Maintenance windows in one line, and a naive model of when they are open: it looks at every day, and knows no library."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from checks.values import Seconds
from checks.vendor.recurrence import WEEKDAYS, Recurrence
from checks.vendor.window import WallTime, Window
from monitor.maintenance import next_opening

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Antarctica/Troll")
DAYS = 800


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
