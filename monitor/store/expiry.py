"""What goes with time, and what goes sooner where a database file would become larger than it may be.

- By age: packs of looks, then, later, those in which a state changed, and the rollups of hours. Hours go by whole days.
- Age is counted in time lived: a look is a week old once somebody has watched for a week in all since, or has looked in 168
  later hours, even where there was no way out. A clock that is years ahead for an hour makes everything older by an hour:
  nothing says at that time which of two clocks is right. While the daemon is off nothing grows old.
- By size, of an SQLite file: the oldest packs, then those in which a state changed, then the oldest hours but for the last
  days. Rows that go leave pages that are written again, so that the file stays as it is and does not grow. What is kept for
  good may be larger than the file should be, and then that is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, func, select, tuple_
from sqlmodel import col

from monitor.store.rollups import day_of
from monitor.store.store import Kept
from monitor.store.tables import EPOCH, HourRow, PackRow, PresenceRow

PACKS, HOURS = 1_000, 5_000
"""How many of each go in one step."""
ROOM = 0.98
"""Once a file is too large, so much goes that it is this share of what it may be: not a little at every step, for ever."""
LAST_HOURS = timedelta(days=2)
"""The newest rollups of hours never go for want of room: they are what is asked for first."""

_PACK = (col(PackRow.hour), col(PackRow.target_id), col(PackRow.first_at))
_HOUR = (col(HourRow.hour), col(HourRow.target_id))


@dataclass(frozen=True, slots=True)
class Limits:
    """What goes by age: looks and hours of before these times. Want of room spares hours since a time. It is *at* now."""

    looks: datetime
    hours: datetime
    spared: datetime
    at: datetime


def limits(connection: Connection, at: datetime, kept: Kept) -> Limits:
    """What of what is *kept* is so old *at* a time."""
    looks, hours = at - kept.observations_since, at - kept.hours_since
    return Limits(
        looks=max(_lived_since(connection, at, looks), _newest(connection, col(PackRow.hour), looks)),
        hours=max(_lived_since(connection, at, hours), _newest(connection, col(HourRow.hour), hours)),
        spared=_lived_since(connection, at, LAST_HOURS),
        at=at,
    )


def _lived_since(connection: Connection, at: datetime, length: timedelta) -> datetime:
    """The time since which somebody has watched for *length* in all until *at* a time; 1970 where nobody has so long."""
    query = select(col(PresenceRow.since), col(PresenceRow.until)).where(col(PresenceRow.since) < at)
    for since, until in connection.execute(query.order_by(col(PresenceRow.since).desc())):
        lived = min(until, at) - since
        if lived >= length:
            return min(until, at) - length
        length -= max(lived, timedelta())
    return EPOCH


def _newest(connection: Connection, column: Any, length: timedelta) -> datetime:
    """The first of the newest hours in a *column* that come to a *length* together; 1970 where there are not so many.

    They are found by a leap from each to the one before in an index, and not by a walk along all rows.
    """
    found = select(func.max(column).label("hour")).cte("found", recursive=True)
    before = select(func.max(column)).where(column < found.c.hour).scalar_subquery()
    hours = found.union_all(select(before).where(found.c.hour.is_not(None)))
    count = max(1, length // timedelta(hours=1))
    known = connection.execute(select(hours.c.hour).where(hours.c.hour.is_not(None)).limit(count)).scalars().all()
    return min(known) if len(known) == count else EPOCH


class Expiry:
    """Removes what is old. It remembers until when packs have gone, because those that stay longer lie between them."""

    def __init__(self) -> None:
        self._gone_until = EPOCH
        self._is_shrinking = False

    def expect(self, until: datetime) -> None:
        """Know that packs of the hour that begins at *until* may be there, though it is long over."""
        self._gone_until = min(self._gone_until, until - timedelta(hours=1))

    def forget(self) -> None:
        """Know nothing of what has gone: it may not have."""
        self._gone_until = EPOCH

    def by_age(self, connection: Connection, limits: Limits) -> int:
        """Remove some of what is older than the *limits*; how many rows."""
        removed = self._packs(connection, limits.looks)
        if removed:
            return removed
        self._gone_until = max(self._gone_until, limits.looks)
        longest = col(PackRow.hour) < limits.hours
        return _remove_packs(connection, longest) or _remove_hours(connection, day_of(limits.hours))

    def by_size(self, connection: Connection, limits: Limits, size: int, used: int) -> int:
        """Remove some of what is oldest, if *used* bytes are more than the *size* of what is kept; how many rows."""
        self._is_shrinking = used > size * (ROOM if self._is_shrinking else 1)
        if not self._is_shrinking:
            return 0
        return (
            self._packs(connection, limits.at)
            or _remove_packs(connection, col(PackRow.hour) < limits.at)
            or _remove_hours(connection, day_of(limits.spared))
        )

    def _packs(self, connection: Connection, until: datetime) -> int:
        """Remove packs of before *until* that are not to stay longer."""
        these = (col(PackRow.hour) >= self._gone_until) & (col(PackRow.hour) < until) & col(PackRow.is_kept).is_(False)
        going = connection.execute(_oldest_packs(these).with_only_columns(col(PackRow.hour))).scalars().all()
        if not going:
            return 0
        removed = _remove_packs(connection, these)
        self._gone_until = going[-1]
        return removed


def _oldest_packs(these: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return select(*_PACK).where(these).order_by(*_PACK).limit(PACKS)


def _remove_packs(connection: Connection, these: ColumnElement[bool]) -> int:
    """Remove a portion of *these*, the oldest first."""
    return connection.execute(delete(PackRow).where(tuple_(*_PACK).in_(_oldest_packs(these)))).rowcount


def _remove_hours(connection: Connection, until: datetime) -> int:
    """Remove a portion of the rollups of hours before *until*, the oldest first."""
    oldest = select(*_HOUR).where(col(HourRow.hour) < until).order_by(*_HOUR).limit(HOURS)
    return connection.execute(delete(HourRow).where(tuple_(*_HOUR).in_(oldest))).rowcount
