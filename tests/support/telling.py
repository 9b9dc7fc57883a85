"""What telling people works with, in memory: an outbox with the contract of `monitor.outbox.Outbox`, a clock to turn."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.alert import Alert
from monitor.clock import Clock
from monitor.outbox import Batch, GivenUp, Message, Queue
from monitor.store.store import Operation, StoreUnavailable
from tests.support.consequences import after
from tests.support.records import NOON


@dataclass
class Hands:
    """A clock that stands still until it is turned."""

    seconds: float = 0.0

    def turn(self, seconds: float) -> None:
        self.seconds += seconds

    @property
    def clock(self) -> Clock:
        return Clock(now=self.now, monotonic=lambda: self.seconds)

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds)

    async def pause(self, seconds: float) -> None:
        """What waits by it does not wait."""
        self.turn(seconds)


def vendor_down(vendor: str = "acme", *, starts: float = 0, ends: float | None = None, **labels: str) -> Alert:
    """That a vendor is down, as the daemon says it."""
    return Alert(
        labels={"alertname": "VendorDown", "severity": "page", "team": "payments", "vendor": vendor, **labels},
        annotations={
            "summary": f"{vendor.title()} is down for us; its page says operational",
            "description": f"Since 2026-03-01 12:00 UTC, believed after 15 s: refused. Down: {vendor}/endpoint/api.",
            "runbook_url": "https://docs.test/runbook#vendordown",
        },
        starts_at=after(starts),
        ends_at=None if ends is None else after(ends),
    )


def message(alert: Alert, *, at: float | None = None, channel: str = "ops") -> Message:
    """News of *alert*, put down as soon as it was known unless another time is said."""
    known = alert.ends_at or alert.starts_at
    return Message(channel=channel, alert=alert, at=known if at is None else after(at))


def batch(*alerts: Alert, tries: int = 0, number: str = "b1") -> Batch:
    """News of *alerts*, about to be sent."""
    return Batch(id=number, channel="ops", messages=tuple(map(message, alerts)), tries=tries)


@dataclass
class _Underway:
    batch: Batch
    due: datetime


@dataclass
class MemoryOutbox:
    """An outbox that is gone with the test. While *is_down* nothing can be asked of it; *alerts_now* are a store's."""

    waiting: list[Message] = field(default_factory=list)
    sent_batches: list[Batch] = field(default_factory=list)
    dead: list[tuple[Batch, str]] = field(default_factory=list)
    tried: list[tuple[datetime | None, str]] = field(default_factory=list)
    is_down: bool = False
    alerts_now: list[Alert] = field(default_factory=list)
    claims: int = 0
    _underway: dict[str, _Underway] = field(default_factory=dict)

    def put(self, *messages: Message) -> None:
        self.waiting += messages

    def claim(self, channel: str, at: datetime, *, gathered: datetime, until: datetime, most: int) -> Batch | None:
        self._require(Operation.READ)
        now = self._underway.get(channel)
        if now:
            if now.due > at:
                return None
            given, now.due = now.batch, until
            now.batch = replace(given, tries=given.tries + 1)
            return given
        mine = [each for each in self.waiting if each.channel == channel][:most]
        if not mine or mine[0].at > gathered:
            return None
        self.claims += 1
        made = Batch(id=f"batch-{self.claims}", channel=channel, messages=tuple(mine))
        self._underway[channel] = _Underway(replace(made, tries=1), until)
        return made

    def sent(self, batch: Batch, at: datetime) -> None:  # noqa: ARG002 - as the protocol has it
        self._require(Operation.WRITE)
        self.sent_batches.append(batch)
        self._end(batch)

    def failed(self, batch: Batch, at: datetime, *, again: datetime | None, detail: str, is_doubtful: bool = False) -> None:
        self._require(Operation.WRITE)
        assert again is None or again > at
        self.tried.append((again, detail))
        if again is None:
            self.dead.append((batch, detail))
            self._end(batch)
        else:
            now = self._underway[batch.channel]
            waited = batch.waited + round((again - at).total_seconds())
            now.batch = replace(now.batch, waited=waited, doubts=batch.doubts + is_doubtful)
            now.due = again

    def refused(self, batch: Batch, at: datetime, *, detail: str) -> None:
        """What is refused is given up here, in one piece: halves are a store's."""
        self.failed(batch, at, again=None, detail=detail)

    def revive(self, channel: str, at: datetime) -> None:  # noqa: ARG002 - as the protocol has it
        self._require(Operation.WRITE)

    def abandon(self, known: Collection[str], at: datetime, *, before: datetime, detail: str) -> int:
        self._require(Operation.WRITE)
        gone = [each for each in self.waiting if each.channel not in known and not before <= each.at <= at]
        self.waiting = [each for each in self.waiting if each not in gone]
        self.dead += [(Batch(id="", channel=each.channel, messages=(each,)), detail) for each in gone]
        return len(gone)

    def prune(self, at: datetime) -> None:  # noqa: ARG002 - as the protocol has it
        self._require(Operation.WRITE)

    def forget(self, channel: str, at: datetime) -> Sequence[GivenUp]:
        self._require(Operation.WRITE)
        told = [GivenUp(each, at, detail) for one, detail in self.dead for each in one.messages if one.channel == channel]
        self.dead = [(one, detail) for one, detail in self.dead if one.channel != channel]
        return told

    def queues(self) -> Mapping[str, Queue]:
        self._require(Operation.READ)
        names = {each.channel for each in self.waiting}
        return {name: Queue(waiting=sum(each.channel == name for each in self.waiting)) for name in names}

    def alerts(self, ended_after: datetime) -> Sequence[Alert]:
        self._require(Operation.READ)
        return [alert for alert in self.alerts_now if alert.ends_at is None or alert.ends_at > ended_after]

    def keys(self) -> list[str]:
        """What was sent, in order."""
        return [each.key for one in self.sent_batches for each in one.messages]

    def _end(self, batch: Batch) -> None:
        del self._underway[batch.channel]
        self.waiting = [each for each in self.waiting if each not in batch.messages]

    def _require(self, operation: Operation) -> None:
        if self.is_down:
            raise StoreUnavailable(operation, "the disk is full")
