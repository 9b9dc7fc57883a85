"""One batch of what is written, as statements for one transaction, and what is known from batch to batch to write less.

A batch may be written again when nobody knows whether it was: each of its rows says by its key what it is.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, bindparam, update
from sqlmodel import col, or_, select

from monitor.store import judgements
from monitor.store.consequences import alert_columns, message_columns, outage_columns
from monitor.store.dialect import add, insert
from monitor.store.facts import Base
from monitor.store.rows import Columns, Rows
from monitor.store.store import Aside, Consequences, Record, Written
from monitor.store.stretches import put_presence, put_stretches
from monitor.store.tables import (
    AlertRow,
    FactsRow,
    JudgementRow,
    MessageRow,
    ObservationRow,
    OutageRow,
    PackRow,
    Row,
    StateRow,
    TargetRow,
    TransitionRow,
)


@dataclass(slots=True)
class Known:
    """What earlier batches left: the number of each series, and of each target which facts were stored whole last.

    *judged* is how each target was judged last; None until that was asked for.
    """

    numbers: dict[str, int] = field(default_factory=dict)
    bases: dict[str, Base] = field(default_factory=dict)
    judged: dict[str, judgements.Last] | None = None

    def learn(self, news: Known) -> None:
        """Know what `put` came to, once that is committed."""
        self.numbers = news.numbers
        self.bases |= news.bases
        self.judged = self.judged or {}
        self.judged |= news.judged or {}


def put(connection: Connection, entries: Sequence[Written], known: Known) -> Known:
    """Write *entries*; what is news to what is *known*, once that is committed."""
    numbers = _numbers(connection, known.numbers, _series(entries))
    bases: dict[str, Base] = {}
    judged = judgements.newest(connection) if known.judged is None else {}
    rows = Rows(ChainMap(bases, known.bases), ChainMap(judged, known.judged or {}))
    for entry in entries:
        if isinstance(entry, Record):
            rows.add(entry, numbers[entry.key])
        elif entry.held:
            rows.move(numbers[entry.key], entry.at, entry.held, entry.transition)
    _write(connection, rows)
    _conclude(connection, [entry.consequences for entry in entries if entry.consequences])
    _account(connection, entries, numbers)
    return Known(numbers, bases, judged)


def _numbers(connection: Connection, known: dict[str, int], keys: set[str]) -> dict[str, int]:
    """The number of every target, the *known* ones if that is enough for *keys*; what has none is given one."""
    new = sorted(keys - known.keys())
    if not new:
        return known
    add(connection, TargetRow, [{"key": key} for key in new])
    return dict(connection.execute(select(TargetRow.key, TargetRow.id)).all())


def _series(entries: Iterable[Written]) -> set[str]:
    """Every series of which something is written."""
    keys = {entry.key for entry in entries if entry.key}
    return keys | {each.series for entry in entries for each in entry.consequences.stretches}


def _account(connection: Connection, entries: Iterable[Written], numbers: Mapping[str, int]) -> None:
    """Write what is known of the past by *entries*, in the order in which it became known."""
    for entry in entries:
        if isinstance(entry, Aside) and entry.presence:
            put_presence(connection, entry.presence)
        put_stretches(connection, entry.consequences.stretches, numbers)


def _write(connection: Connection, rows: Rows) -> None:
    add(connection, FactsRow, rows.facts)
    add(connection, ObservationRow, rows.observations)
    add(connection, TransitionRow, rows.transitions)
    _keep_packs(connection, rows.transitions)
    add(connection, JudgementRow, rows.judgements)
    _replace_states(connection, list(rows.states.values()))


def _keep_packs(connection: Connection, transitions: Sequence[Columns]) -> None:
    """Keep the packs of the hours in which states changed, if there are any yet: a change is often believed later."""
    moments = [
        {"number": each["target_id"], "moment": each[name]} for each in transitions for name in ("since", "observed_at")
    ]
    if moments:
        connection.execute(_KEEP, moments)


_KEEP = (
    update(PackRow)
    .where(col(PackRow.target_id) == bindparam("number"), col(PackRow.hour) == bindparam("moment"))
    .values(is_kept=True)
)


def _replace_states(connection: Connection, rows: list[Columns]) -> None:
    if rows:
        statement = insert(connection, StateRow)
        newer = {name: statement.excluded[name] for name in rows[0] if name != "target_id"}
        connection.execute(statement.on_conflict_do_update(index_elements=["target_id"], set_=newer), rows)


def _conclude(connection: Connection, found: Sequence[Consequences]) -> None:
    """Write what followed, in the order in which it did."""
    outages = [outage_columns(outage) for each in found for outage in each.outages]
    _replace_open(connection, OutageRow, outages, ("vendor", "opened_at"), "closed_at")
    alerts = [alert_columns(alert) for each in found for alert in (*each.alerts, *each.reworded)]
    _replace_open(connection, AlertRow, alerts, ("fingerprint", "starts_at"), "ends_at")
    add(connection, MessageRow, [message_columns(message) for each in found for message in each.messages])


def _replace_open(connection: Connection, table: type[Row], rows: list[Columns], names: tuple[str, str], ended: str) -> None:
    """Insert rows, or replace those of the same *names*; one that has *ended* stays so, whatever is written late."""
    if rows:
        statement = insert(connection, table)
        newer = {name: statement.excluded[name] for name in rows[0] if name not in names}
        may = or_(statement.table.c[ended].is_(None), statement.excluded[ended].is_not(None))
        connection.execute(statement.on_conflict_do_update(index_elements=names, set_=newer, where=may), rows)
