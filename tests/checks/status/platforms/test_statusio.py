from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from checks.model import Claim, Reason, Unseen
from checks.status.platform import hold
from checks.status.platforms.statusio import converse
from checks.status.report import Impact
from checks.vendor import ComponentRef
from tests.support.network import answer
from tests.support.status import STATUSIO, hear, look, network, page, recording

ID = "a" * 24
SITE = "https://status.gull.test/"


def document(**changes: Any) -> bytes:
    calm = json.loads(recording("statusio/calm.json"))["result"]
    return json.dumps({"result": {**calm, **changes}}).encode()


def test_a_page_becomes_a_report_whose_containers_are_regions() -> None:
    report = look(page("statusio", ComponentRef(name="Website")), recording("statusio/incident.json")).report
    assert (report.page_id, report.url) == (ID, STATUSIO)
    assert (report.indicator, report.indicator_word) == (Claim.DEGRADED, "Degraded Performance")
    assert report.updated_at == datetime(2026, 5, 4, 8, 15, 30, tzinfo=UTC)
    assert report.component_count == 4
    assert [(c.label, c.claim) for c in report.components] == [
        ("Website (Dublin)", Claim.OPERATIONAL),
        ("Website (Osaka)", Claim.DEGRADED),
        ("Registry (Dublin)", Claim.MAJOR_OUTAGE),
        ("Forum", Claim.MAINTENANCE),
    ]
    slow, quiet = report.incidents
    assert (slow.impact, slow.phase) == (Impact.MINOR, "identified")
    assert slow.component_ids == ("aaaaaaaaaaaaaaaaaaaaaa01/bbbbbbbbbbbbbbbbbbbbbb02",)
    assert (quiet.impact, quiet.phase) == (Impact.MINOR, "")
    assert quiet.component_ids == ("aaaaaaaaaaaaaaaaaaaaaa03", "aaaaaaaaaaaaaaaaaaaaaa99")
    assert [(m.name, m.is_active) for m in report.maintenances] == [("Forum upgrade", True), ("Disk swap", False)]


@pytest.mark.parametrize(
    ("scope", "claim"),
    [
        (ComponentRef(name="Website"), Claim.DEGRADED),
        (ComponentRef(id="aaaaaaaaaaaaaaaaaaaaaa01"), Claim.DEGRADED),
        (ComponentRef(group="Website", name="Dublin"), Claim.OPERATIONAL),
        (ComponentRef(id="aaaaaaaaaaaaaaaaaaaaaa01/bbbbbbbbbbbbbbbbbbbbbb01"), Claim.OPERATIONAL),
        (ComponentRef(group="Website", name="Osaka"), Claim.DEGRADED),
        (ComponentRef(name="Registry"), Claim.MAJOR_OUTAGE),
    ],
)
def test_a_reference_means_a_component_everywhere_or_in_one_of_its_places(scope: ComponentRef, claim: Claim) -> None:
    assert hear(page("statusio", scope), recording("statusio/incident.json")).claim is claim


def test_a_security_event_is_an_outage_with_a_finding_of_its_own() -> None:
    scoped = hear(page("statusio", ComponentRef(name="Registry")), recording("statusio/incident.json"))
    assert scoped.codes == ["status.major_outage", "status.security_event", "status.maintenance_planned", "status.page"]
    assert scoped.message("status.security_event") == "Registry (Dublin) is marked with a security event"
    overall = hear(page("statusio"), document(status_overall={"status_code": 600, "status": "Security Event"}))
    assert overall.codes == ["status.major_outage", "status.security_event"]
    incident = {"_id": "i", "name": "Keys leaked", "messages": [{"state": 100, "status": 600}]}
    opened = hear(page("statusio"), document(incidents=[incident]))
    assert opened.codes == ["status.incident", "status.security_event"]
    assert opened.claim is Claim.MAJOR_OUTAGE


@pytest.mark.parametrize(
    ("code", "claim"),
    [
        (100, Claim.OPERATIONAL),
        (200, Claim.MAINTENANCE),
        (300, Claim.DEGRADED),
        (400, Claim.PARTIAL_OUTAGE),
        (500, Claim.MAJOR_OUTAGE),
        (600, Claim.MAJOR_OUTAGE),
        (700, Claim.UNKNOWN),
    ],
)
def test_every_code_has_a_meaning_and_others_are_unknown(code: int, claim: Claim) -> None:
    overall = hear(page("statusio"), document(status_overall={"status_code": code, "status": "So it is"}))
    assert overall.claim is claim
    component = hear(
        page("statusio", ComponentRef(id="x")), document(status=[{"id": "x", "name": "X", "status_code": code}])
    )
    assert component.claim is claim
    incident = {"_id": "i", "name": "n", "messages": [{"status": code, "state": code}]}
    if code != 400:  # the state 400 says that it is over
        assert hear(page("statusio"), document(incidents=[incident])).claim is claim


def test_the_newest_message_decides_and_the_last_where_there_are_no_times() -> None:
    messages = [{"state": 400, "status": 100}, {"state": 200, "status": 400}]
    (incident,) = look(
        page("statusio"), document(incidents=[{"_id": "i", "name": "n", "messages": messages}])
    ).report.incidents
    assert (incident.impact, incident.phase) == (Impact.MAJOR, "identified")


def test_places_that_match_none_of_a_components_own_mean_all_of_them() -> None:
    affected = {"components_affected": [{"_id": "aaaaaaaaaaaaaaaaaaaaaa01"}], "containers_affected": [{"_id": "elsewhere"}]}
    (incident,) = look(page("statusio"), document(incidents=[{"_id": "i", "name": "n", **affected}])).report.incidents
    assert incident.component_ids == ("aaaaaaaaaaaaaaaaaaaaaa01/bbbbbbbbbbbbbbbbbbbbbb01",)


def test_a_page_without_maintenance_is_read() -> None:
    assert look(page("statusio"), document(maintenance=None)).report.maintenances == ()


def test_a_page_that_does_not_exist_has_moved() -> None:
    with pytest.raises(Unseen) as caught:
        look(page("statusio"), b'{"error": "status page not found\\u001b[31m"}')
    assert caught.value.failure.reason is Reason.MOVED
    assert caught.value.failure.detail == f'Status.io has no page {ID}: "status page not found [31m"'


def test_another_answer_is_told_with_its_place() -> None:
    with pytest.raises(Unseen, match=r"\$ has no result") as caught:
        look(page("statusio"), b"{}")
    assert caught.value.failure.reason is Reason.PARSE


def test_the_page_id_leads_to_the_api() -> None:
    net = network({STATUSIO: recording("statusio/calm.json")})
    report = asyncio.run(hold(converse(page("statusio", url=SITE, page_id=ID)), net))
    assert report.page_id == ID
    assert [request.url for request in net.sent] == [STATUSIO]


def test_an_address_of_the_api_is_used_as_it_is_and_its_id_held_against_the_pin() -> None:
    own = f"http://127.0.0.1:8080/1.0/status/{ID}"
    calm = {own: recording("statusio/calm.json")}
    assert hear(page("statusio", url=own, page_id=ID), {**calm}).claim is Claim.OPERATIONAL
    assert hear(page("statusio", url=own, page_id="b" * 24), {**calm}).codes == ["status.other_page"]


@pytest.mark.parametrize(
    "site",
    [
        answer(b"<html>hello", url=SITE, headers={"x-status-page-id": ID}),
        answer(f'<html><a href="/pages/history/{ID}">History</a>'.encode(), url=SITE),
        answer(
            f'<html><a href="https://status.gull.test/pages/{ID}/rss">'.encode(), url=SITE, headers={"x-status-page-id": "?"}
        ),
    ],
)
def test_without_a_page_id_it_is_learned_from_the_page(site: Any) -> None:
    heard = hear(page("statusio", url=SITE), {SITE: site, STATUSIO: recording("statusio/calm.json")})
    assert heard.facts.report.page_id == ID


def test_a_page_that_shows_no_id_is_not_understood() -> None:
    with pytest.raises(Unseen, match="set page_id:, or check platform:"):
        look(page("statusio", url=SITE), {SITE: b"<html>hello"})


def test_more_places_than_any_page_has_are_cut() -> None:
    containers = [{"id": f"c{number}", "name": "r", "status_code": 100} for number in range(100)]
    rows = [{"id": f"x{number}", "name": "n", "status_code": 100, "containers": containers} for number in range(30)]
    report = look(page("statusio"), document(status=rows)).report
    assert report.component_count == 2000
    assert report.cut == ("no more than 2000 places of components are read",)


def test_only_what_is_open_counts_against_the_limit_of_incidents() -> None:
    over = [{"_id": f"i{number}", "name": "n", "messages": [{"state": 400, "status": 100}]} for number in range(100)]
    bad = {"_id": "x", "name": "Bad", "messages": [{"state": 100, "status": 500}]}
    heard = hear(page("statusio"), document(incidents=[*over, bad]))
    assert (heard.claim, heard.facts.report.cut_events) == (Claim.MAJOR_OUTAGE, ())
    many = [{"_id": f"i{number}", "name": "n"} for number in range(101)]
    assert hear(page("statusio"), document(incidents=many)).message("status.cut") == (
        "not all of the page was read (the first 100 open incidents): more may be wrong than is told"
    )


def test_a_front_page_that_leads_to_another_host_lends_no_id() -> None:
    other = answer(f'<a href="/pages/{ID}">'.encode(), url="https://status.parent.test/", hops=(SITE,))
    with pytest.raises(Unseen) as caught:
        look(page("statusio", url=SITE), {SITE: other, STATUSIO: recording("statusio/calm.json")})
    assert caught.value.failure.reason is Reason.MOVED
