"""When the trouble that a page admits began by its own word: this decides which outage it is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from checks.model import Claim
from checks.status import CHECK
from checks.status.facts import StatusFacts
from checks.status.report import Component, Impact, Incident, Report
from checks.vendor import ComponentRef
from tests.support.status import page

NINE = datetime(2026, 12, 6, 9, tzinfo=UTC)
API, GONE = ComponentRef(name="API"), ComponentRef(name="Gone")


def incident(hours: float | None, *components: str, impact: Impact = Impact.MAJOR) -> Incident:
    """One that began so many hours after nine, or nobody says when."""
    started_at = None if hours is None else NINE + timedelta(hours=hours)
    return Incident(id="i", name="Trouble", impact=impact, started_at=started_at, component_ids=components)


def hours(*incidents: Incident, scope: tuple[ComponentRef, ...] = (), api: Claim = Claim.DEGRADED) -> float | None:
    """How many hours after nine it began, by a page whose API changed at twelve and whose mail did at six."""
    assert CHECK.began is not None
    components = (
        Component(id="api", name="API", claim=api, since=NINE + timedelta(hours=3)),
        Component(id="mail", name="Mail", claim=Claim.MAJOR_OUTAGE, since=NINE - timedelta(hours=3)),
    )
    report = Report(
        page_id="p", page_name="P", url="https://status.test", indicator=None, components=components, incidents=incidents
    )
    found = CHECK.began(StatusFacts(platform="statuspage", report=report), page("statuspage", *scope))
    return None if found is None else (found - NINE) / timedelta(hours=1)


def test_it_is_the_oldest_trouble_of_the_page() -> None:
    assert hours(incident(1), incident(-2, "mail"), incident(None)) == -2
    assert hours() is None
    assert hours(incident(None)) is None


@pytest.mark.parametrize("impact", [Impact.NONE, Impact.MAINTENANCE, Impact.UNKNOWN])
def test_what_is_no_trouble_did_not_begin(impact: Impact) -> None:
    assert hours(incident(-2, impact=impact), incident(1)) == 1


def test_only_what_is_about_the_components_in_scope_counts_and_they_themselves() -> None:
    assert hours(incident(-2, "mail"), scope=(API,)) == 3
    assert hours(incident(-2, "mail"), scope=(API,), api=Claim.OPERATIONAL) is None
    assert hours(incident(1, "api"), incident(2), scope=(API,)) == 1
    assert hours(scope=(GONE,)) is None


def test_the_page_of_another_vendor_says_nothing_of_ours() -> None:
    assert CHECK.began is not None
    report = Report(page_id="q", page_name="Q", url="https://status.test", indicator=None, incidents=(incident(1),))
    facts = StatusFacts(platform="statuspage", report=report)
    assert CHECK.began(facts, page("statuspage", page_id="p")) is None
