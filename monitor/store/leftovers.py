"""What becomes of messages that were not told: statements, each for one transaction of `monitor.store.outbox`.

- What was given up after long tries comes back to life while the alert it tells of is open, as one batch that keeps what it
  has waited: it is due for one more try, and then is given up again. What the receiver calls wrong in itself never does.
- Rows are kept for `KEPT`, and as long as the alert they tell of is open: by its row a message is known that was put down.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Update, delete, func, or_, select, update
from sqlmodel import col

from monitor.outbox import KEPT, GivenUp, Message
from monitor.store.consequences import alert_of, message_of
from monitor.store.rows import Columns, told
from monitor.store.tables import AlertRow, MessageRow, Stage

MOST = 100
"""How many messages come back to life together."""
PORTION = 500
"""How many messages are removed at once."""


def is_at(stage: Stage, channel: ColumnElement[str] | str) -> ColumnElement[bool]:
    """That a message of *channel* has come to *stage*."""
    return (col(MessageRow.channel) == channel) & (col(MessageRow.stage) == stage)


def is_given_up(channel: ColumnElement[str] | str) -> ColumnElement[bool]:
    """That a message of *channel* was given up, and nobody has looked at it since."""
    return (col(MessageRow.channel) == channel) & col(MessageRow.stage).in_((Stage.DEAD, Stage.REFUSED))


def waiting(channel: str) -> Select[Any]:
    """The rows of a *channel* that are not sent and not given up, oldest first."""
    return select(MessageRow).where(is_at(Stage.WAITING, channel)).order_by(col(MessageRow.id))


def number(keys: Iterable[str]) -> str:
    """The id of a new batch of the messages of *keys*."""
    return hashlib.blake2b("\0".join(keys).encode(), digest_size=16).hexdigest()


def revive(connection: Connection, channel: str, at: datetime) -> None:
    """See `monitor.outbox.Outbox.revive`."""
    dead = select(col(MessageRow.key)).where(is_at(Stage.DEAD, channel)).order_by(col(MessageRow.id))
    known = connection.execute(dead).scalars().all()
    if not known or _is_under_way(connection, channel):
        return
    going_on = {f"{channel}/{tail}" for tail in _open_tails(connection)}
    keys = [key for key in known if key in going_on][:MOST]
    after: Columns = {"stage": Stage.WAITING.value, "batch": number(keys), "due_at": at, "noted_at": at, "tries": 0}
    these = is_at(Stage.DEAD, channel) & col(MessageRow.key).in_(keys)
    connection.execute(update(MessageRow).where(these).values(ended_at=None, **after))


def abandoned(known: Collection[str], at: datetime, before: datetime, detail: str) -> Update:
    """See `monitor.outbox.Outbox.abandon`. What was put down after *at*, by a clock that was ahead, is as old as any."""
    is_theirs = (col(MessageRow.stage) == Stage.WAITING) & col(MessageRow.channel).not_in(known)
    is_old = or_(col(MessageRow.at) < before, col(MessageRow.at) > at)
    after: Columns = {"stage": Stage.DEAD.value, "ended_at": at, "detail": told(detail)}
    return update(MessageRow).where(is_theirs, is_old).values(**after)


def prune(connection: Connection, at: datetime) -> None:
    """See `monitor.outbox.Outbox.prune`."""
    tail = func.substr(col(MessageRow.key), func.length(col(MessageRow.channel)) + 2)  # After "channel/".
    is_old = (col(MessageRow.stage) != Stage.WAITING) & (col(MessageRow.ended_at) < at - KEPT)
    old = select(col(MessageRow.id)).where(is_old, tail.not_in(_open_tails(connection))).limit(PORTION)
    connection.execute(delete(MessageRow).where(col(MessageRow.id).in_(old)))


def forget(connection: Connection, channel: str, at: datetime) -> Sequence[GivenUp]:
    """See `monitor.outbox.Outbox.forget`."""
    rows: Sequence[Any] = connection.execute(
        select(MessageRow).where(is_given_up(channel)).order_by(col(MessageRow.id))
    ).all()
    these = col(MessageRow.id).in_([row.id for row in rows]) & is_given_up(channel)
    connection.execute(update(MessageRow).where(these).values(stage=Stage.DROPPED.value))
    return [GivenUp(message_of(row), row.ended_at or at, row.detail or "") for row in rows]


def _is_under_way(connection: Connection, channel: str) -> bool:
    """Whether a batch of *channel* is claimed or waits for its next try."""
    first = select(col(MessageRow.batch)).where(is_at(Stage.WAITING, channel)).order_by(col(MessageRow.id)).limit(1)
    return connection.execute(first).scalar() is not None


def _open_tails(connection: Connection) -> list[str]:
    """What the keys of messages end with that tell of the beginning of what goes on still."""
    rows: Sequence[Any] = connection.execute(select(AlertRow).where(col(AlertRow.ends_at).is_(None))).all()
    return [Message(channel="", alert=alert_of(row), at=row.starts_at).key.partition("/")[2] for row in rows]
