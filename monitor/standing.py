"""A vendor as a whole: what all its targets together come to, beside what it says of itself. Pure.

A standing follows from the newest of every target, and from what it was before only where that cannot be seen again: an
outage that is open. Three facts stay apart in it: what we measured, what the vendor claims, and what excuses the difference
(work that was announced, by the vendor or by ourselves).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from checks.model import Claim, State
from monitor.correlate import Disagreement, disagreement
from monitor.outage import Outage, Sighting
from monitor.outage import follow as follow_outage
from monitor.snapshot import Entry, claimed_state, measured_state


class Work(StrEnum):
    """Who announced the work that is under way. The label ``source``."""

    OWN = "own"
    ANNOUNCED = "announced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is known beside the vendor's targets.

    *grace_seconds* is how long its word and our measurement may part before that is told; *works_until* is until when a
    window of our own is open, if one is; *muted_until* until when nobody is to be told; *shared* what it has in common with
    others that fail at this moment, empty without. *not_before* is when it began to be watched, where that was later than
    the start: what was before is another outage, or none.
    """

    at: datetime
    grace_seconds: float
    works_until: datetime | None = None
    muted_until: datetime | None = None
    shared: str = ""
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a vendor stands.

    *measured* is what we saw; *state* is the same, but for ``maintenance`` while work excuses that it is not up; *since* is
    when the state began. *claim* is None where the vendor says nothing, or was not asked yet. *apart* says how claim and
    measurement disagree once the grace is over, *apart_since* since when they do, in the grace too. *outage* is the one that
    is open, *past* the newest that was closed since the start. *next_at* is when the standing changes by itself, if ever.
    """

    vendor: str
    state: State
    since: datetime
    measured: State
    measured_since: datetime
    claim: Claim | None = None
    admitted_since: datetime | None = None
    apart: Disagreement | None = None
    apart_since: datetime | None = None
    outage: Outage | None = None
    past: Outage | None = None
    works: frozenset[Work] = frozenset()
    is_muted: bool = False
    is_flapping: bool = False
    next_at: datetime | None = None


LATE_ADMISSION = timedelta(hours=2)
"""How long after an outage a vendor's word may still count as its admission, where it says that it is about that outage."""


def stood(vendor: str, outage: Outage | None, past: Outage | None, at: datetime) -> Standing:
    """How a vendor stood when only its outages are known: one that was open, and the newest before it."""
    unknown = State.UNKNOWN
    return Standing(vendor=vendor, state=unknown, since=at, measured=unknown, measured_since=at, outage=outage, past=past)


def follow(before: Standing | None, vendor: str, entries: Sequence[Entry], now: Circumstances) -> Standing:
    """How *vendor* stands by the newest *entries* of its targets, given how it stood *before*, if that is known."""
    measured, measuring = measured_state(entries), _measuring(entries)
    measured_since = _measured_since(measuring, measured, now.at)
    claim, claim_since = _claimed(entries, now.at)
    works = frozenset(_works(entries, claim, now))
    admitted_since = _admitted_since(before, claim, claim_since)
    held = {entry.target.key: entry.held for entry in measuring}
    seen = Sighting(vendor=vendor, at=now.at, targets=held, admitted_since=admitted_since, shared=now.shared)
    outage = _outage(before, seen, now, is_excused=bool(works) or _is_early(entries, seen))
    is_open = outage is not None and outage.is_open
    state = State.MAINTENANCE if works and measured is not State.UP else measured
    kind = disagreement(measured, claim) if claim and not works else None
    apart_since = max(measured_since, claim_since) if kind else None
    told_at = apart_since + timedelta(seconds=now.grace_seconds) if apart_since else None
    return Standing(
        vendor=vendor,
        state=state,
        since=before.since if before and before.state is state else _since(state, measured_since, now),
        measured=measured,
        measured_since=measured_since,
        claim=claim,
        admitted_since=admitted_since,
        apart=kind if told_at and told_at <= now.at else None,
        apart_since=apart_since,
        outage=outage if is_open else None,
        past=outage if outage and not is_open else _past(before, admitted_since, entries),
        works=works,
        is_muted=now.muted_until is not None,
        is_flapping=any(entry.held.flapping for entry in measuring),
        next_at=min((when for when in (told_at, now.works_until, now.muted_until) if when and when > now.at), default=None),
    )


def _is_early(entries: Iterable[Entry], seen: Sighting) -> bool:
    """Whether nobody can know yet, so soon after a start, what is down or what the vendor's page says of work under way."""
    unasked = [entry for entry in entries if not entry.latest]
    unlooked = {entry.target.key for entry in unasked}
    return all(key in unlooked for key, _ in seen.fallen) or any(entry.check.under_maintenance for entry in unasked)


def _past(before: Standing | None, admitted_since: datetime | None, entries: Iterable[Entry]) -> Outage | None:
    """The outage before, with the admission that came after its end, if one did."""
    past = before.past if before else None
    if past is None or past.closed_at is None or past.claimed_at or admitted_since is None:
        return past
    late = admitted_since - past.closed_at
    if timedelta() <= late <= LATE_ADMISSION and _is_about(past.closed_at, late, entries):
        return replace(past, claimed_at=admitted_since)
    return past


def _is_about(closed_at: datetime, late: timedelta, entries: Iterable[Entry]) -> bool:
    """Whether what a vendor admits so *late* is about the outage that was over at *closed_at*, and not the next trouble.

    It is when the vendor says that it began before that. Of a page that names no beginning nobody knows: then it is when the
    page may have said so before the end, since nobody had read it again by then.
    """
    pages = [entry for entry in entries if entry.check.reads_claim]
    times = [began for page in pages if (began := page.began)]
    if times:
        return min(times) < closed_at
    return late <= timedelta(seconds=max((page.target.every for page in pages), default=0))


def _measuring(entries: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in entries if not entry.check.reads_claim]


def _since(state: State, measured_since: datetime, now: Circumstances) -> datetime:
    """When a *state* that is new began: work excuses what is bad from the moment on at which it was looked at."""
    return now.at if state is State.MAINTENANCE else measured_since


def _measured_since(measuring: Sequence[Entry], measured: State, at: datetime) -> datetime:
    """Since when the worst of what is measured is as bad as that: of what is bad the oldest, of what is well the newest."""
    times = [entry.held.since for entry in measuring if entry.held.state is measured]
    return max(times, default=at) if measured is State.UP else min(times, default=at)


def _claimed(entries: Sequence[Entry], at: datetime) -> tuple[Claim | None, datetime]:
    """What the vendor says, and since when it is in the state that goes with it; None where it was not asked yet."""
    pages = [entry for entry in entries if entry.check.reads_claim and entry.latest]
    return (claimed_state(pages) if pages else None), max((page.held.since for page in pages), default=at)


_SAYS_NOTHING = frozenset({None, Claim.UNKNOWN})


def _admitted_since(before: Standing | None, claim: Claim | None, claim_since: datetime) -> datetime | None:
    """Since when the vendor admits that something is wrong; what it said last holds while its page cannot be read."""
    earlier = before.admitted_since if before else None
    if claim and claim.is_trouble:
        return min(earlier, claim_since) if earlier else claim_since
    return earlier if claim in _SAYS_NOTHING else None


def _works(entries: Iterable[Entry], claim: Claim | None, now: Circumstances) -> Iterable[Work]:
    """What excuses a vendor now. A vendor that speaks of an outage while it works is not excused by the work."""
    if now.works_until:
        yield Work.OWN
    if claim not in {Claim.PARTIAL_OUTAGE, Claim.MAJOR_OUTAGE} and any(entry.is_worked_on for entry in entries):
        yield Work.ANNOUNCED


def _outage(before: Standing | None, seen: Sighting, now: Circumstances, *, is_excused: bool) -> Outage | None:
    """The outage of a vendor: none begins while work excuses it, and one that begins with the end of the work began then.

    Nor does one begin before the end of the one before.
    """
    known = before.outage if before else None
    if is_excused and known is None:
        return None
    outage = follow_outage(known, seen)
    if outage is None or known:
        return outage
    earliest = now.at if before and before.works else now.not_before or outage.opened_at
    over = before.past.closed_at if before and before.past else None
    return replace(outage, opened_at=max(outage.opened_at, earliest, min(over or earliest, now.at)))
