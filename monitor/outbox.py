"""What is to be sent to whom, as values, and what keeps it until it was sent. Nothing here sends or stores.

A message is written in the transaction that changes what it tells of, and it is sent from there and from nowhere else.
Whoever sends first claims a batch; a claim runs out, so that what a killed sender had claimed is sent by the next one, as
the same batch under the same id, by which a receiver knows it again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from monitor.alert import Alert

KEPT = timedelta(days=30)
"""How long a message is known after it was sent or given up: an alert that ended longer ago may open again as itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """That an *alert* opened or ended, as it was then, for one *channel*; *at* is when it was put down."""

    channel: str
    alert: Alert
    at: datetime

    @property
    def key(self) -> str:
        """The same for the same news, so that it is put down once however often it is written."""
        status = "firing" if self.alert.is_open else "resolved"
        return f"{self.channel}/{self.alert.fingerprint}/{self.alert.starts_at.isoformat()}/{status}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Messages of one *channel* that are sent together, oldest first.

    *tries* counts those before this one, *waited* is how many seconds were waited between them, whatever the clock said and
    without the time in which nobody tried. *doubts* counts those of which nobody knows whether they arrived.
    """

    id: str
    channel: str
    messages: tuple[Message, ...]
    tries: int = 0
    waited: int = 0
    doubts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """How a channel does: how many messages wait, how many were given up, and since when the oldest waits.

    *error* is what its last failure was, of what waits or was given up; empty where there is none.
    """

    waiting: int = 0
    dead: int = 0
    oldest: datetime | None = None
    error: str = ""

    def seen(self, at: datetime) -> Queue:
        """The same, seen *at* a time: nothing waits since later than that, even if the clock was set back."""
        return replace(self, oldest=at) if self.oldest and self.oldest > at else self


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A *message* that was never told, since when, and why."""

    message: Message
    at: datetime
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Which alerts a *channel* takes: those of its *severities* and, where it names any, of its *teams*."""

    channel: str
    severities: tuple[str, ...]
    teams: tuple[str, ...] = ()

    def takes(self, alert: Alert) -> bool:
        """Whether *alert* goes there. What belongs to no team, like our own alerts, goes to everybody."""
        team = alert.labels.get("team", "")
        return alert.labels["severity"] in self.severities and (not self.teams or not team or team in self.teams)


def messages(alerts: Iterable[Alert], routes: Iterable[Route], at: datetime) -> tuple[Message, ...]:
    """A message for each of *alerts* and each route that takes it."""
    routes = tuple(routes)
    return tuple(
        Message(channel=route.channel, alert=alert, at=at) for alert in alerts for route in routes if route.takes(alert)
    )


class Outbox(Protocol):
    """Where messages wait. Every method blocks and may raise `monitor.store.store.StoreUnavailable`."""

    def claim(self, channel: str, at: datetime, *, gathered: datetime, until: datetime, most: int) -> Batch | None:
        """Claim the next batch of *channel* until a time, for this sender alone; None when nothing is due *at* that time.

        First a batch that was claimed before and is due again, whole and under its id; else a new one of at most *most*
        messages, oldest first, once the oldest was put down at *gathered* or before: ten alerts of one minute are one
        message.
        While a batch of the channel is claimed or waits for its next try there is no new one: what ends an alert must not
        overtake what began it. What was written at a later time than *at* waits for nothing: the clock was set back since.
        """
        ...

    def sent(self, batch: Batch, at: datetime) -> None:
        """The receiver has taken *batch*. Then what `revive` speaks of comes back to life."""
        ...

    def failed(self, batch: Batch, at: datetime, *, again: datetime | None, detail: str, is_doubtful: bool = False) -> None:
        """The receiver did not take it, for the reason *detail*: it is due *again* then, or with None given up.

        *is_doubtful* says that it may have taken it all the same.
        """
        ...

    def refused(self, batch: Batch, at: datetime, *, detail: str) -> None:
        """The receiver calls it wrong in itself: one message is given up for good, of several each half comes next."""
        ...

    def revive(self, channel: str, at: datetime) -> None:
        """Have what was given up after long tries sent after all, as one batch, where what it tells of goes on still.

        It keeps what it has *waited*. Nothing happens while a batch of the channel is claimed or waits.
        """
        ...

    def abandon(self, known: Collection[str], at: datetime, *, before: datetime, detail: str) -> int:
        """Give up what was put down *before* a time for channels that are none of *known*; how many messages that were."""
        ...

    def prune(self, at: datetime) -> None:
        """Remove a portion of what was sent or given up long ago."""
        ...

    def forget(self, channel: str, at: datetime) -> Sequence[GivenUp]:
        """What was given up of *channel*, oldest first; it is not counted any more, nor comes back to life."""
        ...

    def queues(self) -> Mapping[str, Queue]:
        """How every channel does that ever had a message."""
        ...
