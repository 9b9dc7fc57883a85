"""What the daemon says, of the much that is in its ``/metrics``: one word for each fact of a story. Pure.

Metrics are read by their text (Prometheus text format 0.0.4), as any other program would: they are the daemon's interface.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from checks.model import Severity


class Fact(NamedTuple):
    """What is told of a *subject*, a vendor's slug or `OURSELVES`: its ``state``, its ``claim`` and so on."""

    subject: str
    kind: str


Sights = Mapping[Fact, str]
"""The word for each fact."""

OURSELVES = "our network"
NONE = "none"
"""The word for a disagreement that is not there."""
_KINDS = {
    "vendor_state": "state",
    "vendor_claim_state": "claim",
    "vendor_disagreement": "disagreement",
    "vendor_tls_grade": "grade",
    "vendorwatch_egress_state": "state",
}
"""Families of 0/1 series whose last label is the word, and what they tell."""
_WORDS = ("state", "kind", "grade")
_FINDINGS = "vendor_target_findings"
_LEAD = "vendor_outage_lead_seconds"
_SAMPLE = re.compile(r"^(\w+)\{([^}]*)\} (\S+)$", re.MULTILINE)
_LABEL = re.compile(r'(\w+)="([^"]*)"')


def sights(metrics: str) -> Sights:
    """The facts in a page of *metrics*."""
    found: dict[Fact, str] = {}
    for family, labels, value in _samples(metrics):
        fact = Fact(labels.get("vendor", OURSELVES), _KINDS.get(family, "certificate"))
        if family == _FINDINGS and labels["check"] == "certificate" and value:
            found[fact] = Severity.worst((Severity(labels["severity"]), Severity(found.get(fact, Severity.OK)))).value
        elif family in _KINDS and value == 1:
            found[fact] = next(labels[label] for label in _WORDS if label in labels)
        elif family == "vendor_disagreement":
            found.setdefault(fact, NONE)
    return found


def leads(metrics: str) -> Mapping[str, float]:
    """By how many seconds we knew of the newest outage of a vendor before it admitted it, by its slug."""
    return {labels["vendor"]: value for family, labels, value in _samples(metrics) if family == _LEAD}


def _samples(metrics: str) -> Iterator[tuple[str, Mapping[str, str], float]]:
    for family, labels, value in _SAMPLE.findall(metrics):
        if family in _KINDS or family in {_FINDINGS, _LEAD}:
            yield family, dict(_LABEL.findall(labels)), float(value)
