"""What certificates say beside names and dates: purposes, staples, lists, organisations and promises of logs."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from checks.plain import plain
from checks.x509 import Certificate, read
from checks.x509.scts import Sct
from tests.support.certextensions import MUST_STAPLE, Extension, listed_at, log_id, logged, point, sct, with_scts
from tests.support.certlab import CLIENT, GOOD, INTERMEDIATE, NOW, ROOT, SERVER, authority, issue, key, server

ANY = x509.ObjectIdentifier("2.5.29.37.0")
EMAIL = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.4")
FEATURE_OF_ANOTHER_KIND: Extension = (x509.TLSFeature([x509.TLSFeatureType.status_request_v2]), False)


def with_extra(*extra: Extension) -> Certificate:
    return read(server(INTERMEDIATE, extra=extra).der)


def test_every_fact_is_plain() -> None:
    everything = with_extra(MUST_STAPLE, listed_at("http://crl.example/1.crl"), logged("a", "b"))
    shown = plain(everything)
    assert isinstance(shown, dict)
    assert set(shown) == {field.name for field in fields(Certificate)}
    assert shown["scts"] == [{"log": log_id(log).hex(), "at": "2026-11-21T12:00:00Z"} for log in ("a", "b")]


@pytest.mark.parametrize(
    ("usages", "expected"),
    [
        ((), None),
        ((SERVER,), ("serverAuth",)),
        ((CLIENT, SERVER), ("serverAuth", "clientAuth")),
        ((EMAIL, ANY), ("anyExtendedKeyUsage", "1.3.6.1.5.5.7.3.4")),
    ],
)
def test_purposes_are_named_and_none_stated_is_not_none_allowed(
    usages: tuple[x509.ObjectIdentifier, ...], expected: tuple[str, ...] | None
) -> None:
    assert read(server(INTERMEDIATE, usages=usages).der).purposes == expected


def test_a_purpose_that_findings_speak_of_is_not_lost_among_a_hundred() -> None:
    others = [x509.ObjectIdentifier(f"1.3.6.1.4.1.99999.{number}") for number in range(100)]
    purposes = read(server(INTERMEDIATE, usages=[*others, CLIENT]).der).purposes
    assert purposes is not None
    assert (len(purposes), purposes[0]) == (10, "clientAuth")


@pytest.mark.parametrize(("extra", "expected"), [((), False), ((MUST_STAPLE,), True), ((FEATURE_OF_ANOTHER_KIND,), False)])
def test_whether_a_staple_may_be_demanded_is_told(extra: tuple[Extension, ...], *, expected: bool) -> None:
    assert with_extra(*extra).must_staple is expected


def test_lists_are_taken_over_http_once_each_and_only_so_many() -> None:
    ldap, twice = "ldap://directory.example/cn=x", "http://crl.example/0.crl"
    assert with_extra().crl_urls == ()
    assert with_extra(listed_at(ldap, twice, twice, "HTTPS://crl.example/1.crl")).crl_urls == (
        twice,
        "HTTPS://crl.example/1.crl",
    )
    many = with_extra(listed_at(*(f"http://crl.example/{number}.crl" for number in range(50))))
    assert many.crl_urls == tuple(f"http://crl.example/{number}.crl" for number in range(4))


@pytest.mark.parametrize("url", ["http://a.example/ x", "http://a.example/\x1b[31m", "http://a.example/" + "x" * 500, ""])
def test_an_address_that_would_have_to_be_cleaned_is_no_address(url: str) -> None:
    assert with_extra(listed_at(url)).crl_urls == ()


def test_the_list_of_another_issuer_and_a_point_without_an_address_are_passed_over() -> None:
    relative = x509.RelativeDistinguishedName([x509.NameAttribute(NameOID.COMMON_NAME, "here")])
    points = [
        point("http://other.example/1.crl", indirect=True),
        point(indirect=True),
        x509.DistributionPoint(None, relative, None, None),
        x509.DistributionPoint([x509.DNSName("crl.example")], None, None, None),
        point("http://own.example/1.crl"),
    ]
    assert with_extra((x509.CRLDistributionPoints(points), False)).crl_urls == ("http://own.example/1.crl",)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([(NameOID.COMMON_NAME, "R11")], ""),
        ([(NameOID.ORGANIZATION_NAME, "Let\u2028us\x00Encrypt"), (NameOID.COMMON_NAME, "R11")], "Let us Encrypt"),
        ([(NameOID.ORGANIZATION_NAME, "\u200b"), (NameOID.ORGANIZATION_NAME, "Acme")], "Acme"),
    ],
)
def test_the_organisation_of_the_issuer_is_one_line_or_empty(
    parts: list[tuple[x509.ObjectIdentifier, str]], expected: str
) -> None:
    name = x509.Name([x509.NameAttribute(oid, text) for oid, text in parts])
    assert read(issue("x", subject=name).der).issuer_organization == expected


def test_a_long_organisation_is_cut() -> None:
    """The field has room for 64 characters only where somebody holds to the standard."""
    long = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "o" * 5_000, _validate=False)
    assert len(read(issue("x", subject=x509.Name([long])).der).issuer_organization) == 200


@pytest.mark.parametrize(
    ("kind", "curve"), [("2048", ""), ("p224", "secp224r1"), ("p256", "secp256r1"), ("p521", "secp521r1"), ("ed25519", "")]
)
def test_the_curve_of_a_key_is_told(kind: str, curve: str) -> None:
    assert read(server(INTERMEDIATE, with_key=key("server", kind)).der).key_curve == curve


def test_embedded_timestamps_are_read() -> None:
    then = NOW - timedelta(days=31, milliseconds=1)
    assert with_extra(logged("a", "b", at=then)).scts == (Sct(log_id("a").hex(), then), Sct(log_id("b").hex(), then))
    assert read(GOOD.der).scts == ()


def test_of_many_embedded_timestamps_twenty_are_kept() -> None:
    assert len(with_extra(logged(*map(str, range(100)))).scts) == 20


@pytest.mark.parametrize("milliseconds", [2**48, 2**63, 2**64 - 1])
def test_a_timestamp_beyond_all_dates_is_passed_over(milliseconds: int) -> None:
    assert [one.log for one in with_extra(with_scts(sct("a", milliseconds), sct("b"))).scts] == [log_id("b").hex()]


def test_what_is_said_of_a_server_may_be_said_of_an_authority_too() -> None:
    intermediate = read(authority("Named", ROOT, usages=[SERVER, CLIENT]).der)
    assert intermediate.purposes == ("serverAuth", "clientAuth")
    assert (intermediate.must_staple, intermediate.crl_urls, intermediate.scts) == (False, (), ())


def test_only_small_certificates_are_kept_once_they_are_read() -> None:
    small = server(INTERMEDIATE).der
    large = server(INTERMEDIATE, *(f"host-{number}.vendor.example" for number in range(400))).der
    assert len(large) > 8_192
    assert read(small) is read(small)
    assert read(large) is not read(large)
    assert read(large) == read(large)
