"""How observations of an hour that is over are pressed together: which of them, in which portions, and when they may go.

Observations lie in the database in the order of time, and a pack is of one target. So they are read in portions of some
targets, packed, and counted in the rollups, one transaction each. They are removed when the whole hour is packed, minute by
minute, so that every page is written once and not once for each portion.

Each is counted once, whatever is killed when and whatever is written late or twice:

- What is in a pack already is known by its time, and is neither packed nor counted again.
- The rows of a minute are removed in a transaction that counts only if they are as many as were found in packs or put there.
  Rows are only ever added, so then they are the same. Otherwise some came late, and the hour is begun anew.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import accumulate, groupby, islice
from operator import itemgetter
from typing import Any

from sqlalchemy import BigInteger, Connection, Integer, Row, Select, bindparam, delete, func, or_, select, type_coerce
from sqlmodel import col

from monitor.store.packing import Look, unpack
from monitor.store.rollups import HOUR, MICROSECONDS, Folded, folded_of
from monitor.store.tables import FactsRow, ObservationRow, PackRow, StateRow, TransitionRow

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
    are in packs by now, by the minute. *needed* has the oldest whole facts that later observations of a target refer to.
    """

    hour: int
    portions: list[tuple[int, int]]
    minutes: Counter[int] = field(default_factory=Counter)
    needed: dict[int, int] = field(default_factory=dict)

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
        self.needed.update(portion.needed)


@dataclass(frozen=True, slots=True)
class Portion:
    """Some targets' observations of an hour: those that were not packed yet, as packs, and how many there are by minute."""

    packs: Sequence[Folded]
    minutes: Mapping[int, int]
    needed: Mapping[int, int]


def begun(connection: Connection, before: datetime) -> Folding | None:
    """The folding of the oldest hour that has observations, if it is over *before* a time."""
    oldest = connection.execute(select(func.min(_at)).where(col(ObservationRow.at) < before)).scalar()
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
    known = _packed_times(connection, folding.hour, first, last)
    moved = _moved(connection, folding, first, last)
    newest = _newest_bases(connection, first, last)
    minutes, needed, packs = Counter[int](), dict[int, int](), list[Folded]()
    for number, rows in groupby(connection.execute(_rows(folding, first, last)), key=itemgetter(0)):
        seen = list(rows)
        minutes.update(row.at // MINUTE for row in seen)
        bases = [row.facts_at for row in seen if row.facts_at is not None]
        if bases:
            needed[number] = min(bases[-1], newest.get(number, bases[-1]))
        new = [row for row in seen if row.at not in known.get(number, ())]
        if new:
            looks = _looks(new, _wholes(connection, number, bases))
            packs.append(folded_of(number, looks, is_kept=number in moved))
    return Portion(packs, minutes, needed)


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


def forget_facts(connection: Connection, folding: Folding) -> bool:
    """Remove some of the whole facts that no observation refers to any more; False when there are none."""
    at = type_coerce(col(FactsRow.at), BigInteger)
    found = connection.execute(select(at, col(FactsRow.target_id)).where(at < folding.ends).order_by(at))
    unneeded = (row for row in found if row[0] < folding.needed.get(row[1], 0))
    gone = [{"at_then": moment, "number": number} for moment, number in islice(unneeded, PORTION)]
    if gone:
        these = (at == bindparam("at_then")) & (col(FactsRow.target_id) == bindparam("number"))
        connection.execute(delete(FactsRow).where(these), gone)
    return bool(gone)


def _rows(folding: Folding, first: int, last: int) -> Select[*tuple[Any, ...]]:
    """The observations of the targets from *first* to *last*, by target and time."""
    shown = ("seconds", "severity", "reason", "detail", "findings", "changed")
    columns = (_target, _at.label("at"), _facts_at.label("facts_at"), *(getattr(ObservationRow, name) for name in shown))
    these = (_at >= folding.begins) & (_at < folding.ends) & _target.between(first, last)
    return select(*columns).where(these).order_by(_target, _at)


def _packed_times(connection: Connection, hour: int, first: int, last: int) -> Mapping[int, set[int]]:
    """When the observations were made that are in packs of the *hour* already, by target."""
    these = (type_coerce(col(PackRow.hour), Integer) == hour) & col(PackRow.target_id).between(first, last)
    found = defaultdict[int, set[int]](set)
    for number, packed in connection.execute(select(col(PackRow.target_id), col(PackRow.packed)).where(these)):
        with suppress(ValueError):  # A damaged one is made anew of what is here still.
            found[number].update(look.at for look in unpack(packed))
    return found


def _moved(connection: Connection, folding: Folding, first: int, last: int) -> set[int]:
    """Those of the targets whose state changed in the hour, or was found later to have changed in it."""
    moments = (type_coerce(col(TransitionRow.observed_at), BigInteger), type_coerce(col(TransitionRow.since), BigInteger))
    is_within = or_(*((each >= folding.begins) & (each < folding.ends) for each in moments))
    these = col(TransitionRow.target_id).between(first, last)
    return set(connection.execute(select(col(TransitionRow.target_id)).where(these, is_within)).scalars())


def _newest_bases(connection: Connection, first: int, last: int) -> Mapping[int, int]:
    """The whole facts that the newest observation refers to, by target. A clock that was set back may make them older."""
    newest = (col(StateRow.target_id) == _target) & (col(StateRow.observed_at) == col(ObservationRow.at))
    query = select(_target, _facts_at).join_from(StateRow, ObservationRow, newest)
    these = col(StateRow.target_id).between(first, last) & col(ObservationRow.facts_at).is_not(None)
    return dict(connection.execute(query.where(these)).all())


def _wholes(connection: Connection, number: int, moments: Iterable[int]) -> Mapping[int, str]:
    at = type_coerce(col(FactsRow.at), BigInteger)
    query = select(at, col(FactsRow.whole)).where(col(FactsRow.target_id) == number, at.in_({*moments}))
    return dict(connection.execute(query).all())


def _looks(rows: Sequence[Row[Any]], wholes: Mapping[int, str]) -> list[Look]:
    """*rows* as they are packed. Facts that are not there any more are None; equal parts of them are the same objects."""
    bases = {moment: json.loads(whole) for moment, whole in wholes.items()}
    findings = _parsed(row.findings for row in rows)
    changes = _parsed(row.changed or "{}" for row in rows)
    return [
        Look(
            at=row.at,
            seconds=row.seconds,
            severity=row.severity,
            reason=row.reason,
            detail=row.detail,
            findings=found,
            facts={**bases[row.facts_at], **changed} if row.facts_at in bases else None,
        )
        for row, found, changed in zip(rows, findings, changes, strict=True)
    ]


def _parsed(texts: Iterable[str]) -> list[Any]:
    """What each of these JSON texts says; in one go, which is twice as fast."""
    parsed: list[Any] = json.loads(f"[{','.join(texts)}]")
    return parsed
