"""What the facts of a handshake mean at a time: everything that is wrong, or that nothing is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from checks.certificate.endings import endings
from checks.certificate.facts import Facts, Settings
from checks.model import Finding, Severity, State
from checks.network import TrustFault
from checks.wording import span
from checks.x509 import Certificate, problems


def judge(facts: Facts, settings: Settings, at: datetime, _previous: Facts | None) -> Iterator[Finding]:
    """Everything that is wrong at a time, or that nothing is."""
    found = [*_refusals(facts, settings.address.host, at), *endings(facts, at)]
    yield from found
    if not found and facts.leaf:
        end = f"{facts.leaf.not_after:%Y-%m-%d} ({_left(facts.leaf, at)})"
        yield Finding("cert.ok", Severity.OK, f"valid until {end}, issued by {facts.leaf.issuer_name}")


def _refusals(facts: Facts, host: str, at: datetime) -> Iterator[Finding]:
    """Why clients refuse the certificate."""
    for problem in problems(facts.leaf, facts.fault, facts.detail, host, at, named=facts.named):
        implies = State.DEGRADED if problem.kind == TrustFault.CHAIN_INCOMPLETE else None
        yield Finding(f"cert.{problem.kind}", Severity.CRITICAL, problem.sentence, implies=implies)


def _left(certificate: Certificate, at: datetime) -> str:
    return f"{span(certificate.not_after - at)} left"
