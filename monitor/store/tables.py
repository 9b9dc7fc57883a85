"""The schema, as SQLModel classes. A change here needs the next file in ``migrations/versions``; a test compares the two.

Observations and facts are keyed by time first: targets take turns, so a key that began with the target would touch one
page of the index for every row, and one that begins with the time is only ever appended to. Transitions and states are
few and are asked for by target. Nothing refers to an observation by foreign key, because old ones go.
What stands in the outbox is found by its channel and stage alone, however much was sent.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Dialect, Index, Integer, MetaData, UniqueConstraint
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def microseconds_of(moment: datetime) -> int:
    """An aware *moment* as whole microseconds since 1970 UTC."""
    return (moment - EPOCH) // _MICROSECOND


def moment_of(microseconds: int) -> datetime:
    """The moment so many *microseconds* after 1970, aware and in UTC."""
    return EPOCH + microseconds * _MICROSECOND


class Instant(TypeDecorator[datetime]):
    """A moment as whole microseconds since 1970 UTC.

    An integer sorts, subtracts and compares the same in every database, is a third of the size of SQLite's text, and
    gives back exactly what was written, which a state that is restored after a restart relies on.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Refuses a time without a zone: it could be any of 38 moments."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"{value} has no time zone: the store takes aware times only"
            raise ValueError(msg)
        return microseconds_of(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """The moment, aware and in UTC."""
        del dialect
        return None if value is None else moment_of(value)


class Row(SQLModel):
    """What all tables share: one schema whose constraints have predictable names, so that a migration can name them."""

    metadata: ClassVar[MetaData] = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        }
    )


class Hour(TypeDecorator[datetime]):
    """The beginning of an hour of UTC, as whole hours since 1970: of the size of what stands beside it in a rollup."""

    impl = Integer
    cache_ok = True
    seconds = 3_600

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Takes any aware moment for the hour that it is in."""
        del dialect
        return None if value is None else int(value.timestamp() // self.seconds)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """The moment, aware and in UTC."""
        del dialect
        return None if value is None else datetime.fromtimestamp(value * self.seconds, UTC)


class Day(Hour):
    """The beginning of a day of UTC, as whole days since 1970."""

    cache_ok = True
    seconds = 86_400


class TargetRow(Row, table=True):
    """A small number for every series ever seen, by the key of a target or the slug of a vendor; never given to another.

    Its hours are rolled up until *accounted_until*; None where none is yet.
    """

    __tablename__ = "target"

    id: int = Field(primary_key=True)
    key: str = Field(unique=True)
    accounted_until: datetime | None = Field(sa_type=Instant)


class StateRow(Row, table=True):
    """The latest state of a target: `monitor.state.Held`, and the observation that was the last to say so."""

    __tablename__ = "target_state"

    target_id: int = Field(primary_key=True, foreign_key="target.id")
    observed_at: datetime = Field(sa_type=Instant)
    state: str
    since: datetime = Field(sa_type=Instant)
    cause: str
    transient: bool
    pending: int
    pending_down: int
    pending_since: datetime | None = Field(sa_type=Instant)
    pending_falls: bool
    memo: str | None
    looks: str | None
    flapping: bool | None
    intermittent: bool | None
    believed_since: datetime | None = Field(sa_type=Instant)
    bad_since: datetime | None = Field(sa_type=Instant)


class TransitionRow(Row, table=True):
    """A change of state, and the observation that made it believed. Ids rise in the order of writing."""

    __tablename__ = "transition"
    __table_args__ = (UniqueConstraint("target_id", "observed_at"),)

    id: int = Field(primary_key=True)
    target_id: int = Field(foreign_key="target.id")
    observed_at: datetime = Field(sa_type=Instant)
    before: str
    after: str
    since: datetime = Field(sa_type=Instant)
    at: datetime = Field(sa_type=Instant)
    cause: str


class FactsRow(Row, table=True):
    """The facts of a target, whole, as JSON: those of its observation of the same time, see `monitor.store.facts`."""

    __tablename__ = "facts"

    at: datetime = Field(primary_key=True, sa_type=Instant)
    target_id: int = Field(primary_key=True, foreign_key="target.id")
    whole: str


class ObservationRow(Row, table=True):
    """One probe. Its facts are the whole ones of *facts_at* with *changed* laid over them; a failure has none."""

    __tablename__ = "observation"

    at: datetime = Field(primary_key=True, sa_type=Instant)
    target_id: int = Field(primary_key=True, foreign_key="target.id")
    seconds: float
    severity: str
    reason: str | None
    detail: str | None
    findings: str
    facts_at: datetime | None = Field(sa_type=Instant)
    changed: str | None


class OutageRow(Row, table=True):
    """`monitor.outage.Outage`, as far as it is known; *targets* is a JSON array of keys."""

    __tablename__ = "outage"
    __table_args__ = (UniqueConstraint("vendor", "opened_at"),)

    id: int = Field(primary_key=True)
    vendor: str
    opened_at: datetime = Field(sa_type=Instant)
    confirmed_at: datetime = Field(sa_type=Instant)
    claimed_at: datetime | None = Field(sa_type=Instant)
    closed_at: datetime | None = Field(sa_type=Instant)
    targets: str
    cause: str
    shared: str


class AlertRow(Row, table=True):
    """`monitor.alert.Alert`, as it is now; *labels* and *annotations* are JSON objects."""

    __tablename__ = "alert"
    __table_args__ = (UniqueConstraint("fingerprint", "starts_at"), Index("ix_alert_ends_at", "ends_at"))

    id: int = Field(primary_key=True)
    fingerprint: str
    starts_at: datetime = Field(sa_type=Instant)
    ends_at: datetime | None = Field(sa_type=Instant)
    labels: str
    annotations: str


class Stage(StrEnum):
    """How far a message has come."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"
    """Given up after it was tried for long, or because nobody sends for its channel any more."""
    REFUSED = "refused"
    """Given up because the receiver calls it wrong in itself."""
    DROPPED = "dropped"
    """Given up, and somebody has looked at it since."""


class MessageRow(Row, table=True):
    """`monitor.outbox.Message`: *alert* is a JSON object, ids rise in the order of writing.

    While it waits in a *batch*, *due_at* is when the batch may be claimed: when its claim runs out, or its next try is due;
    *noted_at* is when that was written. *tries* counts its claims, *waited* the seconds between its tries, *doubts* those
    tries of which nobody knows whether they arrived. *detail* is what the receiver said last, *ended_at* is when it was
    sent or given up.
    """

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_channel_stage_id", "channel", "stage", "id"),)

    id: int = Field(primary_key=True)
    key: str = Field(unique=True)
    channel: str
    stage: str
    at: datetime = Field(sa_type=Instant)
    alert: str
    batch: str | None
    due_at: datetime | None = Field(sa_type=Instant)
    tries: int
    ended_at: datetime | None = Field(sa_type=Instant)
    detail: str | None
    noted_at: datetime | None = Field(sa_type=Instant)
    waited: int | None
    doubts: int | None


class MuteRow(Row, table=True):
    """`monitor.store.store.Mute`. Of a vendor's the one with the highest id counts."""

    __tablename__ = "mute"

    id: int = Field(primary_key=True)
    vendor: str
    since: datetime = Field(sa_type=Instant)
    until: datetime = Field(sa_type=Instant)
    why: str


class StretchRow(Row, table=True):
    """`monitor.history.Stretch`; *state* is None where the series is not watched from then on.

    A row is replaced only by one of the same series that says otherwise from the same moment on, or from an earlier one:
    then the later ones never were.
    """

    __tablename__ = "stretch"
    __table_args__ = {"sqlite_with_rowid": False}

    target_id: int = Field(primary_key=True, foreign_key="target.id")
    since: datetime = Field(primary_key=True, sa_type=Instant)
    state: str | None


class JudgementRow(Row, table=True):
    """`monitor.history.Judgement`: a row for each change. *findings* are JSON; *word* is the same for judgements alike."""

    __tablename__ = "judgement"
    __table_args__ = {"sqlite_with_rowid": False}

    target_id: int = Field(primary_key=True, foreign_key="target.id")
    since: datetime = Field(primary_key=True, sa_type=Instant)
    findings: str
    memo: str
    word: str


class PresenceRow(Row, table=True):
    """`monitor.history.Presence`; the newest grows."""

    __tablename__ = "presence"

    since: datetime = Field(primary_key=True, sa_type=Instant, sa_column_kwargs={"autoincrement": False})
    until: datetime = Field(sa_type=Instant)


class Rolled(Row):
    """What the rollup of an hour and of a day have in common: `monitor.history.Rollup`, and seconds by state.

    *failures* is a JSON object of counts by reason, None without any.
    """

    up: int
    degraded: int
    down: int
    unknown: int
    maintenance: int
    probes: int
    failures: str | None


class HourRow(Rolled, table=True):
    """An hour of a series. Where there is none although the series lived, nobody watched."""

    __tablename__ = "hour"
    __table_args__ = {"sqlite_with_rowid": False}

    hour: datetime = Field(primary_key=True, sa_type=Hour)
    target_id: int = Field(primary_key=True, foreign_key="target.id")


class DayRow(Rolled, table=True):
    """A UTC day of a series, as far as it is rolled up; *latency* are the bytes of a `monitor.sketch.Sketch`."""

    __tablename__ = "day"
    __table_args__ = {"sqlite_with_rowid": False}

    day: datetime = Field(primary_key=True, sa_type=Day)
    target_id: int = Field(primary_key=True, foreign_key="target.id")
    latency: bytes | None


class PackRow(Row, table=True):
    """Observations of one target in one hour, with their facts, pressed together: see `monitor.store.packing`.

    There is more than one of an hour where some were written late. *is_kept* says that a state changed by one of them.

    Alone of those with a key of numbers it has row ids: without them SQLite keeps no more than a quarter of a page of a row
    in its tree, and a larger pack would have the rest of it in a page of its own (https://www.sqlite.org/withoutrowid.html).
    """

    __tablename__ = "pack"

    hour: datetime = Field(primary_key=True, sa_type=Hour)
    target_id: int = Field(primary_key=True, foreign_key="target.id")
    first_at: datetime = Field(primary_key=True, sa_type=Instant)
    is_kept: bool
    packed: bytes
