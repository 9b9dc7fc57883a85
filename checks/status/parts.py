"""What a page says of its parts: of itself as a whole, or of the components in scope. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checks.foreign import quoted
from checks.model import Claim
from checks.status.facts import StatusFacts
from checks.status.report import Component, Report
from checks.status.said import CODES, Said, label, listed, say, say_security_event, since
from checks.status.scope import Match

_CALM = frozenset({Claim.OPERATIONAL, Claim.MAINTENANCE})
_PARTS = "status.components"
"""The code of a finding that tells of components and moves nothing."""


def hear_page(facts: StatusFacts) -> Iterator[Said]:
    """What the page says of itself as a whole, and of its components where it calls itself well in spite of them."""
    report = facts.report
    indicator = report.indicator
    if indicator is not Claim.OPERATIONAL and indicator is not None:
        yield say(CODES[indicator], indicator, _page_message(report, indicator))
    if report.security:
        yield say_security_event("the page as a whole")
    if indicator is None and report.lists_all:
        yield from _hear_most(facts)
    elif indicator in _CALM:
        yield from _hear_unwell(facts)


def _hear_unwell(facts: StatusFacts) -> Iterator[Said]:
    """That components are not well of which a calm page says nothing; it counts when most of them are out."""
    count = sum(facts.tally.values())
    out = sum(facts.tally.get(claim, 0) for claim in (Claim.PARTIAL_OUTAGE, Claim.MAJOR_OUTAGE))
    if message := _unwell(facts, ", whatever it says as a whole"):
        claim = Claim.DEGRADED if 2 * out > count else Claim.OPERATIONAL
        yield say(CODES.get(claim, _PARTS), claim, message)


def _hear_most(facts: StatusFacts) -> Iterator[Said]:
    """What most components of a page are in that has no word for the whole; of a few it is told where no incident does."""
    count, claim = sum(facts.tally.values()), Claim.OPERATIONAL
    for worst in reversed(Claim):
        if 2 * sum(number for each, number in facts.tally.items() if Claim.worst((each, worst)) is each) > count:
            claim = worst
            break
    message = _unwell(facts)
    is_told = message and not facts.report.incidents
    if is_told or claim is not Claim.OPERATIONAL:
        yield say(CODES.get(claim, _PARTS), claim, message or f"most of the page's {count} components are under maintenance")


def _unwell(facts: StatusFacts, though: str = "") -> str:
    """How many of the page's components are not well, and which; ``""`` for none. Work on one is not its being unwell."""
    count = sum(facts.tally.values())
    unwell = [component for component in facts.report.components if component.claim not in _CALM]
    calm = sum(facts.tally.get(claim, 0) for claim in _CALM)
    names = listed(component.label + component.security * " (security event)" for component in unwell)
    return f"{count - calm} of the page's {count} components are not well{though}: {names}" if unwell else ""


def hear_whole(facts: StatusFacts) -> Iterator[Said]:
    """What the page says of itself as a whole, beside components in scope: it counts where nothing else explains it."""
    report = facts.report
    indicator = report.indicator
    if indicator is None or indicator is Claim.OPERATIONAL:
        return
    message = _page_message(report, indicator)
    if indicator is Claim.UNKNOWN or _is_explained(facts, indicator):
        yield say("status.page", Claim.OPERATIONAL, message)
    else:
        claim = Claim.MAINTENANCE if indicator is Claim.MAINTENANCE else Claim.DEGRADED
        yield say("status.page", claim, f"{message}, and no component or incident on it says why")


def _is_explained(facts: StatusFacts, indicator: Claim) -> bool:
    """Whether an open incident, a component or work under way, in scope or not, accounts for the page's word.

    Only what is as bad as the word does: on a large page some part is always a little unwell. An incident does whatever its
    impact is, because vendors set the page's word by hand when they write one.
    """
    report = facts.report
    is_work = indicator is Claim.MAINTENANCE and any(work.is_active for work in report.maintenances)
    as_bad = any(Claim.worst((claim, indicator)) is claim for claim, count in facts.tally.items() if count)
    return bool(report.incidents) or is_work or as_bad


def _page_message(report: Report, indicator: Claim) -> str:
    word = report.indicator_word
    if indicator is not Claim.UNKNOWN:
        return f"the page as a whole says {quoted(word)}{since(report.updated_at, 'as of')}"
    if word:
        return f"the page as a whole says {quoted(word)} in a word we do not know"
    return "the page does not say how it is as a whole: set components: to those you use"


def hear_components(matches: Iterable[Match], facts: StatusFacts) -> Iterator[Said]:
    """What the page says of the components in scope, each once, and which references mean none or several."""
    heard: set[str] = set()
    for match in matches:
        if match.ref in facts.report.strange:
            yield _strange(match, facts.report)
        elif not match.components:
            yield _missing(match, facts) if facts.report.lists_all else _unlisted(match)
        elif match.is_ambiguous:
            yield _ambiguous(match)
        else:
            fresh = [component for component in match.components if component.id not in heard]
            heard.update(component.id for component in fresh)
            yield from (said for component in fresh for said in _hear_component(component, facts.report))


def _hear_component(component: Component, report: Report) -> Iterator[Said]:
    claim, name = component.claim, label(component.label)
    if claim is Claim.UNKNOWN:
        yield say(CODES[claim], claim, f"{name} says {quoted(component.word)}, {_why_unknown(component, report)}")
    elif claim is not Claim.OPERATIONAL:
        message = f"{name}: {claim.replace('_', ' ')}, in the page's word {quoted(component.word)}{since(component.since)}"
        yield say(CODES[claim], claim, message)
    if component.security:
        yield say_security_event(name)


def _why_unknown(component: Component, report: Report) -> str:
    """A word may be unknown, or known to tell nothing: *paused*, *not monitored*."""
    is_new = any(noted.startswith(quoted(component.word, 60)) for noted in report.unknown_words)
    return "a word we do not know" if is_new else "which tells no state"


def _missing(match: Match, facts: StatusFacts) -> Said:
    wanted, count = quoted(str(match.ref)), facts.report.component_count
    among = f"among its {count}" if count else "and no other either"
    message = f"the page has no component {wanted} {among}"
    names = facts.nearest.get(str(match.ref), ())
    hint = f"; near it are {listed(names)}" if names else ""
    cut = f"; not all of the page was read ({facts.report.cut[0]})" if facts.report.cut else ""
    return say("status.component_missing", Claim.UNKNOWN, f"{message}{hint}{cut}: check status.components")


def _strange(match: Match, report: Report) -> Said:
    """Unknown, because nothing that is open there could ever be seen by that name."""
    close = report.strange[match.ref]
    hint = f"; near it are {listed(close)}" if close else ""
    message = f"no service or region of this vendor is known as {quoted(str(match.ref))}{hint}"
    return say("status.component_missing", Claim.UNKNOWN, f"{message}: check status.components")


def _unlisted(match: Match) -> Said:
    """Well, as far as anybody can know: on a page that names only what is affected, a misspelt name looks the same."""
    message = f"nothing open names {quoted(str(match.ref))}; the page lists only what is affected"
    return say("status.unaffected", Claim.OPERATIONAL, message)


def _ambiguous(match: Match) -> Said:
    places = listed(f"{name} (id {place})" if place else name for place, name in match.candidates.items())
    cure = "write id:" if match.ref.group else "write group: or id:"
    message = f"{quoted(str(match.ref))} is {len(match.candidates)} things on the page: {places}: {cure}"
    return say("status.component_ambiguous", Claim.UNKNOWN, message)
