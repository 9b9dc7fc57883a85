"""An outage: a vendor that was measured down, from the first look that failed to the first that saw it well again.

Values and one pure function. An outage opens only when "down" was confirmed, and closes only on a result that was seen:
while nothing can be seen of what went down, it stays open, whoever is to blame.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from checks.foreign import LONGEST_SENTENCE, one_line
from checks.model import State
from monitor.state import Held

LONGEST_KEY = 1_000
"""Of a target's key, which has to be whole: it is looked up by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """One outage of a *vendor*.

    *opened_at* is the first look that failed, *confirmed_at* when that was believed, *claimed_at* when the vendor's own page
    was seen to admit something, *closed_at* the first look that saw it well again; all aware and in UTC. *targets* are
    the keys of what was down, in the order in which it went down; *cause* is what the first of them said; *shared* names
    what the vendor had in common with others that failed at the same time, empty without.
    """

    vendor: str
    opened_at: datetime
    confirmed_at: datetime
    claimed_at: datetime | None = None
    closed_at: datetime | None = None
    targets: tuple[str, ...]
    cause: str
    shared: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it goes on."""
        return self.closed_at is None

    @property
    def detection_delay(self) -> timedelta:
        """From the first failure to the moment it was believed."""
        return self.confirmed_at - self.opened_at

    @property
    def lead(self) -> timedelta | None:
        """How long before the vendor's admission we saw the first failure; negative when the vendor told first."""
        return None if self.claimed_at is None else self.claimed_at - self.opened_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What is known of a vendor at a moment *at*.

    *targets* are the states of all that is measured of it, by key. *admitted_since* is since when the vendor says that
    something is wrong, None while it does not. *shared* is what it has in common with others that fail.
    """

    vendor: str
    at: datetime
    targets: Mapping[str, Held]
    admitted_since: datetime | None = None
    shared: str = ""

    @property
    def fallen(self) -> list[tuple[str, Held]]:
        """What is down, in the order in which it went down."""
        down = [(key, held) for key, held in self.targets.items() if held.state is State.DOWN]
        return sorted(down, key=lambda pair: pair[1].since)


def follow(outage: Outage | None, seen: Sighting) -> Outage | None:
    """The open *outage* after one more sighting: a new one, the same with more known of it, a closed one, or none."""
    if outage is None:
        return _opened(seen) if seen.fallen else None
    if seen.fallen:
        return _grown(outage, seen)
    hurt = [seen.targets[key] for key in outage.targets if key in seen.targets]
    if any(held.state is State.UNKNOWN for held in hurt):
        return _grown(outage, seen)
    # Without any of its targets nobody looks any more, and nobody knows when it ended.
    ended = max((held.since for held in hurt), default=seen.at)
    return replace(_grown(outage, seen), closed_at=max(ended, outage.confirmed_at))


def _opened(seen: Sighting) -> Outage:
    _, first = seen.fallen[0]
    return Outage(
        vendor=seen.vendor,
        opened_at=first.since,
        confirmed_at=seen.at,
        claimed_at=seen.admitted_since,
        targets=tuple(key for key, _ in seen.fallen),
        cause=first.cause,
        shared=seen.shared,
    )


def _grown(outage: Outage, seen: Sighting) -> Outage:
    """The *outage* with what is new of it; the very same where nothing is."""
    targets = (*outage.targets, *(key for key, _ in seen.fallen if key not in outage.targets))
    claimed_at = outage.claimed_at or seen.admitted_since
    shared = outage.shared or seen.shared
    if (targets, claimed_at, shared) == (outage.targets, outage.claimed_at, outage.shared):
        return outage
    return replace(outage, targets=targets, claimed_at=claimed_at, shared=shared)


def harmless(outage: Outage) -> Outage:
    """The *outage*, each of its texts in one line."""
    return replace(
        outage,
        vendor=one_line(outage.vendor),
        targets=tuple(one_line(each, LONGEST_KEY) for each in outage.targets),
        cause=one_line(outage.cause, LONGEST_SENTENCE),
        shared=one_line(outage.shared, LONGEST_SENTENCE),
    )


def ended_unseen(outage: Outage, at: datetime) -> Outage:
    """The *outage* of what is not watched any more *at* a time: nobody will see its end."""
    return replace(outage, closed_at=max(at, outage.confirmed_at))
