"""A fleet of vendors, watched by the daemon's own parts from thirty days ago until now, and from then on.

What is real: checks, watch, canaries, chronicle, second looks, shared causes, platforms, and the exporter with all of the
daemon's instruments, wired as `monitor.daemon` wires them. What is not: the clock, the network (`tests.support.fleetworld`),
who says when a target is due, and the store with those who tell people, whose numbers are made up here, as values of
their own types.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from checks.check import all_checks
from checks.model import Reason
from checks.values import Address, Seconds
from checks.vendor import Vendor
from monitor.backdrop import LiveBackdrop, OwnNetwork
from monitor.canaries import Canaries
from monitor.chronicle import Chronicle
from monitor.clock import Clock
from monitor.compactor import CompactionStats
from monitor.correlate import platforms_in
from monitor.explanations import Explanations
from monitor.history import Stretch
from monitor.metrics import Exporter, Instruments
from monitor.notify.tally import Tally
from monitor.outbox import Queue, Route
from monitor.second_looks import SecondLooks
from monitor.settings import Canaries as CanarySettings
from monitor.settings import Canary, CheckSettings, Concurrency, Confirmation, Settings
from monitor.snapshot import Entry, page_looks
from monitor.state import Transition
from monitor.store.store import Fault, Operation, Written
from monitor.store.writer import WriterStats
from monitor.targets import derived_targets
from monitor.watch import Learned, Watch
from tests.support.fleetworld import FleetNetwork

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


@dataclass(frozen=True)
class Pace:
    """How often is looked, by check, and how often somebody scrapes; in seconds."""

    look: float
    certificate: float
    tls: float
    dns: float
    scrape: float

    @property
    def settings(self) -> Settings:
        """As they stand in ``monitor.yaml``."""
        every = {"status": self.look, "endpoint": self.look, "certificate": self.certificate, "tls": self.tls}
        return Settings(
            checks={name: CheckSettings(every=Seconds(each)) for name, each in {**every, "dns": self.dns}.items()},
            canaries=CanarySettings(every=Seconds(self.look), grace=Seconds(MINUTE), ask=_CANARIES),
        )


SPARSE = Pace(20 * MINUTE, 6 * HOUR, 12 * HOUR, DAY, 20 * MINUTE)
"""For the past: seldom, so that a month takes half a minute."""
DENSE = Pace(MINUTE, HOUR, 3 * HOUR, DAY, MINUTE)
"""As the daemon does by default, but for a scan every three hours."""

_CANARIES = (
    Canary(operator="op-1", dns="op-1.canary", tcp=(Address("192.0.2.1", 53), Address("2001:db8::1", 53))),
    Canary(operator="op-2", tcp=(Address("192.0.2.2", 53),), tls=Address("op-2.canary", 443)),
    Canary(operator="op-3", tcp=(Address("192.0.2.3", 53), Address("2001:db8::3", 53))),
)


@dataclass
class Trouble:
    """What goes wrong with the daemon itself, as far as it is counted by parts that are not here."""

    locked: int = 0
    dropped: int = 0
    resting: int = 0
    is_absent: bool = False
    """Whether it does not answer who scrapes it."""


class Fleet:
    """*watched* vendors on a *network*. Belongs to a running loop whose time is *clock*; `page` is for any thread.

    *stretches* are what a store would have been given to keep: how all was since the beginning.
    """

    def __init__(self, watched: tuple[Vendor, ...], network: FleetNetwork, clock: Clock) -> None:
        self.clock = clock
        self.network = network
        self.instruments = Instruments("1.0.0", all_checks())
        self.canaries = Canaries(network, clock)
        self.watch = Watch(network, clock, self, self.canaries)
        self.tally = Tally()
        self.watched = watched
        self.stretches: list[Stretch] = []
        self._explanations = Explanations()
        own = OwnNetwork(lambda: self.canaries.view, clock)
        self._backdrop = LiveBackdrop(self.watch.entries_of, self._explanations.cause_of, own)
        self.chronicle = Chronicle(self._put, clock, self._backdrop, own)
        self._second_looks = SecondLooks(self._look_again)
        standings = self.chronicle.vendors
        checks = all_checks().values()
        self._exporter = Exporter(self.watch.snapshot, lambda: standings.standings, checks, self.instruments)
        self._lookers: dict[str, asyncio.Task[None]] = {}
        self._written = 0
        self.trouble = Trouble()
        self.tally.begin(("pager", "chat"), has_heartbeat=True)

    def adopt(self, pace: Pace) -> None:
        """Look at *pace* from now on, as after a reload."""
        settings, confirm = pace.settings, Confirmation()
        targets = [each for one in self.watched for each in derived_targets(one, all_checks(), settings)]
        self.watch.adopt(self.watched, targets, Concurrency(), confirm, {})
        self._explanations.forget_all_but({target.key for target in targets})
        self.canaries.adopt(settings.canaries)
        self._backdrop.adopt(self.watched)
        self.chronicle.adopt(self.watched, [Route(channel="pager", severities=("page",))], confirm.apart)
        self._second_looks.adopt(self.watch.snapshot().entries.values(), confirm.after, settings.canaries.grace)
        self.instruments.reloaded(self.clock.now(), len(self.watched), len(targets))
        self.end()
        spread = min(pace.look, MINUTE) / len(targets)
        loop = asyncio.get_running_loop()
        self._lookers = {t.key: loop.create_task(self._look(t.key, n * spread, t.every)) for n, t in enumerate(targets)}

    def end(self) -> None:
        """Begin no more looks."""
        for looker in self._lookers.values():
            looker.cancel()

    def neglect(self, key: str) -> None:
        """Look at a target no more, though it is watched."""
        self._lookers[key].cancel()

    async def _look(self, key: str, first: float, every: float) -> None:
        await asyncio.sleep(first)
        while True:
            self.watch.due(key, late=0.002)
            await asyncio.sleep(every)

    def learned(self, learned: Learned) -> None:
        """See `monitor.watch.Listener`; what the daemon does but for logs."""
        entry, seen = learned.entry, learned.observation
        self._explanations.note(entry)
        self.chronicle.learned(learned)
        self.instruments.probed(entry.check.name, seen.seconds, learned.waited)
        if seen.failure and seen.failure.reason is Reason.INTERNAL:
            self.instruments.erred(entry.check.name)
        if learned.transition:
            self.instruments.moved(entry.check.name, learned.transition.after)
        self._second_looks.consider(entry)

    def overrun(self, key: str) -> None:
        """See `monitor.watch.Listener`."""
        if not self._second_looks.stands_in(key):
            self.instruments.missed("overrun")

    def lapsed(self, entry: Entry, transition: Transition) -> None:
        """See `monitor.watch.Listener`."""
        self.chronicle.lapsed(entry, transition)
        self.instruments.moved(entry.check.name, transition.after)

    def _look_again(self, key: str) -> bool:
        if self.watch.is_busy(key):
            return False
        self.watch.due(key)
        return True

    def _put(self, written: Written) -> None:
        self._written += 1
        self.stretches += written.consequences.stretches
        for alert in written.consequences.alerts:
            self.tally.took("pager" if alert.labels["severity"] == "page" else "chat")

    def beat(self) -> None:
        """Time has passed; see `monitor.daemon`."""
        self.instruments.beat(self.clock.now())
        self.watch.age()
        found = platforms_in(page_looks(self.watch.snapshot().entries.values()))
        self.instruments.platforms_are({name: unreadable is not None for name, unreadable in found.items()})
        self._explanations.compare()
        self.instruments.causes_are(self._explanations.sizes)
        self.chronicle.passed()

    def page(self) -> Iterable[bytes]:
        """``/metrics`` as it is now."""
        self.instruments.in_flight(self.watch.in_flight)
        self.instruments.clock_is(behind=self.chronicle.is_behind)
        self.instruments.resting(self.trouble.resting)
        self.instruments.store_is(self._writer_stats())
        self.instruments.compaction_is(self._compaction_stats())
        self.instruments.egress_is(self.canaries.view, self.clock.monotonic())
        self.tally.heartbeat = self.clock.now() - timedelta(seconds=20)
        oldest = self.clock.now() - timedelta(seconds=40)
        self.tally.queues = {"pager": Queue(), "chat": Queue(waiting=2, oldest=oldest)}
        self.instruments.notifications_are(self.tally)
        return self._exporter.page()

    def _writer_stats(self) -> WriterStats:
        at = self.clock.now()
        return WriterStats(
            queued=self._written % 7,
            bytes=self._written % 7 * 900,
            oldest=at - timedelta(seconds=1),
            written=self._written,
            dropped=self.trouble.dropped,
            refused=0,
            errors={(Operation.WRITE, Fault.LOCKED): self.trouble.locked},
            last_success=at - timedelta(seconds=2),
        )

    def _compaction_stats(self) -> CompactionStats:
        at = self.clock.now()
        return CompactionStats(
            packed=self._written // 2,
            removed=self._written // 3,
            bytes=20_000_000 + 900 * self._written,
            last_success=at - timedelta(seconds=at.timestamp() % 30),
        )
