"""The vendors while they are watched: how each stands, and which alerts are open. What changes comes out as consequences.

Lives on the event loop; only `Vendors.standings` may be used from another thread. A vendor is followed when a look at one of
its targets ends, and when its standing changes by itself: a grace is over, a window opens, a mute ends. Nothing here sends
or stores: whoever calls has the consequences written, together with what they follow from.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from checks.model import State
from checks.vendor import Vendor
from monitor.alert import NO_ALERTS, Alert, Condition, Reconciled, reconcile, restored, still
from monitor.alerting import conditions, ended, next_moment
from monitor.history import Presence, Stretch
from monitor.outage import Outage, ended_unseen
from monitor.outbox import Route, messages
from monitor.snapshot import Entry
from monitor.standing import Circumstances, Standing, follow, stood
from monitor.store.store import Consequences, Mute

AFTER_A_BUG = timedelta(minutes=1)
"""How long after it a vendor in whose following there is a bug is tried again by time alone."""
AT_ONCE = 250
"""How many vendors are followed in one go because their time has come: so many take the event loop some 20 ms."""

_log = logging.getLogger(__name__)


class Backdrop(Protocol):
    """What a vendor's standing depends on beside itself."""

    def entries_of(self, vendor: str) -> Sequence[Entry]:
        """The newest of each of the vendor's targets."""

    def cause_of(self, vendor: str) -> str:
        """What the vendor has in common with others that fail now, as a sentence; empty without."""

    def work_on(self, vendor: Vendor, at: datetime) -> tuple[datetime | None, datetime | None]:
        """Until when a window of our own is open *at* a time, and when the next one opens; None without one."""

    @property
    def is_blind(self) -> bool:
        """Whether our own network is the suspect."""


@dataclass(frozen=True, slots=True)
class Past:
    """What the store knows from before the start: outages, the newest first, alerts, also some that ended, and mutes.

    *living* are the states of what was watched, by target or vendor, *presences* the last times at which we could see.
    """

    outages: Sequence[Outage] = ()
    alerts: Sequence[Alert] = ()
    mutes: Sequence[Mute] = ()
    living: Mapping[str, State] = field(default_factory=dict)
    presences: Sequence[Presence] = ()


NOTHING = Consequences()
NOBODY = Vendor(slug="", name="nobody")


@dataclass(frozen=True, slots=True)
class _Known:
    """A vendor, how it stands, its alerts, and when one of these changes by itself.

    *not_before* is when it came into a catalogue that was watched already: what is open of it now is another than before.
    """

    vendor: Vendor
    standing: Standing | None = None
    alerts: Reconciled = NO_ALERTS
    next_at: datetime | None = None
    not_before: datetime | None = None


class Vendors:
    """How the vendors of one catalogue after another stand."""

    def __init__(self, backdrop: Backdrop) -> None:
        self._backdrop = backdrop
        self._known: dict[str, _Known] = {}
        self._own = NO_ALERTS
        self._mutes: Mapping[str, Mute] = {}
        self._routes: tuple[Route, ...] = ()
        self._grace_seconds = 0.0
        self._has_adopted = False
        self._was_blind = False

    @property
    def standings(self) -> Mapping[str, Standing]:
        """How each vendor stands, by slug. For any thread: copying a dict is one step of the interpreter."""
        return {slug: known.standing for slug, known in self._known.copy().items() if known.standing}

    @property
    def slugs(self) -> Collection[str]:
        """The vendors that are followed."""
        return self._known.keys()

    def restore(self, past: Past) -> None:
        """Take up what was before the start. To be called once, before the first `adopt`."""
        outages, alerts = defaultdict[str, list[Outage]](list), defaultdict[str, list[Alert]](list)
        for outage in past.outages:
            outages[outage.vendor].append(outage)
        for alert in past.alerts:
            alerts[alert.labels.get("vendor", "")].append(alert)
        self._own = restored(alerts.pop("", ()))
        for slug in outages.keys() | alerts.keys():
            self._known[slug] = _Known(Vendor(slug=slug, name=slug), _stood(slug, outages[slug]), restored(alerts[slug]))
        self._mutes = {mute.vendor: mute for mute in past.mutes}

    def adopt(self, vendors: Iterable[Vendor], routes: Iterable[Route], grace_seconds: float, at: datetime) -> Consequences:
        """Follow exactly *vendors* from now on, and tell by *routes*. What is open of any other has ended *at* that time."""
        self._routes, self._grace_seconds = tuple(routes), grace_seconds
        before, self._known = self._known, {}
        new = _Known(NOBODY, not_before=at if self._has_adopted else None)
        self._has_adopted = True
        found = []
        for vendor in vendors:
            self._known[vendor.slug] = replace(before.pop(vendor.slug, new), vendor=vendor)
            found.append(self.follow(vendor.slug, at))
        found += [self._left(known, at) for known in before.values()]
        # What is open is put down for every route: one that is new hears of it, and to the others it is no news.
        open_now = (self._own, *(known.alerts for known in self._known.values()))
        going_on = [alert for alerts in open_now for alert in alerts.open.values()]
        return _joined([*found, Consequences(messages=messages(going_on, self._routes, at))])

    def follow(self, slug: str, at: datetime) -> Consequences:
        """Look at a vendor as a whole, because something of it has changed, or its time has come.

        A bug in that costs nothing but what would have followed: neither the probe nor the other vendors.
        """
        known = self._known.get(slug)
        if known is None:
            return NOTHING
        try:
            return self._follow(slug, known, at)
        except Exception:  # noqa: BLE001 - a bug of ours here must not end what else goes on
            _log.exception("a bug in following a vendor", extra={"vendor": slug})
            self._known[slug] = replace(known, next_at=at + AFTER_A_BUG)
            return NOTHING

    def _follow(self, slug: str, known: _Known, at: datetime) -> Consequences:
        entries = self._backdrop.entries_of(slug)
        works_until, opens_at = self._backdrop.work_on(known.vendor, at)
        mute = self._mutes.get(slug)
        now = Circumstances(
            at=at,
            grace_seconds=self._grace_seconds,
            works_until=works_until,
            muted_until=mute.until if mute and at < mute.until else None,
            shared=self._backdrop.cause_of(slug),
            not_before=known.not_before,
        )
        standing = follow(known.standing, slug, entries, now)
        alerts = still(known.alerts)
        if not self._backdrop.is_blind:
            alerts = reconcile(known.alerts, conditions(known.vendor, standing, entries, at), at)
        times = (standing.next_at, next_moment(standing, at), opens_at)
        next_at = min((when for when in times if when), default=None)
        self._known[slug] = replace(known, standing=standing, alerts=alerts, next_at=next_at)
        told = self._told(alerts, at, partial(ended, known.vendor, standing))
        moved = known.standing is None or known.standing.state is not standing.state
        stretches = (Stretch(slug, at, standing.state),) if moved else ()
        return _joined([Consequences(outages=_changed_outages(known.standing, standing), stretches=stretches), told])

    def passed(self, at: datetime) -> Iterator[Consequences]:
        """What time alone has changed by now: of a few vendors at once, the rest comes with the next call.

        Once we see again, that is every vendor: what fell due meanwhile was left as it was.
        """
        was_blind, self._was_blind = self._was_blind, self._backdrop.is_blind
        if was_blind and not self._was_blind:
            self._known = {slug: replace(known, next_at=at) for slug, known in self._known.items()}
        due = [slug for slug, known in self._known.items() if known.next_at and known.next_at <= at]
        return (found for slug in due[:AT_ONCE] if (found := self.follow(slug, at)))

    def muted(self, mutes: Iterable[Mute], at: datetime) -> Iterator[Consequences]:
        """Take over which *mutes* there are, and look at the vendors for which that is new."""
        before, self._mutes = self._mutes, {mute.vendor: mute for mute in mutes}
        slugs = before.keys() | self._mutes.keys()
        changed = [slug for slug in sorted(slugs) if before.get(slug) != self._mutes.get(slug)]
        return (found for slug in changed if (found := self.follow(slug, at)))

    def ourselves(self, holding: Iterable[Condition], at: datetime) -> Consequences:
        """Look at the conditions of our own."""
        self._own = reconcile(self._own, holding, at)
        return self._told(self._own, at)

    def _told(
        self, alerts: Reconciled, at: datetime, ending: Callable[[Alert], Alert] = lambda alert: alert
    ) -> Consequences:
        """What follows from *alerts*; *ending* finds the words for one that has ended."""
        if not (alerts.changed or alerts.reworded):
            return NOTHING
        changed = tuple(alert if alert.is_open else ending(alert) for alert in alerts.changed)
        return Consequences(alerts=changed, messages=messages(changed, self._routes, at), reworded=alerts.reworded)

    def _left(self, known: _Known, at: datetime) -> Consequences:
        """What is open of a vendor that is not watched any more ends."""
        open_outage = known.standing.outage if known.standing else None
        outages = (ended_unseen(open_outage, at),) if open_outage else ()
        told = self._told(reconcile(known.alerts, (), at), at, partial(ended, known.vendor, None))
        return _joined([Consequences(outages=outages), told])


def _stood(slug: str, outages: Sequence[Outage]) -> Standing | None:
    """How a vendor stood before the start, as far as its *outages* say, the newest first."""
    if not outages:
        return None
    newest = outages[0]
    is_open = newest.is_open
    past = next((outage for outage in outages if not outage.is_open), None)
    return stood(slug, newest if is_open else None, past, newest.opened_at)


def _changed_outages(before: Standing | None, after: Standing) -> tuple[Outage, ...]:
    """The outages that are not what they were."""
    known = (before.outage, before.past) if before else ()
    return tuple(outage for outage in (after.past, after.outage) if outage and outage not in known)


def _joined(found: Iterable[Consequences]) -> Consequences:
    found = [one for one in found if one]
    if not found:
        return NOTHING
    return Consequences(
        outages=tuple(each for one in found for each in one.outages),
        alerts=tuple(each for one in found for each in one.alerts),
        messages=tuple(each for one in found for each in one.messages),
        reworded=tuple(each for one in found for each in one.reworded),
        stretches=tuple(each for one in found for each in one.stretches),
    )
