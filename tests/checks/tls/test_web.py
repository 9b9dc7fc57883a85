"""HSTS and where plain HTTP leads: what is said counts, what is not heard accuses nobody."""

from __future__ import annotations

import asyncio

import pytest

from checks.model import Reason, Unseen
from checks.network import Answer
from checks.rules import HSTS_SECONDS
from checks.tls.grading import Grade
from checks.tls.posture import Verdict
from checks.tls.web import Web, look_at_web, web_marks
from checks.values import Address
from tests.support.network import FakeNetwork, answer

AT = Address("vendor.test", 443)
SECURE, PLAIN = "https://vendor.test/", "http://vendor.test/"


def seen(secure: Answer | Unseen | None = None, plain: Answer | Unseen | None = None, at: Address = AT) -> Web:
    answers = {url: found for url, found in ((SECURE, secure), (PLAIN, plain)) if found}
    return asyncio.run(look_at_web(at, FakeNetwork(answers)))


def hsts(header: str, status: int = 200) -> int | None:
    return seen(answer(status=status, headers={"strict-transport-security": header})).hsts


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("max-age=63072000; includeSubDomains; preload", 63_072_000),
        ('includeSubDomains;  MAX-AGE = "300"', 300),
        ("max-age=0", 0),
        ("max-age=300, max-age=900", 300),
        ("includeSubDomains", 0),
        ("max-age=forever", 0),
        ("max-age=" + "9" * 40, 10**12),
        ("max-age=" + "9" * 400, 0),
        ("", 0),
    ],
)
def test_how_long_browsers_are_to_insist(header: str, seconds: int) -> None:
    assert hsts(header) == seconds


@pytest.mark.parametrize(("status", "seconds"), [(200, 0), (301, 0), (400, None), (403, None), (404, None), (503, None)])
def test_an_error_without_the_header_says_nothing_of_pages(status: int, seconds: int | None) -> None:
    assert seen(answer(status=status)).hsts == seconds
    assert hsts("max-age=300", status) == 300


def test_a_challenge_says_nothing_either() -> None:
    assert seen(answer(headers={"cf-mitigated": "challenge"})).hsts is None


@pytest.mark.parametrize("failure", [Reason.TLS, Reason.HTTP, Reason.TIMEOUT])
def test_what_cannot_be_asked_is_unknown(failure: Reason) -> None:
    assert seen(Unseen(failure, "no"), Unseen(failure, "no")) == Web()


@pytest.mark.parametrize(
    ("plain", "said"),
    [
        (answer(status=301, headers={"location": "https://vendor.test/"}), Verdict.YES),
        (answer(status=308, headers={"location": "HTTPS://www.vendor.test/"}), Verdict.YES),
        (answer(status=302, headers={"location": "/login"}), Verdict.UNKNOWN),
        (answer(status=302, headers={"location": "http://www.vendor.test/"}), Verdict.UNKNOWN),
        (answer(status=200), Verdict.NO),
        (answer(status=404), Verdict.YES),
        (answer(status=503), Verdict.UNKNOWN),
        (Unseen(Reason.REFUSED, "nothing listens"), Verdict.YES),
        (Unseen(Reason.TIMEOUT, "silence"), Verdict.UNKNOWN),
    ],
)
def test_where_plain_http_leads(plain: Answer | Unseen, said: Verdict) -> None:
    assert seen(plain=plain).redirects is said


def test_other_ports_are_not_asked() -> None:
    network = FakeNetwork()
    assert asyncio.run(look_at_web(Address("vendor.test", 8443), network)) == Web()
    assert not network.sent


def test_an_ipv6_address_is_written_in_brackets() -> None:
    network = FakeNetwork()
    asyncio.run(look_at_web(Address("2001:db8::1", 443), network))
    assert [request.url for request in network.sent] == ["https://[2001:db8::1]/", "http://[2001:db8::1]/"]


def test_the_root_is_asked_once_an_hour_and_no_redirect_is_followed() -> None:
    network = FakeNetwork()
    asyncio.run(look_at_web(AT, network))
    assert {(request.max_age, request.max_redirects) for request in network.sent} == {(3600, 0)}


@pytest.mark.parametrize(
    ("seconds", "is_short"), [(HSTS_SECONDS, False), (HSTS_SECONDS - 1, True), (0, True), (None, False)]
)
def test_hsts_that_is_short_caps_the_grade(seconds: int | None, *, is_short: bool) -> None:
    marks = list(web_marks(Web(hsts=seconds, redirects=Verdict.YES)))
    assert [(mark.code, mark.cap) for mark in marks] == ([("http.hsts", Grade.A_MINUS)] if is_short else [])
