"""What holds of a vendor by how it stands, in words for people. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from checks.model import Claim, State
from checks.wording import lasting, moment
from monitor.alert import Urgency
from monitor.alerting.about import About, listed
from monitor.alerting.judged import BY_TIER, WORK_BY_TIER, Judged
from monitor.correlate import Disagreement
from monitor.outage import Outage
from monitor.standing import Standing, Work

DEGRADED_AFTER = timedelta(minutes=10)
"""How long a vendor is degraded before somebody is to look at it."""
UNKNOWN_AFTER = timedelta(minutes=30)
"""How long nothing can be seen of a vendor before somebody is to look at that."""


def judged_standing(about: About) -> Iterator[Judged]:
    """What holds of a vendor as a whole, and what nobody can tell."""
    standing = about.standing
    if standing.outage:
        yield _down(about, standing.outage)
    if standing.is_flapping:
        yield _flapping(about)
    if standing.measured is State.DEGRADED and not standing.is_flapping:
        yield from _degraded(about)
    if standing.measured is State.UNKNOWN:
        yield from _unknown(about)
    if about.pages:
        yield from _major(about)
        yield from _apart(about)
    yield from _silences(about)


def next_moment(standing: Standing, at: datetime) -> datetime | None:
    """When a condition of a vendor that stands so begins to hold by itself, if ever."""
    due = standing.measured_since + UNKNOWN_AFTER
    return due if standing.measured is State.UNKNOWN and due > at else None


def _down(about: About, outage: Outage) -> Judged:
    name, shared = about.vendor.name, f" {outage.shared}." if outage.shared else ""
    return Judged(
        "VendorDown",
        BY_TIER[about.vendor.tier],
        holds=True,
        since=outage.opened_at,
        summary=f"{name} is down for us{about.beside}",
        description=f"Since {moment(outage.opened_at)}: {outage.cause} ({_confirmed(outage)}). "
        f"Down: {listed(outage.targets)}.{shared} {about.word} To look now: vendorwatch check {about.vendor.slug}",
        over=f"{name} is up again",
    )


def _confirmed(outage: Outage) -> str:
    """How it was believed."""
    if outage.detection_delay < timedelta(seconds=1):
        return "chance has no part in that"
    return f"confirmed by further looks within {lasting(outage.detection_delay)}"


def _flapping(about: About) -> Judged:
    restless = [entry for entry in about.measuring if entry.held.flapping]
    return Judged(
        "VendorFlapping",
        BY_TIER[about.vendor.tier],
        holds=True,
        since=min((entry.held.since for entry in restless), default=about.at),
        summary=f"{about.vendor.name} goes down and up again and again{about.beside}",
        description=f"Restless: {listed(entry.target.key for entry in restless)}. "
        f"Nothing more is told of its ups and downs until it settles. {about.word}",
        over=f"{about.vendor.name} has settled",
    )


def _degraded(about: About) -> Iterator[Judged]:
    """That the vendor was seen degraded for too long: time in which nobody looked does not count."""
    since, severity = about.standing.measured_since, WORK_BY_TIER[about.vendor.tier]
    seen = [entry.latest.at for entry in about.measuring if entry.latest and entry.held.state is State.DEGRADED]
    if not seen:
        yield Judged("VendorDegraded", severity, None, since)
    elif max(seen) - since >= DEGRADED_AFTER:
        yield Judged(
            "VendorDegraded",
            severity,
            holds=True,
            since=since,
            summary=f"{about.vendor.name} is degraded since {moment(since)}{about.beside}",
            description=f"{about.why(State.DEGRADED)} {about.word}",
            over=f"{about.vendor.name} is degraded no more",
        )


def _unknown(about: About) -> Iterator[Judged]:
    """That nothing is seen of what measures the vendor; whether it is degraded or restless still nobody can tell then."""
    since, tier = about.standing.measured_since, about.vendor.tier
    yield Judged("VendorDegraded", WORK_BY_TIER[tier], None, since)
    yield Judged("VendorFlapping", BY_TIER[tier], None, since)
    if not about.measuring:
        return
    if not any(entry.latest for entry in about.measuring):
        yield Judged("VendorUnknown", WORK_BY_TIER[tier], None, since)
    elif about.at - since >= UNKNOWN_AFTER:
        yield Judged(
            "VendorUnknown",
            WORK_BY_TIER[tier],
            holds=True,
            since=since,
            summary=f"{about.vendor.name} cannot be seen since {moment(since)}{about.beside}",
            description=f"{about.why(State.UNKNOWN)} {about.word}",
            over=f"{about.vendor.name} can be seen again",
        )


def _major(about: About) -> Iterator[Judged]:
    severity, since = BY_TIER[about.vendor.tier], about.standing.admitted_since or about.at
    if about.standing.claim in {None, Claim.UNKNOWN}:
        yield Judged("VendorMajorIncident", severity, None, since)
    elif about.standing.claim is Claim.MAJOR_OUTAGE:
        yield Judged(
            "VendorMajorIncident",
            severity,
            holds=True,
            since=since,
            summary=f"{about.vendor.name} says that it has a major outage",
            description=f"{about.word} We first read of trouble there at {moment(since)}; "
            f"we measure that it is {about.standing.measured.value}.",
            over=f"{about.vendor.name} speaks of a major outage no more",
        )


_APART_WORDS = {
    Disagreement.PROBE_DOWN_CLAIM_OK: "is down for us, and its status page says that all is well",
    Disagreement.PROBE_OK_CLAIM_DOWN: "works for us, and its status page speaks of an outage",
}


def _apart(about: About) -> Iterator[Judged]:
    standing, severity = about.standing, WORK_BY_TIER[about.vendor.tier]
    is_dark = standing.measured is State.UNKNOWN or standing.claim in {None, Claim.UNKNOWN}
    since = standing.apart_since or about.at
    for kind in Disagreement if is_dark else filter(None, [standing.apart]):
        yield Judged(
            "VendorDisagreement",
            severity,
            holds=None if is_dark else True,
            since=since,
            summary=f"{about.vendor.name} {_APART_WORDS[kind]}",
            description=f"Since {moment(since)} its word and our measurement cannot both be the whole truth. We measure "
            f"that it is {standing.measured.value}. {about.why(State.DOWN)} {about.word}",
            more={"kind": kind.value},
            over=f"{about.vendor.name}'s word and our measurement agree again",
        )


def _silences(about: About) -> Iterator[Judged]:
    """What keeps the vendor's other alerts quiet: nobody is told of it, and Alertmanager inhibits by it."""
    name, works = about.vendor.name, about.standing.works
    if works:
        who = " and ".join(_WORKERS[work] for work in Work if work in works)
        yield Judged(
            "VendorMaintenanceActive",
            Urgency.NONE,
            holds=True,
            since=about.at,
            summary=f"Work on {name} is under way",
            description=f"Announced by {who}. Its alerts wait until the work is over.",
            over=f"The work on {name} is over",
        )
    if about.standing.is_muted:
        yield Judged(
            "VendorMuted",
            Urgency.NONE,
            holds=True,
            since=about.at,
            summary=f"{name} is muted",
            description="Its alerts wait until the mute ends by itself or is lifted.",
            over=f"{name} is muted no more",
        )


_WORKERS = {Work.OWN: "ourselves", Work.ANNOUNCED: "the vendor"}
