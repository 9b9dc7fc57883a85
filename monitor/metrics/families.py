"""What the snapshot says of vendors and targets: the families, and what they say of one.

Pure functions from values to pieces of text. What checks measure is in
`monitor.metrics.measured`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from checks.foreign import one_line
from checks.model import Claim, Finding, Reason, Severity, State
from checks.vendor import Vendor
from monitor.correlate import Disagreement, is_suspect
from monitor.metrics.text import labels, piece
from monitor.snapshot import Entry
from monitor.standing import Standing, Work

Pieces = Mapping[str, bytes]
"""What is said of one vendor or one target, by the name of the family."""

TARGET_LABELS = ("vendor", "check", "target")
"""What every series of a target begins with."""


@dataclass(frozen=True, slots=True)
class Family:
    """A declared metric of any type: *kind* is gauge, counter or histogram, *labels* are all of its labels."""

    name: str
    kind: str
    help: str
    labels: tuple[str, ...] = ()


Values = Mapping[tuple[str, ...], float]
"""The values of a family by the values of its labels."""


def _target_family(name: str, help_text: str, *more: str, kind: str = "gauge") -> Family:
    return Family(name, kind, help_text, (*TARGET_LABELS, *more))


INFO = Family(
    "vendor_info",
    "gauge",
    "A watched vendor, its owner and how much depends on it; always 1.",
    ("vendor", "name", "team", "tier"),
)
STATE = Family(
    "vendor_state",
    "gauge",
    "1 for the state we measured the vendor to be in, 0 for the others; maintenance while announced work excuses it.",
    ("vendor", "state"),
)
CLAIM = Family(
    "vendor_claim_state",
    "gauge",
    "1 for what the vendor says of itself, 0 for the rest; only vendors with a status page.",
    ("vendor", "state"),
)
DISAGREEMENT = Family(
    "vendor_disagreement",
    "gauge",
    "1 once what the vendor says and what we measured could not both be true for a while; only vendors with a status page.",
    ("vendor", "kind"),
)
SUSPECT = Family(
    "vendor_status_page_suspect",
    "gauge",
    "1 while the vendor's page has stood still for months and we measure otherwise; only vendors with a status page.",
    ("vendor",),
)
OUTAGE = Family(
    "vendor_outage_active", "gauge", "1 while an outage of the vendor is open, also while we are blind.", ("vendor",)
)
OUTAGE_BEGAN = Family(
    "vendor_outage_started_timestamp_seconds",
    "gauge",
    "When the open outage began, by the first look that failed, as Unix time.",
    ("vendor",),
)
OUTAGE_ADMITTED = Family(
    "vendor_outage_admitted_timestamp_seconds",
    "gauge",
    "When the vendor's page first told of the open outage, as Unix time; absent before.",
    ("vendor",),
)
OUTAGE_LEAD = Family(
    "vendor_outage_lead_seconds",
    "gauge",
    "From the first failure to the vendor's admission, of the newest outage; absent before, negative if it told first.",
    ("vendor",),
)
WORK = Family(
    "vendor_maintenance_active",
    "gauge",
    "1 while work is under way, by a window of our own or by the vendor's announcement.",
    ("vendor", "source"),
)
MUTED = Family("vendor_muted", "gauge", "1 while nobody is to be told of the vendor, because somebody said so.", ("vendor",))
OBJECTIVE = Family(
    "vendor_slo_objective_ratio",
    "gauge",
    "The availability expected of the vendor; only where its file says one.",
    ("vendor",),
)
TARGET_STATE = _target_family("vendor_target_state", "1 for the state the target is in, 0 for the others.", "state")
SINCE = _target_family("vendor_target_state_since_timestamp_seconds", "When the target's state began, as Unix time.")
FLAPPING = _target_family("vendor_target_flapping", "1 while the target goes to and fro too often to be told each time.")
FINDINGS = _target_family(
    "vendor_target_findings", "Findings by severity of the newest probe that could see; absent before the first.", "severity"
)
RUNS = _target_family("vendor_probe_runs_total", "Finished probes since the daemon started.", kind="counter")
FAILURES = _target_family(
    "vendor_probe_failures_total",
    "Failed probes since the daemon started. Reasons that blame the vendor start at 0, others appear once they happen.",
    "reason",
    kind="counter",
)
LAST_RUN = _target_family(
    "vendor_probe_last_run_timestamp_seconds", "When the newest probe began, as Unix time; absent before the first."
)
LAST_SUCCESS = _target_family(
    "vendor_probe_last_success_timestamp_seconds",
    "When the newest probe that saw something began, as Unix time; absent before the first.",
)
INTERVAL = _target_family("vendor_probe_interval_seconds", "Time between two probes of the target.")
DURATION = _target_family("vendor_probe_last_duration_seconds", "How long the newest probe took; absent before the first.")

SNAPSHOT_FAMILIES = (
    INFO, STATE, CLAIM, DISAGREEMENT, SUSPECT, OUTAGE, OUTAGE_BEGAN, OUTAGE_ADMITTED, OUTAGE_LEAD, WORK,
    MUTED, OBJECTIVE, TARGET_STATE, SINCE, FLAPPING, FINDINGS, RUNS, FAILURES, LAST_RUN, LAST_SUCCESS, INTERVAL, DURATION,
)  # fmt: skip
"""In the order of the page."""


def _one_of(family: Family, members: type[StrEnum]) -> Mapping[str, bytes]:
    """The lines of a set of 0/1 series, by the member that is 1."""
    name = family.labels[-1]
    rows = {now: [(labels((name,), (member,)), float(member is now)) for member in members] for now in members}
    return {now: piece(family.name, *rows[now]) for now in members}


_STATE_PIECES = _one_of(STATE, State)
_CLAIM_PIECES = _one_of(CLAIM, Claim)
_TARGET_STATE_PIECES = _one_of(TARGET_STATE, State)
_DISAGREEMENT_PIECES = _one_of(DISAGREEMENT, Disagreement)
_SUSPECT_PIECES = {is_it: piece(SUSPECT.name, ("", float(is_it))) for is_it in (False, True)}
_FLAPPING_PIECES = {is_it: piece(FLAPPING.name, ("", float(is_it))) for is_it in (False, True)}
_AGREEMENT_PIECE = piece(DISAGREEMENT.name, *((labels(("kind",), (kind,)), 0.0) for kind in Disagreement))


_WORK_PIECES = {
    works: piece(WORK.name, *((labels(("source",), (work,)), float(work in works)) for work in Work))
    for works in (frozenset[Work](), frozenset({Work.OWN}), frozenset({Work.ANNOUNCED}), frozenset(Work))
}


def vendor_part(vendor: Vendor, standing: Standing) -> Pieces:
    """Who a vendor is, and how it stands by what we measured."""
    facts = labels(INFO.labels[1:], (one_line(vendor.name), one_line(vendor.owner), vendor.tier))
    values = {OUTAGE.name: float(standing.outage is not None), MUTED.name: float(standing.is_muted)}
    if standing.outage:
        values[OUTAGE_BEGAN.name] = standing.outage.opened_at.timestamp()
        if standing.outage.claimed_at:
            values[OUTAGE_ADMITTED.name] = standing.outage.claimed_at.timestamp()
    if vendor.objective is not None:
        values[OBJECTIVE.name] = round(vendor.objective / 100, 12)
    leads = [outage.lead for outage in (standing.outage, standing.past) if outage and outage.lead is not None]
    if leads:
        values[OUTAGE_LEAD.name] = leads[0].total_seconds()
    return {name: piece(name, ("", value)) for name, value in values.items()} | {
        INFO.name: piece(INFO.name, (facts, 1)),
        STATE.name: _STATE_PIECES[standing.state],
        WORK.name: _WORK_PIECES[standing.works],
    }


def claim_part(_vendor: Vendor, standing: Standing, entries: Sequence[Entry]) -> Pieces:
    """What a vendor says of itself, and whether that can be; nothing where it has no page, or was not asked yet.

    After a restart nothing is better than "unknown": the vendor's word has not changed because we were away.
    """
    if standing.claim is None:
        return {}
    return {
        CLAIM.name: _CLAIM_PIECES[standing.claim],
        DISAGREEMENT.name: _DISAGREEMENT_PIECES[standing.apart] if standing.apart else _AGREEMENT_PIECE,
        SUSPECT.name: _SUSPECT_PIECES[is_suspect(standing.apart, _said(entries))],
    }


def _said(entries: Sequence[Entry]) -> Iterator[Finding]:
    """What the pages among *entries* were last found to be like."""
    return (finding for entry in entries if entry.check.reads_claim and entry.good for finding in entry.good.findings)


def target_part(entry: Entry) -> Pieces:
    """What the daemon knows of a target, whatever its check."""
    values = {SINCE.name: entry.held.since.timestamp(), RUNS.name: entry.runs, INTERVAL.name: entry.target.every}
    if entry.latest:
        values |= {LAST_RUN.name: entry.latest.at.timestamp(), DURATION.name: entry.latest.seconds}
    if entry.good:
        values[LAST_SUCCESS.name] = entry.good.at.timestamp()
    pieces = {name: piece(name, ("", value)) for name, value in values.items()} | {
        TARGET_STATE.name: _TARGET_STATE_PIECES[entry.held.state],
        FLAPPING.name: _FLAPPING_PIECES[entry.held.flapping],
        FAILURES.name: _failures(tuple(entry.failures.items())),
    }
    if entry.good:  # The newest look that saw anything: an alert on findings must not resolve because we went blind.
        pieces[FINDINGS.name] = _findings(tuple(finding.severity for finding in entry.good.findings))
    return pieces


@lru_cache(maxsize=256)
def _findings(severities: tuple[Severity, ...]) -> bytes:
    rows = ((labels(("severity",), (severity,)), severities.count(severity)) for severity in Severity)
    return piece(FINDINGS.name, *rows)


@lru_cache(maxsize=256)
def _failures(failures: tuple[tuple[Reason, int], ...]) -> bytes:
    counts = {reason: 0 for reason in Reason if reason.blames_vendor} | dict(failures)
    rows = ((labels(("reason",), (reason,)), counts[reason]) for reason in Reason if reason in counts)
    return piece(FAILURES.name, *rows)
