"""The past of a vendor, day by day: what `monitor.history` counts of what the store has. Pure.

A day is one of UTC. Times before a vendor was watched are in no state and so in no sum; what nobody saw is unknown. The last
day is the one that is known *until* a moment in it, so it is shorter than the others.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from operator import attrgetter

from monitor.board.values import Day, Strip
from monitor.history import Presence, Stretch, Tally, tallied, watched_in, within

DAYS = 90
"""So many days are shown, today among them."""

_since, _until = attrgetter("since"), attrgetter("until")


@dataclass(frozen=True, slots=True)
class Span:
    """A *day* as far as it has gone by now, and the seconds of it in which we could see."""

    day: date
    begins: datetime
    ends: datetime
    watched: Sequence[tuple[int, int]]


def first_day(until: datetime) -> date:
    """The first of the `DAYS` of which *until* is in the last."""
    return until.astimezone(UTC).date() - timedelta(days=DAYS - 1)


def midnight(day: date) -> datetime:
    """When a *day* begins."""
    return datetime.combine(day, time(), UTC)


def spans(presences: Sequence[Presence], first: date, until: datetime) -> Iterator[Span]:
    """The days from *first* to that of *until*. *presences* are oldest first, and none overlaps another."""
    begins = midnight(first)
    while begins <= until:
        ends = min(begins + timedelta(days=1), until)
        seen = presences[bisect_right(presences, begins, key=_until) : bisect_left(presences, ends, key=_since)]
        yield Span(begins.date(), begins, ends, watched_in(seen, begins, ends))
        begins += timedelta(days=1)


def counted(stretches: Sequence[Stretch], days: Iterable[Span]) -> Iterator[Day]:
    """How a vendor was on each of *days*, by its *stretches*, oldest first."""
    for each in days:
        mine = within(stretches, each.begins, each.ends)
        yield Day(each.day, tallied(mine, each.watched, each.begins, each.ends))


def joined(before: Sequence[Day], fresh: Sequence[Day], until: datetime) -> Strip:
    """The strip of the *fresh* days that end at *until*, and of those *before* them."""
    days = (*(day for day in before if day.day < fresh[0].day), *fresh)[-DAYS:]
    return Strip(days=days, whole=_summed([day.tally for day in days]), until=until)


def _summed(tallies: Sequence[Tally]) -> Tally:
    """All *tallies* together; adding up one after the other would make as many that nobody needs."""
    return Tally(
        up=sum(each.up for each in tallies),
        degraded=sum(each.degraded for each in tallies),
        down=sum(each.down for each in tallies),
        unknown=sum(each.unknown for each in tallies),
        maintenance=sum(each.maintenance for each in tallies),
    )
