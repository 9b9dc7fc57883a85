"""The grade: the worst cap wins, each names its finding, and what was not answered makes it provisional."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from checks.rules.reasons import RULES
from checks.tls.facts import Settings
from checks.tls.grading import CERTIFICATE_CAPS, Grade, Mark, graded
from checks.tls.judging import grade_of
from checks.tls.posture import Answered
from checks.tls.web import Web
from tests.support.certlab import NOW, STRANGER, ders, server, shown
from tests.support.tlsfacts import ADDRESS, NO, UNKNOWN, YES, certified, facts

GCM = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
RSA = "TLS_RSA_WITH_AES_128_GCM_SHA256"
VERSIONS = {"TLSv1.0": NO, "TLSv1.1": NO, "TLSv1.2": YES, "TLSv1.3": YES}
LADDER: list[tuple[str, dict[str, Any], Grade]] = [
    ("modern, post-quantum, HSTS", {}, Grade.A_PLUS),
    ("no post-quantum group", {"pq": NO}, Grade.A),
    ("no HSTS", {"web": Web(hsts=0)}, Grade.A_MINUS),
    ("HSTS for a month", {"web": Web(hsts=30 * 86_400)}, Grade.A_MINUS),
    ("a web server that says nothing", {"web": Web()}, Grade.A_PLUS),
    ("no TLS 1.3", {"versions": {**VERSIONS, "TLSv1.3": NO}}, Grade.A_MINUS),
    ("CBC left on", {"suites": {"TLSv1.2": (GCM, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA")}}, Grade.A_MINUS),
    ("DHE left on", {"suites": {"TLSv1.2": (GCM, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256")}, "dh_bits": 2048}, Grade.A_MINUS),
    ("RSA key transport left on", {"suites": {"TLSv1.2": (GCM, RSA)}}, Grade.B),
    ("TLS 1.0", {"versions": {**VERSIONS, "TLSv1.0": YES}}, Grade.C),
    ("TLS 1.1", {"versions": {**VERSIONS, "TLSv1.1": YES}}, Grade.C),
    ("3DES", {"suites": {"TLSv1.2": (GCM, "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA")}}, Grade.C),
    ("a group of 1024 bits", {"dh_bits": 1024}, Grade.C),
    ("compression", {"compression": YES}, Grade.C),
    (
        "no forward secrecy at all",
        {"versions": {**VERSIONS, "TLSv1.3": NO}, "suites": {"TLSv1.2": (RSA,)}, "forward_secrecy": NO},
        Grade.D,
    ),
    ("RC4", {"weak": {"rc4": YES}}, Grade.F),
    ("no encryption", {"weak": {"null": YES}}, Grade.F),
    ("SSL 3.0", {"versions": {**VERSIONS, "SSLv3": YES}}, Grade.F),
    ("SSL 2.0", {"versions": {**VERSIONS, "SSLv2": YES}}, Grade.F),
    ("a group of 512 bits", {"dh_bits": 512}, Grade.F),
    (
        "nothing above TLS 1.1",
        {"versions": {"TLSv1.1": YES, "TLSv1.2": NO, "TLSv1.3": NO}, "suites": {}, "certificate": None},
        Grade.F,
    ),
    ("an unknown root", {"certificate": certified(shown(ders(server(STRANGER), STRANGER)))}, Grade.T),
    (
        "an unknown root and RC4",
        {"certificate": certified(shown(ders(server(STRANGER), STRANGER))), "weak": {"rc4": YES}},
        Grade.T,
    ),
]


@pytest.mark.parametrize(("others", "grade"), [pytest.param(others, grade, id=name) for name, others, grade in LADDER])
def test_the_grade_of_a_server(others: dict[str, Any], grade: Grade) -> None:
    assert grade_of(facts(**others), Settings(address=ADDRESS), NOW).grade is grade


def test_that_a_certificate_ends_soon_is_no_grade() -> None:
    found = facts()
    assert found.certificate
    assert found.certificate.leaf
    end = found.certificate.leaf.not_after
    assert grade_of(found, Settings(address=ADDRESS), end - timedelta(hours=1)).grade is Grade.A_PLUS
    assert grade_of(found, Settings(address=ADDRESS), end + timedelta(hours=1)).grade is Grade.T


@pytest.mark.parametrize("answered", [Answered.NOTHING, Answered.NOT_TLS])
def test_a_server_that_was_not_heard_has_no_grade(answered: Answered) -> None:
    found = grade_of(facts(answered=answered, versions={}, suites={}), Settings(address=ADDRESS), NOW)
    assert (found.grade, found.caps) == (None, ())


@pytest.mark.parametrize(
    "others",
    [
        {"versions": {**VERSIONS, "TLSv1.0": UNKNOWN}},
        {"weak": {"rc4": UNKNOWN}},
        {"pq": UNKNOWN},
        {"certificate": None, "asks_for_certificate": YES},
        {"web": Web()},
    ],
)
def test_a_missing_answer_makes_the_grade_provisional(others: dict[str, Any]) -> None:
    assert grade_of(facts(**others), Settings(address=ADDRESS), NOW).provisional
    assert not grade_of(facts(), Settings(address=ADDRESS), NOW).provisional


def test_every_cap_is_kept_and_the_worst_stands_first() -> None:
    marks = [Mark("a", "mild", Grade.A), Mark("b", "no cap"), Mark("c", "bad", Grade.F), Mark("d", "middling", Grade.C)]
    found = graded(marks, (), provisional=False)
    assert [(mark.code, mark.cap) for mark in found.caps] == [("c", Grade.F), ("d", Grade.C), ("a", Grade.A)]
    assert found.grade is Grade.F


def test_a_waived_cap_does_not_count_and_is_told() -> None:
    found = graded([Mark("a", "mild", Grade.A), Mark("c", "bad", Grade.F)], {"c"}, provisional=False)
    assert found.grade is Grade.A
    assert [mark.code for mark in found.waived] == ["c"]


def test_the_caps_of_the_certificate_are_findings_that_exist() -> None:
    assert CERTIFICATE_CAPS.keys() <= RULES.keys()
    assert {"cert.expiring", "cert.chain_expiring"}.isdisjoint(CERTIFICATE_CAPS)


@pytest.mark.parametrize(
    ("code", "grade"),
    [
        *(
            (code, Grade.T)
            for code in ("cert.expired", "cert.not_yet_valid", "cert.self_signed", "cert.untrusted_root", "cert.untrusted")
        ),
        *(
            (code, Grade.T)
            for code in ("cert.unreadable", "cert.chain_incomplete", "cert.chain_expired", "cert.name_constraint")
        ),
        *((code, Grade.T) for code in ("cert.sig_weak", "cert.eku", "cert.leaf_is_ca")),
        ("cert.name_mismatch", Grade.M),
        ("cert.revoked", Grade.F),
        ("cert.key_weak", Grade.F),
        ("cert.must_staple_missing", Grade.C),
        *((code, Grade.A_MINUS) for code in ("cert.chain_order", "cert.lifetime", "cert.staple_bad")),
    ],
)
def test_what_a_finding_about_the_certificate_leaves(code: str, grade: Grade) -> None:
    assert CERTIFICATE_CAPS[code] is grade


def test_no_other_finding_about_the_certificate_caps() -> None:
    assert len(CERTIFICATE_CAPS) == 19
