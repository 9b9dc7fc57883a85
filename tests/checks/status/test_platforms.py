"""Every platform against its own folder of recordings, and against everything that is no page of it.

What a case says is described in `tests.support.cases`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.model import Claim, Failure, Reason, Unseen
from checks.network import Answer
from checks.plain import plain
from checks.status import CHECK
from checks.status.facts import StatusFacts
from checks.status.platform import Page, all_platforms
from checks.status.report import Report
from checks.vendor import ComponentRef
from tests.support.cases import STATES, Case, Loopback, cases, described, read, summary
from tests.support.network import answer
from tests.support.status import NOW, Heard, observe

PLATFORMS = sorted(all_platforms())
EVERY_CASE = [case for platform in PLATFORMS for case in cases(platform)]
SCOPE = (
    ComponentRef(name="Website"),
    ComponentRef(id="cmp1"),
    ComponentRef(group="E*", name="API"),
    ComponentRef(region="eu-*"),
)
AS_EVENTS_SAY = frozenset(
    {"adobe", "apple", "auth0", "aws", "azure", "firehydrant", "flashduty", "google", "ibm", "okta", "salesforce", "slack"}
    | {"zendesk"}
)
"""Platforms whose components are as what is open says."""
WHOLE_ONLY = frozenset({"feed", "hund", "hyperping", "instatus", "microsoft365", "paypal", "rootly", "sorry", "statuscast"})
"""Platforms without components, or without any as long as none is in scope."""
REPEATABLE = settings(derandomize=True, database=None, deadline=None)


@pytest.mark.parametrize("case", EVERY_CASE, ids=lambda case: case.id)
def test_a_page_says_what_its_case_says(case: Case) -> None:
    network = case.network()
    if "fails" in case.expects:
        with pytest.raises(Unseen) as caught:
            observe(case.page, network)
        assert caught.value.failure.reason is Reason(case.expects["fails"])
        assert case.expects.get("says", "") in caught.value.failure.detail
        return
    heard = Heard(observe(case.page, network), case.page)
    assert heard.claim is case.claim, heard.findings
    assert case.expects.get("codes", heard.codes) == heard.codes
    messages = " | ".join(finding.message for finding in heard.findings)
    assert case.expects.get("says", "") in messages
    asked = [request.url for request in network.sent]
    assert case.expects.get("asks", asked) == asked
    found = summary(read(case))
    wanted = case.expects.get("report", {})
    assert {key: found[key] for key in wanted} == wanted


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_state_is_shown_or_it_is_said_why_not(platform: str) -> None:
    shown, cannot = {case.name for case in cases(platform)}, described(platform).get("cannot", {})
    assert set(STATES) <= shown | set(cannot)
    assert not shown & set(cannot)
    assert all(len(why) > 10 for why in cannot.values())


@pytest.mark.parametrize("case", [case for case in EVERY_CASE if case.name == "unknown word"], ids=lambda case: case.id)
def test_an_unknown_word_is_counted_and_named(case: Case) -> None:
    heard = Heard(observe(case.page, case.network()), case.page)
    assert heard.samples()["vendor_status_page_unknown_words",] >= 1


@pytest.mark.parametrize(
    "case", [case for case in EVERY_CASE if case.name.startswith("maintenance")], ids=lambda case: case.id
)
def test_maintenance_is_told_as_active_or_announced(case: Case) -> None:
    codes = Heard(observe(case.page, case.network()), case.page).codes
    assert ("status.maintenance_planned" if case.name == "maintenance announced" else "status.maintenance") in codes


@pytest.mark.parametrize("platform", sorted(set(PLATFORMS) - AS_EVENTS_SAY - WHOLE_ONLY))
def test_a_component_that_is_out_without_an_incident_is_told(platform: str) -> None:
    """Nobody may hear that all is well of a page on which a part is out, whether or not its vendor has written about it."""
    whole = [replace(case, page=replace(case.page, scope=())) for case in cases(platform) if "fails" not in case.expects]
    heard = [Heard(observe(case.page, case.network()), case.page) for case in whole if lists_an_outage(read(case))]
    assert heard
    assert all(one.codes != ["status.operational"] for one in heard)


def lists_an_outage(report: Report) -> bool:
    """Whether *report* has a component that is out, and no open incident."""
    is_out = any(component.claim in {Claim.PARTIAL_OUTAGE, Claim.MAJOR_OUTAGE} for component in report.components)
    return is_out and not report.incidents


def first(platform: str) -> Case:
    """A case in which the page can be read."""
    return next(case for case in cases(platform) if "fails" not in case.expects)


def fails(case: Case, otherwise: Answer) -> Reason:
    """Why a look fails to which everything is answered with *otherwise*."""
    with pytest.raises(Unseen) as caught:
        read(case, Loopback(otherwise=otherwise))
    assert len(caught.value.failure.detail) < 600
    assert caught.value.failure.detail.isprintable()
    return caught.value.failure.reason


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, Reason.PRIVATE),
        (403, Reason.BLOCKED),
        (404, Reason.MOVED),
        (429, Reason.BLOCKED),
        (500, Reason.HTTP),
        (503, Reason.HTTP),
    ],
)
def test_a_refusal_is_no_state(platform: str, status: int, reason: Reason) -> None:
    assert fails(first(platform), answer(b"{}", status=status)) is reason


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_web_page_with_200_is_no_state(platform: str) -> None:
    page = b"<!DOCTYPE html><html><head><title>Status</title></head><body>All systems operational</body></html>"
    assert fails(first(platform), answer(page)) in {Reason.PARSE, Reason.MOVED}
    login = b"<!DOCTYPE html><html><body><form><input type='password'></form></body></html>"
    assert fails(first(platform), answer(login)) in {Reason.PRIVATE, Reason.PARSE}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_redirect_to_elsewhere_or_to_a_login_is_no_state(platform: str) -> None:
    case = first(platform)
    for target, reason in (("https://marketing.test/", Reason.MOVED), ("https://sso.test/login", Reason.PRIVATE)):
        moved = {
            url: replace(found, url=target, hops=(url,)) for url, found in case.answers.items() if isinstance(found, Answer)
        }
        with pytest.raises(Unseen) as caught:
            read(case, Loopback(answers=dict(moved)))
        assert caught.value.failure.reason in {reason, Reason.MOVED}


GARBAGE = {
    "nothing": b"",
    "zeros": b"\x00" * 100,
    "a mark of bytes": b"\xff\xfe",
    "null": b"null",
    "a list": b"[]",
    "a list of lists": b"[[]]",
    "a list of numbers": b"[1]",
    "a list of empty objects": b"[{}]",
    "an object": b"{}",
    "text": b'"text"',
    "infinity": b"1e999",
    "deep": b"[" * 200_000,
    "half a pair": b'{"page": {"id": "\\ud800"}, "status": {"indicator": "\\ud800"}}',
    "a long number": b'{"page": {"id": "x"}, "status": ' + b"9" * 4000 + b"}",
    "a number too long": b'{"result": {"status_overall": {"status_code": ' + b"9" * 9000 + b"}}}",
    "an error": b'{"error": {"a": 1}}',
    "half a feed": b"<rss>",
    "an empty feed": b"<rss/>",
    "nested entries": b"<feed><entry/><entry><entry/></entry></feed>",
    "nested titles": b"<feed><title><title>a</title></title><entry><title><entry></entry></title></entry></feed>",
    "a bomb": b"<!DOCTYPE x [<!ENTITY a 'b'>]><feed>&a;</feed>",
    "an odd encoding": b"<?xml version='1.0' encoding='idna'?><feed/>",
    "half a page": b"<html><body>hello",
    "a document": b"%PDF-1.7",
    "compressed": b"\x1f\x8b\x08",
    "a call": b"callback({});",
    "half a call": b"callback({",
}


def facts_or_failure(page: Page, network: Loopback) -> StatusFacts | Failure:
    try:
        return observe(page, network)
    except Unseen as unseen:
        return unseen.failure


def survive(case: Case, network: Loopback) -> None:
    """Read, judge, measure and show: only `Unseen` may end it early."""
    for scope in ((), SCOPE):
        page = replace(case.page, scope=scope)
        facts = facts_or_failure(page, replace(network, sent=[]))
        if isinstance(facts, Failure):
            assert facts.detail.isprintable()
            assert len(facts.detail) < 600
            continue
        findings = list(CHECK.judge(facts, page, NOW, None))
        assert findings
        assert all(finding.message.isprintable() and len(finding.message) < 1000 for finding in findings)
        assert CHECK.claim is not None
        assert CHECK.claim(facts, page) in Claim
        assert list(CHECK.measure(facts, page, NOW))
        assert json.dumps(plain(facts)).encode()


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("garbage", GARBAGE)
def test_garbage_is_unseen_or_a_report(platform: str, garbage: str) -> None:
    survive(first(platform), Loopback(otherwise=answer(GARBAGE[garbage])))


@pytest.mark.parametrize("platform", PLATFORMS)
@settings(REPEATABLE, max_examples=30)
@given(body=st.binary(max_size=300))
def test_any_bytes_are_unseen_or_a_report(platform: str, body: bytes) -> None:
    survive(first(platform), Loopback(otherwise=answer(body)))


def spoilt(case: Case, url: str, body: bytes) -> Loopback:
    """The network of *case* with another body at *url*."""
    found = case.answers[url]
    assert isinstance(found, Answer)
    return Loopback(answers={**case.answers, url: replace(found, body=body)})


def bodies(platform: str) -> Iterator[tuple[Case, str, bytes]]:
    """The first few documents of *platform* with their addresses."""
    seen: set[bytes] = set()
    for case in cases(platform):
        for url, found in case.answers.items():
            if isinstance(found, Answer) and found.status == 200 and len(found.body) > 2 and found.body not in seen:
                seen.add(found.body)
                yield case, url, found.body


@pytest.mark.parametrize("platform", PLATFORMS)
@settings(REPEATABLE, max_examples=80)
@given(choose=st.data())
def test_a_page_with_any_value_exchanged_is_unseen_or_a_report(platform: str, choose: st.DataObject) -> None:
    case, url, body = choose.draw(st.sampled_from(list(bodies(platform))))
    try:
        document = json.loads(body)
    except ValueError:
        return
    survive(case, spoilt(case, url, json.dumps(choose.draw(mutations(document))).encode()))


@pytest.mark.parametrize("platform", PLATFORMS)
@settings(REPEATABLE, max_examples=50)
@given(choose=st.data(), cut=st.integers(0, 4000), junk=st.binary(max_size=8))
def test_a_page_that_is_cut_or_spoiled_is_unseen_or_a_report(
    platform: str, choose: st.DataObject, cut: int, junk: bytes
) -> None:
    case, url, body = choose.draw(st.sampled_from(list(bodies(platform))))
    survive(case, spoilt(case, url, body[:cut]))
    survive(case, spoilt(case, url, body[:cut] + junk + body[cut + len(junk) :]))


def mutations(document: Any) -> st.SearchStrategy[Any]:
    """*document* with one value anywhere replaced by another of any kind, or removed."""
    places = list(_places(document, ()))
    values = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=20),
        st.sampled_from([[], {}, [None], [[]], [{}], {"": None}, "9" * 400, -1, 10**400]),
    )
    return st.builds(lambda place, value: _replaced(document, place, value), st.sampled_from(places), values)


def _places(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _places(item, (*path, key))


def _replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _replaced(copy[path[0]], path[1:], new)
    return copy
