"""What a database grows to, reckoned from the full hours that were looked at last, a day of them at most.

So it is only as true as the next weeks are like the last day, and nothing is said before an hour is known from its beginning
to its end: what comes within minutes of a start is not what comes in a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, func, select
from sqlmodel import col

from monitor.store.lengths import bytes_of_row
from monitor.store.rollups import hour_of
from monitor.store.tables import DayRow, HourRow, ObservationRow, Row

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_FEW = 200
"""So few rows take pages that are mostly empty, and say nothing of what a row takes among many."""


class Sized(Protocol):
    """What is known of a table."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def rows(self) -> int:
        """How many there are."""

    @property
    def bytes(self) -> int | None:
        """What they take."""

    @property
    def oldest(self) -> datetime | None:
        """Of when the first is."""

    @property
    def newest(self) -> datetime | None:
        """Of when the last is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How a database grows: by so many looks and hours a day, what one of them takes pressed together, and what stays.

    *lasting* is how many bytes a day's rollups take that stay for good. None is what is not known yet.
    """

    looks_per_day: float | None = None
    look_bytes: float | None = None
    hours_per_day: float | None = None
    hour_bytes: float | None = None
    lasting: float | None = None

    def settles_at(self, observations: timedelta, hours: timedelta) -> float | None:
        """The bytes of looks and hours once so much of each is kept, and as much goes as comes."""
        if self.looks_per_day is None or self.look_bytes is None:
            return None
        looks = self.looks_per_day * self.look_bytes * (observations / _DAY)
        return looks + (self.hours_per_day or 0) * (self.hour_bytes or 0) * (hours / _DAY)


def growth(connection: Connection, tables: Mapping[str, Sized]) -> Growth:
    """How the database of *tables*, by their names, grows."""
    hours, days, packs = tables["hour"], tables["day"], tables["pack"]
    pressed = _probes(connection, packs.oldest, packs.newest + _HOUR) if packs.oldest and packs.newest else 0
    look_bytes = (_cost(connection, packs) or 0) * packs.rows / pressed if pressed else None
    day_bytes = _cost(connection, days)
    lasting = day_bytes * _count(connection, DayRow, col(DayRow.day) == days.newest) if day_bytes else None
    if not (full := _full_hours(tables)):
        return Growth(look_bytes=look_bytes, hour_bytes=_cost(connection, hours), lasting=lasting)
    begins, ends = full
    raw = _count(connection, ObservationRow, col(ObservationRow.at) >= begins, col(ObservationRow.at) < ends)
    return Growth(
        looks_per_day=(raw + _probes(connection, begins, ends)) / ((ends - begins) / _DAY),
        look_bytes=look_bytes,
        hours_per_day=_hours_per_day(connection, begins, ends),
        hour_bytes=_cost(connection, hours),
        lasting=lasting,
    )


def _full_hours(tables: Mapping[str, Sized]) -> tuple[datetime, datetime] | None:
    """From when to when all looks are known: whole hours, the last of them, a day at most; None of less than one."""
    looks, hours = tables["observation"], tables["hour"]
    newest = max(filter(None, (looks.newest, hours.newest and hours.newest + _HOUR)), default=None)
    oldest = tables["presence"].oldest or min(filter(None, (looks.oldest, hours.oldest)), default=None)
    if not newest or not oldest:
        return None
    ends, begins = hour_of(newest), -(-(oldest - hour_of(oldest)) // _HOUR) * _HOUR + hour_of(oldest)
    return (max(begins, ends - _DAY), ends) if begins < ends else None


def _probes(connection: Connection, begins: datetime, ends: datetime) -> int:
    """The looks that were pressed together of those hours."""
    within = (col(HourRow.hour) >= begins, col(HourRow.hour) < ends)
    return int(connection.execute(select(func.coalesce(func.sum(col(HourRow.probes)), 0)).where(*within)).scalar_one())


def _hours_per_day(connection: Connection, begins: datetime, ends: datetime) -> float:
    """How many rollups of an hour a day brings, by the hours that were rolled up: the last may not be yet."""
    within = (col(HourRow.hour) >= begins, col(HourRow.hour) < ends)
    query = select(func.count(), func.count(col(HourRow.hour).distinct())).select_from(HourRow).where(*within)
    rows, hours = connection.execute(query).one()
    return rows / hours * 24 if hours else 0.0


def _count(connection: Connection, row: type[Row], *where: Any) -> int:
    return int(connection.execute(select(func.count()).select_from(row).where(*where)).scalar_one())


def _cost(connection: Connection, table: Sized) -> float | None:
    """What one of the rows takes where there are many."""
    known = table.bytes / table.rows if table.bytes and table.rows >= _FEW else None
    return known or bytes_of_row(connection, table.name)
