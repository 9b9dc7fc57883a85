"""Bytes in, a report or `Unseen` out: never anything else, whatever the bytes, and soon."""

from __future__ import annotations

import json
from collections.abc import Callable
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.model import Failure, Unseen
from checks.plain import plain
from checks.status import CHECK
from checks.status.facts import StatusFacts
from checks.status.platform import Page
from checks.vendor import ComponentRef
from tests.support.status import NOW, look, page, recording

SCOPE = (ComponentRef(name="Website"), ComponentRef(id="cmp000000001"), ComponentRef(group="Europe", name="Labels"))
SAMPLES = {
    "statuspage": ["statuspage/mixed.json", "statuspage/incidentio_truncated.json"],
    "statusio": ["statusio/incident.json"],
    "feed": ["feed/atom_bracketed.xml", "feed/atom_bold.xml", "feed/rss_updates.xml"],
}
CASES = [(platform, name) for platform, names in SAMPLES.items() for name in names]
REPEATABLE = settings(derandomize=True, database=None, deadline=None)
MEGABYTES = 2 * 1024 * 1024


def look_or_failure(target: Page, body: bytes) -> StatusFacts | Failure:
    try:
        return look(target, body)
    except Unseen as unseen:
        return unseen.failure


def survive(platform: str, body: bytes) -> None:
    """Read, judge, measure and show: only `Unseen` may end it early."""
    for scope in ((), SCOPE):
        target = page(platform, *scope)
        facts = look_or_failure(target, body)
        if isinstance(facts, Failure):
            assert facts.detail.isprintable()
            assert len(facts.detail) < 600
            continue
        findings = list(CHECK.judge(facts, target, NOW, None))
        assert findings
        assert all(finding.message.isprintable() and len(finding.message) < 1000 for finding in findings)
        assert CHECK.claim is not None
        CHECK.claim(facts, target)
        list(CHECK.measure(facts, target))
        json.dumps(plain(facts)).encode()


@pytest.mark.parametrize("platform", SAMPLES)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00" * 100,
        b"\xff\xfe",
        b"null",
        b"[]",
        b"{}",
        b'"text"',
        b"1e999",
        b"[" * 200_000,
        b'{"page": {"id": "\\ud800"}, "status": {"indicator": "\\ud800"}}',
        b'{"result": {"status_overall": {"status_code": ' + b"9" * 4000 + b"}}}",
        b'{"result": {"status_overall": {"status_code": ' + b"9" * 9000 + b"}}}",
        b'{"error": {"a": 1}}',
        b"<rss>",
        b"<rss/>",
        b"<feed><entry/><entry><entry/></entry></feed>",
        b"<feed><title><title>a</title></title><entry><title><entry></entry></title></entry></feed>",
        b"<!DOCTYPE x [<!ENTITY a 'b'>]><feed>&a;</feed>",
        b"<?xml version='1.0' encoding='idna'?><feed/>",
        b"<html><body>hello",
        b"%PDF-1.7",
        b"\x1f\x8b\x08",
    ],
)
def test_garbage_is_unseen_or_a_report(platform: str, body: bytes) -> None:
    survive(platform, body)


@pytest.mark.parametrize("platform", SAMPLES)
@settings(REPEATABLE, max_examples=60)
@given(body=st.binary(max_size=300))
def test_any_bytes_are_unseen_or_a_report(platform: str, body: bytes) -> None:
    survive(platform, body)


def mutations(document: Any) -> st.SearchStrategy[Any]:
    """*document* with one value anywhere replaced by another of any kind, or removed."""
    places = list(_places(document, ()))
    values = st.one_of(
        st.none(), st.booleans(), st.integers(), st.text(max_size=20), st.just([]), st.just({}), st.just([None])
    )
    return st.builds(lambda place, value: _replaced(document, place, value), st.sampled_from(places), values)


def _places(value: Any, path: tuple[Any, ...]) -> Any:
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


@pytest.mark.parametrize(("platform", "name"), [case for case in CASES if case[1].endswith(".json")])
@settings(REPEATABLE, max_examples=80)
@given(choose=st.data())
def test_a_page_with_any_value_exchanged_is_unseen_or_a_report(platform: str, name: str, choose: st.DataObject) -> None:
    survive(platform, json.dumps(choose.draw(mutations(json.loads(recording(name))))).encode())


@pytest.mark.parametrize(("platform", "name"), CASES)
@settings(REPEATABLE, max_examples=60)
@given(cut=st.integers(0, 5000), junk=st.binary(max_size=8))
def test_a_page_that_is_cut_or_spoiled_is_unseen_or_a_report(platform: str, name: str, cut: int, junk: bytes) -> None:
    body = recording(name)
    survive(platform, body[:cut])
    survive(platform, body[:cut] + junk + body[cut + len(junk) :])


def _json(**members: Any) -> bytes:
    return json.dumps({"page": {"id": "p"}, "status": {"indicator": "none"}, **members}).encode()


def _links(count: int, key: str) -> list[dict[str, Any]]:
    return [{key: str(number)} for number in range(count)]


def _statusio(**members: Any) -> bytes:
    return json.dumps({"result": {"status_overall": {"status_code": 100}, **members}}).encode()


HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "components": ("statuspage", lambda: _json(components=[{"id": "c", "name": "n", "status": "operational"}] * 45_000)),
    "places": (
        "statusio",
        lambda: _statusio(
            status=[
                {
                    "id": "c",
                    "name": "n",
                    "status_code": 100,
                    "containers": [{"id": "r", "name": "r", "status_code": 100}] * 100,
                }
            ]
            * 300
        ),
    ),
    "links": (
        "statusio",
        lambda: _statusio(incidents=[{"_id": "i", "name": "n", "components_affected": _links(1000, "_id")}] * 100),
    ),
    "touched": (
        "statuspage",
        lambda: _json(incidents=[{"id": "i", "name": "n", "components": _links(1000, "id")}] * 100),
    ),
    "attributes": (
        "feed",
        lambda: b"<feed " + b" ".join(b'a%d="1"' % number for number in range(MEGABYTES // 13)) + b"/>",
    ),
    "nested": ("statuspage", lambda: b"[" * MEGABYTES),
    "elements": ("feed", lambda: b"<feed>" + b"<a/>" * (MEGABYTES // 4)),
    "entries": ("feed", lambda: b"<feed>" + b"<entry><title>x</title></entry>" * 16_000 + b"</feed>"),
    "text": ("feed", lambda: b"<feed><title>" + b"x&amp;" * (MEGABYTES // 6) + b"</title></feed>"),
    "prose": (
        "feed",
        lambda: b"<feed>" + b"<entry><title>%s</title></entry>" % (b"not resolved " * 150) * 1000 + b"</feed>",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_two_hostile_megabytes_are_read_or_refused_in_time(name: str) -> None:
    platform, make = HOSTILE[name]
    body = make()
    began = perf_counter()
    look_or_failure(page(platform), body)
    assert perf_counter() - began < 2, "measured at 20 to 100 ms; the rest is for a busy machine"
