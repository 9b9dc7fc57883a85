"""What an on-demand look comes to, and its JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from checks.check import all_checks
from checks.model import Claim, Failure, Finding, Observation, Reason, Severity, State
from checks.rules.reasons import RULES
from monitor.correlate import Disagreement, Sight
from monitor.report import Look, by_vendor, document, worst
from monitor.show import console, show_reports, show_sight
from tests.support.build import T0, targets, vendor

ACME = vendor(page="https://status.acme.test")
OTHER = vendor("other", url="https://api.other.test/")


def look(key: str, *findings: Finding, failure: Failure | None = None, sight: Sight = Sight.CLEAR) -> Look:
    """A look at one of the targets of both vendors."""
    target = next(each for each in targets(ACME, OTHER) if each.key == key)
    seen: Observation[Any] = Observation(
        key=key, at=T0, seconds=0.21, facts=None if failure else {"fact": 1}, failure=failure, findings=findings
    )
    return Look(target=target, check=all_checks()[target.check], observation=seen, sight=sight)


CALM = replace(all_checks()["status"], claim=lambda _, __: Claim.OPERATIONAL)
"""The status check, hearing from every page that all is well."""
GOOD = Finding("endpoint.ok", Severity.OK, "200 in 80 ms")
SLOW = Finding("endpoint.slow", Severity.WARNING, "took 4 s")
ENDPOINT = "acme/endpoint/api.acme.test/health"
UNREADABLE = look("acme/status/page", failure=Failure(Reason.PARSE, "HTML instead of JSON"))
DOWN = look(ENDPOINT, failure=Failure(Reason.REFUSED, "nobody listens"))


def test_vendors_and_their_looks_stand_worst_first() -> None:
    slow, good = look(ENDPOINT, GOOD, SLOW), look("other/endpoint/api.other.test", GOOD)
    reports = by_vendor([OTHER, ACME], [good, slow, UNREADABLE])
    assert [report.vendor.slug for report in reports] == ["acme", "other"]
    assert [each.severity for each in reports[0].looks] == [Severity.UNKNOWN, Severity.WARNING]
    assert worst(reports) is Severity.UNKNOWN


def test_of_two_that_are_critical_the_one_that_is_down_stands_first() -> None:
    ending = Finding("cert.expiring", Severity.CRITICAL, "3 days left", implies=State.UP)
    reports = by_vendor([OTHER, ACME], [look("other/endpoint/api.other.test", ending), DOWN])
    assert [(report.severity, report.state) for report in reports] == [
        (Severity.CRITICAL, State.DOWN),
        (Severity.CRITICAL, State.UP),
    ]


def test_what_we_measured_what_it_says_and_whether_we_could_see_stay_three_facts() -> None:
    (report,) = by_vendor([ACME], [UNREADABLE, look(ENDPOINT, GOOD)])
    assert (report.state, report.claim, report.severity) == (State.UP, Claim.UNKNOWN, Severity.UNKNOWN)
    (report,) = by_vendor([ACME], [UNREADABLE, DOWN])
    assert (report.state, report.claim, report.severity) == (State.DOWN, Claim.UNKNOWN, Severity.CRITICAL)


def test_a_vendor_that_only_speaks_is_not_measured() -> None:
    (report,) = by_vendor([ACME], [UNREADABLE])
    assert (report.is_measured, report.state) == (False, State.UNKNOWN)


def test_a_failure_while_nothing_could_be_seen_blames_nobody() -> None:
    blind = look(ENDPOINT, failure=Failure(Reason.TIMEOUT, "…"), sight=Sight.BLIND)
    assert (blind.state, blind.severity) == (State.UNKNOWN, Severity.UNKNOWN)


def test_the_document_has_the_promised_keys() -> None:
    made: Any = document(by_vendor([ACME], [DOWN, UNREADABLE]))
    assert json.loads(json.dumps(made)) == made
    assert (made["version"], made["severity"]) == (1, "critical")
    (told,) = made["vendors"]
    assert {name: told[name] for name in ("vendor", "state", "claim", "disagreement")} == {
        "vendor": "acme",
        "state": "down",
        "claim": "unknown",
        "disagreement": None,
    }
    assert told["targets"][0] == {
        "key": ENDPOINT,
        "check": "endpoint",
        "severity": "critical",
        "state": "down",
        "observed_at": "2026-01-01T00:00:00Z",
        "duration_seconds": 0.21,
        "failure": {"reason": "refused", "detail": "nobody listens"},
        "findings": [],
        "samples": [],
        "facts": None,
    }


def test_programs_are_told_whether_our_own_network_is_the_suspect_and_by_what() -> None:
    ours = replace(DOWN, sight=Sight.BLIND, troubles=("names: dns: no such name",))
    told = [document(by_vendor([ACME], looks))["own_network"] for looks in ([DOWN], [ours, UNREADABLE, ours])]
    assert told == [{"suspect": False, "troubles": []}, {"suspect": True, "troubles": ["names: dns: no such name"]}]


def test_people_are_told_it_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    def told(*looks: Look) -> str:
        show_sight(looks, console())
        return capsys.readouterr().out

    ours = replace(DOWN, sight=Sight.BLIND, troubles=("dog: refused: \x1b[1mno",))
    assert told(DOWN, UNREADABLE) == ""
    assert told(DOWN, ours).startswith("Our own network is the suspect, so nobody is called down")
    assert "\n  dog: refused: " in told(ours)
    assert "\x1b" not in told(ours)
    assert told(replace(DOWN, sight=Sight.BLIND)).startswith("Nothing that was looked at could be seen")
    assert told(replace(DOWN, sight=Sight.UNSURE)).startswith("Nothing else was looked at")


def test_a_good_look_shows_findings_and_facts() -> None:
    made: Any = document(by_vendor([ACME], [look(ENDPOINT, GOOD)]))
    (told,) = made["vendors"]
    (target,) = told["targets"]
    assert target["findings"] == [{"code": "endpoint.ok", "severity": "ok", "message": "200 in 80 ms"}]
    assert (target["facts"], target["failure"]) == ({"fact": 1}, None)


def test_a_finding_of_a_rule_says_why_it_matters_and_who_says_so() -> None:
    old = look(ENDPOINT, Finding("tls.version.1_0", Severity.WARNING, "accepts TLSv1.0"))
    made: Any = document(by_vendor([ACME], [old]))
    (found,) = made["vendors"][0]["targets"][0]["findings"]
    assert found["rule"] == {"why": RULES[found["code"]].why, "source": str(RULES[found["code"]].citation)}


def test_word_and_measurement_are_set_side_by_side() -> None:
    says_all_is_well = look("acme/status/page", Finding("status.operational", Severity.OK, "all is well"))
    (report,) = by_vendor([ACME], [DOWN, replace(says_all_is_well, check=CALM)])
    assert (report.state, report.claim) == (State.DOWN, Claim.OPERATIONAL)
    assert report.disagreement is Disagreement.PROBE_DOWN_CLAIM_OK


def test_a_page_that_has_not_changed_for_months_is_suspect_where_we_measure_otherwise() -> None:
    still = look("acme/status/page", Finding("status.frozen", Severity.OK, "the page has not changed since …"))
    (apart,) = by_vendor([ACME], [DOWN, replace(still, check=CALM)])
    (agreed,) = by_vendor([ACME], [look(ENDPOINT, GOOD), replace(still, check=CALM)])
    assert (apart.is_page_suspect, agreed.is_page_suspect) == (True, False)


def test_people_read_a_claim_in_words_and_programs_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    partly = replace(CALM, claim=lambda _, __: Claim.PARTIAL_OUTAGE)
    page = replace(look("acme/status/page", Finding("status.incident", Severity.CRITICAL, "Trouble")), check=partly)
    reports = by_vendor([ACME], [page, look(ENDPOINT, GOOD)])
    show_reports(reports, console())
    assert "partial outage" in capsys.readouterr().out
    assert '"claim": "partial_outage"' in json.dumps(document(reports))
