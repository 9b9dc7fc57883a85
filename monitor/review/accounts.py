"""A vendor's months: its seconds by state, what its page said meanwhile, and its objective. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from checks.model import State
from monitor.history import Presence, Stretch, Tally, tallied, within
from monitor.review.details import Claimed, Looks, Month, Rows, Run
from monitor.review.objective import judged
from monitor.review.periods import Piece, both, counted, seen_within
from monitor.review.stored import days_of
from monitor.review.values import Account
from monitor.store.store import Total

_DENIED = {(State.DOWN, State.UP)}
"""What we measured, and what the page said, where it said that all is well while the vendor was down."""
_FEARED = {(State.UP, State.DEGRADED), (State.UP, State.DOWN)}
"""The same where it admitted trouble while the vendor was up."""
_BELITTLED = {(State.DOWN, State.DEGRADED), (State.DOWN, State.MAINTENANCE), (State.DEGRADED, State.UP)}
"""The same where it told of less than we measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is known of a vendor in all of a review's time: its *stretches*, and those of the *pages* that it claims on.

    *pieces* and *measured* are made of the former, and *said* of the latter, of all pages the worst. *watched* are the
    seconds of each month in which we could see, by its name, *unwatched* the gaps in the vendor's life.
    """

    slug: str
    objective: float | None
    stretches: Sequence[Stretch]
    pages: Sequence[Sequence[Stretch]]
    presences: Sequence[Presence]
    watched: Mapping[str, Sequence[tuple[int, int]]]
    pieces: Sequence[Piece]
    measured: Sequence[Run]
    said: Sequence[Run]
    unwatched: Sequence[tuple[int, int]]


def accounts(told: Told, months: Sequence[Month], looks: Sequence[Looks], days: Sequence[Rows]) -> Iterator[Account]:
    """The account of each of *months*, and at last that of all of them; *looks* and *days* are of the same."""
    together = list(both(told.measured, told.said))
    parted = {
        name: [(since, until, ours) for since, until, ours, said in together if (ours, said) in pairs]
        for name, pairs in (("denied", _DENIED), ("feared", _FEARED), ("belittled", _BELITTLED))
    }
    seen_both = [(since, until, ours) for since, until, ours, said in together if State.UNKNOWN not in {ours, said}]
    parted["compared"] = seen_both
    gaps = [(since, until, State.UNKNOWN) for since, until in told.unwatched]
    whole = Tally()
    times = [*((month, month.begins, month.ends) for month in months), (None, months[0].begins, months[-1].ends)]
    for (month, begins, ends), seen, counted_of in zip(times, looks, days, strict=True):
        mine = within(told.stretches, begins, ends)
        seconds = tallied(mine, told.watched[month.name], begins, ends) if month else whole
        whole += seconds
        since, until = _life(mine, begins)
        away = counted(gaps, begins, ends).elapsed
        apart = {name: counted(some, begins, ends).elapsed for name, some in parted.items()}
        claimed = Claimed(tally=counted(told.said, begins, ends), **apart)
        yield Account(
            month=month,
            begins=begins,
            ends=ends,
            tally=seconds,
            since=since,
            until=until,
            looks=seen,
            claimed=claimed if claimed.tally.elapsed else None,
            judged=None if told.objective is None else judged(told.objective, seconds, away),
            rows=(*_rows_of(told, begins, ends), *([counted_of] if counted_of.count else [])),
            unwatched=away,
        )


def looks_of(totals: Sequence[Total], month: Month, reach: datetime | None) -> Looks:
    """How often was looked in the days of *month*, by the *totals* of some targets in them, all counted until *reach*."""
    first, day_after = days_of(month)
    failures = Counter[str]()
    for total in totals:
        failures.update(total.failures)
    return Looks(
        count=sum(total.probes for total in totals),
        failures=dict(failures.most_common()),
        first=month.first,
        last=month.last,
        until=min(reach, day_after) if reach and reach > first else None,
    )


def reached(totals: Iterable[Total]) -> datetime | None:
    """How far looks are counted, of the target that has come the least far; None of none."""
    return min((total.until for total in totals), default=None)


def added(looks: Sequence[Looks]) -> Looks:
    """The looks of some months as one, in their order."""
    failures = Counter[str]()
    for each in looks:
        failures.update(each.failures)
    return Looks(
        count=sum(each.count for each in looks),
        failures=dict(failures.most_common()),
        first=looks[0].first,
        last=looks[-1].last,
        until=max((each.until for each in looks if each.until), default=None),
    )


def day_rows(totals: Iterable[tuple[str, Total]], month: Month) -> Rows:
    """The days that the *totals* of some targets, by key, were counted of; none is told by their number."""
    found = list(totals)
    return Rows(
        table="day",
        series=tuple(key for key, _ in found),
        begins=min((total.first for _, total in found), default=month.begins),
        ends=max((total.last for _, total in found), default=month.ends),
        count=sum(total.days for _, total in found),
    )


def joined(rows: Sequence[Rows]) -> Rows:
    """The rows of some months as one, in their order."""
    series = dict.fromkeys(each for one in rows for each in one.series)
    some = [one for one in rows if one.count] or rows
    count = sum(one.count for one in rows)
    return Rows(table=rows[0].table, series=tuple(series), begins=some[0].begins, ends=some[-1].ends, count=count)


def stretch_rows(stretches: Sequence[Stretch]) -> list[Rows]:
    """The rows of one series' *stretches*; none of none."""
    if not stretches:
        return []
    first, last = stretches[0], stretches[-1]
    return [Rows(table="stretch", series=(first.series,), begins=first.since, ends=last.since, count=len(stretches))]


def _rows_of(told: Told, begins: datetime, ends: datetime) -> Iterator[Rows]:
    for series in (told.stretches, *told.pages):
        yield from stretch_rows(within(series, begins, ends))
    if watched := seen_within(told.presences, begins, ends):
        yield Rows(table="presence", series=(), begins=watched[0].since, ends=watched[-1].since, count=len(watched))


def _life(stretches: Sequence[Stretch], begins: datetime) -> tuple[datetime | None, datetime | None]:
    """When a series began and ended to be watched, of *stretches* within a time that *begins*; None where it went on."""
    alive = [each.since for each in stretches if each.state]
    if not alive:
        return None, None
    since = alive[0] if alive[0] > begins else None
    return since, stretches[-1].since if stretches[-1].state is None else None
