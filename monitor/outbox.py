"""What is to be sent to whom, as values, and what keeps it until it was sent. Nothing here sends or stores.

A message is written in the transaction that changes what it tells of, and it is sent from there and from nowhere else.
Whoever sends first claims a batch; a claim runs out, so that what a killed sender had claimed is sent by the next one, as
the same batch under the same id, by which a receiver knows it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from monitor.alert import Alert


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
    """Messages of one *channel* that are sent together, oldest first. *tries* counts those before this one."""

    id: str
    channel: str
    messages: tuple[Message, ...]
    tries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """How a channel does: how many messages wait, how many were given up, and since when the oldest waits.

    *error* is what its last failure was, of what waits or was given up; empty where there is none.
    """

    waiting: int = 0
    dead: int = 0
    oldest: datetime | None = None
    error: str = ""


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
        messages, oldest first, once the oldest was put down at *gathered* or before: ten alerts of one minute are one message.
        While a batch of the channel is claimed or waits for its next try there is no new one: what ends an alert must not
        overtake what began it.
        """
        ...

    def sent(self, batch: Batch, at: datetime) -> None:
        """The receiver has taken *batch*."""
        ...

    def failed(self, batch: Batch, at: datetime, *, again: datetime | None, detail: str) -> None:
        """The receiver did not take it, for the reason *detail*: it is due *again* then, or with None given up."""
        ...

    def queues(self) -> Mapping[str, Queue]:
        """How every channel does that ever had a message."""
        ...
