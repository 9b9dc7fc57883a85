"""Whether the OCSP answer that a server staples to its handshake vouches for its certificate (RFC 6960, RFC 6066).

An answer is hostile until its signature verifies: with the key of the certificate's own issuer, or with one which that
issuer has certified for answering (RFC 6960, section 4.2.2.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cryptography import x509
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from checks.foreign import one_line
from checks.wording import moment
from checks.x509.answer import Answer, Single, read_answer
from checks.x509.extensions import extension
from checks.x509.reading import called, load, readable
from checks.x509.revocation import Revoked, staleness
from checks.x509.scts import Sct
from checks.x509.signatures import issued
from checks.x509.trust import MAX_CERTIFICATES


class StapleStatus(StrEnum):
    """What a staple is worth."""

    GOOD = "good"
    REVOKED = "revoked"
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class StapleVerdict:
    """What a staple says of a certificate.

    *sentence* says why it is not good, for people. *revoked* is there when the certificate is revoked, even where the
    answer is out of date: nobody takes that back. *next_update* is until when the answer is good, where it says so.
    *scts* are the timestamps that the answer carries; only those of an answer that verifies.
    """

    status: StapleStatus
    sentence: str = ""
    revoked: Revoked | None = None
    this_update: datetime | None = None
    next_update: datetime | None = None
    scts: tuple[Sct, ...] = ()


def staple_verdict(staple: bytes, leaf: bytes, issuers: Sequence[bytes], at: datetime) -> StapleVerdict:
    """What *staple* says of the certificate *leaf* at a time; never raises.

    *issuers* are certificates in DER among which that of the issuer is: the path that was found, or all that was sent.
    """
    try:
        answer = read_answer(staple)
        certificate = _readable(leaf)
        issuer = _issuer(certificate, issuers)
        single = _about(certificate, issuer, answer.singles)
        _require_signer(answer, issuer, at)
    except ValueError as error:
        return StapleVerdict(status=StapleStatus.BAD, sentence=one_line(f"the staple {error}", 300))
    return _judged(single, answer.scts, at)


def _judged(single: Single, scts: tuple[Sct, ...], at: datetime) -> StapleVerdict:
    """What *single* means, which is about the certificate and from its issuer."""
    status, sentence = StapleStatus.GOOD, ""
    stale = staleness(single.this_update, single.next_update, at)
    if single.revoked:
        status, sentence = StapleStatus.REVOKED, single.revoked.sentence
    elif stale or not single.known:
        said = f"is {stale}" if stale else "says that the issuer does not know the certificate"
        status, sentence = StapleStatus.BAD, f"the staple {said}"
    return StapleVerdict(
        status=status,
        sentence=sentence,
        revoked=single.revoked,
        this_update=single.this_update,
        next_update=single.next_update,
        scts=scts,
    )


def _readable(leaf: bytes) -> x509.Certificate:
    try:
        return load(leaf)
    except ValueError as error:
        msg = "is for a certificate that cannot be read"
        raise ValueError(msg) from error


def _issuer(certificate: x509.Certificate, issuers: Sequence[bytes]) -> x509.Certificate:
    found = next((issuer for issuer in readable(issuers[:MAX_CERTIFICATES]) if issued(certificate, issuer)), None)
    if found is None:
        msg = "cannot be verified, for the certificate of the issuer is not known"
        raise ValueError(msg)
    return found


def _about(certificate: x509.Certificate, issuer: x509.Certificate, singles: Sequence[Single]) -> Single:
    """The answer that is about *certificate*. Raises `ValueError` when none is."""
    for single in singles:
        asked = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, single.algorithm).build()
        if single.about == (asked.issuer_name_hash, asked.issuer_key_hash, asked.serial_number):
            return single
    msg = "is for another certificate"
    raise ValueError(msg)


def _require_signer(answer: Answer, issuer: x509.Certificate, at: datetime) -> None:
    """Raises `ValueError` when *answer* is signed by nobody who may: the issuer, or whom it has certified for that."""
    signers = [one for one in (issuer, *answer.certificates) if answer.is_signed_by(one)]
    if not signers:
        msg = "has a signature that does not verify"
        raise ValueError(msg)
    objections = [_objection(signer, issuer, at) for signer in signers]
    if all(objections):
        msg = f"is signed by {called(signers[0].subject)}, {objections[0]}"
        raise ValueError(msg)


def _objection(signer: x509.Certificate, issuer: x509.Certificate, at: datetime) -> str:
    """Why *signer* may not answer for *issuer*; empty when it may."""
    if signer == issuer:
        return ""
    if not issued(signer, issuer):
        return f"whose certificate {called(issuer.subject)} did not issue"
    usages = extension(signer, x509.ExtendedKeyUsage)
    if usages is None or ExtendedKeyUsageOID.OCSP_SIGNING not in usages:
        return f"whom {called(issuer.subject)} has not certified for that"
    if not signer.not_valid_before_utc <= at <= signer.not_valid_after_utc:
        return (
            f"whose certificate is valid from {moment(signer.not_valid_before_utc)} to {moment(signer.not_valid_after_utc)}"
        )
    return ""
