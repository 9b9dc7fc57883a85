"""What happened, put down with what follows from it: a probe and its consequences are one entry of the store.

Lives on the event loop. Between what is watched, what is stored and who is told, and knows none of their inner life: looks
come from the watch, entries go to the writer, and whoever tells people reads what was written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Protocol

from checks.vendor import Vendor
from monitor.alerting import offline
from monitor.clock import Clock
from monitor.outbox import Route
from monitor.snapshot import Entry
from monitor.state import Transition, severity_of
from monitor.store.store import Aside, Consequences, Mute, Record, Written
from monitor.vendors import Around, Past, Vendors
from monitor.watch import Learned


class OwnNetwork(Protocol):
    """Whether our own network is the suspect."""

    @property
    def offline_since(self) -> datetime | None:
        """Since when it is; None while it is not."""

    @property
    def unseen(self) -> Sequence[str]:
        """The operators of canaries that could not be reached last."""


class Chronicle:
    """Keeps the vendors' standings and puts down what happens. *put* takes an entry to write and never waits."""

    def __init__(self, put: Callable[[Written], None], clock: Clock, around: Around, network: OwnNetwork) -> None:
        self._put = put
        self._clock = clock
        self._network = network
        self.vendors = Vendors(around)

    def adopt(self, vendors: Iterable[Vendor], routes: Iterable[Route], grace_seconds: float) -> None:
        """Follow *vendors* from now on."""
        at = self._clock.now()
        self._aside(at, self.vendors.adopt(vendors, routes, grace_seconds, at))

    def restore(self, past: Past) -> None:
        """Take up what was open before the start."""
        self.vendors.restore(past)

    def learned(self, learned: Learned) -> None:
        """A probe ended."""
        entry, seen = learned.entry, learned.observation
        self._put(
            Record(
                target=entry.target,
                observation=seen,
                severity=severity_of(seen, reads_claim=entry.check.reads_claim, sight=learned.sight),
                held=entry.held,
                transition=learned.transition,
                consequences=self.vendors.follow(entry.target.vendor, self._clock.now()),
            )
        )

    def lapsed(self, entry: Entry, transition: Transition) -> None:
        """A target was not looked at for so long that nobody knows how it is."""
        found = self.vendors.follow(entry.target.vendor, transition.at)
        key = entry.target.key
        self._put(Aside(at=transition.at, key=key, held=entry.held, transition=transition, consequences=found))

    def passed(self) -> None:
        """Time went by: look at what changes by itself."""
        at = self._clock.now()
        for found in self.vendors.passed(at):
            self._aside(at, found)
        self._aside(at, self._ourselves(at))

    def muted(self, mutes: Iterable[Mute]) -> None:
        """Take over which *mutes* there are."""
        at = self._clock.now()
        for found in self.vendors.muted(mutes, at):
            self._aside(at, found)

    def _ourselves(self, at: datetime) -> Consequences:
        since = self._network.offline_since
        seen = ", ".join(self._network.unseen)
        return self.vendors.ourselves([offline(since or at, holds=since is not None, seen=seen)], at)

    def _aside(self, at: datetime, found: Consequences) -> None:
        if found:
            self._put(Aside(at=at, consequences=found))
