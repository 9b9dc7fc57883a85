"""What public authorities must hold to, and which certificates are held to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from checks.model import Finding, Severity, State
from checks.rules import CLIENT_AUTH_ENDS
from tests.support.certextensions import Extension, logged, sct
from tests.support.certlab import (
    CLIENT,
    INTERMEDIATE,
    NOW,
    ROOT,
    SERVER,
    STRANGER,
    Issued,
    authority,
    ders,
    issue,
    server,
    shown,
)
from tests.support.certlooks import judged, observed, suffixes
from tests.support.revocation import staple, with_scts


def told(leaf: Issued, issuer: Issued = INTERMEDIATE) -> list[Finding]:
    return [finding for finding in judged(observed(shown(ders(leaf, issuer)))) if finding.code != "cert.ok"]


def codes(leaf: Issued, issuer: Issued = INTERMEDIATE) -> list[str]:
    return suffixes(told(leaf, issuer))


def known_to_the_public() -> Issued:
    """An issuer of an organisation that issues to the public."""
    parts = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Let's Encrypt"), x509.NameAttribute(NameOID.COMMON_NAME, "R99")]
    extensions = [(one.value, one.critical) for one in authority("R99", ROOT).certificate.extensions]
    return issue("R99", ROOT, starts=-365, days=3650, subject=x509.Name(parts), extensions=extensions)


R99 = known_to_the_public()
TWO, THREE = logged("a", "b"), logged("a", "b", "c")


@pytest.mark.parametrize(
    ("starts", "days", "found"),
    [
        (-20, 199.9, []),
        (-20, 201, ["lifetime"]),
        (-251, 398 - 1 / 24, []),
        (-251, 399, ["lifetime"]),
    ],
)
def test_how_long_a_certificate_may_live_goes_by_the_day_it_was_issued(starts: float, days: float, found: list[str]) -> None:
    """On 2026-03-15, which is 251 days before the day of the laboratory, the limit fell from 398 days to 200."""
    assert codes(server(INTERMEDIATE, starts=starts - 1, days=days, extra=[THREE])) == found


def test_too_long_a_life_is_told_with_the_rule() -> None:
    (finding,) = told(server(INTERMEDIATE, starts=-20, days=364, extra=[THREE]))
    assert (finding.severity, finding.state) == (Severity.OK, State.UP)
    assert finding.message == (
        "the certificate is made to live 364 days; one issued on 2026-11-01 may live 200 days at most"
    )


def test_a_certificate_for_clients_too_is_a_note_with_the_day_it_ends() -> None:
    leaf = server(INTERMEDIATE, usages=[SERVER, CLIENT], extra=[TWO])
    (finding,) = told(leaf)
    assert (finding.code, finding.severity, finding.state) == ("cert.eku_client", Severity.OK, State.UP)
    assert "cease to be by 2027-03-15" in finding.message
    late = (CLIENT_AUTH_ENDS.day - NOW.date()).days + 1
    coming = server(INTERMEDIATE, starts=late, usages=[SERVER, CLIENT], extra=[TWO])
    messages = [
        finding.message for finding in judged(observed(shown(ders(coming, INTERMEDIATE))), NOW + timedelta(days=late))
    ]
    assert any("may be since 2027-03-15" in message for message in messages)


@pytest.mark.parametrize(
    ("days", "promises", "found"),
    [(90, TWO, []), (90, logged("a"), ["sct"]), (90, logged("a", "a"), ["sct"]), (190, TWO, ["sct"]), (190, THREE, [])],
)
def test_how_many_logs_must_have_promised_goes_by_the_length_of_life(
    days: float, promises: Extension, found: list[str]
) -> None:
    findings = told(server(INTERMEDIATE, days=days, extra=[promises]))
    assert suffixes(findings) == found
    assert all((finding.severity, finding.state) == (Severity.WARNING, State.UP) for finding in findings)


def test_no_promise_at_all_is_only_a_note_because_the_handshake_may_bring_some() -> None:
    (finding,) = told(server(R99), R99)
    assert (finding.code, finding.severity, finding.state) == ("cert.sct", Severity.OK, State.UP)
    assert codes(server(R99, extra=[TWO]), R99) == []


def test_what_is_not_public_is_under_none_of_these_rules() -> None:
    free = server(INTERMEDIATE, days=900, usages=[SERVER, CLIENT])
    assert codes(free) == []
    refused = server(STRANGER, days=900, usages=[SERVER, CLIENT], extra=[logged("a")])
    assert codes(refused, STRANGER) == ["untrusted_root"]


def test_promises_in_the_staple_count_as_well() -> None:
    leaf = server(R99)
    answer = with_scts(staple(about=leaf, by=R99), sct("a"), sct("b"), by=R99)
    connection = shown(ders(leaf, R99))
    assert connection.session
    stapled = replace(connection, session=replace(connection.session, staple=answer))
    assert suffixes(judged(observed(stapled))) == ["ok"]
