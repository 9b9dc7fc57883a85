"""How long each series was in which state, hour by hour and day by day: what `monitor.history.tally` says, as rows.

- `TargetRow.accounted_until` says how far a series has come. What becomes known late sets it back, and the hours from there
  on are counted anew: all that is written here is what is so now, never an addition, so that doing it twice does no harm.
- An hour that no presence touches has no row, or one without seconds. Such times are leapt over, however long they were.
- A day has the sum of its hours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, Connection, bindparam, delete, func, literal, or_, select, tuple_, type_coerce, update
from sqlmodel import col

from checks.model import State
from monitor.history import Presence, Stretch, tally
from monitor.store.dialect import insert
from monitor.store.rollups import HOUR, SECONDS, day_of, hour_of
from monitor.store.rows import Columns
from monitor.store.tables import Day, DayRow, HourRow, Instant, PresenceRow, StretchRow, TargetRow

SERIES = 200
"""How many series one step counts at most,"""
HOURS = 24
"""and how many hours of each."""

_HOUR = timedelta(hours=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NONE = dict.fromkeys(SECONDS, 0)


def account(connection: Connection, until: datetime, last: int | None = None) -> int | None:
    """Count some hours before *until*, the beginning of one, of some series: only of those up to the number *last*, if said.

    How many hours were written; None where there is nothing to count.
    """
    begins = _unaccounted(connection, until, last)
    if not begins:
        return None
    first = _nexthour_of(connection, min(begins.values()), until)
    ends = min(until, first + HOURS * _HOUR)
    numbers = [number for number, since in begins.items() if since < ends]
    seen = _presences(connection, first, ends)
    past = _stretches(connection, numbers, first, ends)
    rows = list[Columns]()
    for hour in _hours(first, ends):
        watched = [each for each in seen if each.since < hour + _HOUR and each.until > hour]
        rows += (
            {"hour": hour, "target_id": number} | _counted(past[number], watched, hour)
            for number in numbers
            if begins[number] <= hour
        )
    written = _write(connection, rows)
    _sum_days(connection, numbers, {day_of(hour) for hour in _hours(first, ends)})
    done = update(TargetRow).where(col(TargetRow.id).in_(numbers))
    connection.execute(done.values(accounted_until=ends))
    return written


def take_back(connection: Connection, at: datetime) -> bool:
    """Clear hours that were counted, and have not come yet since the clock was set back; False where there are none."""
    ends = (type_coerce(col(HourRow.hour), BigInteger) + 1) * HOUR
    is_ahead = (col(HourRow.hour) >= at) & (ends > type_coerce(col(TargetRow.accounted_until), BigInteger))
    counted = sum((col(getattr(HourRow, name)) for name in SECONDS), literal(0)) > 0
    query = select(col(HourRow.hour), col(HourRow.target_id)).join(TargetRow, col(TargetRow.id) == col(HourRow.target_id))
    found = connection.execute(query.where(is_ahead, counted).order_by(col(HourRow.hour)).limit(SERIES)).all()
    _write(connection, [{"hour": hour, "target_id": number} | _NONE for hour, number in found])
    _sum_days(connection, {number for _, number in found}, {day_of(hour) for hour, _ in found})
    return bool(found)


def _unaccounted(connection: Connection, until: datetime, last: int | None) -> Mapping[int, datetime]:
    """From which hour on some series are to be counted, those first that have come the least far."""
    so_far = col(TargetRow.accounted_until)
    query = select(col(TargetRow.id), so_far).where(or_(so_far.is_(None), so_far < until))
    if last is not None:
        query = query.where(col(TargetRow.id) <= last)
    query = query.order_by(func.coalesce(so_far, literal(_EPOCH, Instant)), col(TargetRow.id)).limit(SERIES)
    found: dict[int, datetime | None] = dict(connection.execute(query).all())
    if not found:
        return {}
    first = _first_stretches(connection, [number for number, since in found.items() if since is None])
    oldest = connection.execute(select(func.min(col(HourRow.hour)))).scalar() or _EPOCH
    latest = until - _HOUR
    return {number: _begin(min(since or first.get(number, latest), latest), oldest) for number, since in found.items()}


def _begin(since: datetime, oldest: datetime) -> datetime:
    """The hour to begin with; the day, where its hours are gone already that it would be the sum of."""
    return hour_of(since) if since >= oldest else day_of(since)


def _first_stretches(connection: Connection, numbers: Collection[int]) -> Mapping[int, datetime]:
    """When those series began that did; any other is as good as counted."""
    first = select(col(StretchRow.target_id), func.min(col(StretchRow.since))).where(col(StretchRow.target_id).in_(numbers))
    return dict(connection.execute(first.group_by(col(StretchRow.target_id))).all())


def _nexthour_of(connection: Connection, since: datetime, until: datetime) -> datetime:
    """The first hour from *since* on, and *until* at the most, that a presence touches or that has a row."""
    seen = select(func.min(col(PresenceRow.since))).where(col(PresenceRow.until) > since)
    counted = select(func.min(col(HourRow.hour))).where(col(HourRow.hour) >= since)
    found = [connection.execute(query).scalar() for query in (seen, counted)]
    return max(since, min(hour_of(each or until) for each in (*found, until)))


def _presences(connection: Connection, begins: datetime, ends: datetime) -> Sequence[Presence]:
    overlaps = (col(PresenceRow.until) > begins) & (col(PresenceRow.since) < ends)
    query = select(PresenceRow).where(overlaps).order_by(col(PresenceRow.since))
    return [Presence(row.since, row.until) for row in connection.execute(query)]


def _stretches(
    connection: Connection, numbers: Collection[int], begins: datetime, ends: datetime
) -> Mapping[int, Sequence[Stretch]]:
    """The stretch in force at *begins*, and those that began before *ends*, of each series."""
    of = col(StretchRow.target_id)
    earlier = select(of, func.max(col(StretchRow.since))).where(of.in_(numbers), col(StretchRow.since) <= begins)
    first: dict[int, datetime] = dict(connection.execute(earlier.group_by(of)).all())
    later = select(StretchRow).where(of.in_(numbers), col(StretchRow.since) > begins, col(StretchRow.since) < ends)
    in_force = select(StretchRow).where(tuple_(of, col(StretchRow.since)).in_(first.items()))
    found = defaultdict[int, list[Stretch]](list)
    for row in (*connection.execute(in_force), *connection.execute(later.order_by(of, col(StretchRow.since)))):
        found[row.target_id].append(Stretch("", row.since, State(row.state) if row.state else None))
    return found


def _counted(stretches: Sequence[Stretch], seen: Sequence[Presence], hour: datetime) -> Columns:
    """The seconds of an *hour* that was *seen* in part, by state."""
    return asdict(tally(stretches, seen, hour, hour + _HOUR)) if seen else _NONE


def _write(connection: Connection, rows: Sequence[Columns]) -> int:
    """Write the seconds in *rows*; an hour without any has no row, but where looks are counted in it."""
    counted = [row | {"probes": 0} for row in rows if any(row[name] for name in SECONDS)]
    if counted:
        statement = insert(connection, HourRow)
        newer = {name: statement.excluded[name] for name in SECONDS}
        connection.execute(statement.on_conflict_do_update(index_elements=["hour", "target_id"], set_=newer), counted)
    empty = [{"then": row["hour"], "number": row["target_id"]} for row in rows if not any(row[name] for name in SECONDS)]
    if empty:
        this = (col(HourRow.hour) == bindparam("then")) & (col(HourRow.target_id) == bindparam("number"))
        connection.execute(delete(HourRow).where(this, col(HourRow.probes) == 0), empty)
        connection.execute(update(HourRow).where(this).values(**_NONE), empty)
    return len(counted)


def _sum_days(connection: Connection, numbers: Collection[int], days: Collection[datetime]) -> None:
    """Write what the hours of *days* come to, of these series."""
    for day in days:
        this = (col(DayRow.day) == day) & col(DayRow.target_id).in_(numbers)
        connection.execute(update(DayRow).where(this).values(**_NONE))
        hours = col(HourRow.hour).in_([*_hours(day, day + 24 * _HOUR)]) & col(HourRow.target_id).in_(numbers)
        sums = [func.sum(col(getattr(HourRow, name))) for name in SECONDS]
        summed = select(literal(day, Day), col(HourRow.target_id), *sums, literal(0)).where(hours)
        statement = insert(connection, DayRow).from_select(
            ["day", "target_id", *SECONDS, "probes"], summed.group_by(col(HourRow.target_id))
        )
        newer = {name: statement.excluded[name] for name in SECONDS}
        connection.execute(statement.on_conflict_do_update(index_elements=["day", "target_id"], set_=newer))


def _hours(begins: datetime, ends: datetime) -> Iterator[datetime]:
    while begins < ends:
        yield begins
        begins += _HOUR
