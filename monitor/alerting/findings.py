"""What a target's findings deserve that are somebody's work. Pure.

A certificate has alerts of its own, as in the Prometheus rules; what else is critical and is no outage has one in common.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from checks.model import Finding, Severity, State
from checks.network import TrustFault
from checks.vendor import Tier, Vendor
from monitor.alert import Urgency
from monitor.alerting.judged import BY_TIER, WORK_BY_TIER, Judged
from monitor.snapshot import Entry

_REFUSED = frozenset({"cert.name_mismatch", *(f"cert.{fault}" for fault in TrustFault)})
"""Findings of a certificate that clients refuse: what `vendor_certificate_verified` goes by."""

_Kind = tuple[str, str]
"""An alert's name, and its band if it has any."""
_KINDS: tuple[_Kind, ...] = (
    ("VendorCertificateExpired", ""),
    ("VendorCertificateExpiring", "critical"),
    ("VendorCertificateExpiring", "warning"),
    ("VendorCertificateUntrusted", ""),
    ("VendorFindingCritical", ""),
)


def judged_findings(vendor: Vendor, entry: Entry, at: datetime) -> Iterator[Judged]:
    """What the newest look at a target that saw anything deserves; before the first nobody can tell."""
    if entry.good is None:
        yield from (_judged(vendor, entry, kind, at) for kind in _KINDS)
        return
    kinds = [(kind, finding) for finding in entry.good.findings if (kind := _kind(finding, entry.check.name))]
    for kind, found in groupby(sorted(kinds, key=lambda pair: _KINDS.index(pair[0])), key=lambda pair: pair[0]):
        yield _judged(vendor, entry, kind, at, [finding for _, finding in found])


def _kind(finding: Finding, check: str) -> _Kind | None:
    """Which alert *finding* of a *check* deserves, if any. What takes a target down by itself is told as that.

    What is said of a certificate beside the check of that name is said twice.
    """
    if finding.code.startswith("cert.") and check == "tls":
        return None
    match finding.code, finding.severity:
        case "cert.expiring", Severity.WARNING | Severity.CRITICAL as severity:
            return "VendorCertificateExpiring", severity.value
        case "cert.expired", Severity.CRITICAL:
            return "VendorCertificateExpired", ""
        case code, Severity.CRITICAL if code in _REFUSED:
            return "VendorCertificateUntrusted", ""
        case _, Severity.CRITICAL if finding.state is not State.DOWN:
            return "VendorFindingCritical", ""
        case _:
            return None


def _judged(vendor: Vendor, entry: Entry, kind: _Kind, at: datetime, found: list[Finding] | None = None) -> Judged:
    name, band = kind
    codes = ", ".join(finding.code for finding in found or ())
    return Judged(
        name,
        _severity(vendor, kind),
        holds=True if found else None,
        since=at,
        summary=f"{vendor.name}: {found[0].message}" if found else "",
        description=f"Found by {entry.target.key}: {codes}.",
        more={"band": band, "check": entry.target.check, "target": entry.target.name},
        over=f"{vendor.name}: {codes} at {entry.target.name} is gone",
    )


def _severity(vendor: Vendor, kind: _Kind) -> Urgency:
    match kind:
        case "VendorCertificateExpired" | "VendorCertificateUntrusted", _:
            return BY_TIER[vendor.tier]
        case "VendorCertificateExpiring", "critical" if vendor.tier is Tier.CRITICAL:
            return Urgency.PAGE
        case _:
            return WORK_BY_TIER[vendor.tier]
