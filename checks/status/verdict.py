"""What a report means for the components in scope. Pure: `speak` decides, claim and findings both come from it.

- With components in scope the state is the worst of theirs and of the open incidents that touch one of them. An incident
  that names no component may concern us or not: it counts, but as degraded at most. The page's word for the whole is
  told; it is about other parts too, so that it counts only where no component and no incident of the page accounts for
  it, because then it may be about ours: as degraded, or as maintenance where that is the word.
- Without, it is the worst of the page's word for the whole and of all open incidents; not of the components, since on a
  large page some part is always unwell. That parts are unwell on a page that calls itself well is told; it counts, as
  degraded, where more than half of them are out, because then the word for the whole was forgotten. On a page that has no
  such word and lists all its parts, what is true of more than half of them is true of the page.
- What was not read to its end, or says nothing that can be read, is unknown where an outage may hide in it.
- Maintenance is a state of its own and never an outage. Work that names no component in scope, and work on a page that
  has a word for the whole and does not use it for that, is told and moves nothing. Announced work is only told.
- What cannot be matched or understood is unknown: never an outage, never well.

All of it is the vendor's own word, so that another look would hear the same: no finding here is transient.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from checks.foreign import quoted
from checks.model import Claim, Finding, Severity, State
from checks.status.events import Scope, hear_incidents, hear_maintenances
from checks.status.facts import StatusFacts
from checks.status.gaps import hear_gaps
from checks.status.parts import hear_components, hear_page, hear_whole
from checks.status.platform import Page
from checks.status.report import Report
from checks.status.said import Said, listed, say
from checks.status.scope import Match, find
from checks.status.source import hear_source

_FINDINGS_LIMIT = 40


def claim(facts: StatusFacts, page: Page) -> Claim:
    """What the vendor says of what is in scope."""
    return Claim.worst(said.claim for said in speak(facts, page))


def judge(facts: StatusFacts, page: Page, at: datetime, _last: StatusFacts | None) -> list[Finding]:
    """A finding for everything said of what is in scope and of the page itself, the worst kept when there is too much."""
    heard = list(speak(facts, page))
    findings = [said.finding for said in heard]
    if Claim.worst(said.claim for said in heard) is Claim.OPERATIONAL:
        findings.insert(0, _well(facts.report, page))
    return [*_worst_of(findings), *(said.finding for said in hear_source(facts, at))]


def _worst_of(findings: list[Finding]) -> list[Finding]:
    """*findings* in their order, or the worst of too many and how many more there are."""
    if len(findings) <= _FINDINGS_LIMIT:
        return findings
    states, severities = list(State), list(Severity)
    findings.sort(key=lambda finding: (states.index(finding.state), severities.index(finding.severity)), reverse=True)
    rest = Finding("status.more", Severity.OK, f"{len(findings) - _FINDINGS_LIMIT} more things are said on the page")
    return [*findings[:_FINDINGS_LIMIT], rest]


def speak(facts: StatusFacts, page: Page) -> Iterator[Said]:
    """Everything the page says of what is in scope; nothing, or only what moves no state, when all is well."""
    report = facts.report
    if is_other_page(report, page):
        yield _other_page(report, page)
        return
    matches = find(report.components, page.scope)
    scope = scope_of(matches, page)
    yield from hear_components(matches, facts) if page.scope else hear_page(facts)
    yield from hear_incidents(report, scope)
    yield from hear_maintenances(report, scope)
    if page.scope:
        yield from hear_whole(facts)
    yield from hear_gaps(report, scope)


def is_other_page(report: Report, page: Page) -> bool:
    """Whether the page has another identity than the one that is pinned."""
    return page.page_id is not None and report.page_id != page.page_id


def scope_of(matches: Iterable[Match], page: Page) -> Scope:
    """The ids of what *matches* mean, their groups' included; None when the page as a whole is in scope."""
    if not page.scope:
        return None
    components = [component for match in matches if not match.is_ambiguous for component in match.components]
    return {name for component in components for name in (component.id, component.group_id)} - {""}


def _other_page(report: Report, page: Page) -> Said:
    name = f" ({quoted(report.page_name, 80)})" if report.page_name else ""
    found = f"the page at {report.url}{name} has the id {quoted(report.page_id)}, not {page.page_id}"
    return say("status.other_page", Claim.UNKNOWN, f"{found}: check status.url and status.page_id")


def _well(report: Report, page: Page) -> Finding:
    if page.scope:
        names = listed(str(ref) for ref in page.scope)
        return Finding("status.operational", Severity.OK, f"{names}: operational")
    word = f"the page as a whole says {quoted(report.indicator_word)}" if report.indicator_word else "no open incident"
    return Finding("status.operational", Severity.OK, word)
