"""Platforms told apart: every reader's own page is recognised, and what is no status page is not."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from checks.model import Claim, Reason, Unseen
from checks.network import Answer
from checks.status.detect import MAX_AGE_SECONDS, Found, detect, platforms_at
from checks.status.known import Known
from checks.status.platform import Page, all_platforms, hold
from checks.values import Url
from tests.support.cases import Case, Loopback, cases
from tests.support.network import answer
from tests.support.status import Heard, observe, recording

SITE = Url("https://status.acme.test/")
FRONT = b"<!doctype html><html><head><title>Acme Status</title></head><body>All systems operational</body></html>"
CALM = recording("statuspage/calm.json")
SUMMARY = "https://status.acme.test/api/v2/summary.json"


def site(pages: dict[str, bytes | Answer], *, front: Answer | None = None) -> Loopback:
    """A web site whose front page is HTML, and that has *pages*; anything else is not there."""
    found = {url: answer(body, url=url) if isinstance(body, bytes) else body for url, body in pages.items()}
    return Loopback(answers={str(SITE): front or answer(FRONT, url=SITE), **found})


def search(network: Loopback, url: Url = SITE, page_id: str | None = None) -> Found:
    return asyncio.run(hold(detect(url, page_id=page_id), network))


def failure(network: Loopback) -> tuple[Reason, str]:
    with pytest.raises(Unseen) as caught:
        search(network)
    return caught.value.failure.reason, caught.value.failure.detail


def well(platform: str) -> Case:
    return next(case for case in cases(platform) if case.name == "all well")


@pytest.mark.parametrize("platform", sorted(all_platforms()))
def test_each_platform_is_recognised_by_its_own_page(platform: str) -> None:
    case = well(platform)
    clues = all_platforms()[platform].clues
    network = case.network()
    front = answer(FRONT + b" ".join(clues.marks), url=case.page.url, headers=dict.fromkeys(clues.headers, "x"))
    network.answers.setdefault(str(case.page.url), front)
    assert search(network, case.page.url, case.page.page_id).platform.name == platform
    assert all(request.max_age == MAX_AGE_SECONDS for request in network.sent)
    assert len(network.sent) < 40


@pytest.mark.parametrize("platform", [name for name, each in all_platforms().items() if each.clues.rank is not None])
def test_a_platform_that_may_be_anywhere_is_recognised_without_a_clue(platform: str) -> None:
    case = well(platform)
    network = case.network()
    network.answers.setdefault(str(case.page.url), answer(FRONT, url=case.page.url))
    assert search(network, case.page.url).platform.name == platform


def test_a_site_that_is_no_status_page_is_told_and_asked_little() -> None:
    network = site({})
    reason, detail = failure(network)
    assert reason is Reason.PARSE
    assert "a web page that none of" in detail
    assert len(network.sent) < 40
    assert len({request.url for request in network.sent}) > 5


def test_a_host_that_answers_anything_proves_nothing() -> None:
    always = Loopback(answers={str(SITE): answer(FRONT, url=SITE)}, otherwise=answer(CALM))
    assert failure(always)[0] is Reason.PARSE
    web = Loopback(otherwise=answer(FRONT))
    assert failure(web)[0] is Reason.PARSE


def test_a_catch_all_host_that_has_a_real_page_beside_it_is_recognised() -> None:
    pages = Loopback(answers={str(SITE): answer(FRONT), SUMMARY: answer(CALM, url=SUMMARY)}, otherwise=answer(FRONT))
    assert search(pages).platform.name == "statuspage"


def test_a_front_page_that_leads_elsewhere_is_followed_and_its_last_address_told() -> None:
    other = Url("https://status.parent.test/")
    front = answer(FRONT, url=other, hops=(str(SITE),))
    found = search(site({"https://status.parent.test/api/v2/summary.json": CALM}, front=front))
    assert (found.platform.name, found.page.url) == ("statuspage", other)


def test_a_login_a_refusal_and_nothing_are_told_as_they_are() -> None:
    login = answer(FRONT, url="https://sso.acme.test/login?next=1", hops=(str(SITE),))
    assert failure(site({}, front=login))[0] is Reason.PRIVATE
    for status, reason in ((401, Reason.PRIVATE), (403, Reason.BLOCKED), (503, Reason.HTTP)):
        network = site({}, front=answer(b"", status=status, url=SITE))
        assert failure(network)[0] is reason
        assert len(network.sent) == 1
    odd = answer(FRONT, url="https://user:secret@acme.test/", hops=(str(SITE),))
    assert failure(site({}, front=odd))[0] is Reason.MOVED


def test_a_host_without_a_front_page_may_still_have_the_documents_of_a_page() -> None:
    gone = answer(b"", status=404, url=SITE)
    assert search(site({SUMMARY: CALM}, front=gone)).platform.name == "statuspage"
    reason, detail = failure(site({}, front=gone))
    assert reason is Reason.MOVED
    assert "answered 404" in detail


def test_what_a_reader_misses_that_the_page_points_to_is_told() -> None:
    page = site({}, front=answer(FRONT + b"<script src='https://statuspal.io/x.js'>", url=SITE))
    reason, detail = failure(page)
    assert reason is Reason.CONFIG
    assert "set page_id:" in detail
    told = failure_at(Url("https://status.salesforce.com/"))
    assert "status.salesforce.com/instances/" in told


def failure_at(url: Url) -> str:
    with pytest.raises(Unseen) as caught:
        search(Loopback(answers={str(url): answer(FRONT, url=url)}), url)
    return caught.value.failure.detail


def test_a_private_page_of_a_platform_is_private_and_not_unknown() -> None:
    refused = site({SUMMARY: answer(b"Your page is inactive", status=401, url=SUMMARY)})
    assert failure(refused)[0] is Reason.PRIVATE


def test_a_host_that_stops_answering_is_left_alone() -> None:
    class Dying(Loopback):
        async def send(self, request):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
            self.sent.append(request)
            if request.url != str(SITE):
                raise Unseen(Reason.TIMEOUT, "no answer")
            return answer(FRONT, url=SITE)

    network = Dying()
    assert failure(network)[0] is Reason.TIMEOUT
    assert len(network.sent) < 8


def test_the_hosts_of_one_vendor_alone_settle_the_platform() -> None:
    assert [platform.name for platform in platforms_at("acme.statuspage.io")] == ["statuspage"]
    assert platforms_at("statuspage.io.evil.test") == []
    assert platforms_at("notstatuspage.io") == []


def page(found: str = "", page_id: str = "k3v9q0zx1m2n") -> Page:
    known = Known(platform=found, url=SITE, address=SITE, host="status.acme.test", page_id=page_id)
    return Page(url=SITE, found=known if found else None)


def test_a_page_without_a_platform_is_recognised_then_read_by_what_was_found() -> None:
    network = site({SUMMARY: CALM})
    facts = observe(page(), network)
    assert (facts.platform, facts.report.page_name) == ("statuspage", "Lumen Freight")
    again = site({SUMMARY: CALM})
    assert observe(page("statuspage"), again).platform == "statuspage"
    assert [request.url for request in again.sent] == [SUMMARY]
    assert again.sent[0].max_age is None


def test_a_page_that_moved_to_another_platform_is_read_there_and_that_is_a_finding() -> None:
    instatus = well("instatus")
    documents = {
        url.replace("://" + instatus.page.url.host, "://status.acme.test"): a for url, a in instatus.answers.items()
    }
    network = site({url: replace(found, url=url) for url, found in documents.items() if isinstance(found, Answer)})
    heard = Heard(observe(page("statuspage"), network), page("statuspage"))
    assert heard.facts.platform == "instatus"
    assert "the page moved from Atlassian Statuspage to Instatus" in heard.message("status.platform_moved")
    assert heard.claim is Claim.OPERATIONAL


def test_a_page_in_the_same_shape_with_the_ids_of_another_platform_moved_too() -> None:
    ulid = CALM.replace(b"k3v9q0zx1m2n", b"01JV2M7QK9T3W5Y8B4C6D0F1GH")
    heard = Heard(observe(page("statuspage"), site({SUMMARY: ulid})), page("statuspage"))
    assert "from Atlassian Statuspage to incident.io" in heard.message("status.platform_moved")
    pinned = Page(url=SITE, platform="statuspage")
    told = Heard(observe(pinned, site({SUMMARY: ulid})), pinned).message("status.platform_other")
    assert "set status.platform to incidentio" in told


ATOM = b"<feed><id>f</id><title>Acme</title><entry><id>1</id><title>[Resolved] Slow</title></entry></feed>"
FEED_URL = "https://status.acme.test/history.atom"
ADVERTISING = FRONT.replace(b"</head>", b'<link rel="alternate" type="application/atom+xml" href="/history.atom"></head>')


def advertising(pages: dict[str, bytes | Answer]) -> Loopback:
    """A site whose front page advertises a feed that can be read."""
    return site({FEED_URL: ATOM, **pages}, front=answer(ADVERTISING, url=SITE))


def test_a_feed_is_found_where_nothing_else_is() -> None:
    assert search(advertising({})).platform.name == "feed"


def test_what_did_not_answer_may_be_a_better_page_than_the_feed() -> None:
    for status, reason in ((500, Reason.HTTP), (403, Reason.BLOCKED)):
        assert failure(advertising({SUMMARY: answer(b"", status=status, url=SUMMARY)}))[0] is reason


def test_a_feed_never_succeeds_the_reader_that_was_known() -> None:
    with pytest.raises(Unseen) as caught:
        observe(page("statuspage"), advertising({SUMMARY: answer(b"", status=404, url=SUMMARY)}))
    assert "summary.json answered 404" in caught.value.failure.detail


def test_a_page_that_was_read_by_its_feed_is_looked_at_anew_each_time() -> None:
    assert observe(page("feed", "f"), advertising({})).platform == "feed"
    better = observe(page("feed", "f"), advertising({SUMMARY: CALM}))
    assert (better.platform, better.known and better.known.before) == ("statuspage", "")


def test_what_the_search_remembers_of_the_last_reader_does_not_bring_it_back() -> None:
    """A search may go by answers minutes old: they must not pass for what the page says now."""

    class Remembering(Loopback):
        async def send(self, request):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
            if request.max_age is None and request.url == SUMMARY:
                self.sent.append(request)
                return answer(FRONT, url=SUMMARY)
            return await super().send(request)

    with pytest.raises(Unseen) as caught:
        observe(page("statuspage"), Remembering(answers=dict(site({SUMMARY: CALM}).answers)))
    assert caught.value.failure.reason is Reason.PARSE


def test_a_page_that_was_taken_over_by_another_is_not_read_as_ours() -> None:
    parent = "https://status.parent.test/api/v2/summary.json"
    other = CALM.replace(b"k3v9q0zx1m2n", b"zzzzzzzzzzzz")
    with pytest.raises(Unseen) as caught:
        observe(page("statuspage"), site({SUMMARY: answer(other, url=parent, hops=(SUMMARY,))}))
    assert caught.value.failure.reason is Reason.MOVED
    assert "may be somebody else's" in caught.value.failure.detail
    same = observe(page("statuspage"), site({SUMMARY: answer(CALM, url=parent, hops=(SUMMARY,))}))
    assert same.report.page_name == "Lumen Freight"


def test_a_page_whose_id_is_pinned_may_lead_where_it_wants() -> None:
    parent = "https://status.parent.test/api/v2/summary.json"
    other = CALM.replace(b"k3v9q0zx1m2n", b"zzzzzzzzzzzz")
    pinned = replace(page("statuspage"), page_id="zzzzzzzzzzzz")
    network = site({SUMMARY: answer(other, url=parent, hops=(SUMMARY,))})
    assert Heard(observe(pinned, network), pinned).claim is Claim.OPERATIONAL
    front = answer(FRONT, url="https://status.parent.test/", hops=(str(SITE),))
    anew = replace(page(), page_id="zzzzzzzzzzzz")
    assert Heard(observe(anew, site({parent: other}, front=front)), anew).claim is Claim.OPERATIONAL
    wrong = replace(page("statuspage"), page_id="somethingelse")
    assert Heard(observe(wrong, network), wrong).codes == ["status.other_page"]


def test_a_page_below_the_address_it_was_named_by_is_read_where_it_is() -> None:
    below = "https://status.acme.test/status/"
    front = answer(FRONT, url=below, hops=(str(SITE),))
    network = site({f"{below}api/v2/summary.json": CALM}, front=front)
    facts = observe(page(), network)
    assert facts.known is not None
    assert facts.known.address == below
    again = site({f"{below}api/v2/summary.json": CALM}, front=front)
    observe(replace(page(), found=facts.known), again)
    assert [request.url for request in again.sent] == [f"{below}api/v2/summary.json"]


def test_a_host_with_a_large_page_for_everything_is_asked_for_little() -> None:
    large = FRONT + b" " * 200_000
    network = Loopback(otherwise=answer(large))
    assert failure(network)[0] is Reason.PARSE
    assert len(network.sent) < 16


def test_a_page_that_refuses_us_is_not_searched_for() -> None:
    network = site({SUMMARY: answer(b"", status=403, url=SUMMARY)})
    with pytest.raises(Unseen) as caught:
        observe(page("statuspage"), network)
    assert caught.value.failure.reason is Reason.BLOCKED
    assert len(network.sent) == 1


def test_a_page_that_leads_to_another_host_is_not_read_unasked() -> None:
    front = answer(FRONT, url="https://status.parent.test/", hops=(str(SITE),))
    with pytest.raises(Unseen) as caught:
        observe(page(), site({"https://status.parent.test/api/v2/summary.json": CALM}, front=front))
    assert caught.value.failure.reason is Reason.MOVED
    assert "may be somebody else's" in caught.value.failure.detail
