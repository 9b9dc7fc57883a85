"""Each simulated page is read by the reader of its platform to what it says, with no word that the reader does not know."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from checks.model import Claim
from checks.status import CHECK
from checks.status.facts import StatusFacts
from checks.status.platform import Page, all_platforms
from checks.status.report import Progress
from checks.values import Url
from checks.vendor import ComponentRef
from monitor.demo.pages import START_PATHS, WRITERS, Saying, Work, readable
from tests.support.network import answer
from tests.support.status import Heard, network, observe

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
SITE = "https://127.0.0.11:4433"
LISTS_COMPONENTS = sorted(WRITERS.keys() - {"feed"})
CLAIMS = [claim for claim in Claim if claim is not Claim.UNKNOWN]


def saying(claim: Claim = Claim.OPERATIONAL, incident: str = "", work: Work | None = None) -> Saying:
    return Saying("Tollgate <Payments> & Co", NOW, ("Charges", "Payouts"), claim, incident, work)


def settings(platform: str, *scope: str) -> Page:
    return Page(
        url=Url(f"{SITE}{START_PATHS.get(platform, '/')}"),
        platform=platform,
        scope=tuple(ComponentRef(name=name) for name in scope),
    )


def read(platform: str, said: Saying, *scope: str) -> tuple[StatusFacts, Page]:
    """What the reader of *platform* makes of the documents that say *said*."""
    page = settings(platform, *scope)
    bodies = {f"{SITE}{path}": answer(body, url=f"{SITE}{path}") for path, body in WRITERS[platform](said).items()}
    return observe(page, network({**bodies})), page


def works_at(facts: StatusFacts, page: Page) -> bool:
    assert CHECK.under_maintenance
    return CHECK.under_maintenance(facts, page, NOW)


def test_people_read_what_the_documents_say() -> None:
    work = Work("Upgrade & more", NOW + timedelta(hours=1), NOW + timedelta(hours=2))
    page = readable(saying(Claim.MAJOR_OUTAGE, "Charges <fail>", work)).decode()
    assert "<h1>Tollgate &lt;Payments&gt; &amp; Co</h1><p>Major Service Outage<ul>" in page
    assert page.partition("<ul>")[2].partition("</ul>")[0].split("<li>")[1:] == [
        "Charges: major outage",
        "Payouts: operational",
        "Incident: Charges &lt;fail&gt;, since 09:00 UTC",
        "Work: Upgrade &amp; more, 10:00 to 11:00 UTC",
    ]
    assert "Incident" not in readable(saying()).decode()


def test_the_platforms_are_those_whose_readers_are_proven() -> None:
    assert not [name for name in WRITERS if all_platforms()[name].experimental]


@pytest.mark.parametrize("platform", WRITERS)
@pytest.mark.parametrize("claim", CLAIMS)
def test_every_claim_is_read_in_words_that_are_known(platform: str, claim: Claim) -> None:
    facts, _ = read(platform, saying(claim, "Charges fail" if claim.is_trouble else ""))
    report = facts.report
    assert [*report.unknown_words, *report.cut, *report.cut_events, *report.unclear] == []
    assert not report.looks_like
    assert report.page_name == "Tollgate <Payments> & Co"
    assert [incident.name for incident in report.incidents] in ([], ["Charges fail"], ["[Investigating] Charges fail"])
    assert len(report.incidents) == claim.is_trouble


@pytest.mark.parametrize("platform", LISTS_COMPONENTS)
@pytest.mark.parametrize("claim", CLAIMS)
def test_the_first_component_is_as_the_vendor_says_and_the_others_are_well(platform: str, claim: Claim) -> None:
    assert Heard(*read(platform, saying(claim), "Charges")).claim is claim
    assert Heard(*read(platform, saying(claim), "Payouts")).claim is Claim.OPERATIONAL


@pytest.mark.parametrize("platform", LISTS_COMPONENTS)
def test_trouble_makes_the_page_as_a_whole_bad(platform: str) -> None:
    assert Heard(*read(platform, saying())).claim is Claim.OPERATIONAL
    assert Heard(*read(platform, saying(Claim.MAJOR_OUTAGE, "Charges fail"))).claim is Claim.MAJOR_OUTAGE


def test_a_feed_is_never_worse_than_degraded() -> None:
    assert Heard(*read("feed", saying())).claim is Claim.OPERATIONAL
    assert Heard(*read("feed", saying(Claim.MAJOR_OUTAGE, "Charges fail"))).claim is Claim.DEGRADED


@pytest.mark.parametrize("platform", LISTS_COMPONENTS)
def test_announced_work_counts_from_its_announced_beginning(platform: str) -> None:
    later = Work("Upgrade", NOW + timedelta(hours=1), NOW + timedelta(hours=3))
    facts, page = read(platform, saying(work=later))
    assert [work.progress for work in facts.report.maintenances] == [Progress.PLANNED]
    assert [(work.starts, work.ends) for work in facts.report.maintenances] == [(later.starts, later.ends)]
    assert not works_at(facts, page)


@pytest.mark.parametrize("platform", WRITERS)
def test_work_under_way_excuses_the_vendor(platform: str) -> None:
    begun = Work("Upgrade", NOW - timedelta(minutes=1), NOW + timedelta(hours=1), is_under_way=True)
    facts, page = read(platform, saying(Claim.MAINTENANCE, work=begun))
    assert [work.progress for work in facts.report.maintenances] == [Progress.ACTIVE]
    assert works_at(facts, page)
