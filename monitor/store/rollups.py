"""What observations add to the rollups of their hour and their day, in the transaction that stores their packs.

- A look has failed that has a reason for it, or that found what says that the target is down, like an answer of 503: then by
  the code of that finding.
- Seconds by state are no matter of observations: `monitor.store.accounting` has them.
- A rollup that is damaged stops nothing: what cannot be read of it begins anew.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, select
from sqlmodel import col

from checks.model import Severity, State
from monitor.sketch import EMPTY, Sketch
from monitor.store.dialect import insert as insert_or
from monitor.store.facts import as_json
from monitor.store.packing import Look, pack
from monitor.store.rows import Columns
from monitor.store.tables import DayRow, HourRow, PackRow, moment_of

MICROSECONDS = 1_000_000
HOUR = 3_600 * MICROSECONDS
SECONDS = ("up", "degraded", "down", "unknown", "maintenance")
"""The columns of seconds by state."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Folded:
    """Observations of one target in one hour, as they are stored and counted.

    They stand in for packs that are *damaged*, by the time of their first look; *beside* is in other packs of the hour.
    """

    number: int
    first_at: int
    is_kept: bool
    packed: bytes
    probes: int
    failures: Counter[str]
    latency: Sketch
    damaged: Sequence[int] = ()
    beside: Sequence[Look] = ()


def folded_of(number: int, looks: Sequence[Look], *, is_kept: bool) -> Folded:
    """*looks* of the target with this *number*, oldest first."""
    failures = [_failure_of(look) for look in looks]
    return Folded(
        number=number,
        first_at=looks[0].at,
        is_kept=is_kept,
        packed=pack(looks),
        probes=len(looks),
        failures=Counter(filter(None, failures)),
        latency=Sketch.of(look.seconds for look, failure in zip(looks, failures, strict=True) if not failure),
    )


def _failure_of(look: Look) -> str | None:
    """Why *look* failed: for a reason, or by the code of what it found that says the target is down; None if it did not."""
    if look.reason or look.severity != Severity.CRITICAL:
        return look.reason
    found: Sequence[Any] = look.findings if isinstance(look.findings, list) else ()
    return next((str(each["code"]) for each in found if _is_down(each)), None)


def _is_down(finding: Any) -> bool:
    """As `checks.model.Finding.state` has it, of one that was stored; what is not of its shape says nothing."""
    if not isinstance(finding, dict) or not isinstance(finding.get("code"), str):
        return False
    if finding.get("implies"):
        return bool(finding["implies"] == State.DOWN)
    return bool(finding.get("severity") == Severity.CRITICAL)


def put(connection: Connection, hour: int, packs: Sequence[Folded]) -> int:
    """Store *packs* of an *hour* (since 1970) and count what is in them; how many observations that is."""
    if not packs:
        return 0
    begins = datetime.fromtimestamp(hour * 3_600, UTC)
    uncounted = [_uncounted(connection, begins, each) if each.damaged else each for each in packs]
    connection.execute(insert_or(connection, PackRow), [_pack_columns(begins, each) for each in packs])
    _count(connection, HourRow, {"hour": begins}, uncounted)
    _count(connection, DayRow, {"day": begins.replace(hour=0)}, uncounted)
    return sum(each.probes for each in packs)


def _uncounted(connection: Connection, hour: datetime, folded: Folded) -> Folded:
    """*folded* with what its hour lacks of it: the rest was counted with the damaged packs, which are taken away."""
    _log.warning("packs that were damaged are made anew", extra={"target": folded.number, "hour": hour.isoformat()})
    its = (col(PackRow.hour) == hour) & (col(PackRow.target_id) == folded.number)
    damaged = [moment_of(each) for each in folded.damaged]
    connection.execute(delete(PackRow).where(its, col(PackRow.first_at).in_(damaged)))
    query = select(HourRow).where(col(HourRow.hour) == hour, col(HourRow.target_id) == folded.number)
    before: Any = connection.execute(query).first()
    if before is None:
        return folded
    beside = Counter(filter(None, map(_failure_of, folded.beside)))
    return replace(
        folded,
        probes=max(0, folded.probes + len(folded.beside) - before.probes),
        failures=folded.failures + beside - _failures(before.failures),
        latency=EMPTY,
    )


def _pack_columns(hour: datetime, folded: Folded) -> Columns:
    return {
        "hour": hour,
        "target_id": folded.number,
        "first_at": moment_of(folded.first_at),
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
    failures = folded.failures + (_failures(before.failures) if before else Counter())
    counts: Columns = {
        **dict.fromkeys(SECONDS, 0),
        "probes": folded.probes + (before.probes if before else 0),
        "failures": as_json(dict(sorted(failures.items()))) if failures else None,
    }
    if table is DayRow:
        counts["latency"] = _merged(before.latency if before else None, folded.latency).to_bytes() or None
    return counts


def _failures(written: str | None) -> Counter[str]:
    """The counts by reason that were *written*. Those that cannot be read begin anew: nothing else may wait for them."""
    with suppress(ValueError):
        found = json.loads(written or "{}")
        if isinstance(found, dict) and all(isinstance(count, int) for count in found.values()):
            return Counter(found)
    _log.warning("counts of failures were damaged and begin anew")
    return Counter()


def _merged(written: bytes | None, latency: Sketch) -> Sketch:
    """Both, or *latency* alone where the other cannot be read."""
    if not written:
        return latency
    try:
        return Sketch.merged([written, latency.to_bytes()])
    except (ValueError, TypeError):
        _log.warning("the latency of a day was damaged and begins anew")
        return latency


def hour_of(moment: datetime) -> datetime:
    """When the hour began that *moment* is in."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def day_of(moment: datetime) -> datetime:
    """When the day of UTC began that *moment* is in."""
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
