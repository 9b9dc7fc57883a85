"""Which alerts a vendor deserves: its standing in words for people, under the names that the Prometheus rules use too. Pure.

Here they are for those who are told by the daemon itself. What cannot be told at the moment neither opens an alert nor ends
one, and nothing of a vendor can be told while our own network is the suspect.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from checks.model import Claim, Severity, State
from checks.vendor import Tier, Vendor
from checks.wording import moment
from monitor.alert import Condition, Urgency
from monitor.correlate import Disagreement
from monitor.snapshot import Entry
from monitor.standing import Standing

DEGRADED_AFTER = timedelta(minutes=10)
"""How long a vendor is degraded before somebody is to look at it."""
UNKNOWN_AFTER = timedelta(minutes=30)
"""How long nothing can be seen of a vendor before somebody is to look at that."""
RUNBOOK = "https://github.com/vendorwatch/vendorwatch/blob/main/grafana/runbook.md#"
"""Where it stands what to do; the alert's name in small letters follows."""

_BY_TIER = {Tier.CRITICAL: Urgency.PAGE, Tier.STANDARD: Urgency.TICKET, Tier.LOW: Urgency.INFO}
_MOST_NAMED = 5
"""How many targets are named in a sentence."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A condition before it is one of a vendor's: *name* and *more* labels, what *holds*, *since* when, and the words."""

    name: str
    severity: Urgency
    holds: bool | None
    since: datetime
    summary: str = ""
    description: str = ""
    more: Mapping[str, str] | None = None


_LASTING = {State.DEGRADED: ("VendorDegraded", DEGRADED_AFTER), State.UNKNOWN: ("VendorUnknown", UNKNOWN_AFTER)}
"""States that somebody should look at once they last."""


def conditions(
    vendor: Vendor, standing: Standing, entries: Sequence[Entry], at: datetime, *, is_blind: bool
) -> Iterator[Condition]:
    """All conditions of a *vendor* that *stands* so *at* a time, by the newest *entries* of its targets.

    *is_blind* says that our own network is the suspect.
    """
    for judged in _judged(vendor, standing, entries, at):
        labels = {
            "alertname": judged.name,
            "vendor": vendor.slug,
            "severity": judged.severity.value,
            "team": vendor.owner,
            "tier": vendor.tier.value,
            **(judged.more or {}),
        }
        yield Condition(
            # An empty label is no label to Alertmanager, and is to be none to anybody.
            labels={name: labels[name] for name in sorted(labels) if labels[name]},
            holds=None if is_blind else judged.holds,
            since=judged.since,
            annotations=_annotations(judged) if judged.holds else {},
            is_silenced=bool(standing.works) or standing.is_muted,
        )


def offline(since: datetime, *, holds: bool | None, troubles: str) -> Condition:
    """The condition that our own network is the suspect; *troubles* is what could not be reached."""
    judged = Judged(
        "VendorwatchEgressSuspect",
        Urgency.PAGE,
        holds,
        since,
        "vendorwatch cannot see the world: its own network is the suspect",
        f"Since {moment(since)} most canaries cannot be reached. What fails now counts against no vendor, and the "
        f"alerts of vendors stay as they were. Not reached: {troubles}.",
    )
    labels = {"alertname": judged.name, "severity": judged.severity.value}
    return Condition(labels=labels, holds=holds, since=since, annotations=_annotations(judged) if holds else {})


def _annotations(judged: Judged) -> Mapping[str, str]:
    return {
        "description": judged.description,
        "runbook_url": RUNBOOK + judged.name.lower(),
        "summary": judged.summary,
    }


def next_moment(standing: Standing, at: datetime) -> datetime | None:
    """When a condition of a vendor that stands so begins to hold by itself, if ever."""
    if standing.measured not in _LASTING:
        return None
    due = standing.measured_since + _LASTING[standing.measured][1]
    return due if due > at else None


def _judged(vendor: Vendor, standing: Standing, entries: Sequence[Entry], at: datetime) -> Iterator[Judged]:
    yield _down(vendor, standing, at)
    yield _flapping(vendor, standing, entries, at)
    measuring = [entry for entry in entries if not entry.check.reads_claim]
    yield from (_lasting(vendor, standing, state, at, measuring) for state in _LASTING)
    if any(entry.check.reads_claim for entry in entries):
        yield _major(vendor, standing, at)
        yield from _apart(vendor, standing, at)
    yield from (_findings(vendor, entry, at) for entry in measuring)


def _down(vendor: Vendor, standing: Standing, at: datetime) -> Judged:
    outage = standing.outage
    severity = _BY_TIER[vendor.tier]
    if outage is None:
        return Judged("VendorDown", severity, holds=False, since=at)
    seconds = outage.detection_delay.total_seconds()
    shared = f" {outage.shared}." if outage.shared else ""
    return Judged(
        "VendorDown",
        severity,
        holds=True,
        since=outage.opened_at,
        summary=f"{vendor.name} is down for us{_beside(standing)}",
        description=f"Since {moment(outage.opened_at)}, believed after {seconds:.0f} s: {outage.cause}. "
        f"Down: {_named(outage.targets)}.{shared} {_word(standing)}",
    )


def _flapping(vendor: Vendor, standing: Standing, entries: Sequence[Entry], at: datetime) -> Judged:
    restless = [entry for entry in entries if entry.held.flapping and not entry.check.reads_claim]
    return Judged(
        "VendorFlapping",
        _BY_TIER[vendor.tier],
        holds=bool(restless),
        since=min((entry.held.since for entry in restless), default=at),
        summary=f"{vendor.name} goes down and up again and again{_beside(standing)}",
        description=f"Restless: {_named(entry.target.key for entry in restless)}. "
        f"Nothing more is told of its ups and downs until it settles. {_word(standing)}",
    )


def _lasting(vendor: Vendor, standing: Standing, state: State, at: datetime, measuring: Sequence[Entry]) -> Judged:
    """That the vendor is in a *state* for long, by what is *measuring* it."""
    name, after = _LASTING[state]
    is_it = standing.measured is state and not (state is State.DEGRADED and standing.is_flapping)
    holds: bool | None = is_it and at - standing.measured_since >= after
    if standing.measured is State.UNKNOWN and state is not State.UNKNOWN:
        holds = None
    if not any(entry.latest for entry in measuring):
        # Of a vendor that nothing measures nothing is missing, and after a start nobody has looked yet.
        holds = None if measuring else False
    is_what = "can not be seen" if state is State.UNKNOWN else f"is {state.value}"
    return Judged(
        name,
        Urgency.TICKET,
        holds,
        standing.measured_since,
        f"{vendor.name} {is_what} since {moment(standing.measured_since)}",
        f"{_why(measuring, state)} {_word(standing)}",
    )


def _major(vendor: Vendor, standing: Standing, at: datetime) -> Judged:
    says = standing.claim
    return Judged(
        "VendorMajorIncident",
        _BY_TIER[vendor.tier],
        holds=None if says in {None, Claim.UNKNOWN} else says is Claim.MAJOR_OUTAGE,
        since=standing.admitted_since or at,
        summary=f"{vendor.name} says that it has a major outage",
        description=f"Its status page admits trouble since {moment(standing.admitted_since or at)}. "
        f"We measure that it is {standing.measured.value}.",
    )


_APART_WORDS = {
    Disagreement.PROBE_DOWN_CLAIM_OK: "is down for us, and its status page says that all is well",
    Disagreement.PROBE_OK_CLAIM_DOWN: "works for us, and its status page speaks of an outage",
}


def _apart(vendor: Vendor, standing: Standing, at: datetime) -> Iterator[Judged]:
    is_dark = standing.measured is State.UNKNOWN or standing.claim in {None, Claim.UNKNOWN}
    for kind in Disagreement:
        is_it = standing.apart is kind
        since = (standing.apart_since if is_it else None) or at
        yield Judged(
            "VendorDisagreement",
            Urgency.TICKET,
            holds=None if is_dark else is_it,
            since=since,
            summary=f"{vendor.name} {_APART_WORDS[kind]}",
            description=f"Since {moment(since)} its word and our measurement cannot both be the whole truth.",
            more={"kind": kind.value},
        )


def _findings(vendor: Vendor, entry: Entry, at: datetime) -> Judged:
    """Critical findings that are no outage: somebody's work, soon."""
    good = entry.good
    found = [each for each in good.findings if each.severity is Severity.CRITICAL] if good else []
    waiting = [finding for finding in found if finding.state is not State.DOWN]
    return Judged(
        "VendorFindingCritical",
        Urgency.TICKET,
        holds=bool(waiting) if good else None,
        since=at,
        summary=f"{vendor.name}: {waiting[0].message}" if waiting else "",
        description=f"Found by {entry.target.key}: {', '.join(finding.code for finding in waiting)}.",
        more={"check": entry.target.check, "target": entry.target.name},
    )


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
