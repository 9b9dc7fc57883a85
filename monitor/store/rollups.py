"""What observations add to the rollups of their hour and their day, in the transaction that stores their packs.

Seconds by state are no matter of observations: `monitor.store.accounting` has them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import col

from monitor.sketch import Sketch
from monitor.store.dialect import insert as insert_or
from monitor.store.facts import as_json
from monitor.store.packing import Look, pack
from monitor.store.rows import Columns
from monitor.store.tables import DayRow, HourRow, PackRow

MICROSECONDS = 1_000_000
HOUR = 3_600 * MICROSECONDS
SECONDS = ("up", "degraded", "down", "unknown", "maintenance")
"""The columns of seconds by state."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Folded:
    """Observations of one target in one hour, as they are stored and counted."""

    number: int
    first_at: int
    is_kept: bool
    packed: bytes
    probes: int
    failures: Counter[str]
    latency: Sketch


def folded_of(number: int, looks: Sequence[Look], *, is_kept: bool) -> Folded:
    """*looks* of the target with this *number*, oldest first."""
    return Folded(
        number=number,
        first_at=looks[0].at,
        is_kept=is_kept,
        packed=pack(looks),
        probes=len(looks),
        failures=Counter(look.reason for look in looks if look.reason),
        latency=Sketch.of(look.seconds for look in looks if not look.reason),
    )


def put(connection: Connection, hour: int, packs: Sequence[Folded]) -> int:
    """Store *packs* of an *hour* (since 1970) and count what is in them; how many observations that is."""
    if not packs:
        return 0
    begins = datetime.fromtimestamp(hour * 3_600, UTC)
    connection.execute(insert_or(connection, PackRow), [_pack_columns(begins, each) for each in packs])
    _count(connection, HourRow, {"hour": begins}, packs)
    _count(connection, DayRow, {"day": begins.replace(hour=0)}, packs)
    return sum(each.probes for each in packs)


def _pack_columns(hour: datetime, folded: Folded) -> Columns:
    return {
        "hour": hour,
        "target_id": folded.number,
        "first_at": _EPOCH + timedelta(microseconds=folded.first_at),
        "is_kept": folded.is_kept,
        "packed": folded.packed,
    }


def _count(connection: Connection, table: type[HourRow | DayRow], time: Columns, packs: Sequence[Folded]) -> None:
    """Add what is in *packs* to the rollups of a *time*."""
    [(name, begins)] = time.items()
    numbers = [each.number for each in packs]
    these = (getattr(table, name) == begins) & col(table.target_id).in_(numbers)
    before = {row.target_id: row for row in connection.execute(select(table).where(these))}
    rows = [time | {"target_id": each.number} | _added(each, before.get(each.number), table) for each in packs]
    statement = insert_or(connection, table)
    newer = {column: statement.excluded[column] for column in ("probes", "failures", "latency") if column in rows[0]}
    connection.execute(statement.on_conflict_do_update(index_elements=[name, "target_id"], set_=newer), rows)


def _added(folded: Folded, before: Any, table: type[HourRow | DayRow]) -> Columns:
    """The counts of a rollup with what is *folded* added to what was there *before*; seconds only for one that is new."""
    failures = Counter(json.loads(before.failures or "{}") if before else {}) + folded.failures
    counts: Columns = {
        **dict.fromkeys(SECONDS, 0),
        "probes": folded.probes + (before.probes if before else 0),
        "failures": as_json(dict(sorted(failures.items()))) if failures else None,
    }
    if table is DayRow:
        latency = Sketch.merged([before.latency, folded.latency.to_bytes()]) if before and before.latency else folded.latency
        counts["latency"] = latency.to_bytes() or None
    return counts


def hour_of(moment: datetime) -> datetime:
    """When the hour began that *moment* is in."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def day_of(moment: datetime) -> datetime:
    """When the day of UTC began that *moment* is in."""
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
