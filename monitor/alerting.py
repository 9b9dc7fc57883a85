"""Which alerts a vendor deserves: its standing in words for people, under the names that the Prometheus rules use too. Pure.

Here they are for those who are told by the daemon itself. What cannot be told at the moment neither opens an alert nor ends
one. What does not hold is not spoken of, so that a vendor that is well costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from checks.model import Claim, Severity, State
from checks.vendor import Tier, Vendor
from checks.wording import moment
from monitor.alert import Condition, Urgency
from monitor.correlate import Disagreement
from monitor.outage import Outage
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
    holds: Literal[True] | None
    since: datetime
    summary: str = ""
    description: str = ""
    more: Mapping[str, str] | None = None


_LASTING = {State.DEGRADED: ("VendorDegraded", DEGRADED_AFTER), State.UNKNOWN: ("VendorUnknown", UNKNOWN_AFTER)}
"""States that somebody should look at once they last."""


def conditions(vendor: Vendor, standing: Standing, entries: Sequence[Entry], at: datetime) -> Iterator[Condition]:
    """What holds of a *vendor* that stands so *at* a time, or what nobody can tell; *entries* are its newest looks."""
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
            holds=judged.holds,
            since=judged.since,
            annotations=_annotations(judged) if judged.holds else {},
            is_silenced=bool(standing.works) or standing.is_muted,
        )


def offline(since: datetime, *, holds: bool | None, troubles: str) -> Condition:
    """The condition that our own network is the suspect; *troubles* is what could not be reached."""
    judged = Judged(
        "VendorwatchEgressSuspect",
        Urgency.PAGE,
        holds or None,
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
    """What holds and what nobody can tell. What does not hold is not there: most of the time that is everything."""
    measuring = [entry for entry in entries if not entry.check.reads_claim]
    if standing.outage:
        yield _down(vendor, standing, standing.outage)
    if standing.is_flapping:
        yield _flapping(vendor, standing, measuring, at)
    yield from _lasting(vendor, standing, measuring, at)
    if len(measuring) < len(entries):
        yield from _major(vendor, standing, at)
        yield from _apart(vendor, standing, at)
    for entry in measuring:
        yield from _findings(vendor, entry, at)


def _down(vendor: Vendor, standing: Standing, outage: Outage) -> Judged:
    seconds = outage.detection_delay.total_seconds()
    shared = f" {outage.shared}." if outage.shared else ""
    return Judged(
        "VendorDown",
        _BY_TIER[vendor.tier],
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
        _BY_TIER[vendor.tier],
        holds=True,
        since=min((entry.held.since for entry in restless), default=at),
        summary=f"{vendor.name} goes down and up again and again{_beside(standing)}",
        description=f"Restless: {_named(entry.target.key for entry in restless)}. "
        f"Nothing more is told of its ups and downs until it settles. {_word(standing)}",
    )


def _lasting(vendor: Vendor, standing: Standing, measuring: Sequence[Entry], at: datetime) -> Iterator[Judged]:
    """That the vendor is in a state for too long. While it is unknown nobody can tell whether it is degraded still."""
    state, since = standing.measured, standing.measured_since
    if state is State.UNKNOWN:
        yield Judged("VendorDegraded", Urgency.TICKET, None, since)
        if measuring and not any(entry.latest for entry in measuring):
            yield Judged("VendorUnknown", Urgency.TICKET, None, since)
            return
    if not measuring or state not in _LASTING or (state is State.DEGRADED and standing.is_flapping):
        return
    name, after = _LASTING[state]
    if at - since >= after:
        is_what = "cannot be seen" if state is State.UNKNOWN else f"is {state.value}"
        summary = f"{vendor.name} {is_what} since {moment(since)}"
        yield Judged(name, Urgency.TICKET, True, since, summary, f"{_why(measuring, state)} {_word(standing)}")  # noqa: FBT003


def _major(vendor: Vendor, standing: Standing, at: datetime) -> Iterator[Judged]:
    severity, since = _BY_TIER[vendor.tier], standing.admitted_since or at
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


def _findings(vendor: Vendor, entry: Entry, at: datetime) -> Iterator[Judged]:
    """Critical findings that are no outage: somebody's work, soon."""
    name, severity = "VendorFindingCritical", Urgency.TICKET
    more = {"check": entry.target.check, "target": entry.target.name}
    if entry.good is None:
        yield Judged(name, severity, None, at, more=more)
        return
    found = [each for each in entry.good.findings if each.severity is Severity.CRITICAL and each.state is not State.DOWN]
    if found:
        codes = ", ".join(finding.code for finding in found)
        summary, description = f"{vendor.name}: {found[0].message}", f"Found by {entry.target.key}: {codes}."
        yield Judged(name, severity, True, at, summary, description, more)  # noqa: FBT003


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
