"""Staples from the laboratory: good, revoked, and bad in every way."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.x509 import ocsp

from checks.x509.revocation import Revoked
from checks.x509.scts import Sct
from checks.x509.staple import StapleStatus, StapleVerdict, read_staple
from tests.support.certextensions import log_id, sct
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
    issue,
    key,
    server,
)
from tests.support.revocation import (
    COMPROMISED,
    OCSP_SIGNING,
    REVOKED,
    STOLEN,
    UNKNOWN,
    in_a_foreign_way,
    no_answer,
    responder,
    salted,
    staple,
    together,
    with_scts,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OTHER = server(INTERMEDIATE, "other.example", starts=-20, common_name="other.example")
HELPER = responder("Helper", INTERMEDIATE, OCSP_SIGNING)


def verdict(
    answer: bytes, leaf: Issued = GOOD, at: datetime = NOW, issuers: tuple[Issued, ...] = (INTERMEDIATE, ROOT)
) -> StapleVerdict:
    return read_staple(answer, leaf.der, ders(*issuers)).verdict(at)


def bad(answer: bytes, leaf: Issued = GOOD, at: datetime = NOW) -> str:
    found = verdict(answer, leaf, at)
    assert (found.status, found.revoked) == (StapleStatus.BAD, None)
    return found.sentence


def test_a_good_staple_says_from_when_to_when() -> None:
    start, end = NOW - 12 * HOUR, NOW + 84 * HOUR
    assert verdict(staple()) == StapleVerdict(status=StapleStatus.GOOD, this_update=start, next_update=end)


@pytest.mark.parametrize("kind", ["2048", "p224", "p521", "ed25519"])
@pytest.mark.parametrize("hashed", [hashes.SHA1, hashes.SHA256, hashes.SHA512])
def test_all_keys_and_hashes_in_use_verify(kind: str, hashed: type[hashes.HashAlgorithm]) -> None:
    issuer = authority("Issuer", ROOT, with_key=key("Issuer", kind))
    leaf = server(issuer)
    answer = staple(leaf, issuer, hashed=hashed)
    assert verdict(answer, leaf, issuers=(leaf, STRANGER, issuer)).status is StapleStatus.GOOD


def test_a_revoked_certificate_has_a_time_and_a_reason() -> None:
    found = verdict(staple(status=REVOKED))
    assert (found.status, found.revoked) == (StapleStatus.REVOKED, Revoked(STOLEN, "keyCompromise"))
    assert found.sentence == "the certificate was revoked on 2026-11-20 12:00 UTC (keyCompromise)"


@pytest.mark.parametrize("reason", [None, x509.ReasonFlags.unspecified])
def test_a_reason_that_says_nothing_is_none(reason: x509.ReasonFlags | None) -> None:
    found = verdict(staple(status=REVOKED, reason=reason))
    assert found.revoked == Revoked(STOLEN)
    assert found.sentence == "the certificate was revoked on 2026-11-20 12:00 UTC"


def test_a_reason_that_nobody_knows_makes_nobody_less_revoked() -> None:
    known = staple(status=REVOKED)
    assert known.count(b"\xa0\x03\x0a\x01\x01") == 1
    odd = together(known.replace(b"\xa0\x03\x0a\x01\x01", b"\xa0\x03\x0a\x01\x07"))
    assert verdict(odd).revoked == Revoked(STOLEN)


def test_what_is_revoked_stays_so_when_the_staple_grows_old() -> None:
    assert verdict(staple(status=REVOKED, reason=COMPROMISED), at=NOW + 30 * DAY).status is StapleStatus.REVOKED


def test_a_responder_that_does_not_know_the_certificate_vouches_for_nothing() -> None:
    assert bad(staple(status=UNKNOWN)) == "the staple says that the issuer does not know the certificate"


@pytest.mark.parametrize(
    ("status", "excuse"),
    [
        (ocsp.OCSPResponseStatus.TRY_LATER, "it wants to be asked later"),
        (ocsp.OCSPResponseStatus.INTERNAL_ERROR, "it has an internal error"),
        (ocsp.OCSPResponseStatus.MALFORMED_REQUEST, "it did not understand the question"),
        (ocsp.OCSPResponseStatus.SIG_REQUIRED, "it answers signed questions only"),
        (ocsp.OCSPResponseStatus.UNAUTHORIZED, "it does not answer for this certificate"),
    ],
)
def test_an_unsuccessful_answer_says_why(status: ocsp.OCSPResponseStatus, excuse: str) -> None:
    assert bad(no_answer(status)) == f"the staple holds no answer of the responder: {excuse}"


@pytest.mark.parametrize("junk", [b"", b"hello", b"\x30\x03\x0a\x01\x00", b"\x30\x03\x0a\x01\x04", staple()[:-1], GOOD.der])
def test_what_is_no_staple_cannot_be_read(junk: bytes) -> None:
    assert bad(junk).startswith("the staple cannot be read: ")


def test_a_staple_that_is_too_long_is_not_even_looked_at() -> None:
    assert bad(bytes(70_000)) == "the staple has 70,000 bytes, more than the 65,536 that are looked at"


def test_a_staple_for_another_certificate_is_bad() -> None:
    assert bad(staple(OTHER)) == "the staple is for another certificate"


def test_the_serial_number_of_another_issuers_certificate_is_another_certificate() -> None:
    twin = issue(HOST, STRANGER, serial=GOOD.certificate.serial_number)
    answer = staple(twin, STRANGER)
    assert bad(answer) == "the staple is for another certificate"


def test_a_certificate_named_by_a_hash_that_nobody_uses_is_not_found() -> None:
    sha256, sha3 = bytes.fromhex("0609608648016503040201"), bytes.fromhex("0609608648016503040208")
    odd = staple(hashed=hashes.SHA256).replace(sha256, sha3)
    assert bad(odd).startswith("the staple cannot be read: ")


def test_the_answer_is_found_among_others() -> None:
    both = together(staple(OTHER), staple(status=REVOKED))
    assert verdict(both).status is StapleStatus.REVOKED
    assert verdict(both, OTHER).status is StapleStatus.GOOD
    assert bad(together(*[staple(OTHER)] * 20, staple())) == "the staple is for another certificate"


def test_a_signature_of_somebody_else_does_not_verify() -> None:
    assert bad(staple(signer=STRANGER)) == "the staple has a signature that does not verify"


def test_a_changed_answer_does_not_verify() -> None:
    revoked = staple(status=REVOKED)
    moved = revoked.replace(b"20261120120000Z", b"20261121120000Z")
    assert moved != revoked
    assert bad(moved) == "the staple has a signature that does not verify"


def test_a_key_nobody_knows_verifies_nothing() -> None:
    curve = bytes.fromhex("06072a8648ce3d0201")
    odd = Issued(x509.load_der_x509_certificate(HELPER.der.replace(curve, curve[:-1] + b"\x7f")), HELPER.key)
    assert bad(staple(signer=HELPER, attached=[odd])) == "the staple has a signature that does not verify"


def test_whom_the_issuer_has_certified_may_answer_for_it() -> None:
    assert verdict(staple(signer=HELPER, attached=[HELPER])).status is StapleStatus.GOOD
    assert verdict(staple(signer=HELPER, attached=[ROOT, STRANGER, HELPER])).status is StapleStatus.GOOD


def test_a_helper_whose_certificate_does_not_come_along_is_nobody() -> None:
    assert bad(staple(signer=HELPER)) == "the staple has a signature that does not verify"
    assert bad(staple(signer=HELPER, attached=[ROOT, ROOT, STRANGER, OTHER, HELPER])).endswith("does not verify")


@pytest.mark.parametrize(
    ("signer", "objection"),
    [
        (responder("Plain", INTERMEDIATE), "whom Lab Intermediate has not certified for that"),
        (server(INTERMEDIATE, common_name="Plain"), "whom Lab Intermediate has not certified for that"),
        (responder("Plain", ROOT, OCSP_SIGNING), "whose certificate Lab Intermediate did not issue"),
        (responder("Plain", STRANGER, OCSP_SIGNING), "whose certificate Lab Intermediate did not issue"),
        (
            responder("Plain", INTERMEDIATE, OCSP_SIGNING, days=20),
            "whose certificate is valid from 2026-10-22 12:00 UTC to 2026-11-11 12:00 UTC",
        ),
        (
            responder("Plain", INTERMEDIATE, OCSP_SIGNING, starts=1, days=1),
            "whose certificate is valid from 2026-11-22 12:00 UTC to 2026-11-23 12:00 UTC",
        ),
    ],
)
def test_who_may_not_answer_is_named(signer: Issued, objection: str) -> None:
    assert bad(staple(signer=signer, attached=[signer])) == f"the staple is signed by Plain, {objection}"


def test_one_certificate_of_the_signer_that_allows_it_is_enough() -> None:
    former = responder("Helper", INTERMEDIATE, OCSP_SIGNING, days=20)
    assert verdict(staple(signer=HELPER, attached=[former, HELPER])).status is StapleStatus.GOOD


def test_the_issuers_key_may_stand_in_another_certificate_too() -> None:
    crossed = authority("Lab Intermediate", STRANGER)
    assert verdict(staple(attached=[crossed])).status is StapleStatus.GOOD
    assert verdict(staple(), issuers=(crossed,)).status is StapleStatus.GOOD


def test_without_the_issuer_nothing_can_be_verified() -> None:
    found = verdict(staple(), issuers=(ROOT, STRANGER))
    assert found.sentence == "the staple cannot be verified, for the certificate of the issuer is not known"
    assert verdict(staple(), issuers=()).sentence == found.sentence


def test_a_certificate_that_cannot_be_read_has_no_staple() -> None:
    found = read_staple(staple(), b"junk", [b"junk", INTERMEDIATE.der]).verdict(NOW)
    assert found.sentence == "the staple is for a certificate that cannot be read"


@pytest.mark.parametrize(
    ("starts", "days", "sentence"),
    [
        (-5.0, 4, "the staple is too old: it was good until 2026-11-20 12:00 UTC"),
        (1.0, 4, "the staple is from the future: it was made on 2026-11-22 12:00 UTC"),
        (-11.0, None, "the staple is too old: it was good until 2026-11-20 12:00 UTC"),
    ],
)
def test_a_staple_counts_only_in_its_time(starts: float, days: float | None, sentence: str) -> None:
    assert bad(staple(starts=starts, days=days)) == sentence


def test_clocks_may_differ_by_five_minutes() -> None:
    start, end, five, more = NOW - 12 * HOUR, NOW + 84 * HOUR, timedelta(minutes=5), timedelta(minutes=5, seconds=1)
    assert {verdict(staple(), at=at).status for at in (start - five, start, end, end + five)} == {StapleStatus.GOOD}
    assert {verdict(staple(), at=at).status for at in (start - more, end + more)} == {StapleStatus.BAD}


def test_without_an_end_a_staple_is_good_for_ten_days() -> None:
    endless = staple(days=None)
    assert verdict(endless).next_update is None
    assert verdict(endless, at=NOW + 9 * DAY).status is StapleStatus.GOOD
    assert verdict(endless, at=NOW + 10 * DAY).status is StapleStatus.BAD


def test_timestamps_of_logs_come_with_a_staple_that_verifies() -> None:
    answer = with_scts(staple(), sct("a"), sct("b", 2**64 - 1), sct("c"))
    expected = tuple(Sct(log_id(log).hex(), NOW) for log in ("a", "c"))
    assert (verdict(answer).status, verdict(answer).scts) == (StapleStatus.GOOD, expected)
    forged = with_scts(staple(), sct("a"), by=STRANGER)
    assert (verdict(forged).status, verdict(forged).scts) == (StapleStatus.BAD, ())


def test_a_self_signed_certificate_may_answer_for_itself() -> None:
    own = server(None, is_ca=True)
    assert verdict(staple(own, own), own, issuers=(own,)).status is StapleStatus.GOOD


def test_the_same_staple_is_worth_what_it_is_at_each_time() -> None:
    """What was read once is kept, and judged at another date it gives the answer of that date."""
    read = read_staple(staple(status=REVOKED, starts=-2), GOOD.der, ders(INTERMEDIATE))
    days = (-3, -1.5, -1, 1, 30)
    assert [read.verdict(NOW + timedelta(days=day)).status.value for day in days] == ["bad", "good", *["revoked"] * 3]


@pytest.mark.parametrize("salt", [32, padding.PSS.MAX_LENGTH])
def test_a_staple_may_be_signed_with_salt(salt: int) -> None:
    issuer = authority("Lab RSA", ROOT, with_key=key("Lab RSA", "2048"))
    leaf = server(issuer)
    scheme = padding.PSS(padding.MGF1(hashes.SHA256()), salt)
    answer = salted(staple(about=leaf, by=issuer), issuer, scheme)
    assert verdict(answer, leaf, issuers=(issuer, ROOT)).status is StapleStatus.GOOD
    forged = salted(staple(about=leaf, by=issuer), authority("Lab RSA", ROOT, with_key=key("forger", "2048")), scheme)
    assert verdict(forged, leaf, issuers=(issuer, ROOT)).status is StapleStatus.BAD


def test_a_signature_of_a_kind_that_is_not_known_here_is_no_fault() -> None:
    found = verdict(in_a_foreign_way(staple(status=REVOKED)))
    assert (found.status, found.revoked) == (StapleStatus.UNVERIFIED, None)
    assert found.sentence == "the staple is signed in a way not known here"
    assert verdict(in_a_foreign_way(staple()), OTHER).status is StapleStatus.BAD
