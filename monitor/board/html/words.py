"""What the pages are written with: times, notes, marks, and the words and shapes of states and claims."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from checks.model import Claim, State
from checks.plain import instant
from checks.wording import lasting
from monitor.hypertext.markup import EMPTY, Markup, element, foreign, together

CLAIM_WORDS = {
    Claim.OPERATIONAL: "operational",
    Claim.MAINTENANCE: "maintenance",
    Claim.DEGRADED: "degraded",
    Claim.PARTIAL_OUTAGE: "partial outage",
    Claim.MAJOR_OUTAGE: "major outage",
    Claim.UNKNOWN: "cannot be read",
}


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


def because(why: str) -> Markup:
    """Why something is as it is, in the words of others, below it; nothing where nobody said *why*."""
    return note(foreign(why), kind="cause") if why else EMPTY


def state_badge(state: State, word: str = "") -> Markup:
    """A *state* as its shape and its word, or another *word* for it."""
    shape = element("svg", element("use", href=f"#shape-{state}"), aria_hidden="true", class_="shape")
    return element("span", shape, word or state.value, class_=f"state {state}")


def claim_word(claim: Claim) -> Markup:
    """What a vendor says of itself."""
    look = "trouble" if claim.is_trouble else "none" if claim is Claim.UNKNOWN else None
    return element("span", CLAIM_WORDS[claim], class_=look)


def marked(words: Iterable[str]) -> Markup:
    """What else is to be known of something, each in a frame of its own."""
    return together(part for each in words for part in (" ", element("span", each, class_="mark")))


def nothing(why: str) -> Markup:
    """A dash where there is nothing to say; who cannot see it is told *why*."""
    return element("span", element("span", "-", aria_hidden="true"), element("span", why, class_="unseen"), class_="none")
