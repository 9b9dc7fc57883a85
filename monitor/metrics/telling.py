"""The metrics of telling people: declared here, and read off what those who tell have counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Protocol

from monitor.metrics.families import Family, Values
from monitor.outbox import Queue

_SENT = Family("vendorwatch_notifications_total", "counter", "Messages that a receiver took.", ("channel",))
_FAILED = Family(
    "vendorwatch_notification_failures_total", "counter", "Messages that a receiver did not take.", ("channel",)
)
_QUEUED = Family("vendorwatch_notifications_queued", "gauge", "Alerts that wait to be told.", ("channel",))
_DEAD = Family("vendorwatch_notifications_dead", "gauge", "Alerts that were given up and never told.", ("channel",))
_OLDEST = Family(
    "vendorwatch_notification_oldest_timestamp_seconds",
    "gauge",
    "Since when the oldest alert waits to be told, as Unix time; absent while none does.",
    ("channel",),
)
_HEARD = Family(
    "vendorwatch_heartbeat_last_success_timestamp_seconds",
    "gauge",
    "When our heartbeat was last heard elsewhere, as Unix time; absent before, and where none is configured.",
)

FAMILIES = (_SENT, _FAILED, _QUEUED, _DEAD, _OLDEST, _HEARD)


class TellingStats(Protocol):
    """What was told and what was not, by channel, as it is now."""

    @property
    def sent(self) -> Mapping[str, int]:
        """Messages that were taken."""

    @property
    def failures(self) -> Mapping[str, int]:
        """Messages that were not, each time they were not."""

    @property
    def queues(self) -> Mapping[str, Queue]:
        """What waits."""

    @property
    def heartbeat(self) -> datetime | None:
        """When the heartbeat was last heard."""


def readings(stats: TellingStats) -> Iterator[tuple[Family, Values]]:
    """Every family with what it shows at this moment. For any thread: each mapping of *stats* is copied at once."""
    queues = dict(stats.queues)
    yield _SENT, {(channel,): count for channel, count in dict(stats.sent).items()}
    yield _FAILED, {(channel,): count for channel, count in dict(stats.failures).items()}
    yield _QUEUED, {(channel,): queue.waiting for channel, queue in queues.items()}
    yield _DEAD, {(channel,): queue.dead for channel, queue in queues.items()}
    yield _OLDEST, {(channel,): queue.oldest.timestamp() for channel, queue in queues.items() if queue.oldest}
    heard = stats.heartbeat
    yield _HEARD, {(): heard.timestamp()} if heard else {}
