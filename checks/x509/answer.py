"""An OCSP answer (RFC 6960, section 4.2.1) read into values. Nothing here believes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.certificate_transparency import SignedCertificateTimestamp
from cryptography.x509.oid import SignatureAlgorithmOID

from checks.foreign import one_line
from checks.x509.reading import MAX_BYTES, readable
from checks.x509.revocation import Revoked, word
from checks.x509.scts import Sct, carried
from checks.x509.signatures import signed

_MAX_SINGLES = 20
_MAX_SIGNERS = 4
_EXCUSES = {
    ocsp.OCSPResponseStatus.MALFORMED_REQUEST: "it did not understand the question",
    ocsp.OCSPResponseStatus.INTERNAL_ERROR: "it has an internal error",
    ocsp.OCSPResponseStatus.TRY_LATER: "it wants to be asked later",
    ocsp.OCSPResponseStatus.SIG_REQUIRED: "it answers signed questions only",
    ocsp.OCSPResponseStatus.UNAUTHORIZED: "it does not answer for this certificate",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Single:
    """What an answer says of one certificate.

    *about* are the hashes of the issuer's name and key, which *algorithm* made, and the serial number. *known* is False when
    the responder does not know the certificate; *revoked* is there when it is revoked.
    """

    about: tuple[bytes, bytes, int]
    algorithm: HashAlgorithm
    known: bool
    this_update: datetime
    next_update: datetime | None
    revoked: Revoked | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole answer; *certificates* are those it brings along, of signers that need not be the issuer.

    *algorithms* are the hashes with which it may be signed, None for one that the signature brings along; there is none when
    the kind of signature is not known here. *is_pss* says that an RSA signature is padded as RSA-PSS.
    """

    singles: tuple[Single, ...]
    certificates: tuple[x509.Certificate, ...]
    signature: bytes
    body: bytes
    algorithms: tuple[HashAlgorithm | None, ...]
    is_pss: bool
    scts: tuple[Sct, ...]

    def is_signed_by(self, certificate: x509.Certificate) -> bool:
        """Whether the key of *certificate* made the signature; whether it may is another question."""
        try:
            key = certificate.public_key()
        except (UnsupportedAlgorithm, ValueError):
            return False
        return any(
            signed(key, self.signature, self.body, algorithm, _padding(algorithm) if self.is_pss else None)
            for algorithm in self.algorithms
        )


def read_answer(der: bytes) -> Answer:
    """Raises `ValueError` for everything that is not an answer, is not a successful one, or is longer than a certificate."""
    if len(der) > MAX_BYTES:
        msg = f"has {len(der):,} bytes, more than the {MAX_BYTES:,} that are looked at"
        raise ValueError(msg)
    try:
        response = ocsp.load_der_ocsp_response(der)
        excuse = _EXCUSES.get(response.response_status)
        answer = None if excuse else _answer(response)
    except Exception as error:  # What hostile bytes raise is not in the library's contract.
        msg = f"cannot be read: {one_line(str(error)) or type(error).__name__}"
        raise ValueError(msg) from error
    if answer is None:
        msg = f"holds no answer of the responder: {excuse}"
        raise ValueError(msg)
    return answer


def _answer(response: ocsp.OCSPResponse) -> Answer:
    """Every field that counts: the library parses lazily."""
    singles = tuple(_single(one) for one in islice(response.responses, _MAX_SINGLES))
    attached = (one.public_bytes(Encoding.DER) for one in response.certificates[:_MAX_SIGNERS])
    return Answer(
        singles=singles,
        certificates=tuple(readable(attached)),
        signature=response.signature,
        body=response.tbs_response_bytes,
        algorithms=_algorithms(response),
        is_pss=_is_pss(response),
        scts=carried(_timestamps(response)) if len(singles) == 1 else (),
    )


def _is_pss(response: ocsp.OCSPResponse) -> bool:
    return response.signature_algorithm_oid == SignatureAlgorithmOID.RSASSA_PSS


def _algorithms(response: ocsp.OCSPResponse) -> tuple[HashAlgorithm | None, ...]:
    """The library does not read which hash RSA-PSS goes with: one of three (RFC 4055, section 3)."""
    if _is_pss(response):
        return hashes.SHA256(), hashes.SHA384(), hashes.SHA512()
    try:
        return (response.signature_hash_algorithm,)
    except UnsupportedAlgorithm:
        return ()


def _padding(algorithm: HashAlgorithm | None) -> padding.PSS | None:
    return padding.PSS(padding.MGF1(algorithm), padding.PSS.AUTO) if algorithm else None


def _single(one: ocsp.OCSPSingleResponse) -> Single:
    return Single(
        about=(one.issuer_name_hash, one.issuer_key_hash, one.serial_number),
        algorithm=one.hash_algorithm,
        known=one.certificate_status is not ocsp.OCSPCertStatus.UNKNOWN,
        this_update=one.this_update_utc,
        next_update=one.next_update_utc,
        revoked=_revoked(one),
    )


def _revoked(one: ocsp.OCSPSingleResponse) -> Revoked | None:
    at = one.revocation_time_utc
    if at is None:
        return None
    try:
        return Revoked(at, word(one.revocation_reason))
    except ValueError:  # A number that stands for no reason makes nobody less revoked.
        return Revoked(at)


def _timestamps(response: ocsp.OCSPResponse) -> Iterable[SignedCertificateTimestamp]:
    try:
        return response.single_extensions.get_extension_for_class(x509.SignedCertificateTimestamps).value
    except x509.ExtensionNotFound:
        return ()
