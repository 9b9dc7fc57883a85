"""How observations of an hour that is over are pressed together: which of them, in which portions, and when they may go.

Observations lie in the database in the order of time, and a pack is of one target. So they are read in portions of some
targets, packed, and counted in the rollups, one transaction each. They are removed when the whole hour is packed, minute by
minute, so that every page is written once and not once for each portion.

Each is counted once, whatever is killed when and whatever is written late or twice:

- What is in a pack already is known by its time, and is neither packed nor counted again. A pack that is damaged while what
  was in it is here still is made anew, and only counted as far as it was not.
- The rows of a minute are removed in a transaction that counts only if they are as many as were found in packs or put there.
  Rows are only ever added, so then they are the same. Otherwise some came late, and the hour is begun anew.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import accumulate, groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import BigInteger, Connection, Integer, Row, Select, delete, func, or_, select, type_coerce
from sqlmodel import col

from monitor.store.looks import looks_of
from monitor.store.packing import Look, unpack
from monitor.store.rollups import HOUR, MICROSECONDS, Folded, folded_of
from monitor.store.tables import ObservationRow, PackRow, TransitionRow

PORTION = 5_000
"""How many observations are read, or removed, in one step, about."""
MINUTE = 60 * MICROSECONDS

_at = type_coerce(col(ObservationRow.at), BigInteger)
_facts_at = type_coerce(col(ObservationRow.facts_at), BigInteger)
_target = col(ObservationRow.target_id)


class Late(Exception):  # noqa: N818 - it is no error, but a reason to begin anew
    """There are observations in an hour that were not there when it was packed."""


@dataclass(slots=True)
class Folding:
    """How far the folding of an *hour* (since 1970) has come.

    *portions* are the targets that are left to pack, by their first and last number. *minutes* counts the observations that
    are in packs by now, by the minute.
    """

    hour: int
    portions: list[tuple[int, int]]
    minutes: Counter[int] = field(default_factory=Counter)

    @property
    def begins(self) -> int:
        """In microseconds since 1970, as is `ends`."""
        return self.hour * HOUR

    @property
    def ends(self) -> int:
        """When the next hour begins."""
        return self.begins + HOUR

    @property
    def over_at(self) -> datetime:
        """The same as a moment."""
        return datetime.fromtimestamp(self.ends // MICROSECONDS, UTC)

    def note(self, portion: Portion) -> None:
        """The next *portion* is in packs now."""
        del self.portions[0]
        self.minutes.update(portion.minutes)


@dataclass(frozen=True, slots=True)
class Portion:
    """Some targets' observations of an hour: those that were not packed yet, as packs, and how many there are by minute."""

    packs: Sequence[Folded]
    minutes: Mapping[int, int]


@dataclass(slots=True)
class Pressed:
    """What is in packs of an hour of a target already: *looks* by time, and when those packs begin that are *damaged*."""

    looks: dict[int, Look] = field(default_factory=dict)
    damaged: list[int] = field(default_factory=list)


def begun(connection: Connection, before: datetime, without: Collection[int] = ()) -> Folding | None:
    """The folding of the oldest hour that has observations, *without* some, if it is over *before* a time."""
    others = [(_at < hour * HOUR) | (_at >= (hour + 1) * HOUR) for hour in without]
    oldest = connection.execute(select(func.min(_at)).where(col(ObservationRow.at) < before, *others)).scalar()
    if oldest is None:
        return None
    begins = oldest // HOUR * HOUR
    counts = select(_target, func.count()).where(_at >= begins, _at < begins + HOUR).group_by(_target).order_by(_target)
    return Folding(begins // HOUR, list(_portions(connection.execute(counts))))


def _portions(counts: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The first and last of so many targets at a time that they have a portion of observations, about."""
    first, last, total = None, 0, 0
    for number, count in counts:
        first, last, total = first or number, number, total + count
        if total >= PORTION:
            yield first, last
            first, total = None, 0
    if first:
        yield first, last


def read(connection: Connection, folding: Folding) -> Portion:
    """The next portion, packed; nothing is written."""
    first, last = folding.portions[0]
    pressed = _pressed(connection, folding.hour, first, last)
    moved = _moved(connection, folding, first, last)
    minutes, packs = Counter[int](), list[Folded]()
    for number, rows in groupby(connection.execute(_rows(folding, first, last)), key=itemgetter(0)):
        seen = list(rows)
        minutes.update(row.at // MINUTE for row in seen)
        known = pressed[number]
        if new := [row for row in seen if row.at not in known.looks]:
            folded = folded_of(number, looks_of(connection, number, new), is_kept=number in moved)
            packs.append(_instead(known, folded, new) if known.damaged else folded)
    return Portion(packs, minutes)


def _instead(pressed: Pressed, folded: Folded, rows: Iterable[Row[Any]]) -> Folded:
    """*folded* of *rows*, which takes the place of packs that are damaged and began with one of them."""
    times = {row.at for row in rows}
    damaged = [each for each in pressed.damaged if each in times]
    return replace(folded, damaged=damaged, beside=list(pressed.looks.values())) if damaged else folded


def next_minutes(folding: Folding) -> Sequence[int]:
    """The minutes whose observations are to go next."""
    minutes = sorted(folding.minutes)
    totals = accumulate(folding.minutes[minute] for minute in minutes)
    return minutes[: 1 + sum(total < PORTION for total in totals)]


def remove(connection: Connection, folding: Folding, minutes: Sequence[int]) -> None:
    """Remove what was packed of *minutes*. Raises `Late`, and then nothing may be committed, when more came meanwhile."""
    for minute in minutes:
        these = (_at >= minute * MINUTE) & (_at < (minute + 1) * MINUTE)
        if connection.execute(delete(ObservationRow).where(these)).rowcount != folding.minutes[minute]:
            raise Late


def _rows(folding: Folding, first: int, last: int) -> Select[*tuple[Any, ...]]:
    """The observations of the targets from *first* to *last*, by target and time."""
    shown = ("seconds", "severity", "reason", "detail", "findings", "changed")
    columns = (_target, _at.label("at"), _facts_at.label("facts_at"), *(getattr(ObservationRow, name) for name in shown))
    these = (_at >= folding.begins) & (_at < folding.ends) & _target.between(first, last)
    return select(*columns).where(these).order_by(_target, _at)


def _pressed(connection: Connection, hour: int, first: int, last: int) -> Mapping[int, Pressed]:
    """What is in packs of the *hour* already, by target."""
    these = (type_coerce(col(PackRow.hour), Integer) == hour) & col(PackRow.target_id).between(first, last)
    first_at = type_coerce(col(PackRow.first_at), BigInteger)
    found = defaultdict[int, Pressed](Pressed)
    for number, at, packed in connection.execute(select(col(PackRow.target_id), first_at, col(PackRow.packed)).where(these)):
        try:
            found[number].looks.update((look.at, look) for look in unpack(packed))
        except ValueError:
            found[number].damaged.append(at)
    return found


def _moved(connection: Connection, folding: Folding, first: int, last: int) -> set[int]:
    """Those of the targets whose state changed in the hour, or was found later to have changed in it."""
    moments = (type_coerce(col(TransitionRow.observed_at), BigInteger), type_coerce(col(TransitionRow.since), BigInteger))
    is_within = or_(*((each >= folding.begins) & (each < folding.ends) for each in moments))
    these = col(TransitionRow.target_id).between(first, last)
    return set(connection.execute(select(col(TransitionRow.target_id)).where(these, is_within)).scalars())
