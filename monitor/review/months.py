"""The time of a review, and the months of a zone's calendar in it. Moments are aware and in UTC, dates are the zone's."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from checks.foreign import quoted
from monitor.review.details import Month, Zone

MOST_DAYS = 3_660
"""How long a review may be: ten years."""
_NAMES = "say 2026, 2026-01, 2026-01-31 or 2026-01-31T12:00+01:00"
_DAY, _MOST_MONTHS = timedelta(days=1), 12
_INSTANT = timedelta(microseconds=1)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d", re.ASCII)
"""How a moment begins: what else is ISO 8601, like ``20261031`` or ``2026-W44``, would be the midnight of a day or week."""


def time_of(since: str | None, until: str | None, zone: Zone, now: datetime) -> tuple[datetime, datetime]:
    """When a review begins and ends that is to be from *since* to *until*, the last day or month included.

    Where nothing is said it begins with the last month that is over, or with the month of its end if that was earlier, and
    ends *now*; it never ends later. Raises `ValueError` for words that mean no time, or one that cannot be reviewed.
    """
    ends = min(_named("--to", until, zone)[1], now) if until else now
    begins = _named("--from", since, zone)[0] if since else _usual(ends, zone, now)
    if begins >= now:
        msg = f"--from {quoted(since or '')}: is still to come"
        raise ValueError(msg)
    if begins >= ends:
        msg = f"--to {quoted(until or '')}: is before the beginning, --from"
        raise ValueError(msg)
    if ends - begins > timedelta(days=MOST_DAYS):
        msg = "--from: a review is of ten years at most: ask for several, each with its --from and --to"
        raise ValueError(msg)
    return begins, ends


def span_of(flag: str, text: str, zone: Zone) -> tuple[datetime, datetime]:
    """When the day, month or year begins and ends that *text* names; a moment is both. Raises `ValueError`."""
    return _named(flag, text, zone)


def months_in(begins: datetime, ends: datetime, zone: Zone, now: datetime) -> tuple[Month, ...]:
    """The months from *begins* to *ends*, of which the first and the last may not be whole."""
    start, last = _day(begins, zone).replace(day=1), _day(ends - _INSTANT, zone)
    found = []
    while start <= last:
        found.append(_month(start, zone, now, begins=begins, ends=ends))
        start = _next_month(start)
    return tuple(found)


def _month(start: date, zone: Zone, now: datetime, *, begins: datetime, ends: datetime) -> Month:
    since, until = _midnight(start, zone), _midnight(_next_month(start), zone)
    own_begin, own_end = max(since, begins), min(until, ends)
    return Month(
        name=f"{start:%Y-%m}",
        begins=own_begin,
        ends=own_end,
        first=_day(own_begin, zone),
        last=_day(own_end - _INSTANT, zone),
        is_whole=(own_begin, own_end) == (since, until),
        is_running=own_end == now < until,
    )


def _usual(ends: datetime, zone: Zone, now: datetime) -> datetime:
    """The beginning where none is said: of the month before that of *now*, or of the month of *ends* if that is earlier."""
    before = _day(now, zone).replace(day=1) - _DAY
    return _midnight(min(before, _day(ends - _INSTANT, zone)).replace(day=1), zone)


def _named(flag: str, text: str, zone: Zone) -> tuple[datetime, datetime]:
    """The beginning and the end of what *text* names: a year, a month, a day, or a moment, which is both."""
    try:
        if re.fullmatch(r"\d{4}", text):
            return _between(date(int(text), 1, 1), date(int(text) + 1, 1, 1), zone)
        if re.fullmatch(r"\d{4}-\d{2}", text):
            start = date.fromisoformat(f"{text}-01")
            return _between(start, _next_month(start), zone)
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            start = date.fromisoformat(text)
            return _between(start, start + _DAY, zone)
        at = datetime.fromisoformat(text if _MOMENT.match(text) else "")
        moment = (at if at.tzinfo else at.replace(tzinfo=zone.info)).astimezone(UTC)
    except (ValueError, OverflowError):
        msg = f"{flag} {quoted(text)}: is no time; {_NAMES}"
        raise ValueError(msg) from None
    return moment, moment


def _between(start: date, following: date, zone: Zone) -> tuple[datetime, datetime]:
    return _midnight(start, zone), _midnight(following, zone)


def _next_month(start: date) -> date:
    return date(start.year + start.month // _MOST_MONTHS, start.month % _MOST_MONTHS + 1, 1)


def _midnight(day: date, zone: Zone) -> datetime:
    """When *day* begins; where the clocks skip its midnight, by the offset before that."""
    return datetime(day.year, day.month, day.day, tzinfo=zone.info).astimezone(UTC)


def _day(at: datetime, zone: Zone) -> date:
    return at.astimezone(zone.info).date()
