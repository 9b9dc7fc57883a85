from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from checks.model import Claim, Reason, Severity, Unseen
from checks.network import Request
from checks.status.platform import hold
from checks.status.report import Impact
from checks.status.summary import converse
from checks.vendor import ComponentRef
from tests.support.network import answer
from tests.support.status import ASKED, STATUSPAGE, hear, look, network, page, recording

COMPONENTS = f"{STATUSPAGE}/api/v2/components.json"
STATUS = f"{STATUSPAGE}/api/v2/status.json"


INCIDENT = {"id": "i", "name": "n"}


def document(**changes: Any) -> bytes:
    calm = json.loads(recording("statuspage/calm.json"))
    return json.dumps({**calm, **changes}).encode()


def component(**changes: Any) -> dict[str, Any]:
    return {"id": "c1", "name": "API", "status": "operational", **changes}


def test_a_page_becomes_a_report() -> None:
    everything = page("statuspage", ComponentRef(name="Europe"), ComponentRef(name="Americas"), ComponentRef(name="Portal"))
    report = look(everything, recording("statuspage/mixed.json")).report
    assert (report.page_id, report.page_name, report.url) == ("k3v9q0zx1m2n", "Lumen Freight", ASKED["statuspage"])
    assert (report.indicator, report.indicator_word) == (Claim.DEGRADED, "Minor Service Outage")
    assert report.updated_at == datetime(2026, 5, 4, 8, 15, 30, 123000, UTC)
    assert report.component_count == 6
    assert [(c.label, c.claim, c.group_id) for c in report.components] == [
        ("Europe / Tracking", Claim.DEGRADED, "grp000000001"),
        ("Europe / Labels", Claim.OPERATIONAL, "grp000000001"),
        ("Americas / Tracking", Claim.MAJOR_OUTAGE, "grp000000002"),
        ("Americas / Quotes", Claim.MAINTENANCE, "grp000000002"),
        ("Americas / Customs", Claim.PARTIAL_OUTAGE, "grp000000002"),
        ("Portal", Claim.OPERATIONAL, ""),
    ]
    assert [(i.id, i.impact, i.phase, i.component_ids) for i in report.incidents] == [
        ("inc000000001", Impact.MINOR, "monitoring", ("cmp000000001",)),
        ("inc000000002", Impact.CRITICAL, "identified", ("cmp000000005",)),
    ]
    assert report.incidents[0].started_at == datetime(2026, 5, 4, 6, 55, tzinfo=UTC)
    assert report.incidents[1].started_at == datetime(2026, 5, 4, 7, 50, tzinfo=UTC)
    assert [(m.id, m.is_active, m.component_ids) for m in report.maintenances] == [
        ("mnt000000001", True, ("cmp000000004",)),
        ("mnt000000002", False, ("cmp000000006",)),
    ]
    assert report.unknown_words == ()
    assert report.cut == ()


@pytest.mark.parametrize(
    "url", [STATUSPAGE, f"{STATUSPAGE}/", f"{STATUSPAGE}/api/v2", f"{STATUSPAGE}/api/v2/components.json?x=1"]
)
def test_the_page_is_asked_for_its_summary_however_its_address_is_written(url: str) -> None:
    heard = hear(page("statuspage", url=url), {ASKED["statuspage"]: recording("statuspage/calm.json")})
    assert heard.claim is Claim.OPERATIONAL


def test_a_calm_page_takes_one_request() -> None:
    net = network({ASKED["statuspage"]: recording("statuspage/calm.json")})
    asyncio.run(hold(converse(page("statuspage")), net))
    assert net.sent == [Request(url=ASKED["statuspage"])]


@pytest.mark.parametrize(
    ("indicator", "claim"),
    [
        ("none", Claim.OPERATIONAL),
        ("minor", Claim.DEGRADED),
        ("major", Claim.PARTIAL_OUTAGE),
        ("critical", Claim.MAJOR_OUTAGE),
        ("maintenance", Claim.MAINTENANCE),
        ("sluggish", Claim.UNKNOWN),
    ],
)
def test_every_word_of_the_indicator_has_a_meaning_and_others_are_unknown(indicator: str, claim: Claim) -> None:
    heard = hear(page("statuspage"), document(status={"indicator": indicator, "description": "As we said"}))
    assert heard.claim is claim
    assert bool(heard.facts.report.unknown_words) is (claim is Claim.UNKNOWN)


@pytest.mark.parametrize(
    ("word", "claim"),
    [
        ("operational", Claim.OPERATIONAL),
        ("degraded_performance", Claim.DEGRADED),
        ("partial_outage", Claim.PARTIAL_OUTAGE),
        ("major_outage", Claim.MAJOR_OUTAGE),
        ("full_outage", Claim.MAJOR_OUTAGE),
        ("under_maintenance", Claim.MAINTENANCE),
        ("on_fire", Claim.UNKNOWN),
    ],
)
def test_every_word_of_a_component_has_a_meaning_and_others_are_unknown(word: str, claim: Claim) -> None:
    heard = hear(page("statuspage", ComponentRef(name="api")), document(components=[component(status=word)]))
    assert heard.claim is claim
    if claim is Claim.UNKNOWN:
        assert heard.facts.report.unknown_words == ('"on_fire" at $.components[0].status (API)',)


def test_lists_that_are_null_or_absent_are_empty() -> None:
    body = json.loads(recording("statuspage/incidentio_truncated.json"))
    heard = hear(page("statuspage"), json.dumps(body).encode())
    assert heard.claim is Claim.OPERATIONAL
    assert heard.facts.report.page_id == "01J8Z0M4Q7W2E6R9T1Y3U5I8O0"


def test_components_that_the_summary_leaves_out_are_asked_for() -> None:
    settings = page("statuspage", ComponentRef(id="01J8Z0M4Q7A2"))
    pages = {
        ASKED["statuspage"]: recording("statuspage/incidentio_truncated.json"),
        COMPONENTS: recording("statuspage/incidentio_components.json"),
    }
    heard = hear(settings, {**pages})
    assert heard.claim is Claim.MAJOR_OUTAGE
    assert heard.facts.report.component_count == 2


@pytest.mark.parametrize(
    "other", [Unseen(Reason.MOVED, "gone"), b"<html>", recording("statuspage/calm.json"), b'{"page": {"id": 5}}']
)
def test_without_a_full_list_of_the_same_page_the_component_is_missing(other: bytes | Unseen) -> None:
    settings = page("statuspage", ComponentRef(id="01J8Z0M4Q7A2"))
    heard = hear(settings, {ASKED["statuspage"]: recording("statuspage/incidentio_truncated.json"), COMPONENTS: other})
    assert heard.codes == ["status.component_missing"]
    assert heard.claim is Claim.UNKNOWN


def test_a_full_list_that_cannot_be_had_just_now_may_hold_an_outage() -> None:
    settings = page("statuspage", ComponentRef(id="01J8Z0M4Q7A2"))
    summary = recording("statuspage/incidentio_truncated.json")
    heard = hear(settings, {ASKED["statuspage"]: summary, COMPONENTS: Unseen(Reason.TIMEOUT, "slow")})
    assert (heard.claim, heard.codes) == (Claim.UNKNOWN, ["status.component_missing", "status.cut"])
    assert heard.facts.report.cut == ("components.json could not be had",)


def test_a_summary_without_a_status_is_completed_by_the_status_document() -> None:
    pages = {ASKED["statuspage"]: recording("statuspage/without_status.json"), STATUS: recording("statuspage/calm.json")}
    heard = hear(page("statuspage"), {**pages})
    assert heard.facts.report.indicator is Claim.OPERATIONAL
    assert heard.claim is Claim.DEGRADED
    assert heard.codes == ["status.incident"]


@pytest.mark.parametrize(
    "other",
    [
        Unseen(Reason.HTTP, "500"),
        recording("statuspage/without_status.json"),
        document(page={"id": "another"}),
        b'{"status": {"indicator": "none", "description": "ok"}}',
    ],
)
def test_a_page_that_never_says_how_it_is_as_a_whole_is_unknown(other: bytes | Unseen) -> None:
    heard = hear(page("statuspage"), {ASKED["statuspage"]: recording("statuspage/without_status.json"), STATUS: other})
    assert heard.claim is Claim.UNKNOWN
    assert "does not say how it is as a whole" in heard.message("status.unknown_word")


def test_an_incident_that_does_not_say_how_bad_it_is_counts_as_minor() -> None:
    (incident,) = hear(page("statuspage"), recording_with_status("without_status")).facts.report.incidents
    assert incident.impact is Impact.MINOR


def recording_with_status(name: str) -> bytes:
    body = json.loads(recording(f"statuspage/{name}.json"))
    return json.dumps({**body, "status": {"indicator": "none"}}).encode()


@pytest.mark.parametrize("phase", ["investigating", "identified", "monitoring", "pondering", None])
def test_an_incident_is_open_until_it_is_said_to_be_over(phase: str | None) -> None:
    incident = {"id": "i", "name": "n", "impact": "major", "status": phase}
    assert hear(page("statuspage"), document(incidents=[incident])).claim is Claim.PARTIAL_OUTAGE


@pytest.mark.parametrize("phase", ["resolved", "postmortem", "completed", "Resolved ", "COMPLETED"])
def test_an_incident_that_is_over_is_left_out(phase: str) -> None:
    incident = {"id": "i", "name": "n", "impact": "major", "status": phase}
    assert hear(page("statuspage"), document(incidents=[incident])).facts.report.incidents == ()


def test_unknown_words_of_events_are_named_with_their_places() -> None:
    events = {
        "incidents": [{"id": "i", "name": "Odd", "impact": "cosmic", "status": "pondering"}],
        "scheduled_maintenances": [{"id": "m", "name": "Work", "status": "dreaming"}],
    }
    heard = hear(page("statuspage"), document(**events))
    assert heard.claim is Claim.UNKNOWN
    assert heard.message("status.incident") == 'incident "Odd" (pondering, impact "cosmic", a word we do not know)'
    assert heard.facts.report.unknown_words == (
        '"pondering" at $.incidents[0].status',
        '"cosmic" at $.incidents[0].impact (Odd)',
        '"dreaming" at $.scheduled_maintenances[0].status',
    )
    assert heard.message("status.unknown_word") == 'maintenance "Work" is "dreaming", a word we do not know'


@pytest.mark.parametrize(
    ("word", "claim", "codes"),
    [
        ("Completed", Claim.OPERATIONAL, ["status.operational"]),
        ("In_Progress", Claim.MAINTENANCE, ["status.maintenance"]),
        (" verifying", Claim.MAINTENANCE, ["status.maintenance"]),
        ("Scheduled", Claim.OPERATIONAL, ["status.operational", "status.maintenance_planned"]),
        ("maintenance_in_progress", Claim.UNKNOWN, ["status.unknown_word", "status.vocabulary"]),
    ],
)
def test_every_word_of_a_maintenance_has_one_meaning_and_others_are_unknown(
    word: str, claim: Claim, codes: list[str]
) -> None:
    work = {"id": "m", "name": "Work", "status": word, "components": [{"id": "c1"}]}
    body = document(components=[component()], scheduled_maintenances=[work])
    heard = hear(page("statuspage", ComponentRef(id="c1")), body)
    assert (heard.claim, heard.codes) == (claim, codes)


def test_work_in_an_unknown_word_that_names_no_component_is_told_and_moves_nothing() -> None:
    work = {"id": "m", "name": "Work", "status": "dreaming"}
    body = document(components=[component()], scheduled_maintenances=[work])
    heard = hear(page("statuspage", ComponentRef(id="c1")), body)
    told = ["status.operational", "status.unknown_word", "status.vocabulary"]
    assert (heard.claim, heard.codes) == (Claim.OPERATIONAL, told)
    assert hear(page("statuspage"), body).claim is Claim.UNKNOWN


def rows(count: int, **changes: Any) -> list[dict[str, Any]]:
    return [{"id": f"i{number}", "name": "n", **changes} for number in range(count)]


def test_only_what_is_open_counts_against_the_limit_of_events() -> None:
    bad = {"id": "x", "name": "Bad", "status": "identified", "impact": "critical"}
    heard = hear(page("statuspage"), document(incidents=[*rows(100, status="resolved", impact="none"), bad]))
    assert (heard.claim, heard.facts.report.cut_events) == (Claim.MAJOR_OUTAGE, ())


def test_announced_work_is_cut_without_a_word() -> None:
    active = {"id": "x", "name": "Now", "status": "in_progress"}
    heard = hear(page("statuspage"), document(scheduled_maintenances=[*rows(200, status="scheduled"), active]))
    assert (heard.claim, heard.facts.report.cut_events) == (Claim.OPERATIONAL, ())
    assert heard.message("status.maintenance") == 'maintenance "Now" is under way'


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ({"incidents": rows(101, status="identified", impact="none")}, "the first 100 open incidents"),
        ({"scheduled_maintenances": rows(101, status="verifying")}, "the first 100 maintenances under way"),
        ({"incidents": rows(1001, status="resolved")}, "$.incidents: the first 1000 of 1001"),
    ],
)
def test_events_that_were_cut_may_hide_anything(events: dict[str, Any], words: str) -> None:
    for scope in ((), (ComponentRef(id="c1"),)):
        heard = hear(page("statuspage", *scope), document(components=[component()], **events))
        assert (heard.claim, heard.severity) == (Claim.UNKNOWN, Severity.UNKNOWN)
        assert heard.message("status.cut") == f"not all of the page was read ({words}): more may be wrong than is told"


def test_components_that_were_cut_matter_where_components_are_in_scope() -> None:
    many = [component(id=f"c{number}") for number in range(2001)]
    assert hear(page("statuspage"), document(components=many)).claim is Claim.OPERATIONAL
    heard = hear(page("statuspage", ComponentRef(id="c1")), document(components=many))
    assert (heard.claim, heard.codes) == (Claim.UNKNOWN, ["status.cut"])


def test_several_cuts_are_told_in_one_sentence() -> None:
    many = [component(id=f"c{number}") for number in range(2001)]
    body = document(components=many, incidents=rows(1001, status="resolved"))
    message = hear(page("statuspage", ComponentRef(id="c1")), body).message("status.cut")
    assert "read ($.incidents: the first 1000 of 1001 and 1 more like it): more may be" in message


def test_no_more_than_a_few_unknown_words_are_named() -> None:
    rows = [component(id=f"c{number}", status=f"odd{number}") for number in range(30)]
    assert len(look(page("statuspage"), document(components=rows)).report.unknown_words) == 20


def test_long_lists_and_texts_are_cut_and_that_is_said() -> None:
    many = [component(id=f"c{number}", name="x" * 5000) for number in range(2500)]
    heard = hear(page("statuspage", ComponentRef(id="c2400")), {ASKED["statuspage"]: document(components=many)})
    assert heard.facts.report.cut[0] == "$.components: the first 2000 of 2500"
    assert heard.facts.report.component_count == 2500
    assert "not all of the page was read ($.components: the first 2000 of 2500)" in heard.message("status.component_missing")
    named = hear(page("statuspage", ComponentRef(id="c0")), document(components=many))
    assert len(named.facts.report.components[0].name) == 200


@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"page": None}, "$ has no page"),
        ({"page": []}, "$.page is a list, not an object"),
        ({"page": {"name": "x", "status": "UP"}}, "$.page has no id"),
        ({"page": {"id": 7}}, "$.page.id is a number, not text"),
        ({"page": {"id": "x", "updated_at": 1.5}}, "$.page.updated_at is a number, not text"),
        ({"status": "up"}, "$.status is text, not an object"),
        ({"status": {}}, "$.status has no indicator"),
        ({"status": {"indicator": True}}, "$.status.indicator is true or false, not text"),
        ({"components": {}}, "$.components is an object, not a list"),
        ({"components": [None]}, "$.components[0] is null, not an object"),
        ({"components": [{"name": "x", "status": "operational"}]}, "$.components[0] has no id"),
        ({"components": [component(group="no")]}, "$.components[0].group is text, not true or false"),
        ({"components": [component(status=None)]}, "$.components[0] has no status"),
        ({"components": [component(group_id=[])]}, "$.components[0].group_id is a list, not text"),
        ({"incidents": [{"id": "i"}]}, "$.incidents[0] has no name"),
        ({"incidents": [{"id": "i", "name": "n", "status": 5}]}, "$.incidents[0].status is a number, not text"),
        (
            {"incidents": [{"id": "i", "name": "n", "components": [1]}]},
            "$.incidents[0].components[0] is a number, not an object",
        ),
        ({"incidents": [{"id": "i", "name": "n", "components": [{}]}]}, "$.incidents[0].components[0] has no id"),
        (
            {"incidents": [{"id": "i", "name": "n", "incident_updates": 1}]},
            "$.incidents[0].incident_updates is a number, not a list",
        ),
        ({"scheduled_maintenances": [{}]}, "$.scheduled_maintenances[0] has no status"),
    ],
)
def test_a_wrong_type_anywhere_is_told_with_its_place(changes: dict[str, Any], detail: str) -> None:
    with pytest.raises(Unseen) as caught:
        look(page("statuspage"), document(**changes))
    assert caught.value.failure.reason is Reason.PARSE
    assert caught.value.failure.detail == f"{ASKED['statuspage']}: {detail}"


def test_an_update_may_name_components_without_their_ids() -> None:
    touched = [{"code": "c1"}, {"name": "nameless"}, {"code": None}, {"code": "c1"}, {"code": "c2"}]
    incident = {"id": "i", "name": "n", "incident_updates": [{"affected_components": touched}, {}]}
    assert look(page("statuspage"), document(incidents=[incident])).report.incidents[0].component_ids == ("c1", "c2")


def test_a_time_that_cannot_be_read_costs_no_more_than_itself() -> None:
    settings = page("statuspage", ComponentRef(id="c1"))
    for time in ("yesterday", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", ""):
        report = look(settings, document(components=[component(updated_at=time)])).report
        assert report.components[0].since is None


def test_a_page_in_utf_16_is_read() -> None:
    body = recording("statuspage/mixed.json").decode().encode("utf-16")
    assert hear(page("statuspage"), body).claim is Claim.MAJOR_OUTAGE


def test_the_answer_of_the_page_is_what_the_facts_name() -> None:
    moved = "https://status.lumen.test/api/v2/summary.json"
    redirected = answer(recording("statuspage/calm.json"), url=moved, hops=(ASKED["statuspage"],))
    assert look(page("statuspage"), {ASKED["statuspage"]: redirected}).report.url == moved
