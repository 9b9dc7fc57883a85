"""Chains that lead to a root and are unusual all the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.x509 import MAX_CERTIFICATES
from checks.x509.shape import Oddity, oddities
from tests.support.certcases import Case, cases
from tests.support.certlab import (
    GOOD,
    HOST,
    INTERMEDIATE,
    NOW,
    ROOT,
    STRANGER,
    Issued,
    authority,
    ders,
    lab_roots,
    server,
)

FIRST = authority("Lab First", ROOT)
SECOND = authority("Lab Second", FIRST)
DEEP = server(SECOND)
CROSSED = authority("Lab Intermediate", STRANGER)
JUNK = b"\x30\x03\x02\x01\x00"

EXPECTED = {
    "root sent too": ("chain_root_sent",),
    "wrong order": ("chain_order",),
    "sent twice": ("chain_extra",),
    "one too many": ("chain_extra",),
    "garbage beside it": ("chain_unreadable",),
    "only an unreadable intermediate": ("chain_unreadable",),
}
"""The cases that are unusual; no other is."""


def seen(*chain: Issued | bytes) -> tuple[Oddity, ...]:
    sent = [one if isinstance(one, bytes) else one.der for one in chain]
    return oddities(sent, lab_roots().trust(sent, HOST, NOW))


def kinds(*chain: Issued | bytes) -> tuple[str, ...]:
    return tuple(oddity.kind for oddity in seen(*chain))


@pytest.mark.parametrize(("name", "case"), cases().items(), ids=cases().keys())
def test_each_case_is_as_unusual_as_it_is(name: str, case: Case) -> None:
    assert kinds(*case.chain) == EXPECTED.get(name, ())


@pytest.mark.parametrize(
    ("chain", "kind", "sentence"),
    [
        (
            (DEEP, FIRST, SECOND),
            "chain_order",
            "the server sends its chain out of order; in order it is vendor.example, Lab Second then Lab First",
        ),
        (
            (GOOD, INTERMEDIATE, STRANGER),
            "chain_extra",
            "the server sends 1 certificate more than any client needs: Stranger Root",
        ),
        (
            (GOOD, GOOD, INTERMEDIATE, INTERMEDIATE, INTERMEDIATE),
            "chain_extra",
            "the server sends 3 certificates more than any client needs: vendor.example and Lab Intermediate",
        ),
        (
            (GOOD, INTERMEDIATE, STRANGER, FIRST, SECOND, authority("Fifth")),
            "chain_extra",
            "the server sends 4 certificates more than any client needs: Stranger Root, Lab First, Lab Second and 1 more",
        ),
        ((GOOD, INTERMEDIATE, ROOT), "chain_root_sent", "the server sends a root, Lab Root, which no client needs"),
        ((GOOD, JUNK, INTERMEDIATE), "chain_unreadable", "certificate 2 of the 3 that the server sends cannot be read"),
        (
            (GOOD, JUNK, INTERMEDIATE, b""),
            "chain_unreadable",
            "certificates 2, 4 of the 4 that the server sends cannot be read",
        ),
    ],
)
def test_what_is_unusual_is_said_in_one_sentence(chain: tuple[Issued | bytes, ...], kind: str, sentence: str) -> None:
    assert seen(*chain) == (Oddity(kind, sentence),)


def test_a_certificate_between_two_others_is_extra_and_not_out_of_order() -> None:
    assert kinds(DEEP, STRANGER, SECOND, FIRST) == ("chain_extra",)


def test_each_oddity_is_told_beside_the_others() -> None:
    assert kinds(DEEP, ROOT, FIRST, SECOND, FIRST, JUNK) == (
        "chain_unreadable",
        "chain_order",
        "chain_extra",
        "chain_root_sent",
    )


def test_a_cross_sign_for_other_clients_is_nothing_unusual() -> None:
    assert kinds(GOOD, INTERMEDIATE, CROSSED) == ()
    assert kinds(GOOD, CROSSED, INTERMEDIATE) == ()


def test_the_root_above_a_cross_sign_is_a_root() -> None:
    assert kinds(GOOD, INTERMEDIATE, CROSSED, STRANGER) == ("chain_root_sent",)


def test_a_chain_of_the_root_alone_sends_no_root_too_many() -> None:
    assert kinds(ROOT) == ()
    assert kinds(ROOT, INTERMEDIATE) == ("chain_extra",)


def test_what_nobody_looks_at_is_extra() -> None:
    (oddity,) = seen(GOOD, *[INTERMEDIATE] * (MAX_CERTIFICATES - 1), JUNK, STRANGER)
    extra = f"{MAX_CERTIFICATES} certificates more than any client needs"
    assert oddity.sentence == f"the server sends {extra}: Lab Intermediate"


def test_what_nobody_looks_at_has_no_name() -> None:
    crossed = [authority("Lab Intermediate", STRANGER, days=3_000 + number) for number in range(MAX_CERTIFICATES - 2)]
    (oddity,) = seen(GOOD, INTERMEDIATE, *crossed, JUNK)
    assert oddity == Oddity("chain_extra", "the server sends 1 certificate more than any client needs")


def test_of_a_chain_that_leads_nowhere_only_what_cannot_be_read_is_told() -> None:
    assert kinds(DEEP, FIRST, FIRST, STRANGER) == ()
    assert kinds(DEEP, JUNK, FIRST, STRANGER) == ("chain_unreadable",)


def test_an_unreadable_certificate_of_the_server_is_no_oddity_but_a_fault() -> None:
    assert kinds(JUNK, INTERMEDIATE) == ()
    assert kinds() == ()


@settings(deadline=None)
@given(st.lists(st.sampled_from([*ders(SECOND, FIRST, ROOT, STRANGER, DEEP), JUNK]), max_size=15))
def test_a_chain_is_ordinary_only_as_the_standard_wants_it(rest: list[bytes]) -> None:
    chain = [DEEP.der, *rest]
    trust = lab_roots().trust(chain, HOST, NOW)
    ordinary = rest == list(ders(SECOND, FIRST))
    found = oddities(chain, trust)
    assert all(oddity.sentence.isprintable() for oddity in found)
    if trust.path:
        assert (found == ()) == ordinary
    else:
        assert {oddity.kind for oddity in found} == ({"chain_unreadable"} if JUNK in rest[: MAX_CERTIFICATES - 1] else set())
