"""What was told and what was not, as numbers: for the exporter, whose threads may look at any time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from monitor.outbox import Queue


class Tally:
    """Counts since the start, by channel, and how the queues were a moment ago. It outlives a reload."""

    def __init__(self) -> None:
        self.sent: dict[str, int] = {}
        self.failures: dict[str, int] = {}
        self.queues: Mapping[str, Queue] = {}
        self.heartbeat: datetime | None = None
        """When the receiver of the heartbeat last heard from us."""

    def begin(self, channels: Iterable[str], *, has_heartbeat: bool) -> None:
        """Have a number for each of *channels*, and for no other."""
        names = tuple(channels)
        self.sent = {name: self.sent.get(name, 0) for name in names}
        self.failures = {name: self.failures.get(name, 0) for name in names}
        self.queues = {}
        self.heartbeat = self.heartbeat if has_heartbeat else None

    def took(self, channel: str) -> None:
        """A receiver took a message of *channel*."""
        self.sent[channel] = self.sent.get(channel, 0) + 1

    def refused(self, channel: str) -> None:
        """A receiver did not."""
        self.failures[channel] = self.failures.get(channel, 0) + 1
