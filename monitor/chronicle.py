"""What happened, put down with what follows from it: a probe and its consequences are one entry of the store.

Lives on the event loop. Between what is watched, what is stored and who is told, and knows none of their inner life: looks
come from the watch, entries go to the writer, and whoever tells people reads what was written.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

from checks.model import State
from checks.vendor import Vendor
from monitor.alert import Urgency
from monitor.alerting import offline
from monitor.clock import Clock
from monitor.history import Presence, Stretch
from monitor.ledger import RECENT, Ledger
from monitor.outbox import KEPT, Route
from monitor.snapshot import Entry
from monitor.state import Transition, severity_of
from monitor.store.store import Aside, Consequences, Mute, Record, Store, Written
from monitor.vendors import Backdrop, Past, Vendors
from monitor.watch import Learned


class OwnNetwork(Protocol):
    """Whether our own network works."""

    @property
    def is_lost(self) -> bool | None:
        """Whether it has not worked for a while, or not for long; None when nobody can tell."""

    @property
    def lost_since(self) -> datetime | None:
        """Since when it has not."""

    @property
    def comes_and_goes(self) -> bool:
        """Whether it works now and then."""

    @property
    def troubles(self) -> Sequence[str]:
        """What could not be reached last, a line for each."""


_log = logging.getLogger(__name__)

_CURE = "set the clock; where it was ahead before, see VendorwatchClockBehind in the runbook"
_FOREVER = datetime.max.replace(tzinfo=UTC)
RESTORED_OUTAGES = 1000
"""How many of the newest outages are taken up at the start: those that are open, and what their vendors admitted lately."""


def remembered(store: Store, at: datetime) -> Past:
    """What *store* knows of before the start. Blocks, and may raise `StoreUnavailable`."""
    known = {(outage.vendor, outage.opened_at): outage for outage in store.outages(limit=RESTORED_OUTAGES)}
    known |= {(outage.vendor, outage.opened_at): outage for outage in store.outages(is_open=True, limit=RESTORED_OUTAGES)}
    newest_first = sorted(known.values(), key=lambda outage: outage.opened_at, reverse=True)
    return Past(
        outages=newest_first,
        alerts=store.alerts(ended_after=at - KEPT),
        mutes=store.mutes(at),
        living=store.living(),
        presences=store.presences(at - RECENT, _FOREVER),
    )


class Chronicle:
    """Keeps the vendors' standings and puts down what happens. *put* takes an entry to write and never waits."""

    def __init__(self, put: Callable[[Written], None], clock: Clock, backdrop: Backdrop, network: OwnNetwork) -> None:
        self._put = put
        self._clock = clock
        self._network = network
        self._backdrop = backdrop
        self._ledger = Ledger(clock)
        self._is_told_behind = False
        self.vendors = Vendors(backdrop)

    @property
    def is_behind(self) -> bool:
        """Whether the clock is so far behind what is stored that nothing of the past is put down."""
        return self._ledger.is_behind

    def restore(self, past: Past) -> None:
        """Take up what was open before the start, and put down that we can see from now on."""
        self.vendors.restore(past)
        self._ledger.restore(past.living, past.presences)
        self._present(self._ledger.begin())

    def adopt(self, vendors: Iterable[Vendor], routes: Iterable[Route], grace_seconds: float) -> None:
        """Follow *vendors* from now on."""
        at = self._clock.now()
        found = self.vendors.adopt(vendors, routes, grace_seconds, at)
        self._aside(at, replace(found, stretches=self._adopted()))

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
                consequences=self._followed(entry, learned.transition, self._clock.now()),
            )
        )

    def lapsed(self, entry: Entry, transition: Transition) -> None:
        """A target was not looked at for so long that nobody knows how it is."""
        found = self._followed(entry, transition, transition.at)
        key = entry.target.key
        self._put(Aside(at=transition.at, key=key, held=entry.held, transition=transition, consequences=found))

    def passed(self) -> None:
        """Time went by: look at what changes by itself."""
        at = self._clock.now()
        was_behind = self._ledger.is_behind
        self._present(self._ledger.beat(is_lost=self._network.is_lost, lost_since=self._network.lost_since))
        if was_behind:
            self._aside(at, Consequences(stretches=self._adopted()))
        self._aside(at, self._ourselves(at))
        for found in self.vendors.passed(at):
            self._aside(at, self._accounted(found))

    def ended(self) -> None:
        """Nobody watches from now on."""
        self._present(self._ledger.witness(matters=True))

    def muted(self, mutes: Iterable[Mute]) -> None:
        """Take over which *mutes* there are."""
        at = self._clock.now()
        for found in self.vendors.muted(mutes, at):
            self._aside(at, self._accounted(found))

    def _followed(self, entry: Entry, transition: Transition | None, at: datetime) -> Consequences:
        """What follows for the vendor from a look at one of its targets, or from there being none."""
        found = logged(self.vendors.follow(entry.target.vendor, at))
        self._present(self._ledger.witness(matters=transition is not None))
        if transition is None:
            return self._accounted(found)
        own = tuple(self._ledger.moved(transition.key, transition.after, transition.since))
        found = self._accounted(found, self._changed_since(entry, transition))
        return replace(found, stretches=(*own, *found.stretches))

    def _changed_since(self, entry: Entry, transition: Transition) -> datetime | None:
        """Since when a vendor is in another state because of a *transition*; None where that is no measurement.

        It is worse since its target is, and better since the last of its targets was seen to be as it is.
        """
        if entry.check.reads_claim:
            return None
        if State.worst([transition.before, transition.after]) is transition.after:
            return transition.since
        entries = self._backdrop.entries_of(entry.target.vendor)
        return max(each.held.since for each in entries if not each.check.reads_claim)

    def _adopted(self) -> tuple[Stretch, ...]:
        """What begins and ends with what is watched now."""
        standings, series = self.vendors.standings, dict[str, State | None]()
        for slug in self.vendors.slugs:
            series |= {entry.target.key: entry.held.state for entry in self._backdrop.entries_of(slug)}
            series[slug] = standings[slug].state if slug in standings else None
        return tuple(self._ledger.adopt(series))

    def _accounted(self, found: Consequences, since: datetime | None = None) -> Consequences:
        """*found*, of the states of vendors only what is news; *since* is when they began, where that is known."""
        if not found.stretches:
            return found
        states = [(each.series, each.state, since or each.since) for each in found.stretches if each.state]
        return replace(found, stretches=tuple(moved for each in states for moved in self._ledger.moved(*each)))

    def _present(self, presences: Iterable[Presence]) -> None:
        for presence in presences:
            self._put(Aside(at=self._clock.now(), presence=presence))
        if self.is_behind is not self._is_told_behind:
            self._is_told_behind = self.is_behind
            self._tell_behind()

    def _tell_behind(self) -> None:
        if self.is_behind:
            told = {"cure": _CURE, "known_until": self._ledger.known_until}
            _log.error("the clock is more than a day behind what is stored: no history is put down", extra=told)
        else:
            _log.error("the clock is no longer behind what is stored: history is put down again")

    def _ourselves(self, at: datetime) -> Consequences:
        network = self._network
        condition = offline(
            network.lost_since or at,
            holds=network.is_lost,
            comes_and_goes=network.comes_and_goes,
            troubles="; ".join(network.troubles),
        )
        return self.vendors.ourselves([condition], at)

    def _aside(self, at: datetime, found: Consequences) -> None:
        if found:
            self._put(Aside(at=at, consequences=logged(found)))


def logged(found: Consequences) -> Consequences:
    """*found*, with a line in the log for each alert that began or ended, and for each outage that is over."""
    for alert in found.alerts:
        words = alert.annotations.get("summary" if alert.is_open else "over", "")
        about = {"alert": alert.name, "vendor": alert.labels.get("vendor", ""), "severity": alert.labels["severity"]}
        level = logging.WARNING if alert.is_open and alert.labels["severity"] != Urgency.NONE else logging.INFO
        _log.log(level, "an alert began" if alert.is_open else "an alert ended", extra={**about, "words": words})
    for outage in found.outages:
        if outage.closed_at:
            lead = "never" if outage.lead is None else f"{outage.lead.total_seconds():.0f} s after the first failure"
            lasted = round((outage.closed_at - outage.opened_at).total_seconds())
            _log.info("an outage is over", extra={"vendor": outage.vendor, "seconds": lasted, "admitted": lead})
    return found
