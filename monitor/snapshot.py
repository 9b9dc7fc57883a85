"""The newest of every target, as immutable values: what ``/metrics`` renders and what a second look at all targets reads.

An `Entry` is replaced whole with each observation; a `Snapshot` is a view of all entries at one moment, safe to hand to
another thread. What is counted here is counted since the daemon started.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from checks.check import AnyCheck
from checks.model import Claim, Observation, Reason, State, Target
from checks.status.facts import platform_of
from checks.status.platform import Page
from checks.vendor import Vendor
from monitor.correlate import PageLook, Sight, unread
from monitor.state import Held

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One target: what it is in, its newest observation, and its newest observation that has facts.

    *sight* is whether anything else could be seen while the newest one failed. *said* is what the vendor said in the newest
    that has facts, None where this is no check that asks; *is_working* whether it said then that work was under way.
    """

    target: Target[Any]
    check: AnyCheck
    held: Held
    latest: Observation[Any] | None = None
    good: Observation[Any] | None = None
    sight: Sight = Sight.CLEAR
    runs: int = 0
    failures: Mapping[Reason, int] = field(default_factory=dict)
    said: Claim | None = None
    is_working: bool = False

    def after(self, observation: Observation[Any], held: Held, sight: Sight = Sight.CLEAR) -> Entry:
        """This entry after one more probe."""
        failure = observation.failure
        failures = self.failures
        if failure:
            failures = {**failures, failure.reason: failures.get(failure.reason, 0) + 1}
        after = replace(self, held=held, latest=observation, sight=sight, runs=self.runs + 1, failures=failures)
        if failure:
            return after
        return replace(after, good=observation, said=_said(self, observation), is_working=_is_working(self, observation))

    @property
    def claim(self) -> Claim | None:
        """What the vendor says, where this is a check that asks; unknown once the state is."""
        if self.check.claim is None:
            return None
        return Claim.UNKNOWN if self.said is None or self.held.state is State.UNKNOWN else self.said

    @property
    def is_worked_on(self) -> bool:
        """Whether the vendor says here that work is under way; not while its word cannot be read."""
        return self.is_working and self.held.state is not State.UNKNOWN

    @property
    def began(self) -> datetime | None:
        """When what the vendor admits here began, by its own word in the newest that could be read."""
        if self.check.began is None or self.good is None:
            return None
        try:
            return self.check.began(self.good.facts, self.target.settings)
        except Exception:  # noqa: BLE001 - a check's own code may raise anything
            _log.exception("%s: a bug in telling when trouble began", self.target.key)
            return None


def _said(entry: Entry, observation: Observation[Any]) -> Claim | None:
    """What the vendor says by *observation*; a bug in finding that out must not end the following of its targets."""
    if entry.check.claim is None:
        return None
    try:
        return entry.check.claim(observation.facts, entry.target.settings)
    except Exception:  # noqa: BLE001 - a check's own code may raise anything
        _log.exception("%s: a bug in telling what the vendor says", observation.key)
        return Claim.UNKNOWN


def _is_working(entry: Entry, observation: Observation[Any]) -> bool:
    """Whether the vendor says by *observation* that work was under way when it was made."""
    if entry.check.under_maintenance is None:
        return False
    try:
        return entry.check.under_maintenance(observation.facts, entry.target.settings, observation.at)
    except Exception:  # noqa: BLE001 - a check's own code may raise anything
        _log.exception("%s: a bug in telling whether work is under way", observation.key)
        return False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All vendors and all entries at one moment. *entries* is keyed by target key, in the catalogue's order."""

    vendors: tuple[Vendor, ...]
    entries: Mapping[str, Entry]
    at: datetime


def measured_state(entries: Iterable[Entry]) -> State:
    """What we measured of a vendor: the worst state of the targets that measure, unknown when none does."""
    return State.worst(entry.held.state for entry in entries if not entry.check.reads_claim)


def claimed_state(entries: Iterable[Entry]) -> Claim:
    """What a vendor says: the worst claim of the targets that read one, unknown when none does."""
    claims = [claim for entry in entries if (claim := entry.claim) is not None]
    return Claim.worst(claims) if claims else Claim.UNKNOWN


def page_looks(entries: Iterable[Entry]) -> Iterator[PageLook]:
    """The newest look at each status page whose platform is known: the file says it, or an earlier look found it."""
    for entry in entries:
        settings = entry.target.settings
        if isinstance(settings, Page) and (platform := platform_of(settings, entry.held.memo)):
            yield PageLook(platform=platform, url=entry.target.together, why=unread(entry.latest, entry.sight))
