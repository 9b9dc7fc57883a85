"""What is said of the page itself; none of it moves a state."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from checks.model import Claim, Severity, State
from checks.status.facts import StatusFacts, platform_of, recall, remember
from checks.status.known import Known
from checks.status.platform import Page
from checks.status.report import Report
from checks.status.source import FROZEN_AFTER, is_frozen
from checks.values import Url
from checks.vendor import ComponentRef
from tests.support.network import answer
from tests.support.status import NOW, Heard, network, observe

CALM = Report(
    page_id="p1",
    page_name="Acme",
    url="https://s.test/x",
    indicator=Claim.OPERATIONAL,
    indicator_word="Good",
    updated_at=NOW,
)
PAGE = Page(url=Url("https://status.acme.test"))


def heard(report: Report, page: Page = PAGE, platform: str = "statuspage") -> Heard:
    said = Heard(StatusFacts(platform=platform, report=report), page)
    assert (said.claim, said.severity, said.state) == (Claim.OPERATIONAL, Severity.OK, State.UP)
    return said


def known(platform: str = "statuspage", before: str = "") -> Known:
    return Known(platform=platform, url=PAGE.url, address=PAGE.url, host="s.test", page_id="p1", before=before)


def moved(before: str) -> str:
    said = Heard(StatusFacts(platform="statuspage", report=CALM, known=known(before=before)), PAGE)
    return said.message("status.platform_moved")


def test_a_page_that_is_as_it_was_has_nothing_said_of_it() -> None:
    assert heard(CALM).codes == ["status.operational"]
    still = Heard(StatusFacts(platform="statuspage", report=CALM, known=known()), PAGE)
    assert still.codes == ["status.operational"]


def test_a_page_that_moved_says_from_where_to_where() -> None:
    assert moved("statusio") == "the page moved from Status.io to Atlassian Statuspage"
    assert "from a-reader-of-an-older-release to" in moved("a-reader-of-an-older-release")


def test_a_page_of_another_platform_in_the_same_shape_says_what_to_configure() -> None:
    said = heard(replace(CALM, looks_like="feed"), replace(PAGE, platform="statuspage"))
    assert said.message("status.platform_other").endswith("set status.platform to feed")


def test_words_that_nobody_knows_are_named_wherever_they_stand_and_counted() -> None:
    words = tuple(f'"word{number}" at $.components[{number}].status' for number in range(5))
    said = heard(replace(CALM, unknown_words=words))
    message = said.message("status.vocabulary")
    assert '"word0" at $.components[0].status' in message
    assert message.endswith("and 2 more")
    assert said.samples()["vendor_status_page_unknown_words",] == 5


@pytest.mark.parametrize(("age", "frozen"), [(FROZEN_AFTER, False), (FROZEN_AFTER + timedelta(seconds=1), True)])
def test_a_page_that_stands_still_for_months_says_so_and_its_age_is_exported(age: timedelta, *, frozen: bool) -> None:
    report = replace(CALM, updated_at=NOW - age)
    said = heard(report)
    assert is_frozen(report, NOW) is frozen
    assert ("status.frozen" in said.codes) is frozen
    assert said.samples()["vendor_status_page_updated_timestamp_seconds",] == (NOW - age).timestamp()


def test_a_page_without_a_time_is_not_called_frozen() -> None:
    assert not is_frozen(replace(CALM, updated_at=None), NOW)
    assert "status.frozen" not in heard(replace(CALM, updated_at=None)).codes


def test_what_is_known_of_a_page_goes_through_a_word_and_back() -> None:
    word = remember(StatusFacts(platform="statuspage", report=CALM, known=known()))
    assert recall(PAGE, word).found == known()
    assert platform_of(PAGE, word) == "statuspage"
    assert remember(StatusFacts(platform="statuspage", report=CALM)) == ""


@pytest.mark.parametrize(
    "word", ["", "statuspage", "{}", "[]", "null", '{"platform": 1, "url": "u", "address": "a"}', '{"a": 1}']
)
def test_a_word_that_says_nothing_is_nothing(word: str) -> None:
    assert recall(PAGE, word).found is None
    assert platform_of(PAGE, word) == ""


def test_what_is_known_of_another_address_or_beside_a_configured_platform_is_nothing() -> None:
    assert recall(replace(PAGE, url=Url("https://status.other.test")), str(known())).found is None
    configured = replace(PAGE, platform="feed")
    assert recall(configured, str(known())).found is None
    assert platform_of(configured, str(known())) == "feed"


def test_a_page_that_lists_only_what_is_affected_is_well_where_it_names_nothing() -> None:
    scope = (ComponentRef(region="eu-west-1"),)
    page = replace(PAGE, scope=scope)
    short = replace(CALM, indicator=None, lists_all=False)
    said = heard(short, page)
    assert said.codes == ["status.operational", "status.unaffected"]
    assert said.samples()["vendor_component_state", "eu-west-1", "operational"] == 1
    missing = Heard(StatusFacts(platform="aws", report=replace(short, lists_all=True)), page)
    assert missing.claim is Claim.UNKNOWN
    assert missing.samples()["vendor_component_state", "eu-west-1", "unknown"] == 1


def test_a_page_that_does_not_say_when_it_changed_is_as_old_as_its_document() -> None:
    address = "https://status.vendor.test/status.json"
    body = b'{"indicator": "up", "uptime": "100.000%"}'
    document = answer(body, url=address, headers={"last-modified": "Fri, 09 Feb 2024 10:00:00 GMT"})
    page = Page(url=Url("https://status.vendor.test"), platform="hyperping")
    facts = observe(page, network({address: document}))
    assert facts.report.updated_at == datetime(2024, 2, 9, 10, tzinfo=UTC)
    assert "status.frozen" in Heard(facts, page).codes
    assert observe(page, network({address: replace(document, headers={})})).report.updated_at is None


def test_a_catalogue_that_may_be_old_does_not_make_the_page_old() -> None:
    document = "https://status.cloud.google.com/incidents.json"
    catalogue = answer(b'{"products": []}', headers={"last-modified": "Fri, 09 Feb 2024 10:00:00 GMT"})
    page = Page(url=Url("https://status.cloud.google.com"), platform="google", scope=(ComponentRef(name="Gmail"),))
    facts = observe(page, network({document: b"[]", "https://status.cloud.google.com/products.json": catalogue}))
    assert facts.report.updated_at is None
