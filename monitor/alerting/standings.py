"""What holds of a vendor by how it stands, in words for people. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from checks.model import Claim, State
from checks.vendor import Vendor
from checks.wording import moment
from monitor.alert import Urgency
from monitor.alerting.judged import BY_TIER, Judged
from monitor.correlate import Disagreement
from monitor.outage import Outage
from monitor.snapshot import Entry
from monitor.standing import Standing, Work

DEGRADED_AFTER = timedelta(minutes=10)
"""How long a vendor is degraded before somebody is to look at it."""
UNKNOWN_AFTER = timedelta(minutes=30)
"""How long nothing can be seen of a vendor before somebody is to look at that."""
_MOST_NAMED = 5
"""How many targets are named in a sentence."""


def judged_standing(vendor: Vendor, standing: Standing, entries: Sequence[Entry], at: datetime) -> Iterator[Judged]:
    """What holds of *vendor* as a whole, and what nobody can tell."""
    measuring = [entry for entry in entries if not entry.check.reads_claim]
    if standing.outage:
        yield _down(vendor, standing, standing.outage)
    if standing.is_flapping:
        yield _flapping(vendor, standing, measuring, at)
    if standing.measured is State.DEGRADED and not standing.is_flapping:
        yield from _degraded(vendor, standing, measuring)
    if standing.measured is State.UNKNOWN:
        yield from _unknown(vendor, standing, measuring, at)
    if len(measuring) < len(entries):
        yield from _major(vendor, standing, at)
        yield from _apart(vendor, standing, at)
    yield from _silences(vendor, standing, at)


def next_moment(standing: Standing, at: datetime) -> datetime | None:
    """When a condition of a vendor that stands so begins to hold by itself, if ever."""
    due = standing.measured_since + UNKNOWN_AFTER
    return due if standing.measured is State.UNKNOWN and due > at else None


def _down(vendor: Vendor, standing: Standing, outage: Outage) -> Judged:
    seconds = outage.detection_delay.total_seconds()
    shared = f" {outage.shared}." if outage.shared else ""
    return Judged(
        "VendorDown",
        BY_TIER[vendor.tier],
        holds=True,
        since=outage.opened_at,
        summary=f"{vendor.name} is down for us{_beside(standing)}",
        description=f"Since {moment(outage.opened_at)}, believed after {seconds:.0f} s: {outage.cause}. "
        f"Down: {_named(outage.targets)}.{shared} {_word(standing)}",
    )


def _flapping(vendor: Vendor, standing: Standing, measuring: Iterable[Entry], at: datetime) -> Judged:
    restless = [entry for entry in measuring if entry.held.flapping]
    return Judged(
        "VendorFlapping",
        BY_TIER[vendor.tier],
        holds=True,
        since=min((entry.held.since for entry in restless), default=at),
        summary=f"{vendor.name} goes down and up again and again{_beside(standing)}",
        description=f"Restless: {_named(entry.target.key for entry in restless)}. "
        f"Nothing more is told of its ups and downs until it settles. {_word(standing)}",
    )


def _degraded(vendor: Vendor, standing: Standing, measuring: Sequence[Entry]) -> Iterator[Judged]:
    """That the vendor was seen degraded for too long: time in which nobody looked does not count."""
    since = standing.measured_since
    seen = max((entry.latest.at for entry in measuring if entry.latest and entry.held.state is State.DEGRADED), default=None)
    if seen is None:
        yield Judged("VendorDegraded", Urgency.TICKET, None, since)
    elif seen - since >= DEGRADED_AFTER:
        summary = f"{vendor.name} is degraded since {moment(since)}"
        description = f"{_why(measuring, State.DEGRADED)} {_word(standing)}"
        yield Judged("VendorDegraded", Urgency.TICKET, holds=True, since=since, summary=summary, description=description)


def _unknown(vendor: Vendor, standing: Standing, measuring: Sequence[Entry], at: datetime) -> Iterator[Judged]:
    """That nothing is seen of what measures the vendor; whether it is degraded or restless still nobody can tell then."""
    since = standing.measured_since
    yield Judged("VendorDegraded", Urgency.TICKET, None, since)
    yield Judged("VendorFlapping", BY_TIER[vendor.tier], None, since)
    if not measuring:
        return
    if not any(entry.latest for entry in measuring):
        yield Judged("VendorUnknown", Urgency.TICKET, None, since)
    elif at - since >= UNKNOWN_AFTER:
        summary = f"{vendor.name} cannot be seen since {moment(since)}"
        description = f"{_why(measuring, State.UNKNOWN)} {_word(standing)}"
        yield Judged("VendorUnknown", Urgency.TICKET, holds=True, since=since, summary=summary, description=description)


def _major(vendor: Vendor, standing: Standing, at: datetime) -> Iterator[Judged]:
    severity, since = BY_TIER[vendor.tier], standing.admitted_since or at
    if standing.claim in {None, Claim.UNKNOWN}:
        yield Judged("VendorMajorIncident", severity, None, since)
    elif standing.claim is Claim.MAJOR_OUTAGE:
        yield Judged(
            "VendorMajorIncident",
            severity,
            holds=True,
            since=since,
            summary=f"{vendor.name} says that it has a major outage",
            description=f"Its status page admits trouble since {moment(since)}. "
            f"We measure that it is {standing.measured.value}.",
        )


_APART_WORDS = {
    Disagreement.PROBE_DOWN_CLAIM_OK: "is down for us, and its status page says that all is well",
    Disagreement.PROBE_OK_CLAIM_DOWN: "works for us, and its status page speaks of an outage",
}


def _apart(vendor: Vendor, standing: Standing, at: datetime) -> Iterator[Judged]:
    is_dark = standing.measured is State.UNKNOWN or standing.claim in {None, Claim.UNKNOWN}
    since = standing.apart_since or at
    for kind in Disagreement if is_dark else filter(None, [standing.apart]):
        yield Judged(
            "VendorDisagreement",
            Urgency.TICKET,
            holds=None if is_dark else True,
            since=since,
            summary=f"{vendor.name} {_APART_WORDS[kind]}",
            description=f"Since {moment(since)} its word and our measurement cannot both be the whole truth.",
            more={"kind": kind.value},
        )


def _silences(vendor: Vendor, standing: Standing, at: datetime) -> Iterator[Judged]:
    """What keeps the vendor's other alerts quiet: nobody is told of it, and Alertmanager inhibits by it."""
    if standing.works:
        who = " and ".join(_WORKERS[work] for work in Work if work in standing.works)
        yield Judged(
            "VendorMaintenanceActive",
            Urgency.NONE,
            holds=True,
            since=at,
            summary=f"Work on {vendor.name} is under way",
            description=f"Announced by {who}. Its alerts wait until the work is over.",
        )
    if standing.is_muted:
        yield Judged(
            "VendorMuted",
            Urgency.NONE,
            holds=True,
            since=at,
            summary=f"{vendor.name} is muted",
            description="Its alerts wait until the mute ends by itself or is lifted.",
        )


_WORKERS = {Work.OWN: "ourselves", Work.ANNOUNCED: "the vendor"}


def _why(entries: Sequence[Entry], state: State) -> str:
    """The first targets that are in *state*, and what they said."""
    told = [f"{entry.target.key}: {entry.held.cause}" for entry in entries if entry.held.state is state]
    rest = f", and {len(told) - _MOST_NAMED} more" if len(told) > _MOST_NAMED else ""
    return "; ".join(told[:_MOST_NAMED]) + rest + "." if told else ""


def _named(keys: Iterable[str]) -> str:
    keys = tuple(keys)
    rest = f" and {len(keys) - _MOST_NAMED} more" if len(keys) > _MOST_NAMED else ""
    return ", ".join(keys[:_MOST_NAMED]) + rest


def _beside(standing: Standing) -> str:
    """What the vendor says, for the end of a line; nothing where it has no page."""
    return f", and its status page says {_said(standing.claim)}" if standing.claim else ""


def _word(standing: Standing) -> str:
    return f"Its status page says {_said(standing.claim)}." if standing.claim else "Its own word is not known."


def _said(claim: Claim) -> str:
    return "nothing that can be read" if claim is Claim.UNKNOWN else claim.value.replace("_", " ")
