"""The certificates that a vendor was known by, and how the judgement on certificates and TLS changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from monitor.review.details import CertificateSeen, Change
from monitor.review.html.markup import EMPTY, Markup, element, foreign, together
from monitor.review.html.tables import Column, paragraph, table
from monitor.review.html.words import NONE, STATE_WORDS, moment
from monitor.review.values import Review, VendorReview
from monitor.review.wording import CERTIFICATES as RULE

MOST = 100
"""So many changes are listed of one vendor."""
_CERTIFICATES = (
    Column("Target"),
    Column("Ends on"),
    Column("Issued by"),
    Column("Key"),
    Column("SHA-256"),
)
_CHANGES = (Column("Since"), Column("Target"), Column("From"), Column("To"), Column("Why", "words"))
_SHOWN = 16
"""So many digits of a fingerprint are shown; the whole is told where a pointer rests on it."""


def certificates(review: Review, vendor: VendorReview) -> Markup:
    """Both tables of a *vendor*; a sentence where there is nothing to put into them."""
    zone = review.zone.info
    seen = [_certificate(each, vendor.slug) for each in vendor.certificates]
    changes = sorted((each for target in vendor.targets for each in target.changes), key=lambda each: each.since)[::-1]
    if not seen and not changes:
        return paragraph("No certificate was looked at in this time, and no judgement changed.")
    changed = [_change(each, vendor.slug, zone) for each in changes[:MOST]]
    shown = (table("Certificates", _CERTIFICATES, seen), table("Changes of judgement, the newest first", _CHANGES, changed))
    left = len(changes) - len(changed)
    return together(
        (
            paragraph(RULE, kind="small"),
            *shown,
            paragraph(f"{left:,} older changes are not listed here.", kind="small") if left else EMPTY,
        )
    )


def _certificate(each: CertificateSeen, slug: str) -> Sequence[str]:
    fingerprint = element("abbr", f"{each.sha256[:_SHOWN]}…", title=each.sha256, class_="code")
    revoked = element("span", "revoked: ", foreign(each.revoked), class_="note silent") if each.revoked else EMPTY
    return (
        foreign(each.key.removeprefix(f"{slug}/")),
        each.ends_on or NONE,
        together((foreign(each.issuer) if each.issuer else NONE, revoked)),
        each.key_type or NONE,
        together((fingerprint, EMPTY if each.is_newest else element("span", "replaced", class_="note"))),
    )


def _change(each: Change, slug: str, zone: tzinfo) -> Sequence[str]:
    return (
        moment(each.since, zone),
        foreign(each.series.removeprefix(f"{slug}/")),
        STATE_WORDS[each.before],
        STATE_WORDS[each.after],
        foreign(each.cause),
    )
