"""Where a month, a day or an hour begins between two times, in the reader's zone: the labels below a strip.

Shares are taken of seconds since 1970: between two times of one zone Python subtracts what the clocks on the wall showed,
and misses the hour by which they were changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

_MOST = 7
"""So many labels have room on a phone."""
_STEPS = (1, 2, 3, 4, 6, 12, 24, 60, 120)
"""Every how many hours, days or months a label stands. What is longer than the last was not watched by this program."""
_SHORTEST_IN_MONTHS = timedelta(days=62)
_SHORTEST_IN_DAYS = timedelta(days=3)
_LONGEST_OF_BARE_MONTHS = timedelta(days=731)
"""Beyond it a month without its year may be any of too many."""

Mark = tuple[float, str]
"""A share of the whole, from 0 to 1, and what stands there."""


def marks(begins: datetime, ends: datetime, zone: tzinfo) -> Sequence[Mark]:
    """The labels from *begins* until before *ends*, in time."""
    first, last = begins.timestamp(), ends.timestamp()
    times = ((at.timestamp(), label) for at, label in _labels(begins, ends, zone))
    return [((at - first) / (last - first), label) for at, label in times if first <= at < last]


def _labels(begins: datetime, ends: datetime, zone: tzinfo) -> Iterator[tuple[datetime, str]]:
    length, local = ends - begins, begins.astimezone(zone)
    if length > _SHORTEST_IN_MONTHS:
        for at, number in _spaced([(at, 12 * at.year + at.month - 1) for at in _months(local, ends)]):
            yield at, f"{at:%b} {at.year}" if number % 12 == 0 or length > _LONGEST_OF_BARE_MONTHS else f"{at:%b}"
    elif length > _SHORTEST_IN_DAYS:
        for at, _ in _spaced([(at, number) for number, at in enumerate(_days(local, ends))]):
            yield at, f"{at.day} {at:%b}"
    else:
        for at, _ in _spaced([(at, at.hour) for at in _hours(local, ends)]):
            yield at, f"{at:%H:%M}"


def _spaced(numbered: Sequence[tuple[datetime, int]]) -> Sequence[tuple[datetime, int]]:
    """Of times with their numbers every second, third, …, so that few enough are left."""
    step = next((step for step in _STEPS if len(numbered) / step <= _MOST), _STEPS[-1])
    return [(at, number) for at, number in numbered if number % step == 0]


def _months(at: datetime, ends: datetime) -> Iterator[datetime]:
    at = at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while at.timestamp() < ends.timestamp():
        yield at
        at = (at + timedelta(days=32)).replace(day=1)


def _days(at: datetime, ends: datetime) -> Iterator[datetime]:
    at = at.replace(hour=0, minute=0, second=0, microsecond=0)
    while at.timestamp() < ends.timestamp():
        yield at
        at += timedelta(days=1)


def _hours(at: datetime, ends: datetime) -> Iterator[datetime]:
    at = at.replace(minute=0, second=0, microsecond=0)
    while at.timestamp() < ends.timestamp():
        yield at
        at = (at.astimezone(UTC) + timedelta(hours=1)).astimezone(at.tzinfo)
