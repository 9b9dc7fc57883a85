"""Certificates from a laboratory, from a fuzzer and from the roots in use: read, matched, trusted and refused."""

from __future__ import annotations

import re
import ssl
from datetime import datetime, timedelta
from pathlib import Path

import certifi
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ed448, x25519
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.model import State
from checks.network import Trust, TrustFault
from checks.x509 import MAX_CERTIFICATES, Roots, matches, read, refusal
from tests.support.certcases import Case, cases
from tests.support.certlab import (
    GOOD,
    HOST,
    INTERMEDIATE,
    NO_NAMES,
    NOW,
    ROOT,
    STRANGER,
    Issued,
    alternative,
    authority,
    ders,
    issue,
    key,
    lab_roots,
    server,
)

DAY = timedelta(days=1)
ROOTS_IN_USE = Path(certifi.where()).read_text(encoding="ascii")
READABLE = {name: case for name, case in cases().items() if case.fault is not TrustFault.UNREADABLE}
each_case = pytest.mark.parametrize("case", cases().values(), ids=cases().keys())


def trusted(*chain: Issued, at: datetime = NOW) -> Trust:
    return lab_roots().trust(ders(*chain), HOST, at)


def refused(*chain: Issued, host: str = HOST, at: datetime = NOW) -> str | None:
    return refusal(ders(*chain), lab_roots().trust(ders(*chain), host, at), host, at)


# Reading


def test_a_certificate_is_read_into_plain_facts() -> None:
    facts = read(server(INTERMEDIATE, HOST, "*.vendor.example", "192.0.2.7", "2001:db8::7").der)
    assert facts.subject == "CN=vendor.example"
    assert (facts.subject_name, facts.issuer_name) == (HOST, "Lab Intermediate")
    assert facts.dns_names == (HOST, "*.vendor.example")
    assert facts.ip_addresses == ("192.0.2.7", "2001:db8::7")
    assert facts.name_count == 4
    assert (facts.not_before, facts.not_after) == (NOW - 30 * DAY, NOW + 60 * DAY)
    assert (facts.key_type, facts.key_bits, facts.signature_hash) == ("ec", 256, "sha256")
    assert (facts.is_ca, facts.self_signed) == (False, False)


def test_serial_and_fingerprint_are_written_in_hexadecimal() -> None:
    issued = issue("x", serial=0xC0FFEE)
    assert read(issued.der).serial == "c0ffee"
    assert read(issued.der).sha256 == issued.certificate.fingerprint(hashes.SHA256()).hex()


def test_a_serial_number_of_zero_is_read_without_a_warning() -> None:
    zero = issue("x", serial=1).der.replace(b"\xa0\x03\x02\x01\x02\x02\x01\x01", b"\xa0\x03\x02\x01\x02\x02\x01\x00")
    assert read(zero).serial == "0"


def test_an_authority_and_a_self_signature_are_told() -> None:
    assert (read(ROOT.der).is_ca, read(ROOT.der).self_signed) == (True, True)
    assert (read(INTERMEDIATE.der).is_ca, read(INTERMEDIATE.der).self_signed) == (True, False)


def test_repeating_its_own_name_is_not_signing_itself() -> None:
    facts = read(issue("x", Issued(issue("x").certificate, key("another"))).der)
    assert facts.subject == facts.issuer
    assert not facts.self_signed


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("1024", ("rsa", 1024)),
        ("2048", ("rsa", 2048)),
        ("p224", ("ec", 224)),
        ("p521", ("ec", 521)),
        ("ed25519", ("ed25519", 256)),
    ],
)
def test_keys_are_told_by_type_and_size(kind: str, expected: tuple[str, int]) -> None:
    facts = read(server(INTERMEDIATE, with_key=key("server", kind)).der)
    assert (facts.key_type, facts.key_bits) == expected


def _dsa_key() -> CertificatePublicKeyTypes:
    parameters = dsa.DSAParameterNumbers(p=(1 << 1023) + 1155, q=(1 << 159) + 595, g=2)
    return dsa.DSAPublicNumbers(y=4, parameter_numbers=parameters).public_key()


@pytest.mark.parametrize(
    ("public_key", "expected"),
    [
        (ed448.Ed448PrivateKey.from_private_bytes(bytes(57)).public_key(), ("ed448", 456)),
        (x25519.X25519PrivateKey.from_private_bytes(bytes(32)).public_key(), ("other", 0)),
        (_dsa_key(), ("dsa", 1024)),
    ],
)
def test_rare_keys_have_a_type_too(public_key: CertificatePublicKeyTypes, expected: tuple[str, int]) -> None:
    facts = read(issue("x", ROOT, bearing=public_key).der)
    assert (facts.key_type, facts.key_bits) == expected


def test_a_key_nobody_knows_and_a_signature_nobody_knows_are_no_reason_to_read_nothing() -> None:
    curve_key, signed = bytes.fromhex("06072a8648ce3d0201"), bytes.fromhex("06082a8648ce3d040302")
    facts = read(GOOD.der.replace(curve_key, curve_key[:-1] + b"\x7f").replace(signed, signed[:-1] + b"\x7f"))
    assert (facts.key_type, facts.key_bits, facts.signature_hash) == ("other", 0, "")


def test_a_signature_without_a_hash_of_its_own_has_none() -> None:
    assert read(issue("x", with_key=key("x", "ed25519")).der).signature_hash == ""


@pytest.mark.parametrize(
    ("parts", "called"),
    [
        ([(NameOID.ORGANIZATION_NAME, "Acme"), (NameOID.COMMON_NAME, "R11")], "R11"),
        ([(NameOID.COUNTRY_NAME, "GB"), (NameOID.ORGANIZATION_NAME, "Acme")], "Acme"),
        ([(NameOID.COUNTRY_NAME, "GB")], "C=GB"),
        ([], "nobody"),
        ([(NameOID.COMMON_NAME, "two\nlines\x1b[31m")], "two lines [31m"),
        ([(NameOID.COMMON_NAME, "\u202egnp.exe")], "gnp.exe"),
    ],
)
def test_a_bearer_is_called_by_a_short_harmless_name(parts: list[tuple[x509.ObjectIdentifier, str]], called: str) -> None:
    subject = x509.Name([x509.NameAttribute(oid, text) for oid, text in parts])
    assert read(issue("x", subject=subject).der).subject_name == called


def test_a_long_name_is_cut() -> None:
    units = [x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, f"unit {number}") for number in range(500)]
    assert len(read(issue("x", subject=x509.Name(units)).der).subject) == 200


@pytest.mark.parametrize("name", ["vendor.example\n", "vendor.example\0", " vendor.example", "vendor.example\x7f"])
def test_making_a_hostile_name_harmless_never_makes_it_match(name: str) -> None:
    facts = read(server(INTERMEDIATE, name).der)
    assert facts.dns_names[0].isprintable()
    assert not matches(facts, HOST)


def test_an_endless_name_is_cut_and_matches_nothing() -> None:
    facts = read(server(INTERMEDIATE, "a." * 2_000 + HOST).der)
    assert len(facts.dns_names[0]) == 253
    assert not matches(facts, "a." * 2_000 + HOST)


@pytest.mark.parametrize("junk", [b"", b"\x30", b"hello", GOOD.der[:-1], GOOD.der + b"\0"])
def test_what_is_no_certificate_is_a_value_error(junk: bytes) -> None:
    with pytest.raises(ValueError, match="not a certificate"):
        read(junk)


def test_what_is_too_long_is_not_even_looked_at() -> None:
    with pytest.raises(ValueError, match="70,000 bytes, more than the 65,536"):
        read(bytes(70_000))


# Names


@pytest.mark.parametrize("case", READABLE.values(), ids=READABLE.keys())
def test_a_certificate_matches_its_host_or_does_not(case: Case) -> None:
    assert matches(read(case.chain[0]), case.host) == ("name_mismatch" not in case.codes)


LABEL = st.from_regex(r"[a-z]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)
"""Never all digits: a name of such labels could be an address."""


@settings(deadline=None)
@given(st.lists(LABEL, min_size=1, max_size=5), st.lists(LABEL, min_size=1, max_size=3))
def test_a_wildcard_stands_for_exactly_one_label(labels: list[str], parent: list[str]) -> None:
    pattern = ".".join(["*", *parent])
    facts = read(issue("x", extensions=[(x509.SubjectAlternativeName([alternative(pattern)]), False)]).der)
    assert matches(facts, ".".join([*labels, *parent])) == (len(labels) == 1 and len(parent) > 1)


@given(st.text(max_size=300))
def test_any_text_may_be_asked_for_as_a_host(host: str) -> None:
    named = matches(read(GOOD.der), host)
    assert named == (host.lower().removesuffix(".") == HOST) or not host.isascii()


@pytest.mark.parametrize("host", ["", ".", "..", "ü" * 100, "a..ü", ".vendor.example", "vendor.example.."])
def test_what_is_no_host_matches_nothing(host: str) -> None:
    assert not matches(read(server(INTERMEDIATE, "*.vendor.example", HOST).der), host)


# Trust


@each_case
def test_a_chain_has_its_fault_or_a_path_from_leaf_to_root(case: Case) -> None:
    trust = lab_roots().trust(case.chain, case.host, NOW)
    assert trust.fault is case.fault
    assert bool(trust.detail) == bool(trust.fault) == (not trust.path)
    if trust.path:
        assert (trust.path[0], trust.path[-1]) == (case.chain[0], ROOT.der)


@each_case
def test_a_client_refuses_just_what_cannot_be_used(case: Case) -> None:
    reason = refusal(case.chain, lab_roots().trust(case.chain, case.host, NOW), case.host, NOW)
    is_degraded_only = case.state is State.DEGRADED and case.fault is None  # A weak key of the server: others refuse it.
    assert (reason is None) == (case.state is State.UP or is_degraded_only)


def test_a_path_is_complete_and_in_order_however_it_was_sent() -> None:
    first = authority("First", ROOT)
    second = authority("Second", first)
    leaf = server(second)
    assert trusted(leaf, first, STRANGER, second).path == ders(leaf, second, first, ROOT)


def test_an_expired_cross_sign_stands_in_nobodys_way() -> None:
    crossed = authority("Lab Intermediate", STRANGER, starts=-310, days=300)
    assert trusted(GOOD, crossed, INTERMEDIATE).path == ders(GOOD, INTERMEDIATE, ROOT)


@pytest.mark.parametrize(
    ("chain", "sentence"),
    [
        ([server(None)], "vendor.example signed its certificate itself"),
        ([server(STRANGER), STRANGER], "the chain of vendor.example ends in Stranger Root, which is not trusted"),
        (
            [GOOD],
            "vendor.example does not send the certificate of Lab Intermediate, which issued that of vendor.example",
        ),
        ([server(INTERMEDIATE, starts=-93), INTERMEDIATE], "the certificate expired 3 days ago, on 2026-11-18 12:00 UTC"),
        (
            [server(INTERMEDIATE, starts=1.5), INTERMEDIATE],
            "the certificate is valid only from 2026-11-23 00:00 UTC on, in 1 day",
        ),
        (
            [server(INTERMEDIATE, "a.example"), INTERMEDIATE],
            "the certificate is for a.example, not for vendor.example",
        ),
        (
            [server(INTERMEDIATE, "a.example", "192.0.2.7"), INTERMEDIATE],
            "the certificate is for a.example and the address 192.0.2.7, not for vendor.example",
        ),
        (
            [server(INTERMEDIATE, "a.example", "b.example", "c.example"), INTERMEDIATE],
            "the certificate is for a.example, b.example and 1 more, not for vendor.example",
        ),
        ([], "vendor.example sent no certificate"),
    ],
)
def test_a_refusal_is_one_sentence_that_names_the_cause(chain: list[Issued], sentence: str) -> None:
    assert refused(*chain) == sentence


def test_a_refusal_has_a_sentence_where_the_fault_brings_none() -> None:
    bare = Trust((), TrustFault.UNTRUSTED)
    assert refusal(ders(GOOD), bare, HOST, NOW) == "the chain of vendor.example leads to no trusted root (untrusted)"
    assert refusal((b"junk",), bare, HOST, NOW) == "vendor.example sent no certificate that can be read"


@pytest.mark.parametrize("starts", [-400, -30, 10])
@pytest.mark.parametrize("names", [(HOST,), ("other.example",), (NO_NAMES,)])
def test_neither_the_name_nor_the_dates_of_the_leaf_hide_what_the_chain_is(starts: int, names: tuple[str, ...]) -> None:
    leaf = server(INTERMEDIATE, *names, starts=starts)
    assert trusted(leaf, INTERMEDIATE).path == ders(leaf, INTERMEDIATE, ROOT)
    assert trusted(leaf).fault is TrustFault.CHAIN_INCOMPLETE


def test_the_fault_of_a_chain_is_found_behind_an_expired_leaf() -> None:
    narrow = authority("Narrow", ROOT, constraints=x509.NameConstraints([x509.DNSName("allowed.example")], None))
    assert trusted(server(narrow, starts=-200), narrow).fault is TrustFault.NAME_CONSTRAINT


def test_a_root_sent_along_does_not_hide_the_fault_below_it() -> None:
    narrow = authority("Narrow", ROOT, constraints=x509.NameConstraints([x509.DNSName("allowed.example")], None))
    assert trusted(server(narrow), narrow, ROOT).fault is TrustFault.NAME_CONSTRAINT


def test_a_leaf_older_than_its_issuers_certificate_is_trusted_with_it() -> None:
    renewed = authority("Lab Intermediate", ROOT, starts=-10, days=900)
    leaf = server(INTERMEDIATE, starts=-200)
    assert trusted(leaf, renewed).path == ders(leaf, renewed, ROOT)


@settings(deadline=None)
@given(st.integers(-1_000, 5_000))
def test_the_same_chain_is_refused_at_just_the_dates_at_which_it_is_not_valid(days: int) -> None:
    at = NOW + days * DAY
    alive = all(
        issued.certificate.not_valid_before_utc <= at <= issued.certificate.not_valid_after_utc
        for issued in (GOOD, INTERMEDIATE, ROOT)
    )
    assert (refused(GOOD, INTERMEDIATE, at=at) is None) == alive


def test_an_intermediate_that_ended_after_its_leaf_is_expired_all_the_same() -> None:
    brief = authority("Lab Brief", ROOT, starts=-305, days=300)
    assert trusted(server(brief, starts=-100), brief, at=NOW - 10 * DAY).fault is None
    assert trusted(server(brief, starts=-100), brief, at=NOW).fault is TrustFault.CHAIN_EXPIRED


@pytest.mark.parametrize("order", [1, -1])
def test_the_dates_of_another_root_excuse_nothing(order: int) -> None:
    narrow = x509.NameConstraints([x509.DNSName("allowed.example")], None)
    old, current = authority("Twin", days=30), authority("Twin", constraints=narrow)
    trust = Roots(ders(old, current)[::order]).trust(ders(server(current)), HOST, NOW)
    assert trust.fault in {TrustFault.NAME_CONSTRAINT, TrustFault.UNTRUSTED}


def test_an_expired_root_that_is_sent_along_is_expired_not_unknown() -> None:
    assert trusted(server(ROOT, days=20_000), ROOT, at=NOW + 4_000 * DAY).fault is TrustFault.CHAIN_EXPIRED


def test_intermediates_and_roots_count_at_the_time_asked_for() -> None:
    leaf = server(INTERMEDIATE, days=20_000)
    assert trusted(leaf, INTERMEDIATE, at=NOW + 1_400 * DAY).fault is None
    late = trusted(leaf, INTERMEDIATE, at=NOW + 1_500 * DAY)
    assert (late.fault, late.detail[:16]) == (TrustFault.CHAIN_EXPIRED, "Lab Intermediate")
    direct = server(ROOT, days=20_000)
    latest = trusted(direct, at=NOW + 4_000 * DAY)
    assert (latest.fault, latest.detail[:8]) == (TrustFault.CHAIN_EXPIRED, "Lab Root")


def test_a_certificate_that_is_itself_trusted_needs_no_issuer() -> None:
    own = server(None, is_ca=True)
    assert Roots([own.der]).trust([own.der], HOST, NOW) == Trust((own.der,))


def test_only_so_many_certificates_are_looked_at() -> None:
    filler = [authority(f"Filler {number}") for number in range(MAX_CERTIFICATES - 1)]
    assert trusted(GOOD, *filler[1:], INTERMEDIATE).fault is None
    assert trusted(GOOD, *filler, INTERMEDIATE).fault is TrustFault.CHAIN_INCOMPLETE


@pytest.mark.parametrize("same_key", [True, False])
def test_a_maze_of_certificates_that_all_sign_each_other_has_an_end(*, same_key: bool) -> None:
    keys = [key("maze" if same_key else f"maze {number}", "p521") for number in range(MAX_CERTIFICATES - 1)]
    maze = [authority("Maze", days=3_000 + number, with_key=own) for number, own in enumerate(keys)]
    assert trusted(server(maze[-1]), *maze).fault is TrustFault.UNTRUSTED_ROOT


def test_the_roots_in_use_can_be_built_and_are_trusted() -> None:
    bundle = [
        ssl.PEM_cert_to_DER_cert(pem) for pem in re.findall(r"-----BEGIN[^#]+?-----END CERTIFICATE-----", ROOTS_IN_USE)
    ]
    roots = Roots(bundle)
    assert len(bundle) > 100
    assert all(roots.trust([root], "ca.example", NOW).path == (root,) for root in bundle)
    assert roots.trust(ders(GOOD, INTERMEDIATE), HOST, NOW).fault is TrustFault.CHAIN_INCOMPLETE


def test_a_root_that_cannot_be_read_is_named_by_its_number() -> None:
    with pytest.raises(ValueError, match="trusted root 2: it is not a certificate"):
        Roots([ROOT.der, b"junk"])


def test_without_roots_there_is_nothing_to_judge_by() -> None:
    with pytest.raises(ValueError, match="no roots"):
        Roots([])


# Hostile bytes


@settings(deadline=None)
@given(st.lists(st.binary(max_size=200) | st.sampled_from(ders(GOOD, INTERMEDIATE, ROOT, STRANGER)), max_size=15))
def test_any_bytes_get_a_verdict(chain: list[bytes]) -> None:
    trust = lab_roots().trust(chain, HOST, NOW)
    assert bool(trust.path) == (trust.fault is None)
    assert (refusal(chain, trust, HOST, NOW) is None) == (trust.fault is None and chain[0] == GOOD.der)
