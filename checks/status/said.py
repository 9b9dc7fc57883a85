"""One thing a page says: the claim it amounts to, and the finding that tells it. Pure.

All of it is the vendor's own word, so that another look would hear the same: no finding here is transient. A vendor's text
stands in quotation marks or is cut to a label, and a list in a sentence is short.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from checks.foreign import one_line, quoted
from checks.model import Claim, Finding, Severity, State
from checks.plain import instant

_LABEL_LIMIT = 80
_LISTED = 5

_SEVERITIES: Mapping[Claim, tuple[Severity, State | None]] = {
    Claim.OPERATIONAL: (Severity.OK, None),
    Claim.MAINTENANCE: (Severity.WARNING, State.MAINTENANCE),
    Claim.DEGRADED: (Severity.WARNING, None),
    Claim.PARTIAL_OUTAGE: (Severity.CRITICAL, State.DEGRADED),
    Claim.MAJOR_OUTAGE: (Severity.CRITICAL, None),
    Claim.UNKNOWN: (Severity.UNKNOWN, None),
}


class Said(NamedTuple):
    """One thing a page says: the claim it amounts to, and the finding that tells it."""

    claim: Claim
    finding: Finding


CODES: Mapping[Claim, str] = {
    Claim.MAINTENANCE: "status.maintenance",
    Claim.DEGRADED: "status.degraded",
    Claim.PARTIAL_OUTAGE: "status.partial_outage",
    Claim.MAJOR_OUTAGE: "status.major_outage",
    Claim.UNKNOWN: "status.unknown_word",
}
"""The code of a finding that tells a claim other than that all is well."""


def say(code: str, claim: Claim, message: str) -> Said:
    """*message* under *code*, as severe as *claim* is: a partial outage is critical to somebody, and yet no downtime."""
    severity, implies = _SEVERITIES[claim]
    return Said(claim, Finding(code, severity, message, implies))


def say_security_event(about: str) -> Said:
    """That *about* is marked with a security event, which counts as an outage."""
    return say("status.security_event", Claim.MAJOR_OUTAGE, f"{about} is marked with a security event")


def label(name: str) -> str:
    """A vendor's name for a part, for a sentence."""
    return one_line(name, _LABEL_LIMIT)


def listed(names: Iterable[str]) -> str:
    """The first few of *names* in quotation marks, and how many more there are."""
    every = list(names)
    more = f" and {len(every) - _LISTED} more" if len(every) > _LISTED else ""
    return ", ".join(quoted(name, _LABEL_LIMIT) for name in every[:_LISTED]) + more


def since(at: datetime | None, word: str = "since") -> str:
    """`` since 2026-11-21T22:50:00Z``, or nothing where the page gives no time."""
    return f" {word} {instant(at.replace(microsecond=0))}" if at else ""
