from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from checks.model import Claim, Severity, State
from checks.status.facts import StatusFacts
from checks.status.report import Component, Impact, Incident, Maintenance, Progress, Report
from checks.vendor import ComponentRef
from tests.support.status import ASKED, NOW, STATUSPAGE, Heard, hear, page, recording

CALM = Report(
    page_id="p1", page_name="Vendor", url="https://v.test/", indicator=Claim.OPERATIONAL, indicator_word="All good"
)
MIXED = recording("statuspage/mixed.json")
API = Component(id="c1", name="API", claim=Claim.OPERATIONAL, word="operational")
THIRD = Component(id="c3", name="Mail", claim=Claim.OPERATIONAL, word="operational")
WEB = Component(id="c2", name="Web", claim=Claim.OPERATIONAL, word="operational")


def heard(report: Report, *names: str, page_id: str | None = None) -> Heard:
    scope = tuple(ComponentRef(name=name) for name in names)
    tally = Counter(component.claim for component in report.components)
    return Heard(StatusFacts(platform="statuspage", report=report, tally=tally), page("statuspage", *scope, page_id=page_id))


def with_components(*components: Component) -> Report:
    return replace(CALM, components=components, component_count=len(components))


def incident(impact: Impact, *components: str, name: str = "Trouble") -> Incident:
    return Incident(id="i1", name=name, impact=impact, phase="identified", started_at=NOW, component_ids=components)


def work(*components: str, progress: Progress = Progress.ACTIVE, word: str = "in_progress") -> Maintenance:
    return Maintenance(id="m1", name="Upgrade", progress=progress, word=word, starts=NOW, component_ids=components)


@pytest.mark.parametrize(
    ("claim", "code", "severity", "state"),
    [
        (Claim.OPERATIONAL, "status.operational", Severity.OK, State.UP),
        (Claim.MAINTENANCE, "status.maintenance", Severity.WARNING, State.MAINTENANCE),
        (Claim.DEGRADED, "status.degraded", Severity.WARNING, State.DEGRADED),
        (Claim.PARTIAL_OUTAGE, "status.partial_outage", Severity.CRITICAL, State.DEGRADED),
        (Claim.MAJOR_OUTAGE, "status.major_outage", Severity.CRITICAL, State.DOWN),
        (Claim.UNKNOWN, "status.unknown_word", Severity.UNKNOWN, State.UNKNOWN),
    ],
)
def test_each_claim_has_its_code_severity_and_state(claim: Claim, code: str, severity: Severity, state: State) -> None:
    whole = heard(replace(CALM, indicator=claim))
    part = heard(with_components(replace(API, claim=claim, word="so we say")), "API")
    for said in (whole, part):
        assert (said.claim, said.codes, said.severity, said.state) == (claim, [code], severity, state)
        assert not any(finding.transient for finding in said.findings)


def test_messages_name_what_is_meant_the_word_and_since_when() -> None:
    degraded = replace(API, claim=Claim.DEGRADED, word="degraded_performance", since=NOW, group="EU")
    assert heard(with_components(degraded), "API").message("status.degraded") == (
        'EU / API: degraded, in the page\'s word "degraded_performance" since 2026-05-04T09:00:00Z'
    )
    whole = replace(CALM, indicator=Claim.DEGRADED, indicator_word='Minor "glitch"', updated_at=NOW)
    assert (
        heard(whole).message("status.degraded") == "the page as a whole says \"Minor 'glitch'\" as of 2026-05-04T09:00:00Z"
    )
    opened = replace(CALM, incidents=(replace(incident(Impact.MAJOR, name="Slow\n" + "x" * 500), url="https://v.test/i/1"),))
    message = heard(opened).message("status.incident")
    assert message.startswith('incident "Slow xxx')
    assert message.endswith('…" (identified, impact major) since 2026-05-04T09:00:00Z, https://v.test/i/1')
    assert len(message) < 260


def test_all_well_is_one_finding_in_the_pages_own_words() -> None:
    assert heard(CALM).message("status.operational") == 'the page as a whole says "All good"'
    assert heard(with_components(API, WEB), "API", "Web").message("status.operational") == '"API", "Web": operational'


def test_with_components_in_scope_the_page_as_a_whole_and_other_components_do_not_count() -> None:
    report = replace(
        with_components(API, replace(WEB, claim=Claim.MAJOR_OUTAGE)), indicator=Claim.MAJOR_OUTAGE, security=True
    )
    said = heard(report, "API")
    assert (said.claim, said.severity, said.codes) == (Claim.OPERATIONAL, Severity.OK, ["status.operational", "status.page"])
    assert said.message("status.page") == 'the page as a whole says "All good"'
    assert heard(report, "API", "Web").claim is Claim.MAJOR_OUTAGE


@pytest.mark.parametrize(
    ("indicator", "claim"),
    [
        (Claim.MAINTENANCE, Claim.MAINTENANCE),
        (Claim.DEGRADED, Claim.DEGRADED),
        (Claim.PARTIAL_OUTAGE, Claim.DEGRADED),
        (Claim.MAJOR_OUTAGE, Claim.DEGRADED),
        (Claim.UNKNOWN, Claim.OPERATIONAL),
    ],
)
def test_a_word_for_the_whole_that_nothing_on_the_page_explains_counts_beside_components(
    indicator: Claim, claim: Claim
) -> None:
    report = replace(with_components(API, WEB), indicator=indicator, indicator_word="Not so good")
    said = heard(report, "API")
    assert said.claim is claim
    assert 'the page as a whole says "Not so good"' in said.message("status.page")
    assert ("says why" in said.message("status.page")) is (claim is not Claim.OPERATIONAL)


@pytest.mark.parametrize(
    ("indicator", "changes", "is_explained"),
    [
        (Claim.MAJOR_OUTAGE, {"components": (API, replace(WEB, claim=Claim.MAJOR_OUTAGE))}, True),
        (Claim.MAJOR_OUTAGE, {"components": (API, replace(WEB, claim=Claim.DEGRADED))}, False),
        (Claim.MAJOR_OUTAGE, {"components": (API, replace(WEB, claim=Claim.UNKNOWN))}, False),
        (Claim.DEGRADED, {"components": (API, replace(WEB, claim=Claim.PARTIAL_OUTAGE))}, True),
        (Claim.MAJOR_OUTAGE, {"components": (API, replace(WEB, claim=Claim.MAINTENANCE))}, False),
        (Claim.MAJOR_OUTAGE, {"incidents": (incident(Impact.MINOR, "c2"),)}, True),
        (Claim.MAJOR_OUTAGE, {"maintenances": (work("c2"),)}, False),
        (Claim.MAINTENANCE, {"components": (API, replace(WEB, claim=Claim.MAINTENANCE))}, True),
        (Claim.MAINTENANCE, {"maintenances": (work("c2"),)}, True),
        (Claim.MAINTENANCE, {"maintenances": (work("c2", progress=Progress.PLANNED),)}, False),
    ],
)
def test_what_explains_a_word_for_the_whole(indicator: Claim, changes: dict[str, Any], is_explained: bool) -> None:  # noqa: FBT001 - a column of the table
    said = heard(replace(with_components(API, WEB), indicator=indicator, **changes), "API")
    assert (said.claim is Claim.OPERATIONAL) is is_explained


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        (("operational", "operational", "major_outage"), Claim.OPERATIONAL),
        (("operational", "major_outage", "major_outage"), Claim.MAJOR_OUTAGE),
        (("degraded", "major_outage", "partial_outage"), Claim.PARTIAL_OUTAGE),
        (("degraded", "degraded", "operational"), Claim.DEGRADED),
        (("unknown", "unknown", "operational"), Claim.UNKNOWN),
        (("maintenance", "maintenance", "operational"), Claim.MAINTENANCE),
        (("major_outage",), Claim.MAJOR_OUTAGE),
    ],
)
def test_most_components_speak_for_a_page_without_a_word_for_the_whole(claims: tuple[str, ...], expected: Claim) -> None:
    parts = [replace(API, id=f"c{number}", claim=Claim(each), word=each) for number, each in enumerate(claims)]
    page_of_parts = replace(with_components(*parts), indicator=None)
    assert heard(page_of_parts).claim is expected
    assert heard(replace(page_of_parts, lists_all=False)).claim is Claim.OPERATIONAL


def test_without_a_scope_unwell_components_are_told_and_do_not_count() -> None:
    said = heard(with_components(replace(API, claim=Claim.MAJOR_OUTAGE, security=True), WEB))
    assert (said.claim, said.severity) == (Claim.OPERATIONAL, Severity.OK)
    assert said.codes == ["status.operational", "status.components"]
    assert said.message("status.components") == (
        '1 of the page\'s 2 components are not well, whatever it says as a whole: "API (security event)"'
    )
    quiet = heard(with_components(replace(API, claim=Claim.MAINTENANCE), WEB))
    assert quiet.codes == ["status.operational"]


@pytest.mark.parametrize("indicator", [Claim.OPERATIONAL, Claim.MAINTENANCE])
def test_without_a_scope_a_page_most_of_whose_components_are_out_is_not_well(indicator: Claim) -> None:
    out = with_components(replace(API, claim=Claim.MAJOR_OUTAGE), replace(WEB, claim=Claim.PARTIAL_OUTAGE), THIRD)
    assert heard(replace(out, indicator=indicator)).claim is Claim.DEGRADED
    worse = heard(replace(out, indicator=Claim.PARTIAL_OUTAGE))
    assert (worse.claim, worse.codes) == (Claim.PARTIAL_OUTAGE, ["status.partial_outage"])


def test_all_of_a_large_page_is_weighed_though_few_components_are_kept() -> None:
    rows = [{"id": str(number), "name": "n", "status": "major_outage"} for number in range(150)]
    body = {"page": {"id": "p"}, "status": {"indicator": "none"}, "components": rows}
    calm = [{**row, "status": "operational"} for row in rows]
    assert hear(page("statuspage"), json.dumps(body).encode()).claim is Claim.DEGRADED
    assert hear(page("statuspage"), json.dumps({**body, "components": rows + calm}).encode()).claim is Claim.OPERATIONAL


@pytest.mark.parametrize(
    ("impact", "touching", "nameless"),
    [
        (Impact.NONE, Claim.OPERATIONAL, Claim.OPERATIONAL),
        (Impact.MAINTENANCE, Claim.MAINTENANCE, Claim.MAINTENANCE),
        (Impact.MINOR, Claim.DEGRADED, Claim.DEGRADED),
        (Impact.MAJOR, Claim.PARTIAL_OUTAGE, Claim.DEGRADED),
        (Impact.CRITICAL, Claim.MAJOR_OUTAGE, Claim.DEGRADED),
        (Impact.UNKNOWN, Claim.UNKNOWN, Claim.DEGRADED),
    ],
)
def test_an_incident_counts_by_what_it_touches(impact: Impact, touching: Claim, nameless: Claim) -> None:
    report = with_components(API, WEB)
    assert heard(replace(report, incidents=(incident(impact, "c1", "c9"),)), "API").claim is touching
    assert heard(replace(report, incidents=(incident(impact),)), "API").claim is nameless
    assert heard(replace(report, incidents=(incident(impact, "c2"),)), "API").claim is Claim.OPERATIONAL
    assert heard(replace(report, incidents=(incident(impact, "c2"),))).claim is touching
    assert heard(replace(report, incidents=(incident(impact),))).claim is touching


def test_an_incident_without_impact_is_told_beside_all_being_well() -> None:
    said = heard(replace(CALM, incidents=(incident(Impact.NONE),)))
    assert said.codes == ["status.operational", "status.incident"]
    assert said.severity is Severity.OK


def test_an_indicator_that_is_calm_does_not_hide_an_open_incident() -> None:
    assert heard(replace(CALM, incidents=(incident(Impact.MINOR),))).state is State.DEGRADED


def test_work_under_way_counts_where_it_touches_the_scope() -> None:
    report = with_components(API, WEB)
    assert heard(replace(report, maintenances=(work("c1"),)), "API").state is State.MAINTENANCE
    assert heard(replace(report, maintenances=(work("c2"),)), "API").codes == ["status.operational"]
    nameless = heard(replace(report, maintenances=(work(),)), "API")
    assert (nameless.state, nameless.codes) == (State.UP, ["status.operational", "status.maintenance"])


def test_work_under_way_on_a_page_that_says_all_is_well_is_only_told() -> None:
    said = heard(replace(CALM, maintenances=(work("c1"),)))
    assert (said.claim, said.codes) == (Claim.OPERATIONAL, ["status.operational", "status.maintenance"])
    assert heard(replace(CALM, indicator=None, maintenances=(work("c1"),))).claim is Claim.MAINTENANCE


def test_announced_work_is_told_the_nearest_first_and_not_all_of_it() -> None:
    later = [replace(work(progress=Progress.PLANNED), name=f"W{day}", starts=NOW.replace(day=day)) for day in (9, 7, 8, 6)]
    undated = replace(work(progress=Progress.PLANNED), name="W?", starts=None)
    said = heard(replace(CALM, maintenances=(undated, *later)))
    assert said.claim is Claim.OPERATIONAL
    told = [finding.message for finding in said.findings if finding.code == "status.maintenance_planned"]
    assert told == [f'maintenance "W{day}" is announced for 2026-05-0{day}T09:00:00Z' for day in (6, 7, 8)]


def test_a_component_that_is_not_there_is_unknown_and_names_what_is_near() -> None:
    everything = recording("statuspage/mixed.json")
    settings = page("statuspage", ComponentRef(name="Portall"), ComponentRef(name="Labels"))
    said = hear(settings, {ASKED["statuspage"]: everything, f"{STATUSPAGE}/api/v2/components.json": everything})
    assert (said.claim, said.state) == (Claim.UNKNOWN, State.UNKNOWN)
    assert said.message("status.component_missing") == (
        'the page has no component "Portall" among its 6; near it are "Portal": check status.components'
    )


def test_a_component_that_is_down_outdoes_one_that_is_not_there() -> None:
    said = heard(with_components(replace(API, claim=Claim.MAJOR_OUTAGE)), "API", "Gone")
    assert (said.claim, said.state) == (Claim.MAJOR_OUTAGE, State.DOWN)


def test_a_name_that_several_components_have_is_unknown_and_names_them() -> None:
    said = hear(page("statuspage", ComponentRef(name="tracking")), recording("statuspage/mixed.json"))
    assert (said.claim, said.codes) == (Claim.UNKNOWN, ["status.component_ambiguous", "status.page"])
    assert said.message("status.component_ambiguous") == (
        '"tracking" is 2 things on the page: "Europe / Tracking (id cmp000000001)", '
        '"Americas / Tracking (id cmp000000003)": write group: or id:'
    )


def test_another_page_says_nothing_of_the_vendor() -> None:
    report = replace(CALM, indicator=Claim.MAJOR_OUTAGE, incidents=(incident(Impact.CRITICAL),))
    said = heard(report, page_id="p2")
    assert (said.claim, said.state, said.codes) == (Claim.UNKNOWN, State.UNKNOWN, ["status.other_page"])
    assert said.message("status.other_page") == (
        'the page at https://v.test/ ("Vendor") has the id "p1", not p2: check status.url and status.page_id'
    )
    assert heard(CALM, page_id="p1").claim is Claim.OPERATIONAL


def test_what_two_references_both_mean_is_told_once() -> None:
    report = with_components(replace(API, claim=Claim.DEGRADED, group="EU", group_id="g1"))
    assert heard(report, "API", "EU").codes == ["status.degraded"]


def test_of_very_many_findings_the_worst_are_kept_and_the_rest_counted() -> None:
    many = [incident(Impact.MINOR, name=f"I{number}") for number in range(60)]
    said = heard(replace(CALM, incidents=(*many, incident(Impact.CRITICAL, name="Worst"))))
    assert len(said.findings) == 41
    assert said.findings[0].message.startswith('incident "Worst"')
    assert said.findings[-1].message == "21 more things are said on the page"
    assert said.state is State.DOWN


def test_a_whole_page_recording_is_told_worst_and_all() -> None:
    said = hear(page("statuspage", ComponentRef(group="Europe", name="Tracking"), ComponentRef(name="Quotes")), MIXED)
    assert said.codes == ["status.degraded", "status.maintenance", "status.incident", "status.maintenance", "status.page"]
    assert said.claim is Claim.DEGRADED
    assert said.message("status.incident") == (
        'incident "Tracking events arrive late" (monitoring, impact minor) since 2026-05-04T06:55:00Z, https://stspg.test/abc'
    )
