"""Certificates, and what was found of TLS, in the JSON document of a review; each names its row."""

from __future__ import annotations

from datetime import datetime

from checks.plain import Plain, plain
from monitor.review.details import CertificateSeen, FindingsChange
from monitor.review.wording import exact

Object = dict[str, Plain]


def certificate(seen: CertificateSeen) -> Object:
    """A certificate that was *seen*."""
    return {
        "row": _judgement(seen.key, seen.since),
        "target": seen.key,
        "since": exact(seen.since),
        "until": exact(seen.until) if seen.until else None,
        "times": seen.times,
        "sha256": seen.sha256,
        "issuer": seen.issuer or None,
        "key_type": seen.key_type or None,
        "ends_on": seen.ends_on or None,
        "revoked": seen.revoked or None,
    }


def findings(change: FindingsChange) -> Object:
    """What came and what went."""
    return {
        "row": _judgement(change.key, change.since),
        "target": change.key,
        "since": exact(change.since),
        "is_first": change.is_first,
        "grade": change.grade or None,
        "grade_before": change.grade_before or None,
        "came": plain(change.came),
        "went": plain(change.went),
    }


def _judgement(key: str, since: datetime) -> Object:
    return {"table": "judgement", "target": key, "since": exact(since)}
