"""Writing what is known of the past: statements for the transaction in which `monitor.store.sql` writes everything else.

What becomes known late changes what was rolled up: then `TargetRow.accounted_until` is set back, and the next steps of
`monitor.store.compaction` roll those hours up anew. Who reads stretches asks `held_at` for the one that held at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Integer, bindparam, delete, func, literal, select, update
from sqlmodel import col

from monitor.history import Presence, Stretch
from monitor.store.dialect import insert
from monitor.store.rows import Columns
from monitor.store.tables import EPOCH, Instant, PresenceRow, StretchRow, TargetRow


def put_presence(connection: Connection, presence: Presence) -> None:
    """Write that we could see. It is the newest: of later times nothing is known but what is written after it.

    So a batch that is written twice, with a clock in it that was set back, comes to the same.
    """
    since = col(PresenceRow.since)
    known = connection.execute(select(col(PresenceRow.until)).where(since == presence.since)).scalar()
    connection.execute(delete(PresenceRow).where(since > presence.since))
    earlier = (since < presence.since) & (col(PresenceRow.until) > presence.since)
    connection.execute(update(PresenceRow).where(earlier).values(until=presence.since))
    if known is None:
        _take_back(connection, presence.since)
        connection.execute(insert(connection, PresenceRow), [{"since": presence.since, "until": presence.until}])
        return
    connection.execute(update(PresenceRow).where(since == presence.since).values(until=presence.until))
    # What lies between was rolled up as unknown where it is known only now, and as seen where it is not after all.
    _account_again(connection, min(known, presence.until))


def _take_back(connection: Connection, at: datetime) -> None:
    """Make *at* the newest moment that is known of: every series is then in the state that it was last said to be in."""
    _account_again(connection, at)
    newest = select(col(StretchRow.target_id), func.max(col(StretchRow.since)).label("since"))
    late = newest.where(col(StretchRow.since) > at).group_by(col(StretchRow.target_id)).subquery()
    is_newest = (col(StretchRow.target_id) == late.c.target_id) & (col(StretchRow.since) == late.c.since)
    states = connection.execute(select(col(StretchRow.target_id), col(StretchRow.state)).join(late, is_newest)).all()
    _put(connection, [{"number": row.target_id, "begins": at, "state": row.state} for row in states])


def held_at(at: datetime) -> ColumnElement[datetime]:
    """Within a query of targets: the beginning of the stretch that held *at* a time, or 1970 where none did."""
    earlier = (col(StretchRow.target_id) == col(TargetRow.id)) & (col(StretchRow.since) <= at)
    last = select(func.max(col(StretchRow.since))).where(earlier).correlate(TargetRow).scalar_subquery()
    return func.coalesce(last, literal(EPOCH, Instant))


def _account_again(connection: Connection, since: datetime) -> None:
    """Have every series rolled up anew from *since* on, where it was rolled up further than that."""
    is_known = col(TargetRow.accounted_until) > since
    connection.execute(update(TargetRow).where(is_known).values(accounted_until=since))


def put_stretches(connection: Connection, stretches: Iterable[Stretch], numbers: Mapping[str, int]) -> None:
    """Write *stretches* in this order; *numbers* are those of their series."""
    once: dict[int, Columns] = {}
    for each in stretches:
        number = numbers[each.series]
        if number in once:
            _put(connection, list(once.values()))
            once.clear()
        once[number] = {"number": number, "begins": each.since, "state": each.state.value if each.state else None}
    _put(connection, list(once.values()))


_NUMBER = bindparam("number", type_=Integer)
_BEGINS = bindparam("begins", type_=Instant)
_NEVER_WERE = delete(StretchRow).where(col(StretchRow.target_id) == _NUMBER, col(StretchRow.since) >= _BEGINS)
_AGAIN = (
    update(TargetRow)
    .where(col(TargetRow.id) == _NUMBER, col(TargetRow.accounted_until) > _BEGINS)
    .values(accounted_until=_BEGINS)
)


def _put(connection: Connection, stretches: list[Columns]) -> None:
    """Say in which state each series is from a moment on, whatever was said of that and of later times; each but once."""
    if stretches:
        connection.execute(_NEVER_WERE, stretches)
        rows = [{"target_id": each["number"], "since": each["begins"], "state": each["state"]} for each in stretches]
        connection.execute(insert(connection, StretchRow), rows)
        connection.execute(_AGAIN, stretches)
