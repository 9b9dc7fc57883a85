"""Reading observations of one target: those that lie in the database one by one, and those in packs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import col

from checks.model import Failure, Reason, Severity
from monitor.store.packing import Look, unpack
from monitor.store.rolled import bounds_of
from monitor.store.rollups import hour_of
from monitor.store.rows import past_of
from monitor.store.store import Fault, Operation, Past, StoreUnavailable
from monitor.store.tables import FactsRow, ObservationRow, PackRow, TargetRow, moment_of

HOURS = 48
"""Packs of how many hours are looked for at once: they are found by their hour."""

_HOUR = timedelta(hours=1)


def observations(connection: Connection, key: str, limit: int, before: datetime | None) -> Sequence[Past]:
    """See `Store.observations`. Raises `StoreUnavailable` for a pack that is damaged."""
    number = connection.execute(select(col(TargetRow.id)).where(col(TargetRow.key) == key)).scalar()
    if number is None:
        return []
    # What is packed between the two queries is found by both.
    found = {past.at: past for past in _single(connection, key, number, limit, before)}
    for hour, looks in _packed(connection, number, before):
        newest = sorted(found, reverse=True)[:limit]
        if len(newest) == limit and newest[-1] >= hour + _HOUR:
            break
        found |= {past.at: past for past in _pasts(key, looks) if before is None or past.at < before}
    return [found[at] for at in sorted(found, reverse=True)[:limit]]


def _single(connection: Connection, key: str, number: int, limit: int, before: datetime | None) -> Iterator[Past]:
    """Observations that are in no pack yet, the newest first."""
    whole = (col(FactsRow.target_id) == ObservationRow.target_id) & (col(FactsRow.at) == ObservationRow.facts_at)
    query = select(ObservationRow, col(FactsRow.whole)).outerjoin(FactsRow, whole)
    query = query.where(col(ObservationRow.target_id) == number).order_by(col(ObservationRow.at).desc()).limit(limit)
    if before is not None:
        query = query.where(col(ObservationRow.at) < before)
    rows: Sequence[Any] = connection.execute(query).all()
    return (past_of(key, row, row.whole) for row in rows)


def _packed(connection: Connection, number: int, before: datetime | None) -> Iterator[tuple[datetime, list[Look]]]:
    """Hours that have packs, the newest first, with what is in them."""
    known = bounds_of(connection, col(PackRow.hour))
    if known is None:
        return
    first, last = known
    ends = last if before is None else min(last, hour_of(before))
    while ends >= first:
        hours = [ends - count * _HOUR for count in range(HOURS)]
        these = col(PackRow.hour).in_(hours) & (col(PackRow.target_id) == number)
        query = select(col(PackRow.hour), col(PackRow.packed)).where(these).order_by(col(PackRow.hour).desc())
        for hour, packs in groupby(connection.execute(query).all(), key=itemgetter(0)):
            yield hour, [look for _, packed in packs for look in _looks(packed)]
        ends -= HOURS * _HOUR


def _looks(packed: bytes) -> list[Look]:
    try:
        return unpack(packed)
    except ValueError as error:
        raise StoreUnavailable(Operation.READ, str(error), Fault.CORRUPT) from error


def _pasts(key: str, looks: Sequence[Look]) -> Iterator[Past]:
    for look in looks:
        yield Past(
            key=key,
            at=moment_of(look.at),
            seconds=look.seconds,
            severity=Severity(look.severity),
            failure=Failure(Reason(look.reason), look.detail or "") if look.reason else None,
            findings=look.findings,
            facts=look.facts,
        )
