"""Times, states and claims as the pages say them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from checks.foreign import one_line
from checks.model import Claim, Severity, State
from checks.plain import instant
from checks.vendor import Tier
from checks.wording import lasting, percent, span
from monitor.board.html.verdict import kind
from monitor.board.values import Card, CertificateLeft, Strip
from monitor.correlate import Disagreement
from monitor.hypertext.links import link_out
from monitor.hypertext.markup import Markup, element, foreign, together
from monitor.standing import Work

CLAIM_WORDS = {
    Claim.OPERATIONAL: "operational",
    Claim.MAINTENANCE: "maintenance",
    Claim.DEGRADED: "degraded",
    Claim.PARTIAL_OUTAGE: "partial outage",
    Claim.MAJOR_OUTAGE: "major outage",
    Claim.UNKNOWN: "cannot be read",
}
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


def vendor_path(slug: str) -> str:
    """Where the page of a vendor is, from the page of all."""
    return f"vendors/{quote(slug, safe='')}"


def moment(at: datetime) -> Markup:
    """A time in UTC, to the minute; to the second for machines."""
    return element("time", f"{at.astimezone(UTC):%Y-%m-%d %H:%M}", datetime=instant(at))


def clock(at: datetime) -> Markup:
    """A time in UTC, to the second."""
    return element("time", f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}", datetime=instant(at))


def since(at: datetime, now: datetime) -> Markup:
    """For how long something has been, and since when."""
    return together((element("b", lasting(max(now - at, timedelta()))), ", since ", moment(at)))


def note(*content: str, kind: str = "") -> Markup:
    """What stands small below something; a blank parts the two for who hears them, or copies them."""
    return together((" ", element("span", *content, class_=f"note {kind}".rstrip())))


def state_badge(state: State, word: str = "") -> Markup:
    """A *state* as its shape and its word, or another *word* for it."""
    shape = element("svg", element("use", href=f"#shape-{state}"), aria_hidden="true", class_="shape")
    return element("span", shape, word or state.value, class_=f"state {state}")


def badge(card: Card) -> Markup:
    """What a vendor is shown as."""
    return state_badge(kind(card).state, kind(card).value)


def claim_word(claim: Claim) -> Markup:
    """What a vendor says of itself."""
    look = "trouble" if claim.is_trouble else "none" if claim is Claim.UNKNOWN else None
    return element("span", CLAIM_WORDS[claim], class_=look)


def claimed(card: Card) -> Markup:
    """What a vendor says of itself, with a link to where it says so."""
    if card.claim is None:
        word = element("span", "not read" if card.page else "no page", class_="none")
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


def marked(marks: Iterable[str]) -> Markup:
    """The *marks* of something, each in a frame of its own."""
    return together(part for mark in marks for part in (" ", element("span", mark, class_="mark")))


def nothing(why: str) -> Markup:
    """A dash where there is nothing to say; who cannot see it is told *why*."""
    return element("span", element("span", "-", aria_hidden="true"), element("span", why, class_="unseen"), class_="none")


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
