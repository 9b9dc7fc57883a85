"""Whether what is remembered agrees with itself: what was counted with what it was counted of, each part for itself.

What has to agree is read within one transaction, so that what the daemon writes meanwhile disagrees with nothing. What is
not accounted for yet, or is to be anew because something became known late, is left out: it is about to be counted.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, pairwise
from typing import Any

from sqlalchemy import Connection, Engine, func, select
from sqlmodel import col

from checks.model import State
from checks.wording import moment
from monitor.history import Presence, Rollup, Stretch, Tally, tally
from monitor.store.annals import SqlAnnals
from monitor.store.judgements import are_findings
from monitor.store.packing import unpack
from monitor.store.rollups import day_of, hour_of
from monitor.store.sql import SqlStore
from monitor.store.tables import EPOCH, ObservationRow, PackRow, TargetRow, TransitionRow, microseconds_of

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_SMALLEST = timedelta(microseconds=1)
_LAST = datetime(9999, 1, 1, tzinfo=UTC)
_RECENT = 50
"""How many of the newest transitions and observations of a series are looked at."""
_MANY = 100_000


class _Annals(SqlAnnals):
    """The annals as they are at one moment."""

    def __init__(self, engine: Engine, connection: Connection) -> None:
        super().__init__(engine)
        self._connection = connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        yield self._connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is looked at: *series* by key, each with its number and until when it is accounted for."""

    connection: Connection
    annals: _Annals
    store: SqlStore
    series: Mapping[str, tuple[int, datetime]]
    presences: Sequence[Presence]

    def counted(self, stretches: Sequence[Stretch], begins: datetime, length: timedelta) -> Tally:
        """What a rollup of a series with these *stretches* has to say: nothing of a time in which nobody watched at all."""
        ends = begins + length
        first = bisect_right(self.presences, begins, key=lambda each: each.until)
        last = bisect_left(self.presences, ends, key=lambda each: each.since)
        since = max(0, bisect_right(stretches, begins, key=lambda each: each.since) - 1)
        until = bisect_left(stretches, ends, key=lambda each: each.since)
        if first >= last:
            return Tally()
        return tally(stretches[since:until], self.presences[first:last], begins, ends)


@contextmanager
def subject(engine: Engine, sample: int | None) -> Iterator[Subject]:
    """What *engine* holds at this moment: all series, or about *sample* of them."""
    with _atof(engine) as connection:
        annals = _Annals(engine, connection)
        rows = connection.execute(select(TargetRow).order_by(col(TargetRow.id))).all()
        some = rows[:: max(1, len(rows) // sample)] if sample else rows
        series = {row.key: (row.id, row.accounted_until or EPOCH) for row in some}
        presences = annals.presences(EPOCH, _LAST)
        yield Subject(connection=connection, annals=annals, store=SqlStore(engine), series=series, presences=presences)


@contextmanager
def _atof(engine: Engine) -> Iterator[Connection]:
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            yield connection
    else:
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            yield connection


def _states(of: Subject) -> Iterator[str | None]:
    """States, transitions and observations can be read."""
    for _ in of.store.states():
        yield None
    for key in of.series:
        for _ in chain(of.store.transitions(key, _RECENT), of.store.observations(key, _RECENT)):
            yield None


def _transitions(of: Subject) -> Iterator[str | None]:
    """Each has its observation, where there are others near it: what waited for the database for too long is given up.

    One to unknown may have come of not looking.
    """
    times = (of.connection.execute(select(func.min(column))).scalar() for column in (ObservationRow.at, PackRow.first_at))
    oldest = min(filter(None, times), default=_LAST)
    for key, (number, _) in of.series.items():
        is_its = (col(TransitionRow.target_id) == number) & (col(TransitionRow.observed_at) >= oldest)
        is_told = col(TransitionRow.after) != State.UNKNOWN.value
        query = select(TransitionRow).where(is_its, is_told).order_by(col(TransitionRow.id).desc()).limit(_RECENT)
        for row in of.connection.execute(query):
            gone = f"{key}: the observation is gone by which it became {row.after} at {moment(row.observed_at)}"
            is_given_up = not _has_looks_near(of.connection, number, row.observed_at)
            yield None if is_given_up or _is_seen(of.connection, number, row.observed_at) else gone


def _has_looks_near(connection: Connection, number: int, at: datetime) -> bool:
    """Whether there are looks from the hour before *at* or the one after it."""
    begins, ends = hour_of(at) - timedelta(hours=1), hour_of(at) + timedelta(hours=2)
    raw, packed = col(ObservationRow.at), col(PackRow.hour)
    queries = (
        select(raw).where(raw >= begins, raw < ends, col(ObservationRow.target_id) == number),
        select(packed).where(packed >= begins, packed < ends, col(PackRow.target_id) == number),
    )
    return any(connection.execute(query.limit(1)).first() for query in queries)


def _is_seen(connection: Connection, number: int, at: datetime) -> bool:
    is_it = (col(ObservationRow.target_id) == number) & (col(ObservationRow.at) == at)
    if connection.execute(select(col(ObservationRow.at)).where(is_it)).first():
        return True
    packs = select(col(PackRow.packed)).where(col(PackRow.target_id) == number, col(PackRow.hour) == at)
    exact = microseconds_of(at)
    return any(look.at == exact for (packed,) in connection.execute(packs) for look in unpack(packed))


def _judgements(of: Subject) -> Iterator[str | None]:
    """Each can be read."""
    for key in of.series:
        for each in of.annals.judgements(EPOCH, _LAST, [key]).get(key, []):
            wrong = f"{key}: what was judged {moment(each.since)} is no list of findings"
            yield None if are_findings(each.findings) else wrong


def _outages(of: Subject) -> Iterator[str | None]:
    """A vendor has one at a time, and it ends after it began."""
    found = of.store.outages(limit=_MANY)
    going_on = Counter(each.vendor for each in found if each.is_open)
    for each in found:
        if going_on[each.vendor] > 1 and each.is_open:
            yield f"{each.vendor}: {going_on[each.vendor]} outages go on at once; one began {moment(each.opened_at)}"
        elif each.closed_at and each.closed_at < each.opened_at:
            yield f"{each.vendor}: an outage ended {moment(each.closed_at)}, before it began {moment(each.opened_at)}"
        else:
            yield None


def _told(of: Subject) -> Iterator[str | None]:
    """Alerts, mutes and what waits can be read."""
    for _ in chain(of.store.alerts(EPOCH), of.store.mutes(EPOCH), of.store.queues()):
        yield None


def _presences(of: Subject) -> Iterator[str | None]:
    """Each ends after it began, and before the next begins."""
    for each, following in pairwise([*of.presences, Presence(_LAST, _LAST)]):
        if each.until < each.since:
            yield f"the one since {moment(each.since)} ends before it begins"
        elif following.since < each.until:
            yield f"those since {moment(each.since)} and since {moment(following.since)} overlap"
        else:
            yield None


def _hours(of: Subject) -> Iterator[str | None]:
    """What an hour counted is what stretches and presences say of it."""
    for key, (_, until) in of.series.items():
        stretches = of.annals.stretches(EPOCH, _LAST, [key]).get(key, [])
        for each in of.annals.hours(EPOCH, until - _HOUR + _SMALLEST, [key]).get(key, []):
            yield _compared(each, of.counted(stretches, each.begins, _HOUR))


def _days(of: Subject) -> Iterator[str | None]:
    """The same of days, and that a day has the looks of its hours, as long as there are all of these."""
    for key, (_, until) in of.series.items():
        stretches = of.annals.stretches(EPOCH, _LAST, [key]).get(key, [])
        hours = of.annals.hours(EPOCH, until, [key]).get(key, [])
        probes = Counter[datetime]()
        for hour in hours:
            probes[day_of(hour.begins)] += hour.probes
        whole_since = day_of(hours[0].begins) + _DAY if hours else _LAST
        for each in of.annals.days(EPOCH, until - _DAY + _SMALLEST, [key]).get(key, []):
            trouble = _compared(each, of.counted(stretches, each.begins, _DAY))
            if each.begins >= whole_since and each.probes != probes[each.begins]:
                counted = f"{each.probes} looks, its hours {probes[each.begins]}"
                trouble = trouble or f"{key}: the day of {moment(each.begins)} has {counted}"
            yield trouble


def _compared(rolled_up: Rollup, counted: Tally) -> str | None:
    """What is wrong with a rollup that should say what was *counted*."""
    if rolled_up.tally == counted:
        return None
    told = f"{rolled_up.series}: from {moment(rolled_up.begins)} it says {_seconds(rolled_up.tally)}"
    return f"{told}; its states were {_seconds(counted)}"


def _seconds(of: Tally) -> str:
    named = {state.value: getattr(of, state.value) for state in State}
    return ", ".join(f"{name} {seconds} s" for name, seconds in named.items() if seconds) or "nothing"


def _packs(of: Subject) -> Iterator[str | None]:
    """Each can be read, and holds looks of its hour."""
    for key, (number, _) in of.series.items():
        query = select(PackRow).where(col(PackRow.target_id) == number).order_by(col(PackRow.hour))
        for row in of.connection.execute(query):
            yield _packed(key, row)


def _packed(key: str, row: Any) -> str | None:
    where = f"{key}: what was pressed together of the hour from {moment(row.hour)}"
    try:
        times = [look.at for look in unpack(row.packed)]
    except ValueError as error:
        return f"{where}: {error}"
    begins = round(row.hour.timestamp()) * 10**6
    is_of_it = bool(times) and all(begins <= at < begins + 3_600 * 10**6 for at in times)
    return None if is_of_it else f"{where} is of another time"


PARTS: Mapping[str, Callable[[Subject], Iterator[str | None]]] = {
    "states": _states,
    "transitions": _transitions,
    "judgements": _judgements,
    "outages": _outages,
    "messages": _told,
    "presences": _presences,
    "hours": _hours,
    "days": _days,
    "packs": _packs,
}
