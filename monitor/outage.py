"""An outage: a vendor that was measured down, from the first look that failed to the first that saw it well again.

Values and one pure function. An outage opens only when "down" was confirmed, and closes only on a result that was seen:
while nothing can be seen of a vendor, what was open stays open, whoever is to blame.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from checks.model import Claim, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """One outage of a *vendor*.

    *opened_at* is the first look that failed, *confirmed_at* when that was believed, *claimed_at* when the vendor's own page
    was first seen to say so, *closed_at* the first look that saw it well again; all aware and in UTC. *targets* are the keys
    of what was down, in the order in which it went down; *cause* is what the first of them said; *shared* names what the
    vendor had in common with others that failed at the same time, empty without.
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


_ADMITS = frozenset({Claim.DEGRADED, Claim.PARTIAL_OUTAGE, Claim.MAJOR_OUTAGE})
"""What a vendor says when it admits that something is wrong."""


def admits(claim: Claim | None) -> bool:
    """Whether *claim* says that something is wrong."""
    return claim in _ADMITS


@dataclass(frozen=True, slots=True)
class Fallen:
    """A target that is down: its *key*, since when, and why."""

    key: str
    since: datetime
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What is known of a vendor at a moment *at*.

    *state* is what we measured, whatever windows excuse; *since* is when that began, by the looks. *fallen* is what is down.
    *admitted_since* is since when the vendor says that something is wrong, None while it does not.
    """

    vendor: str
    at: datetime
    state: State
    since: datetime
    fallen: tuple[Fallen, ...] = ()
    admitted_since: datetime | None = None
    shared: str = ""


def follow(outage: Outage | None, seen: Sighting) -> Outage | None:
    """The open *outage* after one more sighting: a new one, the same with more known of it, a closed one, or none."""
    if outage is None:
        return _opened(seen) if seen.state is State.DOWN else None
    if seen.state in {State.UP, State.DEGRADED}:
        return replace(outage, closed_at=max(seen.since, outage.confirmed_at))
    return _grown(outage, seen)


def _opened(seen: Sighting) -> Outage:
    first = min(seen.fallen, key=lambda fallen: fallen.since)
    by_time = sorted(seen.fallen, key=lambda fallen: fallen.since)
    return Outage(
        vendor=seen.vendor,
        opened_at=first.since,
        confirmed_at=seen.at,
        claimed_at=seen.admitted_since,
        targets=tuple(fallen.key for fallen in by_time),
        cause=first.cause,
        shared=seen.shared,
    )


def _grown(outage: Outage, seen: Sighting) -> Outage:
    more = tuple(fallen.key for fallen in seen.fallen if fallen.key not in outage.targets)
    claimed_at = outage.claimed_at or seen.admitted_since
    if not more and claimed_at == outage.claimed_at and (outage.shared or not seen.shared):
        return outage
    return replace(outage, targets=outage.targets + more, claimed_at=claimed_at, shared=outage.shared or seen.shared)


def ended_unseen(outage: Outage, at: datetime) -> Outage:
    """The *outage* of what is not watched any more: nobody knows when it ended, only that nobody looks *at* that time."""
    return replace(outage, closed_at=max(at, outage.confirmed_at))
