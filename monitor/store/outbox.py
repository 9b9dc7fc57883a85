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

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import chain, islice, takewhile
from threading import Lock
from typing import Any

from sqlalchemy import CTE, ColumnElement, Connection, Engine, ScalarSelect, Select, Update, func, select, update
from sqlmodel import col

from monitor.outbox import Batch, GivenUp, Queue
from monitor.store import leftovers
from monitor.store.consequences import message_of
from monitor.store.engine import translated
from monitor.store.leftovers import is_at, is_given_up, number, waiting
from monitor.store.rows import Columns, told
from monitor.store.store import Operation
from monitor.store.tables import MessageRow, Stage

SKEW = timedelta(seconds=5)
"""By how much a time that was written down may lie ahead without meaning that the clock was set back since."""


class SqlOutbox:
    """A `monitor.outbox.Outbox`; may be used by any thread. What writes to the database takes its *turn*."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turn = Lock()

    def claim(self, channel: str, at: datetime, *, gathered: datetime, until: datetime, most: int) -> Batch | None:
        """See `Outbox.claim`."""
        with translated(Operation.READ, self._engine), self._engine.connect() as connection:
            rows = _due(connection.execute(waiting(channel)), at, gathered, most)
            if not rows:
                return None
            batch = _batch(rows, channel)
        with self._turn, translated(Operation.WRITE, self._engine), self._engine.connect() as connection:
            claimed = connection.execute(_claim(rows, batch, at, until)).rowcount
            if claimed != len(rows):
                return None
            connection.commit()
        return batch

    def sent(self, batch: Batch, at: datetime) -> None:
        """See `Outbox.sent`."""
        taken = _change(batch).values(stage=Stage.SENT.value, ended_at=at)
        with self._writing() as connection:
            connection.execute(taken)
            leftovers.revive(connection, batch.channel, at)

    def failed(self, batch: Batch, at: datetime, *, again: datetime | None, detail: str, is_doubtful: bool = False) -> None:
        """See `Outbox.failed`. Who has lost its claim to another sender is not heard."""
        after: Columns = {"stage": Stage.DEAD.value, "ended_at": at}
        if again:
            waited = batch.waited + round((again - at).total_seconds())
            after = {"due_at": again, "noted_at": at, "waited": waited}
        doubts = batch.doubts + is_doubtful
        with self._writing() as connection:
            connection.execute(_mine(batch).values(detail=told(detail), doubts=doubts, **after))

    def refused(self, batch: Batch, at: datetime, *, detail: str) -> None:
        """See `Outbox.refused`. Who has lost its claim is not heard here either."""
        with self._writing() as connection:
            if len(batch.messages) == 1:
                ended: Columns = {"stage": Stage.REFUSED.value, "ended_at": at, "detail": told(detail)}
                connection.execute(_mine(batch).values(**ended))
                return
            for keys in _halves([message.key for message in batch.messages]):
                half = _mine(batch).where(col(MessageRow.key).in_(keys))
                connection.execute(half.values(batch=number(keys), due_at=at, noted_at=at, detail=told(detail)))

    def revive(self, channel: str, at: datetime) -> None:
        """See `Outbox.revive`."""
        with self._writing() as connection:
            leftovers.revive(connection, channel, at)

    def abandon(self, known: Collection[str], at: datetime, *, before: datetime, detail: str) -> int:
        """See `Outbox.abandon`."""
        with self._writing() as connection:
            return connection.execute(leftovers.abandoned(known, at, before, detail)).rowcount

    def prune(self, at: datetime) -> None:
        """See `Outbox.prune`."""
        with self._writing() as connection:
            leftovers.prune(connection, at)

    def forget(self, channel: str, at: datetime) -> Sequence[GivenUp]:
        """See `Outbox.forget`."""
        with self._writing() as connection:
            return leftovers.forget(connection, channel, at)

    def queues(self) -> Mapping[str, Queue]:
        """See `Outbox.queues`."""
        with translated(Operation.READ, self._engine), self._engine.connect() as connection:
            return {row.channel: _queue(row) for row in connection.execute(_QUEUES)}

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction of its own, for what is changed by what is read in it."""
        read, write = (translated(operation, self._engine) for operation in (Operation.READ, Operation.WRITE))
        with self._turn, read, write, self._engine.begin() as connection:
            yield connection


def _first(column: Any, channel: ColumnElement[str] | str) -> ScalarSelect[Any]:
    """A *column* of the oldest message that waits in *channel*; what is under way stands there."""
    return select(column).where(is_at(Stage.WAITING, channel)).order_by(col(MessageRow.id)).limit(1).scalar_subquery()


def _due(waiting: Iterable[Any], at: datetime, gathered: datetime, most: int) -> Sequence[MessageRow]:
    """The rows at the head of those *waiting* that are to be sent together now; it reads no further than that."""
    rows = iter(waiting)
    first = next(rows, None)
    if first is None or not _may_go(first, at, gathered):
        return ()
    together = chain([first], takewhile(lambda row: row.batch == first.batch, rows))
    return list(together if first.batch else islice(together, most))


def _may_go(first: MessageRow, at: datetime, gathered: datetime) -> bool:
    """Whether what *first* heads may be sent *at* a time. Nobody waits for a clock that was set back to catch up."""
    noted, due = (first.noted_at, first.due_at) if first.batch else (first.at, None)
    if noted and noted - at > SKEW:
        return True
    return due <= at if due else first.at <= gathered


def _batch(rows: Sequence[MessageRow], channel: str) -> Batch:
    """*rows* as those who send know them."""
    return Batch(
        id=rows[0].batch or number([row.key for row in rows]),
        channel=channel,
        messages=tuple(map(message_of, rows)),
        tries=rows[0].tries,
        waited=max(row.waited or 0 for row in rows),
        doubts=max(row.doubts or 0 for row in rows),
    )


def _claim(rows: Sequence[MessageRow], batch: Batch, at: datetime, until: datetime) -> Update:
    """Claim *rows* as *batch*, as far as nobody did since they were read: any claim begins with the first of them."""
    is_free = (col(MessageRow.stage) == Stage.WAITING) & (col(MessageRow.tries) == batch.tries)
    these = col(MessageRow.id).in_([row.id for row in rows])
    after: Columns = {"batch": batch.id, "due_at": until, "noted_at": at, "tries": batch.tries + 1}
    return update(MessageRow).where(these, is_free).values(**after)


def _change(batch: Batch) -> Update:
    """What changes the rows of *batch*, as far as they are still there."""
    keys = [message.key for message in batch.messages]
    return update(MessageRow).where(col(MessageRow.key).in_(keys), col(MessageRow.batch) == batch.id)


def _mine(batch: Batch) -> Update:
    """The same, as long as nobody has claimed it since."""
    return _change(batch).where(col(MessageRow.stage) == Stage.WAITING, col(MessageRow.tries) == batch.tries + 1)


def _halves(keys: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    middle = len(keys) // 2
    return keys[:middle], keys[middle:]


def _channels() -> CTE:
    """Every channel, by a leap from each to the next in an index and not by a walk along all messages."""
    found = select(func.min(col(MessageRow.channel)).label("channel")).cte("channels", recursive=True)
    following = select(func.min(col(MessageRow.channel))).where(col(MessageRow.channel) > found.c.channel).scalar_subquery()
    return found.union_all(select(following).where(found.c.channel.is_not(None)))


def _all_queues() -> Select[Any]:
    """A row for each channel: how many wait and were given up, since when, and what the newest trouble was."""
    channel = _channels().c.channel

    def counted(holds: ColumnElement[bool]) -> ScalarSelect[Any]:
        return select(func.count()).select_from(MessageRow).where(holds).scalar_subquery()

    dead = is_given_up(channel)
    given_up = select(col(MessageRow.detail)).where(dead).order_by(col(MessageRow.id).desc()).limit(1)
    return select(
        channel,
        counted(is_at(Stage.WAITING, channel)).label("waiting"),
        counted(dead).label("dead"),
        _first(MessageRow.at, channel).label("oldest"),
        func.coalesce(_first(MessageRow.detail, channel), given_up.scalar_subquery(), "").label("error"),
    ).where(channel.is_not(None))


_QUEUES = _all_queues()


def _queue(row: Any) -> Queue:
    return Queue(waiting=row.waiting, dead=row.dead, oldest=row.oldest, error=row.error)
