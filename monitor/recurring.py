"""The times of a recurrence rule, on a clock without a zone. The only module that knows python-dateutil.

python-dateutil looks for a rule's next time until the year 9999, however long that takes, and always from the rule's first.
So a rule is never handed to it as it is: hourly rules become daily ones at several hours, a rule begins close to the time in
question, and all of it happens 7600 years later, where two to four centuries are left to look through. The calendar repeats
itself after 400 years, days of the week included.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import dropwhile, islice, takewhile
from typing import Literal

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule, weekday

from checks.vendor.recurrence import HOURS, Frequency, Recurrence, WeekdayNumber
from checks.vendor.window import YEARS

_LATER = timedelta(days=19 * 146_097)
"""19 times 400 years of the calendar: a whole number of weeks."""
_END = datetime(YEARS.stop, 1, 1)  # noqa: DTZ001 - on the clock of any zone
_MONTHS = 12
_FREQUENCIES: dict[Frequency, Literal[0, 1, 2, 3]] = {
    Frequency.HOURLY: DAILY,
    Frequency.DAILY: DAILY,
    Frequency.WEEKLY: WEEKLY,
    Frequency.MONTHLY: MONTHLY,
    Frequency.YEARLY: YEARLY,
}


def times(rule: Recurrence, start: datetime, since: datetime) -> Iterator[datetime]:
    """The times of *rule*, first at *start*, in order: all that are not before *since*, and perhaps some that are.

    All are naive. None is later than the years of windows; the rule's UNTIL is not looked at, since it may be in UTC.
    """
    anchor = _anchor(rule, start, start if rule.count else min(max(start, since), _END))
    found = (late - _LATER for late in _search(rule, start, anchor + _LATER))
    known = takewhile(lambda time: time < _END, dropwhile(lambda time: time < start, found))
    return islice(known, rule.count)


def _anchor(rule: Recurrence, start: datetime, since: datetime) -> datetime:
    """When that period of *rule* begins which *since* is in, or the last before it; the first of them has *start* in it."""
    first = datetime.combine(start.date(), time())
    match rule.frequency:
        case Frequency.YEARLY:
            years = (since.year - start.year) // rule.interval * rule.interval
            return first.replace(year=start.year + years, month=1, day=1)
        case Frequency.MONTHLY:
            months = (since.year - start.year) * _MONTHS + since.month - start.month
            months = months // rule.interval * rule.interval + start.month - 1
            return first.replace(year=start.year + months // _MONTHS, month=months % _MONTHS + 1, day=1)
        case Frequency.WEEKLY:
            week = first - timedelta(days=(first.weekday() - rule.week_start) % 7)
            return week + (since - week) // timedelta(weeks=rule.interval) * timedelta(weeks=rule.interval)
        case Frequency.DAILY:
            return first + (since - first) // timedelta(days=rule.interval) * timedelta(days=rule.interval)
        case Frequency.HOURLY:
            return first + (since - first) // timedelta(days=1) * timedelta(days=1)


def _search(rule: Recurrence, start: datetime, anchor: datetime) -> Iterator[datetime]:
    """The times of *rule* from *anchor*, the beginning of one of its periods, until there are no more years.

    What the rule does not name is as at *start*, said here because *anchor* is another day.
    """
    hours = _hours(rule, start)
    if not hours:
        return iter(())
    month_days, months, days = _named_days(rule, start)
    found = rrule(
        _FREQUENCIES[rule.frequency],
        dtstart=anchor,
        interval=1 if rule.frequency is Frequency.HOURLY else rule.interval,
        wkst=rule.week_start,
        bysetpos=rule.by("BYSETPOS") or None,
        bymonth=months or None,
        bymonthday=month_days or None,
        byyearday=rule.by("BYYEARDAY") or None,
        byweekno=rule.by("BYWEEKNO") or None,
        byweekday=[weekday(day.weekday, day.number or None) for day in days] or None,
        byhour=hours,
        byminute=rule.by("BYMINUTE") or start.minute,
        bysecond=rule.by("BYSECOND") or start.second,
    )
    return iter(found)


def _hours(rule: Recurrence, start: datetime) -> list[int]:
    """The hours of a day at which *rule* may come."""
    if rule.frequency is not Frequency.HOURLY:
        return list(rule.by("BYHOUR")) or [start.hour]
    met = range(start.hour % rule.interval, HOURS, rule.interval)
    return [hour for hour in met if hour in (rule.by("BYHOUR") or met)]


def _named_days(rule: Recurrence, start: datetime) -> tuple[tuple[int, ...], tuple[int, ...], tuple[WeekdayNumber, ...]]:
    """The days of the month, the months and the days of the week of *rule*, and of *start* where it names no day."""
    month_days, months, days = rule.by("BYMONTHDAY"), rule.by("BYMONTH"), rule.days
    if month_days or days or rule.by("BYYEARDAY"):
        return month_days, months, days
    match rule.frequency:
        case Frequency.YEARLY if not rule.by("BYWEEKNO"):
            return (start.day,), months or (start.month,), days
        case Frequency.MONTHLY:
            return (start.day,), months, days
        case Frequency.YEARLY | Frequency.WEEKLY:
            return month_days, months, (WeekdayNumber(start.weekday()),)
        case Frequency.DAILY | Frequency.HOURLY:
            return month_days, months, days
