"""What a vendor's file accepts for a time: a waived finding is still told, but asks nothing of anybody until then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from checks.foreign import one_line
from checks.model import Finding, Severity
from checks.vendor import Waiver


def apply_waivers(findings: Iterable[Finding], waivers: Iterable[Waiver], at: datetime) -> Iterator[Finding]:
    """*findings* in their order, those that are waived *at* that time as notes. A waiver that nothing needs says nothing."""
    by_code = {waiver.finding: waiver for waiver in waivers}
    for finding in findings:
        waiver = by_code.get(finding.code)
        yield _waived(finding, waiver, at) if waiver else finding


def is_waived(waiver: Waiver, at: datetime) -> bool:
    """Whether *waiver* still counts."""
    return not waiver.until.is_over(at)


def _waived(finding: Finding, waiver: Waiver, at: datetime) -> Finding:
    if not is_waived(waiver, at):
        return replace(finding, message=f"{finding.message} (its waiver ended on {waiver.until})")
    message = f"{finding.message} (waived until {waiver.until}: {one_line(waiver.reason)})"
    return replace(finding, severity=Severity.OK, message=message, implies=None, transient=False)
