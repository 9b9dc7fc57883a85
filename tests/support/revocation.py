"""Staples and lists of revoked certificates from the laboratory's authorities, with any fault."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.support.certextensions import sct_list
from tests.support.certlab import GOOD, INTERMEDIATE, NOW, Issued, issue, key
from tests.support.der import BITS, OCTETS, SEQUENCE, body, parts, tlv

OCSP_SIGNING = ExtendedKeyUsageOID.OCSP_SIGNING
KNOWN, REVOKED, UNKNOWN = ocsp.OCSPCertStatus.GOOD, ocsp.OCSPCertStatus.REVOKED, ocsp.OCSPCertStatus.UNKNOWN
COMPROMISED = x509.ReasonFlags.key_compromise
STOLEN = NOW - timedelta(days=1)
"""When what is revoked in the laboratory was revoked."""
_SCTS_OF_A_STAPLE = bytes.fromhex("060a2b06010401d679020405")


def staple(
    about: Issued = GOOD,
    by: Issued = INTERMEDIATE,
    *,
    status: ocsp.OCSPCertStatus = KNOWN,
    reason: x509.ReasonFlags | None = COMPROMISED,
    starts: float = -0.5,
    days: float | None = 4,
    signer: Issued | None = None,
    attached: Sequence[Issued] = (),
    hashed: type[hashes.HashAlgorithm] = hashes.SHA1,
) -> bytes:
    """What the authority *by* answers about a certificate; *starts* and *days* are in days from `NOW`.

    It signs itself or lets *signer* do it, whose certificate must be *attached* to be known.
    """
    begins, revoked = NOW + timedelta(days=starts), status is REVOKED
    responder = signer or by
    builder = ocsp.OCSPResponseBuilder().add_response(
        about.certificate,
        by.certificate,
        hashed(),
        status,
        begins,
        None if days is None else begins + timedelta(days=days),
        STOLEN if revoked else None,
        reason if revoked else None,
    )
    if attached:
        builder = builder.certificates([one.certificate for one in attached])
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, responder.certificate)
    algorithm = None if isinstance(responder.key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(responder.key, algorithm).public_bytes(Encoding.DER)


def no_answer(status: ocsp.OCSPResponseStatus) -> bytes:
    """What a responder says that does not answer."""
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(Encoding.DER)


def responder(name: str, by: Issued, *usages: x509.ObjectIdentifier, starts: float = -30, days: float = 90) -> Issued:
    """Somebody with a certificate of the authority *by* for *usages*."""
    purpose = [(x509.ExtendedKeyUsage(usages), False)] if usages else []
    return issue(name, by, starts=starts, days=days, with_key=key(name), extensions=purpose)


def together(*staples: bytes, by: Issued = INTERMEDIATE) -> bytes:
    """What the *staples* answer, in one staple, which no library makes."""
    return _answering([_single(one) for one in staples], staples[0], by)


def with_scts(answer: bytes, *timestamps: bytes, by: Issued = INTERMEDIATE) -> bytes:
    """The staple *answer* with *timestamps* of logs in it (RFC 6962, section 3.3)."""
    carried = tlv(SEQUENCE, _SCTS_OF_A_STAPLE, tlv(OCTETS, tlv(OCTETS, sct_list(*timestamps))))
    single = tlv(SEQUENCE, *parts(_single(answer)), tlv(0xA1, tlv(SEQUENCE, carried)))
    return _answering([single], answer, by)


def _basic(answer: bytes) -> list[bytes]:
    """What is signed, how, the signature, and perhaps certificates (RFC 6960, section 4.2.1)."""
    return parts(body(parts(parts(parts(answer)[1])[0])[1]))


def _single(answer: bytes) -> bytes:
    return parts(parts(_basic(answer)[0])[2])[0]


def _answering(singles: Sequence[bytes], like: bytes, by: Issued) -> bytes:
    """A staple *like* another with other answers in it, signed again."""
    if not isinstance(by.key, ec.EllipticCurvePrivateKey):
        msg = "only ECDSA signatures are made here"
        raise TypeError(msg)
    who, when = parts(_basic(like)[0])[:2]
    signed = tlv(SEQUENCE, who, when, tlv(SEQUENCE, *singles))
    signature = by.key.sign(signed, ec.ECDSA(hashes.SHA256()))
    basic = tlv(SEQUENCE, signed, _basic(like)[1], tlv(BITS, b"\0", signature))
    status, answer = parts(like)
    kind = parts(parts(answer)[0])[0]
    return tlv(SEQUENCE, status, tlv(0xA0, tlv(SEQUENCE, kind, tlv(OCTETS, basic))))
