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

from checks.foreign import LONGEST_SENTENCE, one_line
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
    UNVERIFIED = "unverified"
    """Nobody here can tell: it is signed in a way that is not known."""


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


@dataclass(frozen=True, slots=True)
class Delegate:
    """Somebody whom an issuer has certified for answering, and while that certificate is valid."""

    name: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Staple:
    """What a staple says of a certificate, whenever that is asked: plain values to keep, and to judge at any time.

    *fault* is why nobody may ever believe it; then it says nothing else. Nor does it when it is *foreign*, signed in a way
    that cannot be checked here. *known* is False when the issuer does not know
    the certificate. *signer* is None where the issuer answers itself.
    """

    fault: str = ""
    foreign: bool = False
    known: bool = False
    revoked: Revoked | None = None
    this_update: datetime | None = None
    next_update: datetime | None = None
    signer: Delegate | None = None
    scts: tuple[Sct, ...] = ()

    def verdict(self, at: datetime) -> StapleVerdict:
        """What it is worth at a time."""
        if self.foreign:
            return StapleVerdict(status=StapleStatus.UNVERIFIED, sentence="the staple is signed in a way not known here")
        reason = self.fault or self._mistrust(at)
        if reason or self.this_update is None:
            return StapleVerdict(status=StapleStatus.BAD, sentence=one_line(f"the staple {reason}", LONGEST_SENTENCE))
        status, sentence = StapleStatus.GOOD, ""
        stale = staleness(self.this_update, self.next_update, at)
        if self.revoked and self.revoked.counts(at):
            status, sentence = StapleStatus.REVOKED, self.revoked.sentence
        elif stale or not self.known:
            said = f"is {stale}" if stale else "says that the issuer does not know the certificate"
            status, sentence = StapleStatus.BAD, f"the staple {said}"
        return StapleVerdict(
            status=status,
            sentence=sentence,
            revoked=self.revoked,
            this_update=self.this_update,
            next_update=self.next_update,
            scts=self.scts,
        )

    @property
    def counted(self) -> Revoked | None:
        """The revocation it tells, if whoever signed might answer when the answer was made; good for all time."""
        if self.this_update is None or self._mistrust(self.this_update):
            return None
        return self.revoked

    def _mistrust(self, at: datetime) -> str:
        """Why whoever signed may not answer at a time."""
        if self.signer is None or self.signer.since <= at <= self.signer.until:
            return ""
        life = f"from {moment(self.signer.since)} to {moment(self.signer.until)}"
        return f"is signed by {self.signer.name}, whose certificate is valid {life}"


def read_staple(staple: bytes, leaf: bytes, issuers: Sequence[bytes]) -> Staple:
    """What *staple* says of the certificate *leaf*; never raises.

    *issuers* are certificates in DER among which that of the issuer is: the path that was found, or all that was sent.
    """
    try:
        answer = read_answer(staple)
        certificate = _readable(leaf)
        issuer = _issuer(certificate, issuers)
        single = _about(certificate, issuer, answer.singles)
        if not answer.algorithms:
            return Staple(foreign=True)
        signer = _signer(answer, issuer)
    except ValueError as error:
        return Staple(fault=one_line(str(error), 280))
    return Staple(
        known=single.known,
        revoked=single.revoked,
        this_update=single.this_update,
        next_update=single.next_update,
        signer=None if signer == issuer else _delegate(signer),
        scts=answer.scts,
    )


def _delegate(signer: x509.Certificate) -> Delegate:
    return Delegate(called(signer.subject), signer.not_valid_before_utc, signer.not_valid_after_utc)


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


def _signer(answer: Answer, issuer: x509.Certificate) -> x509.Certificate:
    """Who signed *answer* and may: the issuer, or whom it has certified for that. Raises `ValueError` when nobody may.

    Of several certificates of one key the one that lives longest counts.
    """
    signers = [one for one in (issuer, *answer.certificates) if answer.is_signed_by(one)]
    if not signers:
        msg = "has a signature that does not verify"
        raise ValueError(msg)
    allowed = [signer for signer in signers if not _objection(signer, issuer)]
    if not allowed:
        msg = f"is signed by {called(signers[0].subject)}, {_objection(signers[0], issuer)}"
        raise ValueError(msg)
    return issuer if issuer in allowed else max(allowed, key=lambda signer: signer.not_valid_after_utc)


def _objection(signer: x509.Certificate, issuer: x509.Certificate) -> str:
    """Why *signer* may never answer for *issuer*; empty when it may."""
    if signer == issuer:
        return ""
    if not issued(signer, issuer):
        return f"whose certificate {called(issuer.subject)} did not issue"
    usages = extension(signer, x509.ExtendedKeyUsage)
    if usages is None or ExtendedKeyUsageOID.OCSP_SIGNING not in usages:
        return f"whom {called(issuer.subject)} has not certified for that"
    return ""
