"""Findings about a server: each raised by what it is about, absent on a good one, and as severe as its rule says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from checks.model import Severity, State
from checks.rules.reasons import RULES
from checks.tls.facts import Other
from checks.tls.web import Web
from checks.values import Day
from checks.vendor import Waiver
from checks.x509 import read
from tests.support.certlab import HOST, INTERMEDIATE, NOW, ders, server, shown
from tests.support.tlsfacts import NO, UNKNOWN, YES, certified, facts, judged

CBC = "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"
DHE = "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"
RSA = "TLS_RSA_WITH_AES_128_GCM_SHA256"
GCM = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
OLD = {"TLSv1.0": YES, "TLSv1.1": NO, "TLSv1.2": NO, "TLSv1.3": NO}
DEEP: dict[str, Any] = {"deep": True, "complete": ("TLSv1.2", "TLSv1.3"), "groups": ("X25519MLKEM768", "x25519")}
OTHER = Other(read(server(INTERMEDIATE, days=60).der), named=True)

RAISING: dict[str, dict[str, Any]] = {
    "tls.handshake": {"certificate": None, "refusal": "no", "versions": OLD, "suites": {"TLSv1.0": (CBC,)}},
    "tls.version.ssl2": {"versions": {"SSLv2": YES, "TLSv1.2": YES}},
    "tls.version.ssl3": {"versions": {"SSLv3": YES, "TLSv1.2": YES}},
    "tls.version.1_0": {"versions": {"TLSv1.0": YES, "TLSv1.2": YES}},
    "tls.version.1_1": {"versions": {"TLSv1.1": YES, "TLSv1.2": YES}},
    "tls.version.1_3": {"versions": {"TLSv1.2": YES, "TLSv1.3": NO}},
    "tls.suite.broken": {"weak": {"rc4": YES}},
    "tls.suite.block64": {"weak": {"block64": YES}},
    "tls.suite.nofs": {"suites": {"TLSv1.2": (GCM, RSA)}},
    "tls.suite.cbc": {"suites": {"TLSv1.2": (GCM, CBC)}},
    "tls.suite.dhe": {"suites": {"TLSv1.2": (GCM, DHE)}},
    "tls.suite.rare": {"suites": {"TLSv1.2": (GCM, "TLS_ECDHE_RSA_WITH_ARIA_128_GCM_SHA256")}},
    "tls.suite.list": DEEP,
    "tls.suite.preference": {**DEEP, "preference": {"TLSv1.2": "server"}},
    "tls.dh_bits": {"dh_bits": 1024},
    "tls.group.pq": {"pq": NO, "groups": ("x25519",)},
    "tls.group.list": DEEP,
    "tls.compression": {"compression": YES},
    "tls.renegotiation_info": {"renegotiation_info": NO},
    "tls.ems": {"extended_master_secret": NO},
    "tls.fallback_scsv": {"fallback_scsv": NO},
    "tls.sni.absent": {**DEEP, "without_name": "other certificate"},
    "tls.sni.wrong": {**DEEP, "wrong_name": "same certificate"},
    "tls.client_certificate": {"asks_for_certificate": YES},
    "tls.second_certificate": {"others": (OTHER,)},
    "http.hsts": {"web": Web(hsts=0, redirects=YES)},
    "http.redirect": {"web": Web(hsts=63_072_000, redirects=NO)},
    "tls.profile": {"web": Web(hsts=15_552_000, redirects=YES)},
}
BY_SETTINGS = {"tls.alpn", "tls.grade"}


def test_every_rule_about_configuration_has_a_server_that_breaks_it() -> None:
    rules = {code for code in RULES if code.startswith(("tls.", "http."))}
    assert rules == RAISING.keys() | BY_SETTINGS


@pytest.mark.parametrize("code", RAISING)
def test_a_finding_is_raised_by_what_it_is_about(code: str) -> None:
    found = judged(facts(**RAISING[code]))
    assert code in found
    assert found[code].severity is (Severity.WARNING if code == "tls.dh_bits" else RULES[code].severity)


def test_a_good_server_has_a_grade_and_nothing_else_to_say() -> None:
    found = judged(facts())
    assert [*found] == ["tls.grade"]
    assert found["tls.grade"].message == "grade A+"


@pytest.mark.parametrize("code", RAISING)
def test_only_what_keeps_clients_out_is_an_outage(code: str) -> None:
    found = judged(facts(**RAISING[code]))[code]
    assert found.state is (State.DOWN if code == "tls.handshake" else State.UP)
    assert found.transient is (found.state is State.DOWN)


def test_what_is_unknown_is_no_finding() -> None:
    unknown = dict.fromkeys(("pq", "compression", "renegotiation_info", "extended_master_secret", "fallback_scsv"), UNKNOWN)
    found = judged(
        facts(versions={"TLSv1.0": UNKNOWN, "TLSv1.2": YES, "TLSv1.3": UNKNOWN}, weak={"rc4": UNKNOWN}, **unknown)
    )
    assert [*found] == ["tls.grade"]
    assert found["tls.grade"].message == "grade A+, provisional"


def test_a_server_that_wants_to_know_its_clients_is_not_down_for_refusing_one() -> None:
    found = judged(facts(certificate=None, refusal="alert handshake failure", asks_for_certificate=YES))
    assert [*found] == ["tls.grade", "tls.client_certificate"]
    assert found["tls.grade"].message == "grade A+, provisional"


def test_what_is_unknown_is_not_taken_for_old() -> None:
    unknown = dict.fromkeys(("TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"), UNKNOWN)
    found = judged(facts(certificate=None, refusal="the alert 'access denied'", versions=unknown, suites={}))
    assert found["tls.handshake"].message == "a client of today cannot connect: the alert 'access denied'"
    assert found["tls.grade"].message == "no grade: nobody can connect (the alert 'access denied')"


def test_a_server_that_nobody_can_connect_to_gets_no_good_grade() -> None:
    good, bad = facts(certificate=None, refusal="no"), facts(certificate=None, refusal="no", dh_bits=512)
    assert judged(good)["tls.grade"].message == "no grade: nobody can connect (no)"
    assert judged(bad)["tls.grade"].message == "grade F, provisional: tls.dh_bits"


def test_a_list_of_revocations_that_was_not_seen_makes_the_grade_provisional() -> None:
    shown = certified()
    assert (
        judged(facts(certificate=replace(shown, revocation_gap="timeout")))["tls.grade"].message == "grade A+, provisional"
    )


def test_suites_of_ssl_2_are_told_with_it() -> None:
    found = judged(facts(versions={"SSLv2": YES, "TLSv1.2": YES}, suites={"SSLv2": ("SSL_CK_RC4_128_WITH_MD5",)}))
    assert "tls.version.ssl2" in found
    assert "tls.suite.rare" not in found


def test_a_server_with_no_forward_secrecy_at_all_is_told_as_that() -> None:
    bare: dict[str, Any] = {"versions": {"TLSv1.2": YES, "TLSv1.3": NO}, "suites": {"TLSv1.2": (RSA,)}}
    assert "has no forward secrecy at all" in judged(facts(**bare, forward_secrecy=NO))["tls.suite.nofs"].message
    for others in (YES, UNKNOWN):
        assert "accepts suites without" in judged(facts(**bare, forward_secrecy=others))["tls.suite.nofs"].message


def test_a_small_group_is_worse_below_1024_bits() -> None:
    assert judged(facts(dh_bits=1023))["tls.dh_bits"].severity is Severity.CRITICAL
    assert judged(facts(dh_bits=2047))["tls.dh_bits"].severity is Severity.WARNING
    assert "tls.dh_bits" not in judged(facts(dh_bits=2048))


def test_long_lists_are_cut_in_a_sentence() -> None:
    suites = [f"TLS_RSA_WITH_{cipher}" for cipher in ("AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "AES_128_CBC_SHA")]
    suites += [f"TLS_RSA_WITH_CAMELLIA_{bits}_CBC_SHA" for bits in (128, 256)]
    message = judged(facts(suites={"TLSv1.2": (GCM, *suites)}))["tls.suite.nofs"].message
    assert message.count("TLS_RSA") == 3
    assert message.endswith(" and 2 more")


def test_a_changed_protocol_is_told_once_it_is_known() -> None:
    assert "tls.alpn" not in judged(facts(), known_alpn=None)
    assert "tls.alpn" not in judged(facts(), known_alpn=facts().alpn)
    assert "tls.alpn" not in judged(facts(certificate=None, refusal="no", alpn="h2"), known_alpn="h2")
    changed = judged(facts(), known_alpn="spdy/3")["tls.alpn"]
    assert "and on spdy/3 before" in changed.message
    assert changed.severity is Severity.OK


def test_what_of_the_certificate_costs_the_grade_is_told_too_and_moves_no_state() -> None:
    stranger = certified(shown(ders(server(INTERMEDIATE, "elsewhere.example"), INTERMEDIATE), HOST))
    found = judged(facts(certificate=stranger))
    assert [*found] == ["tls.grade", "cert.name_mismatch"]
    assert found["tls.grade"].message == "grade M: cert.name_mismatch"
    assert (found["cert.name_mismatch"].severity, found["cert.name_mismatch"].state) == (Severity.CRITICAL, State.UP)


def test_the_same_facts_get_the_grade_of_another_date() -> None:
    late = judged(facts(), NOW + timedelta(days=400))["tls.grade"]
    assert late.message == "grade T: cert.expired"


def test_a_waiver_takes_the_finding_and_its_cap_until_its_day_is_over() -> None:
    waiver = Waiver(finding="tls.version.1_0", reason="a till of 2009", until=Day(2026, 12, 15))
    old = facts(versions={"TLSv1.0": YES, "TLSv1.2": YES, "TLSv1.3": YES})
    during = judged(old, waive=(waiver,))
    assert during["tls.version.1_0"].severity is Severity.OK
    assert "a till of 2009" in during["tls.version.1_0"].message
    assert during["tls.grade"].message == "grade A+, without tls.version.1_0, waived"
    after = judged(old, NOW + timedelta(days=25), waive=(waiver,))
    assert after["tls.version.1_0"].severity is Severity.WARNING
    assert after["tls.grade"].message == "grade C: tls.version.1_0"


def test_a_second_certificate_is_judged_too() -> None:
    assert judged(facts(others=(OTHER,)))["tls.second_certificate"].severity is Severity.OK
    ended = judged(facts(others=(Other(replace(OTHER.leaf, not_after=NOW - timedelta(days=1)), named=True),)))
    assert ended["tls.second_certificate"].severity is Severity.WARNING
    assert ended["tls.grade"].message.startswith("grade T")
    weak = judged(facts(others=(Other(replace(OTHER.leaf, key_type="rsa", key_bits=1024), named=True),)))
    assert weak["tls.grade"].message.startswith("grade F")


def test_a_chosen_profile_matters_and_the_usual_one_is_a_note() -> None:
    short = facts(versions={"TLSv1.1": YES, "TLSv1.2": YES, "TLSv1.3": YES})
    assert judged(short)["tls.profile"].severity is Severity.OK
    chosen = judged(short, profile="pci-4.0.1", is_chosen=True)["tls.profile"]
    assert chosen.severity is Severity.WARNING
    assert chosen.message == "falls short of pci-4.0.1: accepts TLSv1.1"
