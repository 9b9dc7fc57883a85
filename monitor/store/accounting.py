"""How long each series was in which state, hour by hour and day by day: what `monitor.history.tally` says, as rows.

- `TargetRow.accounted_until` says how far a series has come. What becomes known late sets it back, and the hours from there
  on are counted anew: all that is written here is what is so now, never an addition, so that doing it twice does no harm.
- An hour that no presence touches has no row, or one without seconds. Such times are leapt over, however long they were.
- A day is counted like an hour, of stretches and presences, as far as the series has come, and whether its hours are still
  there or not. So it is the sum of its hours, where one without a row is unknown. One that no presence touches has none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    bindparam,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
    type_coerce,
    update,
)
from sqlmodel import col

from checks.model import State
from monitor.history import Presence, Stretch, Tally, tallied, watched_in
from monitor.store.dialect import insert
from monitor.store.rollups import HOUR, MICROSECONDS, SECONDS, day_of, hour_of
from monitor.store.rows import Columns
from monitor.store.stretches import held_at
from monitor.store.tables import EPOCH, DayRow, HourRow, Instant, PresenceRow, StretchRow, TargetRow

SERIES = 200
"""How many series one step counts at most,"""
HOURS = 24
"""and how many hours of each."""

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_NONE = dict.fromkeys(SECONDS, 0)
_STATES = frozenset(State)


def account(connection: Connection, until: datetime, last: int | None = None) -> int | None:
    """Count some hours before *until*, the beginning of one, of some series: only of those up to the number *last*, if said.

    How many hours were written; None where there is nothing to count.
    """
    begins = _unaccounted(connection, until, last)
    if not begins:
        return None
    first = _next_counted(connection, min(begins.values()), until)
    ends = min(until, first + HOURS * _HOUR)
    numbers = [number for number, since in begins.items() if since < ends]
    # A day in which a leap began is over by now, or longer than it was.
    days = sorted({day_of(each) for each in (*(begins[number] for number in numbers), *_hours(first, ends))})
    known = _known(connection, numbers, days[0], ends)
    written = 0
    for hour in _hours(first, ends):
        these = [number for number in numbers if begins[number] <= hour]
        written += _write(connection, HourRow, known.rows("hour", these, hour, hour + _HOUR))
    for day in days:
        these = [number for number in numbers if day_of(begins[number]) <= day]
        _write(connection, DayRow, known.rows("day", these, day, min(day + _DAY, ends)))
    done = update(TargetRow).where(col(TargetRow.id).in_(numbers))
    connection.execute(done.values(accounted_until=ends))
    return written


def take_back(connection: Connection, until: datetime) -> bool:
    """Clear what was counted of the time after *until* that has not come yet, since the clock was set back.

    False where nothing was. Only for series of which nothing is left to `account`.
    """
    hours = _counted_ahead(connection, HourRow, col(HourRow.hour), until)
    days = _counted_ahead(connection, DayRow, col(DayRow.day), until)
    _write(connection, HourRow, [{"hour": hour, "target_id": number} | _NONE for hour, number, _ in hours])
    changed = {(day_of(begins), hour_of(so_far), number) for begins, number, so_far in (*hours, *days)}
    for (day, so_far), group in groupby(sorted(changed), key=itemgetter(0, 1)):
        ends = max(day, min(day + _DAY, so_far))
        numbers = [number for _, _, number in group]
        _write(connection, DayRow, _known(connection, numbers, day, ends).rows("day", numbers, day, ends))
    return bool(changed)


def _counted_ahead(connection: Connection, table: type[HourRow | DayRow], begins: Any, until: datetime) -> Sequence[Any]:
    """When some rows begin that say more than their series have come to, of which series, and how far that is."""
    length = HOUR if table is HourRow else 24 * HOUR
    elapsed = cast(sum((col(getattr(table, name)) for name in SECONDS), literal(0)), BigInteger)
    counted = length if table is HourRow else elapsed * MICROSECONDS
    ends = type_coerce(begins, BigInteger) * length + counted
    so_far = type_coerce(col(TargetRow.accounted_until), BigInteger)
    is_ahead = (begins >= until) & (elapsed > 0) & (ends > so_far - so_far % literal(HOUR, BigInteger))
    query = select(begins, col(table.target_id), col(TargetRow.accounted_until))
    query = query.join(TargetRow, col(TargetRow.id) == col(table.target_id)).where(is_ahead)
    return connection.execute(query.order_by(begins).limit(SERIES)).all()


def _unaccounted(connection: Connection, until: datetime, last: int | None) -> Mapping[int, datetime]:
    """From which hour on some series are to be counted, those first that have come the least far."""
    so_far = col(TargetRow.accounted_until)
    query = select(col(TargetRow.id), so_far).where(or_(so_far.is_(None), so_far < until))
    if last is not None:
        query = query.where(col(TargetRow.id) <= last)
    query = query.order_by(func.coalesce(so_far, literal(EPOCH, Instant)), col(TargetRow.id)).limit(SERIES)
    found: dict[int, datetime | None] = dict(connection.execute(query).all())
    if not found:
        return {}
    first = _first_stretches(connection, [number for number, since in found.items() if since is None])
    latest = until - _HOUR
    return {number: hour_of(min(since or first.get(number, latest), latest)) for number, since in found.items()}


def _first_stretches(connection: Connection, numbers: Collection[int]) -> Mapping[int, datetime]:
    """When those series began that did; any other is as good as counted."""
    its = col(StretchRow.target_id) == col(TargetRow.id)
    first = select(func.min(col(StretchRow.since))).where(its).correlate(TargetRow).scalar_subquery()
    query = select(col(TargetRow.id), first).where(col(TargetRow.id).in_(numbers))
    found: dict[int, datetime | None] = dict(connection.execute(query).all())
    return {number: since for number, since in found.items() if since is not None}


def _next_counted(connection: Connection, since: datetime, until: datetime) -> datetime:
    """The first hour from *since* on, and *until* at the most, that a presence touches or that has a row."""
    begins = col(PresenceRow.since)
    seen = select(begins).where(begins >= _in_force(since), col(PresenceRow.until) > since).order_by(begins).limit(1)
    counted = select(func.min(col(HourRow.hour))).where(col(HourRow.hour) >= since)
    found = [connection.execute(query).scalar() for query in (seen, counted)]
    return max(since, min(hour_of(each or until) for each in (*found, until)))


def _in_force(at: datetime) -> ColumnElement[datetime]:
    """The beginning of the presence that held *at* a time, or of the last one before it: no two overlap."""
    last = select(func.max(col(PresenceRow.since))).where(col(PresenceRow.since) <= at).scalar_subquery()
    return func.coalesce(last, literal(EPOCH, Instant))


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a time: when we could see, and the stretches of each series."""

    presences: Sequence[Presence]
    stretches: Mapping[int, Sequence[Stretch]]

    def rows(self, name: str, numbers: Collection[int], begins: datetime, ends: datetime) -> Sequence[Columns]:
        """The seconds by state from *begins* until *ends* of these series; *name* is that of the column of *begins*."""
        seen = [each for each in self.presences if each.since < ends and each.until > begins]
        watched = watched_in(seen, begins, ends)
        keys: Iterator[Columns] = ({name: begins, "target_id": number} for number in numbers)
        if not seen:
            return [key | _NONE for key in keys]
        return [key | _seconds(tallied(self.stretches.get(key["target_id"], ()), watched, begins, ends)) for key in keys]


def _known(connection: Connection, numbers: Collection[int], begins: datetime, ends: datetime) -> _Known:
    overlaps = (col(PresenceRow.until) > begins) & (col(PresenceRow.since) < ends)
    query = select(PresenceRow).where(col(PresenceRow.since) >= _in_force(begins), overlaps)
    presences = [Presence(row.since, row.until) for row in connection.execute(query.order_by(col(PresenceRow.since)))]
    return _Known(presences, _stretches(connection, numbers, begins, ends))


def _stretches(
    connection: Connection, numbers: Collection[int], begins: datetime, ends: datetime
) -> Mapping[int, Sequence[Stretch]]:
    """The stretch in force at *begins*, and those that began before *ends*, of each series."""
    of, since = col(StretchRow.target_id), col(StretchRow.since)
    counts = (since >= held_at(begins)) & (since < ends)
    query: Select[*tuple[Any, ...]] = select(of, since, col(StretchRow.state)).join_from(TargetRow, StretchRow)
    found = defaultdict[int, list[Stretch]](list)
    for row in connection.execute(query.where(col(TargetRow.id).in_(numbers), counts).order_by(of, since)):
        found[row.target_id].append(Stretch("", row.since, _state(row.state)))
    return found


def _state(word: str | None) -> State | None:
    """The state that is meant; what is damaged is unknown."""
    return (State(word) if word in _STATES else State.UNKNOWN) if word else None


def _seconds(counted: Tally) -> Columns:
    return {name: getattr(counted, name) for name in SECONDS}


def _write(connection: Connection, table: type[HourRow | DayRow], rows: Sequence[Columns]) -> int:
    """Write the seconds in *rows*; an hour or a day without any has no row, but where looks are counted in it."""
    name = "hour" if table is HourRow else "day"
    counted = [row | {"probes": 0} for row in rows if any(row[state] for state in SECONDS)]
    if counted:
        statement = insert(connection, table)
        newer = {state: statement.excluded[state] for state in SECONDS}
        connection.execute(statement.on_conflict_do_update(index_elements=[name, "target_id"], set_=newer), counted)
    empty = [{"then": row[name], "number": row["target_id"]} for row in rows if not any(row[state] for state in SECONDS)]
    if empty:
        this = (getattr(table, name) == bindparam("then")) & (col(table.target_id) == bindparam("number"))
        connection.execute(delete(table).where(this, col(table.probes) == 0), empty)
        connection.execute(update(table).where(this).values(**_NONE), empty)
    return len(counted)


def _hours(begins: datetime, ends: datetime) -> Iterator[datetime]:
    while begins < ends:
        yield begins
        begins += _HOUR
