"""The outbox in a database: what waits to be sent, and who sends it.

- Of each channel one batch is under way at most: claimed by a sender, or waiting for its next try. Until it was sent or
  given up there is no other, so that no "resolved" overtakes its "firing", whatever was restarted meanwhile.
- A claim is one conditional UPDATE of rows that were read before; it counts if all of them were still as they were read.
  So two senders, also of two processes, never hold the same batch, and a look that finds nothing takes no lock.
- The number of a batch's claims is the mark of the newest: who comes late with an older one can no longer fail the batch,
  but can have sent it.
- The id of a batch is a hash of what is in it, so that the same messages are the same batch also after a loss of power that
  undid the claim.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain, islice, takewhile
from threading import Lock
from typing import Any

from sqlalchemy import CTE, ColumnElement, Connection, Engine, ScalarSelect, Select, Update, delete, func, select, update
from sqlmodel import col

from monitor.outbox import Batch, Queue
from monitor.store.consequences import message_of
from monitor.store.rows import told
from monitor.store.sqlite import translated
from monitor.store.store import Operation
from monitor.store.tables import MessageRow, Stage

KEPT = timedelta(days=30)
"""How long a message is kept after it was sent or given up."""
_FORGOTTEN_AT_ONCE = 100


class SqlOutbox:
    """A `monitor.outbox.Outbox`; may be used by any thread. What writes to the database takes its *turn*."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turn = Lock()

    def claim(self, channel: str, at: datetime, *, gathered: datetime, until: datetime, most: int) -> Batch | None:
        """See `Outbox.claim`."""
        with translated(Operation.READ, self._engine), self._engine.connect() as connection:
            rows = _due(connection.execute(_waiting(channel)), at, gathered, most)
        if not rows:
            return None
        number = rows[0].batch or _number(rows)
        with self._turn, translated(Operation.WRITE, self._engine), self._engine.connect() as connection:
            claimed = connection.execute(_claim(rows, number, until)).rowcount
            if claimed != len(rows):
                return None
            connection.commit()
        return Batch(id=number, channel=channel, messages=tuple(map(message_of, rows)), tries=rows[0].tries)

    def sent(self, batch: Batch, at: datetime) -> None:
        """See `Outbox.sent`. In passing, some of what was sent or given up long ago is removed."""
        taken = _change(batch).values(stage=Stage.SENT.value, ended_at=at)
        with self._turn, translated(Operation.WRITE, self._engine), self._engine.begin() as connection:
            connection.execute(taken)
            _forget(connection, batch.channel, at - KEPT)

    def failed(self, batch: Batch, at: datetime, *, again: datetime | None, detail: str) -> None:
        """See `Outbox.failed`. Who has lost its claim to another sender is not heard."""
        is_mine = (col(MessageRow.stage) == Stage.WAITING) & (col(MessageRow.tries) == batch.tries + 1)
        after = {"due_at": again} if again else {"stage": Stage.DEAD.value, "ended_at": at}
        with self._turn, translated(Operation.WRITE, self._engine), self._engine.begin() as connection:
            connection.execute(_change(batch).where(is_mine).values(detail=told(detail), **after))

    def queues(self) -> Mapping[str, Queue]:
        """See `Outbox.queues`."""
        with translated(Operation.READ, self._engine), self._engine.connect() as connection:
            return {row.channel: _queue(row) for row in connection.execute(_QUEUES)}


def _is(stage: Stage, channel: ColumnElement[str] | str) -> ColumnElement[bool]:
    """That a message of *channel* has come to *stage*."""
    return (col(MessageRow.channel) == channel) & (col(MessageRow.stage) == stage)


def _waiting(channel: str) -> Select[Any]:
    """The rows of a *channel* that are not sent and not given up, oldest first."""
    return select(MessageRow).where(_is(Stage.WAITING, channel)).order_by(col(MessageRow.id))


def _first(column: Any, channel: ColumnElement[str] | str) -> ScalarSelect[Any]:
    """A *column* of the oldest message that waits in *channel*; what is under way stands there."""
    return select(column).where(_is(Stage.WAITING, channel)).order_by(col(MessageRow.id)).limit(1).scalar_subquery()


def _due(waiting: Iterable[Any], at: datetime, gathered: datetime, most: int) -> Sequence[MessageRow]:
    """The rows at the head of those *waiting* that are to be sent together now; it reads no further than that."""
    rows = iter(waiting)
    first = next(rows, None)
    if first is None or not (first.due_at <= at if first.batch else first.at <= gathered):
        return ()
    together = chain([first], takewhile(lambda row: row.batch == first.batch, rows))
    return list(together if first.batch else islice(together, most))


def _number(rows: Sequence[MessageRow]) -> str:
    """The id of a new batch of *rows*."""
    return hashlib.blake2b("\0".join(row.key for row in rows).encode(), digest_size=16).hexdigest()


def _claim(rows: Sequence[MessageRow], number: str, until: datetime) -> Update:
    """Claim *rows* as batch *number*, as far as nobody did since they were read: any claim begins with the first of them."""
    tries = rows[0].tries
    is_free = (col(MessageRow.stage) == Stage.WAITING) & (col(MessageRow.tries) == tries)
    these = col(MessageRow.id).in_([row.id for row in rows])
    return update(MessageRow).where(these, is_free).values(batch=number, due_at=until, tries=tries + 1)


def _change(batch: Batch) -> Update:
    """What changes the rows of *batch*, as far as they are still there."""
    keys = [message.key for message in batch.messages]
    return update(MessageRow).where(col(MessageRow.key).in_(keys), col(MessageRow.batch) == batch.id)


def _forget(connection: Connection, channel: str, before: datetime) -> None:
    """Remove some of the oldest messages of *channel* that were sent or given up *before* that."""
    for stage in (Stage.SENT, Stage.DEAD):
        oldest = select(col(MessageRow.id)).where(_is(stage, channel)).order_by(col(MessageRow.id)).limit(_FORGOTTEN_AT_ONCE)
        connection.execute(delete(MessageRow).where(col(MessageRow.id).in_(oldest), col(MessageRow.ended_at) < before))


def _channels() -> CTE:
    """Every channel, by a leap from each to the next in an index and not by a walk along all messages."""
    found = select(func.min(col(MessageRow.channel)).label("channel")).cte("channels", recursive=True)
    following = select(func.min(col(MessageRow.channel))).where(col(MessageRow.channel) > found.c.channel).scalar_subquery()
    return found.union_all(select(following).where(found.c.channel.is_not(None)))


def _all_queues() -> Select[Any]:
    """A row for each channel: how many wait and were given up, since when, and what the newest trouble was."""
    channel = _channels().c.channel

    def counted(stage: Stage) -> ScalarSelect[Any]:
        return select(func.count()).select_from(MessageRow).where(_is(stage, channel)).scalar_subquery()

    given_up = select(col(MessageRow.detail)).where(_is(Stage.DEAD, channel)).order_by(col(MessageRow.id).desc()).limit(1)
    return select(
        channel,
        counted(Stage.WAITING).label("waiting"),
        counted(Stage.DEAD).label("dead"),
        _first(MessageRow.at, channel).label("oldest"),
        func.coalesce(_first(MessageRow.detail, channel), given_up.scalar_subquery(), "").label("error"),
    ).where(channel.is_not(None))


_QUEUES = _all_queues()


def _queue(row: Any) -> Queue:
    return Queue(waiting=row.waiting, dead=row.dead, oldest=row.oldest, error=row.error)
