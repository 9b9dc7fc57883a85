"""What every writer of a review says alike of certificates and of TLS. Nothing here is markup."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.review.details import CertificateSeen, Change, FindingsChange, Found, Unjudged, Zone
from monitor.review.wording import clock

CERTIFICATES = (
    "A certificate is told since the first look that saw it, until the first that saw another. What was found is told "
    "whenever other things were found, or the same ones mattered more or less: a grade is that of such a look. Of a target "
    "that is judged in turns, six changes within six hours are kept. All are rows of `judgement`, which stay for good."
)


def known_by(certificate: CertificateSeen) -> str:
    """A certificate, by what is known of it."""
    revoked = f", revoked {certificate.revoked}" if certificate.revoked else ""
    issuer = certificate.issuer or "nobody"
    return f"by {issuer}, {certificate.key_type} key, ends {certificate.ends_on}, sha256 {certificate.sha256}{revoked}"


def served(certificate: CertificateSeen, zone: Zone) -> str:
    """When a certificate was seen."""
    until = f"until {clock(certificate.until, zone)}" if certificate.until else "the newest"
    return f"since {clock(certificate.since, zone)}, {until}{in_turns(certificate)}"


def in_turns(certificate: CertificateSeen) -> str:
    """That a certificate was seen in turns with others; nothing of one that was not."""
    return f", {certificate.times:,} times in turns with others" if certificate.times > 1 else ""


def refound(change: FindingsChange) -> str:
    """What was found anew, and what is not any more: ``grade C, before grade A; came tls.version.1_0: accepts TLSv1.0``."""
    return "; ".join(
        [
            *_grades(change),
            *(f"{'found' if change.is_first else 'came'} {finding(each)}" for each in change.came),
            *(f"went {finding(each)}" for each in change.went),
        ]
    )


def _grades(change: FindingsChange) -> Iterator[str]:
    if change.grade or change.grade_before:
        is_new = change.grade != change.grade_before and not change.is_first
        yield (change.grade or "no grade") + (f", before {change.grade_before or 'no grade'}" if is_new else "")


def finding(found: Found) -> str:
    """A finding with its code."""
    return f"{found.code}: {found.message}"


def moved(change: Change) -> str:
    """A change of state that no finding tells."""
    return f"{change.before.value} to {change.after.value}{f': {change.cause}' if change.cause else ''}"


def not_judged(unjudged: Unjudged, zone: Zone) -> str:
    """What of a target's certificates and TLS nobody knows any more."""
    before = f" before {clock(unjudged.until, zone)}" if unjudged.until else " in this time"
    return f"{unjudged.key}: what was found{before} is not known"
