"""Writing what is known of the past: statements for the transaction in which `monitor.store.sql` writes everything else.

What becomes known late changes what was rolled up: then `TargetRow.accounted_until` is set back, and the next steps of
`monitor.store.compaction` roll those hours up anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, func, select, update
from sqlmodel import col

from monitor.history import Presence, Stretch
from monitor.store.dialect import insert
from monitor.store.tables import PresenceRow, StretchRow, TargetRow


def put_presence(connection: Connection, presence: Presence) -> None:
    """Write that we could see. One that is new ends what was known of later times."""
    grown = update(PresenceRow).where(col(PresenceRow.since) == presence.since).values(until=presence.until)
    if connection.execute(grown).rowcount:
        _account_again(connection, presence.until)
        return
    _take_back(connection, presence.since)
    row = {"since": presence.since, "until": presence.until}
    connection.execute(insert(connection, PresenceRow).on_conflict_do_nothing(), [row])


def _take_back(connection: Connection, at: datetime) -> None:
    """Make *at* the newest moment that is known of: every series is then in the state that it was last said to be in."""
    connection.execute(delete(PresenceRow).where(col(PresenceRow.since) > at))
    connection.execute(update(PresenceRow).where(col(PresenceRow.until) > at).values(until=at))
    _account_again(connection, at)
    newest = select(col(StretchRow.target_id), func.max(col(StretchRow.since)).label("since")).where(
        col(StretchRow.since) > at
    )
    late = newest.group_by(col(StretchRow.target_id)).subquery()
    is_newest = (col(StretchRow.target_id) == late.c.target_id) & (col(StretchRow.since) == late.c.since)
    for row in connection.execute(select(col(StretchRow.target_id), col(StretchRow.state)).join(late, is_newest)).all():
        _put_stretch(connection, row.target_id, at, row.state)


def _account_again(connection: Connection, since: datetime) -> None:
    """Have every series rolled up anew from *since* on, where it was rolled up further than that."""
    is_known = col(TargetRow.accounted_until) > since
    connection.execute(update(TargetRow).where(is_known).values(accounted_until=since))


def put_stretches(connection: Connection, stretches: Iterable[Stretch], numbers: Mapping[str, int]) -> None:
    """Write *stretches* in this order; *numbers* are those of their series."""
    for each in stretches:
        _put_stretch(connection, numbers[each.series], each.since, each.state.value if each.state else None)


def _put_stretch(connection: Connection, number: int, since: datetime, state: str | None) -> None:
    """Say in which state a series is from *since* on, whatever was said of that and of later times."""
    connection.execute(delete(StretchRow).where(col(StretchRow.target_id) == number, col(StretchRow.since) >= since))
    connection.execute(insert(connection, StretchRow), [{"target_id": number, "since": since, "state": state}])
    is_known = (col(TargetRow.id) == number) & (col(TargetRow.accounted_until) > since)
    connection.execute(update(TargetRow).where(is_known).values(accounted_until=since))
