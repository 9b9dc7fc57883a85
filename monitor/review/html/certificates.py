"""The certificates that a vendor showed, and what was found of them and of TLS."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from monitor.hypertext.markup import EMPTY, Markup, element, foreign, together
from monitor.hypertext.tables import Column, paragraph, table
from monitor.review.details import CertificateSeen, Change, FindingsChange, Found, Zone
from monitor.review.html.words import NONE, moment
from monitor.review.tlswording import CERTIFICATES as RULE
from monitor.review.tlswording import in_turns, not_judged
from monitor.review.values import Review, VendorReview

MOST = 100
"""So many rows of each table are listed of one vendor, the newest."""
_CERTIFICATES = (
    Column("Target"),
    Column("Seen since"),
    Column("Until"),
    Column("Ends on"),
    Column("Issued by"),
    Column("Key"),
    Column("SHA-256"),
)
_FINDINGS = (Column("Since"), Column("Target"), Column("Grade", "words"), Column("Came", "words"), Column("Went", "words"))
_MOVES = (Column("Since"), Column("Target"), Column("From"), Column("To"), Column("Why", "words"))
_SHOWN = 16
"""So many digits of a fingerprint are shown; the whole is told where a pointer rests on it."""


def certificates(review: Review, vendor: VendorReview) -> Markup:
    """All that is known of a *vendor*; a sentence where that is nothing."""
    zone, slug = review.zone, vendor.slug
    served = [_certificate(each, slug, zone) for each in vendor.certificates[:MOST]]
    found = [_findings(each, slug, zone) for each in vendor.findings[::-1][:MOST]]
    moved = [_move(each, slug, zone) for each in vendor.moves[::-1][:MOST]]
    unknown = [paragraph(not_judged(each, review.zone), kind="small") for each in vendor.unjudged[:MOST]]
    if not (served or found or moved or unknown):
        return paragraph("No certificate was looked at in this time, and no judgement changed.")
    lengths = (len(vendor.certificates), len(vendor.findings), len(vendor.moves), len(vendor.unjudged))
    left = sum(max(0, length - MOST) for length in lengths)
    return together(
        (
            paragraph(RULE, kind="small"),
            table("Certificates", _CERTIFICATES, served),
            table("What was found, the newest first", _FINDINGS, found),
            table("Other changes of state, the newest first", _MOVES, moved),
            *unknown,
            paragraph(f"{left:,} more rows are not listed here; JSON has all.", kind="small") if left else EMPTY,
        )
    )


def _certificate(each: CertificateSeen, slug: str, zone: Zone) -> Sequence[str]:
    fingerprint = element("abbr", f"{each.sha256[:_SHOWN]}…", title=each.sha256, class_="code")
    revoked = element("span", "revoked: ", foreign(each.revoked), class_="note silent") if each.revoked else EMPTY
    return (
        foreign(each.key.removeprefix(f"{slug}/")),
        moment(each.since, zone),
        together((moment(each.until, zone) if each.until else "the newest", in_turns(each))),
        each.ends_on,
        together((foreign(each.issuer) if each.issuer else NONE, revoked)),
        each.key_type or NONE,
        fingerprint,
    )


def _findings(each: FindingsChange, slug: str, zone: Zone) -> Sequence[str]:
    is_new = each.grade != each.grade_before and not each.is_first
    before = element("span", "before ", foreign(each.grade_before), class_="note") if is_new and each.grade_before else EMPTY
    return (
        moment(each.since, zone),
        foreign(each.key.removeprefix(f"{slug}/")),
        together((foreign(each.grade) if each.grade else NONE, before)),
        _listed(each.came),
        _listed(each.went),
    )


def _listed(found: Iterable[Found]) -> Markup:
    lines = [element("div", element("span", each.code, class_="code"), " ", foreign(each.message)) for each in found]
    return together(lines or [NONE])


def _move(each: Change, slug: str, zone: Zone) -> Sequence[str]:
    return (
        moment(each.since, zone),
        foreign(each.series.removeprefix(f"{slug}/")),
        each.before.value,
        each.after.value,
        foreign(each.cause),
    )
