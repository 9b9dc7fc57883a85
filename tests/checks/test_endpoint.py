from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from checks.check import all_checks
from checks.endpoint import CHECK
from checks.endpoint.facts import EndpointFacts, JsonValue, Refusal
from checks.model import Finding, Reason, Severity, State, Unseen
from checks.network import Answer, Phases, Request
from checks.plain import plain
from checks.shared import SharedKind
from checks.values import Seconds, Secret, Url
from checks.vendor import Auth, BasicAuth, Endpoint, Expect, JsonCondition, Scalar, Vendor
from tests.support.network import FakeNetwork, answer

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
URL = Url("https://api.vendor.test/v1/health")
PHASES = Phases(resolve=0.01, connect=0.02, tls=0.03, first_byte=0.5, transfer=0.04)


def look(endpoint: Endpoint, page: Answer | Unseen) -> EndpointFacts:
    return asyncio.run(observe(endpoint, FakeNetwork({str(endpoint.url): page})))


async def observe(endpoint: Endpoint, network: FakeNetwork) -> EndpointFacts:
    return await CHECK.observe(endpoint, network)


def judged(page: Answer, **expect: Any) -> list[Finding]:
    endpoint = Endpoint(url=URL, expect=Expect(**expect))
    return list(CHECK.judge(look(endpoint, page), endpoint, NOW, None))


def test_the_check_is_found_by_its_name() -> None:
    assert all_checks()["endpoint"] is CHECK
    assert not CHECK.reads_claim
    assert CHECK.deadline < CHECK.every


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://api.vendor.test", "api.vendor.test"),
        ("https://api.vendor.test/", "api.vendor.test"),
        ("https://API.vendor.test:443/v1/?key=1", "api.vendor.test/v1"),
        ("http://api.vendor.test:8080/a/b", "api.vendor.test:8080/a/b"),
        ("http://api.vendor.test:80/a", "api.vendor.test/a"),
        ("https://[2001:db8::1]:8443/x", "[2001:db8::1]:8443/x"),
    ],
)
def test_a_target_is_named_by_host_and_path(url: str, name: str) -> None:
    vendor = Vendor(name="V", slug="v", endpoints=(Endpoint(url=Url(url)),))
    (target,) = CHECK.derive(vendor)
    assert target.name == name
    assert target.host == Url(url).host


def test_a_name_and_an_interval_in_the_file_win() -> None:
    endpoint = Endpoint(url=URL, name="health", every=Seconds(30))
    (target,) = CHECK.derive(Vendor(name="V", slug="v", endpoints=(endpoint,)))
    assert (target.name, target.every, target.settings) == ("health", 30, endpoint)


def test_a_request_carries_secrets_as_references_only() -> None:
    auth = Auth(basic=BasicAuth(user="me", password=Secret("file", "/run/secret")))
    headers = {"x-key": "env:KEY", "x-plain": "environment"}
    endpoint = Endpoint(url=URL, method="POST", headers=headers, body="{✓}", auth=auth, follow_redirects=False)
    network = FakeNetwork({str(URL): answer()})
    asyncio.run(observe(endpoint, network))
    assert network.sent == [
        Request(
            url=URL,
            method="POST",
            headers={"x-key": Secret("env", "KEY"), "x-plain": "environment"},
            body="{✓}".encode(),
            auth=auth,
            fresh=True,
            max_redirects=0,
        )
    ]


def test_the_facts_of_an_answer_are_bounded_plain_values() -> None:
    expect = Expect(header={"X-Region": "*"}, json=JsonCondition(path="$.a", equals="b"))
    page = answer(
        b'{"a": "' + b"x" * 5000 + b'", "token": "s3cret"}',
        url="https://other.test/final?token=s3cret",
        hops=("https://api.vendor.test/v1/health?token=s3cret",),
        headers={"content-type": "application/json", "x-region": "eu\r\n" + "y" * 5000, "set-cookie": "s3cret"},
        phases=PHASES,
    )
    facts = look(Endpoint(url=URL, expect=expect), page)
    assert facts.seconds == pytest.approx(0.6)
    assert facts.phases == PHASES
    assert (facts.ip_family, facts.http_version, facts.content_type) == ("ipv4", "HTTP/1.1", "application/json")
    assert facts.hops == ("https://api.vendor.test/v1/health",)
    assert facts.url == "https://other.test/final"
    assert len(facts.headers["x-region"]) == 1024
    assert facts.json == JsonValue("x" * 200)
    assert facts.body_bytes == 5028
    assert "s3cret" not in str(plain(facts))


def test_an_endpoint_shares_the_network_that_it_answers_from() -> None:
    facts = look(Endpoint(url=URL), answer(b"ok"))
    assert CHECK.shares
    assert list(CHECK.shares(facts)) == [(SharedKind.NETWORK, "203.0.113.0/24")]


def test_an_answer_that_never_comes_is_unseen() -> None:
    with pytest.raises(Unseen) as caught:
        look(Endpoint(url=URL), Unseen(Reason.REFUSED, "nothing listens"))
    assert caught.value.failure.reason is Reason.REFUSED


def test_all_well_is_one_finding_with_status_time_and_family() -> None:
    assert judged(answer(phases=replace(PHASES, first_byte=0.003)), max_seconds=1) == [
        Finding("endpoint.ok", Severity.OK, "200 in 103 ms over ipv4")
    ]


@pytest.mark.parametrize(
    ("status", "accepted", "transient"),
    [
        (500, (), True),
        (503, (200, 204), True),
        (408, (), True),
        (425, (), True),
        (401, (), False),
        (403, (), False),
        (404, (), False),
        (302, (), False),
        (200, (204,), False),
    ],
)
def test_another_status_is_critical_and_passing_only_where_another_try_may_help(
    status: int, accepted: tuple[int, ...], *, transient: bool
) -> None:
    (finding,) = judged(answer(status=status), status=accepted)
    assert (finding.code, finding.severity, finding.transient) == ("endpoint.status", Severity.CRITICAL, transient)
    assert finding.state is State.DOWN
    assert finding.message.startswith(f"{status} instead of ")


def test_the_message_of_a_status_says_what_was_wanted_and_what_to_check() -> None:
    messages = [
        judged(answer(status=status), status=accepted)[0].message for status, accepted in ((503, (200, 204)), (401, ()))
    ]
    assert messages == [
        "503 instead of 200 or 204 after 21 ms",
        "401 instead of a 2xx after 21 ms; the credentials were not accepted: check auth: of this endpoint",
    ]


@pytest.mark.parametrize(
    ("page", "refusal", "words"),
    [
        (answer(status=429), Refusal.RATE_LIMIT, "how often we may ask"),
        (answer(b"<title>Just a moment...</title>", status=403), Refusal.CHALLENGE, "challenge page"),
        (answer(b"<html>", headers={"cf-mitigated": "challenge"}), Refusal.CHALLENGE, "challenge page"),
    ],
)
def test_an_answer_that_refuses_only_us_is_unknown_whatever_else_does_not_hold(
    page: Answer, refusal: Refusal, words: str
) -> None:
    condition = JsonCondition(path="$.status", equals="ok")
    (finding,) = judged(page, json=condition)
    assert (finding.code, finding.state, finding.transient) == ("endpoint.status", State.UNKNOWN, True)
    assert words in finding.message
    assert look(Endpoint(url=URL), page).refusal is refusal


def test_a_refusal_that_is_expected_is_well() -> None:
    assert [finding.code for finding in judged(answer(status=429), status=(429,))] == ["endpoint.ok"]


def test_a_slow_answer_is_degraded_and_names_the_slowest_phase() -> None:
    (finding,) = judged(answer(phases=replace(PHASES, first_byte=2.3)), max_seconds=1.5)
    assert (finding.code, finding.state, finding.transient) == ("endpoint.slow", State.DEGRADED, True)
    assert finding.message == "2.40 s, longer than 1.50 s; most of it was first_byte, 2.30 s"


@pytest.mark.parametrize(
    ("hops", "phases", "most"),
    [
        ((), Phases(connect=0.4, tls=0.4, first_byte=0.013), ""),
        ((), Phases(), ""),
        (("https://vendor.test/",), Phases(tls=0.002, first_byte=0.001), "; most of it was before the last redirect"),
        (("https://vendor.test/",), Phases(tls=0.002, first_byte=0.8), "; most of it was first_byte, 800 ms"),
        (("https://vendor.test/",), Phases(tls=0.3, first_byte=0.3), ""),
    ],
)
def test_what_took_most_of_the_time_is_named_only_where_it_did(hops: tuple[str, ...], phases: Phases, most: str) -> None:
    (finding,) = judged(replace(answer(hops=hops, phases=phases), seconds=0.813), max_seconds=0.5)
    assert finding.message == "813 ms, longer than 500 ms" + most


@pytest.mark.parametrize(
    ("pattern", "value", "fits"),
    [
        ("text/*", "text/html; charset=utf-8", True),
        ("TEXT/html*", "text/HTML", True),
        ("text/?", "text/html", False),
        ("a[b]c", "a[b]c", True),
        ("a[b]c", "abc", False),
        ("*" * 40 + "x", "y" * 1000, False),
    ],
)
def test_a_header_fits_a_pattern_of_stars_and_question_marks(pattern: str, value: str, *, fits: bool) -> None:
    found = judged(answer(headers={"content-type": value}), header={"Content-Type": pattern})
    assert [finding.code for finding in found] == (["endpoint.ok"] if fits else ["endpoint.header"])


def test_a_header_that_differs_or_is_not_there_is_critical() -> None:
    page = answer(headers={"server": 'evil"\x1b[31m'})
    first, second = judged(page, header={"Server": "good*", "X-Id": "*"})
    assert first.message == 'header Server is "evil\' [31m", not like good*'
    assert second.message == "there is no header X-Id"
    assert {first.severity, second.severity} == {Severity.CRITICAL}
    assert first.transient
    assert second.transient


@pytest.mark.parametrize(
    ("body", "wanted", "message"),
    [
        (b'{"v": "ok"}', "ok", None),
        (b'{"v": true}', True, None),
        (b'{"v": 1.0}', 1, None),
        (b'{"v": null}', None, None),
        (b'{"v": true}', 1, "$.v is true, not 1"),
        (b'{"v": 0}', False, "$.v is 0, not false"),
        (b'{"v": "1"}', 1, '$.v is "1", not 1'),
        (b'{"v": null}', "ok", '$.v is null, not "ok"'),
        (b'{"v": "' + b"x" * 5000 + b'"}', "x" * 200, "$.v is"),
        (b'{"v": "' + b"x" * 5000 + b'"}', "x" * 5000, None),
        (b'{"v": []}', "ok", "$.v is a list"),
        (b'{"v": {}}', "ok", "$.v is an object"),
        (b'{"v": 1e999}', 1, "$.v is a number beyond all bounds"),
        (b'{"v": ' + b"9" * 400 + b"}", 1, "$.v is a number beyond all bounds"),
        (b'{"w": 1}', "ok", "there is no $.v, only $"),
        (b"<html>", "ok", "the body is not JSON: Expecting value: line 1 column 1 (char 0)"),
    ],
)
def test_a_json_condition_compares_values_and_their_types(body: bytes, wanted: Scalar, message: str | None) -> None:
    (finding,) = judged(answer(body), json=JsonCondition(path="$.v", equals=wanted))
    if message is None:
        assert finding.code == "endpoint.ok"
    else:
        assert (finding.code, finding.severity, finding.transient) == ("endpoint.json", Severity.CRITICAL, True)
        assert finding.message.startswith(message)
        assert len(finding.message) < 450


def test_each_condition_that_does_not_hold_is_a_finding_of_its_own() -> None:
    found = judged(
        answer(b"{}", status=500),
        max_seconds=0.001,
        header={"x-id": "*"},
        json=JsonCondition(path="$.v", equals=1),
    )
    assert [finding.code for finding in found] == ["endpoint.status", "endpoint.slow", "endpoint.header", "endpoint.json"]


def samples(facts: EndpointFacts | None) -> dict[tuple[str, Mapping[str, str] | str], float]:
    found = CHECK.measure(facts, Endpoint(url=URL), NOW)
    return {(sample.metric.name, ",".join(sample.labels.values())): sample.value for sample in found}


def test_the_times_of_an_answer_become_samples_of_declared_metrics() -> None:
    phases = replace(PHASES, tls=None)
    values = samples(look(Endpoint(url=URL), answer(status=503, phases=phases)))
    assert values == {
        ("vendor_endpoint_duration_seconds", ""): pytest.approx(0.57),
        ("vendor_endpoint_http_status_code", ""): 503,
        ("vendor_endpoint_phase_seconds", "resolve"): 0.01,
        ("vendor_endpoint_phase_seconds", "connect"): 0.02,
        ("vendor_endpoint_phase_seconds", "first_byte"): 0.5,
        ("vendor_endpoint_phase_seconds", "transfer"): 0.04,
        ("vendor_endpoint_ip_family", "ipv4"): 1,
        ("vendor_endpoint_ip_family", "ipv6"): 0,
    }
    assert {name for name, _ in values} == {metric.name for metric in CHECK.metrics}


def test_nothing_is_measured_while_there_is_no_answer() -> None:
    assert samples(None) == {}
