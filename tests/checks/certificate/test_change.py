"""What is told of a certificate that was another one at the last look, and the word that looks leave for each other."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from checks.certificate import CHECK, Facts, Settings, observe
from checks.certificate.change import Known
from checks.model import Severity, State
from checks.values import Address
from tests.support.certlab import GOOD, HOST, INTERMEDIATE, NOW, ROOT, Issued, authority, ders, issue, key, server, shown
from tests.support.certlooks import suffixes
from tests.support.network import FakeNetwork

SETTINGS = Settings(Address(HOST, 443))
RENEWED = server(INTERMEDIATE, starts=-1)


def look(*chain: bytes, word: str = "") -> tuple[Settings, Facts]:
    """A look that knows what an earlier one left."""
    assert CHECK.recall
    asked = CHECK.recall(SETTINGS, word) if word else SETTINGS
    network = FakeNetwork(connections={asked.address: shown(chain)})
    return asked, asyncio.run(observe(asked, network))


def word_after(*chain: bytes, word: str = "") -> str:
    assert CHECK.remember
    return CHECK.remember(look(*chain, word=word)[1])


def told(first: tuple[Issued, ...], second: tuple[Issued, ...]) -> list[str]:
    """What the look at *second* says when *first* was seen before."""
    asked, facts = look(*ders(*second), word=word_after(*ders(*first)))
    findings = [finding for finding in CHECK.judge(facts, asked, NOW, None) if "changed" in finding.code]
    assert all((finding.severity, finding.state) == (Severity.OK, State.UP) for finding in findings)
    return [f"{code}: {finding.message}" for code, finding in zip(suffixes(findings), findings, strict=True)]


def test_the_first_look_and_one_at_the_same_certificate_tell_of_no_change() -> None:
    asked, facts = look(*ders(GOOD, INTERMEDIATE))
    assert suffixes(list(CHECK.judge(facts, asked, NOW, None))) == ["ok"]
    assert told((GOOD, INTERMEDIATE), (GOOD, INTERMEDIATE)) == []


def known_of(issued: Issued) -> Known:
    """What a look at *issued* leaves."""
    known = Known.read(word_after(issued.der))
    assert known is not None
    return known


def test_a_renewal_is_told_once_with_both_certificates() -> None:
    new, old = known_of(RENEWED), known_of(GOOD)
    assert told((GOOD, INTERMEDIATE), (RENEWED, INTERMEDIATE)) == [
        (
            f"changed: a new certificate since the last look: {new.sha256[:16]}…, valid until 2027-02-18; "
            f"before {old.sha256[:16]}…, valid until 2027-01-20"
        )
    ]
    assert told((RENEWED, INTERMEDIATE), (RENEWED, INTERMEDIATE)) == []


def test_two_certificates_in_turns_are_told_once() -> None:
    word, times = "", []
    for number in range(6):
        chain = ders((GOOD, RENEWED)[number % 2], INTERMEDIATE)
        asked, facts = look(*chain, word=word)
        word = word_after(*chain, word=word)
        times.append("changed" in suffixes(list(CHECK.judge(facts, asked, NOW, None))))
    assert times == [False, True, False, False, False, False]
    third = ders(server(INTERMEDIATE, starts=-2), INTERMEDIATE)
    asked, facts = look(*third, word=word)
    assert "changed" in suffixes(list(CHECK.judge(facts, asked, NOW, None)))


def test_another_issuer_and_another_kind_of_key_are_told_by_name() -> None:
    other = authority("Other Issuer", ROOT)
    assert told((GOOD, INTERMEDIATE), (server(other), other))[1:] == [
        "issuer_changed: of the new certificate the issuer is Other Issuer now, was Lab Intermediate"
    ]
    heavy = server(INTERMEDIATE, with_key=key("server", "2048"))
    assert told((GOOD, INTERMEDIATE), (heavy, INTERMEDIATE))[1:] == [
        "issuer_changed: of the new certificate the type of its key is rsa now, was ec"
    ]
    assert told((heavy, INTERMEDIATE), (server(other), other))[1:] == [
        (
            "issuer_changed: of the new certificate the issuer is Other Issuer now, was Lab Intermediate"
            " and the type of its key is ec now, was rsa"
        )
    ]


def of_acme(name: str) -> Issued:
    """An issuer of the organisation Acme."""
    parts = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Acme"), x509.NameAttribute(NameOID.COMMON_NAME, name)]
    good = authority(name, ROOT)
    extensions = [(one.value, one.critical) for one in good.certificate.extensions]
    return issue(name, ROOT, days=3650, starts=-365, subject=x509.Name(parts), extensions=extensions)


def test_an_organisation_that_issues_with_another_of_its_certificates_is_the_same_issuer() -> None:
    first, second = of_acme("R10"), of_acme("R11")
    assert len(told((server(first), first), (server(second), second))) == 1


def test_what_is_known_outlives_a_look_that_can_read_nothing() -> None:
    word = word_after(*ders(GOOD, INTERMEDIATE))
    assert word_after(b"junk", word=word) == word
    assert word_after() == ""
    asked, facts = look(b"junk", word=word)
    assert suffixes(list(CHECK.judge(facts, asked, NOW, None))) == ["unreadable"]


@given(st.sampled_from([word_after(GOOD.der)]), st.text(max_size=20), st.integers(0, 200))
def test_a_word_that_no_look_left_is_no_knowledge(word: str, junk: str, place: int) -> None:
    known = Known.read(word[:place] + junk + word[place:])
    assert known is None or Known.read(str(known)) == known


@pytest.mark.parametrize(
    "garbage",
    ["", "null", "[]", "{}", '"x"', "{", "\ud800", "[" * 100_000, '{"sha256":1,"issuer":"","key_type":"ec","until":""}'],
)
def test_garbage_for_a_word_is_ignored(garbage: str) -> None:
    assert Known.read(garbage) is None
    assert CHECK.recall
    assert CHECK.recall(SETTINGS, garbage) == SETTINGS


@pytest.mark.parametrize(
    "wrong",
    [
        {"sha256": "x" * 64},
        {"sha256": ""},
        {"issuer": "a\x1b[31m"},
        {"issuer": "o" * 300},
        {"until": "soon"},
        {"former": "x"},
        {"revoked": "soon"},
        {"reason": "a\n"},
    ],
)
def test_a_word_of_the_right_shape_may_still_hold_nothing_to_show_people(wrong: dict[str, str]) -> None:
    assert Known.read(str(replace(known_of(GOOD), **wrong))) is None
