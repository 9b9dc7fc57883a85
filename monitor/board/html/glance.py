"""A vendor at a glance: each part of what is known of it, as both pages show it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from checks.foreign import one_line
from checks.model import Severity
from checks.plain import instant
from checks.vendor import Tier
from checks.wording import lasting, percent, span
from monitor.board.html.kinds import kind_of
from monitor.board.html.words import claim_word, note, nothing, state_badge
from monitor.board.values import Card, CertificateLeft, Strip
from monitor.correlate import Disagreement
from monitor.hypertext.links import link_out
from monitor.hypertext.markup import Markup, element, foreign, together
from monitor.standing import Work

APART_WORDS = {
    Disagreement.PROBE_DOWN_CLAIM_OK: "Down for us, while its status page says operational",
    Disagreement.PROBE_OK_CLAIM_DOWN: "Up for us, while its status page speaks of an outage",
}
_LONGEST_NAME = 100
"""So many characters of a name are shown: a line is to stay one that can be read."""
_LONGEST_GRADE = 12
_URGES = {
    Severity.WARNING: ("warning", "ends soon"),
    Severity.CRITICAL: ("trouble", "about to end"),
}
"""How the end of a certificate that is still valid is judged: what that looks like, and what is said."""
_WORK_WORDS = {Work.OWN: "in a maintenance window of ours", Work.ANNOUNCED: "in maintenance that it announced"}


def badge(card: Card) -> Markup:
    """What a vendor is shown as."""
    return state_badge(kind_of(card).state, kind_of(card).value)


def is_pageless(card: Card) -> bool:
    """Whether the vendor has no status page that could say something."""
    return not card.page and card.claim is None


def claimed(card: Card) -> Markup:
    """What a vendor says of itself, with a link to where it says so."""
    if card.claim is None:
        word = element("span", "no status page" if is_pageless(card) else "not read", class_="none")
    else:
        word = claim_word(card.claim)
    whose = element("span", ", on the status page of ", named(card), class_="unseen")
    return link_out(card.page, word, whose) if card.page else word


def marks(card: Card) -> Iterator[str]:
    """What else is to be known of a vendor, in a few words each."""
    yield from (_WORK_WORDS[work] for work in Work if work in card.works)
    if card.is_critical:
        yield "critical finding"
    if card.is_muted:
        yield "muted: nobody is told"
    if card.is_flapping:
        yield "comes and goes"


def ending(certificate: CertificateLeft | None, now: datetime) -> Markup:
    """How long the certificate whose end matters most is still valid, and whether that is enough."""
    if certificate is None:
        return nothing("none seen")
    left, when = certificate.not_after - now, instant(certificate.not_after)
    if left <= timedelta():
        return element("time", "expired", datetime=when, class_="trouble")
    look, urge = _URGES.get(certificate.severity, ("", ""))
    number = element("time", span(left), datetime=when, class_=look or None)
    return together((number, note(urge, kind=look))) if urge else number


def graded(card: Card) -> Markup:
    """The worst grade of a vendor's TLS."""
    return element("b", foreign(one_line(card.grade, _LONGEST_GRADE))) if card.grade else nothing("not graded")


def shares(strip: Strip | None) -> Markup:
    """How much of the time that counts a vendor was available, and how much of its time was seen."""
    if strip is None or not strip.whole.elapsed:
        return element("span", "nothing is known yet", class_="none")
    if not strip.whole.coverage:
        return element("span", "nothing of it was seen", class_="none")
    if strip.whole.availability is None:
        return element("span", f"{percent(strip.whole.coverage, 1)} seen, none of it counts", class_="none")
    watched = f" of {lasting(timedelta(seconds=strip.whole.elapsed))}" if strip.is_young else ""
    seen = element("span", f"{watched} available, {percent(strip.whole.coverage, 1)} seen", class_="faint")
    return together((element("b", percent(strip.whole.availability)), seen))


def named(card: Card) -> Markup:
    """What a vendor is called."""
    return foreign(one_line(card.name, _LONGEST_NAME))


def about(card: Card) -> Markup:
    """How much depends on a vendor, and who looks after it."""
    tier = element("span", f"{card.tier} tier", class_="tier" if card.tier is Tier.CRITICAL else None)
    return together((tier, " · ", foreign(one_line(card.team, _LONGEST_NAME))) if card.team else (tier,))
