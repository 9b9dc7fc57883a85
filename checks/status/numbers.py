"""What a look at a status page is in numbers: only of components the configuration names, only of events in scope."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from checks.model import Claim, Metric, Sample
from checks.status.events import concerns
from checks.status.facts import StatusFacts
from checks.status.platform import Page
from checks.status.report import Impact, Report
from checks.status.scope import Match, find, labels
from checks.status.verdict import is_other_page, scope_of

COMPONENT_STATE = Metric(
    "vendor_component_state", "1 for what the vendor says of a configured component.", ("component", "state")
)
INCIDENTS_OPEN = Metric("vendor_incidents_open", "Open incidents in scope, by the impact the vendor gives.", ("impact",))
PAGE_UPDATED = Metric(
    "vendor_status_page_updated_timestamp_seconds",
    "When the status page was last changed by its own word, else by its Last-Modified, as Unix time.",
)
UNKNOWN_WORDS = Metric(
    "vendor_status_page_unknown_words",
    "Words on the status page that its reader does not know: the platform may have changed.",
)
METRICS = (COMPONENT_STATE, INCIDENTS_OPEN, PAGE_UPDATED, UNKNOWN_WORDS)


def measure(facts: StatusFacts | None, page: Page, _at: datetime) -> Iterator[Sample]:
    """The samples of a look; of one that failed, or saw another page, only that no component's state is known."""
    names = labels(page.scope)
    if facts is None or is_other_page(facts.report, page):
        for name in names.values():
            yield from _states(name, Claim.UNKNOWN)
        return
    report, matches = facts.report, find(facts.report.components, page.scope)
    for match in matches:
        yield from _states(names[match.ref], _claim(match, report))
    scope = scope_of(matches, page)
    impacts = [incident.impact for incident in report.incidents if concerns(incident, scope)]
    for impact in Impact:
        yield Sample(INCIDENTS_OPEN, impacts.count(impact), {"impact": impact.value})
    yield Sample(UNKNOWN_WORDS, len(report.unknown_words))
    if report.updated_at:
        yield Sample(PAGE_UPDATED, report.updated_at.timestamp())


def _states(component: str, claim: Claim) -> Iterator[Sample]:
    for state in Claim:
        yield Sample(COMPONENT_STATE, state is claim, {"component": component, "state": state.value})


def _claim(match: Match, report: Report) -> Claim:
    """What the page says of what a reference means; unknown when that is nothing it lists or can have, or not one thing."""
    if match.is_ambiguous or match.ref in report.strange or (report.lists_all and not match.components):
        return Claim.UNKNOWN
    return Claim.worst(component.claim for component in match.components)
