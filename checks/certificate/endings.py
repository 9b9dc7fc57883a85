"""What ends soon, or has ended: the certificate, or an issuer on its path.

How near an end must be to matter goes by days or by the share of life that is left, whichever comes later. Public
certificates live 47 days at most from 2029-03-15 on (CA/Browser Forum Baseline Requirements 2.2.6, section 6.3.2) and some
live six already: a limit in days alone would complain of those all their lives.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from checks.certificate.facts import Facts
from checks.model import Finding, Severity, State
from checks.wording import moment, span
from checks.x509 import Certificate

ENDINGS = frozenset({"cert.expired", "cert.expiring", "cert.chain_expired", "cert.chain_expiring"})
"""The codes of what is found of an end, that of the certificate itself among them."""


def endings(facts: Facts, at: datetime) -> Iterator[Finding]:
    """What of the certificate and its path ends soon. That the certificate itself has ended is told as a refusal."""
    if facts.leaf is None:
        return
    severity = _urgency(facts.leaf, at)
    if severity and facts.leaf.not_after >= at:
        message = f"the certificate expires in {span(facts.leaf.not_after - at)}, on {moment(facts.leaf.not_after)}"
        yield Finding("cert.expiring", severity, message, implies=State.UP)
    for issuer in facts.path:
        yield from _issuer_endings(issuer, facts.leaf, at)


def _issuer_endings(issuer: Certificate, leaf: Certificate, at: datetime) -> Iterator[Finding]:
    """What the end of an issuer means: the last root included, for a client drops the chain with it."""
    name = f"{issuer.subject_name}, an issuer in the chain,"
    if issuer.not_after < at:
        message = f"{name} expired on {moment(issuer.not_after)}"
        yield Finding("cert.chain_expired", Severity.CRITICAL, message)
        return
    ends_first = issuer.not_after < leaf.not_after
    severity = _urgency(issuer, at) or (Severity.WARNING if ends_first else None)
    if severity:
        order = ", before the certificate does" if ends_first else ""
        message = f"{name} expires in {span(issuer.not_after - at)}, on {moment(issuer.not_after)}{order}"
        yield Finding("cert.chain_expiring", severity, message, implies=State.UP)


def _urgency(certificate: Certificate, at: datetime) -> Severity | None:
    """How near the end is."""
    left, life = certificate.not_after - at, certificate.not_after - certificate.not_before
    if left <= min(timedelta(days=7), life / 8):
        return Severity.CRITICAL
    return Severity.WARNING if left <= min(timedelta(days=21), life / 4) else None
