"""What the facts of a look mean at a time: everything that is wrong, or that nothing is.

Findings come in the order of their weight for a client: why it refuses, what has been revoked, what ends, what is badly
made, what is new.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from checks.certificate.blemishes import blemishes
from checks.certificate.change import changes
from checks.certificate.endings import endings
from checks.certificate.evidence import revocations
from checks.certificate.facts import Facts, Settings
from checks.certificate.public import breaches
from checks.model import Finding, Severity, State
from checks.network import TrustFault
from checks.waivers import apply_waivers
from checks.wording import span
from checks.x509 import Certificate, problems


def judge(facts: Facts, settings: Settings, at: datetime, _previous: Facts | None) -> Iterator[Finding]:
    """Everything that is wrong at a time, and everything worth a note; first of all that nothing is wrong, if so."""
    found = [
        *_refusals(facts, settings.address.host, at),
        *revocations(facts, at),
        *endings(facts, at),
        *blemishes(facts),
        *breaches(facts),
        *changes(facts.leaf, settings.known),
    ]
    if facts.leaf and all(finding.severity is Severity.OK for finding in found):
        yield _well(facts.leaf, at)
    yield from apply_waivers(found, settings.waive, at)


def _well(leaf: Certificate, at: datetime) -> Finding:
    left = f"{leaf.not_after:%Y-%m-%d} ({span(leaf.not_after - at)} left)"
    return Finding("cert.ok", Severity.OK, f"valid until {left}, issued by {leaf.issuer_name}")


def _refusals(facts: Facts, host: str, at: datetime) -> Iterator[Finding]:
    """Why clients refuse the certificate."""
    for problem in problems(facts.leaf, facts.fault, facts.detail, host, at, named=facts.named):
        implies = State.DEGRADED if problem.kind == TrustFault.CHAIN_INCOMPLETE else None
        yield Finding(f"cert.{problem.kind}", Severity.CRITICAL, problem.sentence, implies=implies)
