"""Staples and lists of revoked certificates from the laboratory's authorities, with any fault."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
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
    return answering([single_of(one) for one in staples], staples[0], by)


def with_scts(answer: bytes, *timestamps: bytes, by: Issued = INTERMEDIATE) -> bytes:
    """The staple *answer* with *timestamps* of logs in it (RFC 6962, section 3.3)."""
    carried = tlv(SEQUENCE, _SCTS_OF_A_STAPLE, tlv(OCTETS, tlv(OCTETS, sct_list(*timestamps))))
    single = tlv(SEQUENCE, *parts(single_of(answer)), tlv(0xA1, tlv(SEQUENCE, carried)))
    return answering([single], answer, by)


def _basic(answer: bytes) -> list[bytes]:
    """What is signed, how, the signature, and perhaps certificates (RFC 6960, section 4.2.1)."""
    return parts(body(parts(parts(parts(answer)[1])[0])[1]))


def in_a_foreign_way(answer: bytes) -> bytes:
    """The staple *answer*, signed with ECDSA, by an algorithm that nobody knows."""
    ecdsa = bytes.fromhex("06082a8648ce3d040302")
    return answer.replace(ecdsa, ecdsa[:-1] + b"\x7f")


def single_of(answer: bytes) -> bytes:
    """What the staple *answer* says of one certificate."""
    return parts(parts(_basic(answer)[0])[2])[0]


def answering(singles: Sequence[bytes], like: bytes, by: Issued) -> bytes:
    """A staple *like* another with other answers in it, signed again."""
    who, when = parts(_basic(like)[0])[:2]
    return _around(signed_again(tlv(SEQUENCE, who, when, tlv(SEQUENCE, *singles)), _basic(like)[1], by), like)


def salted(answer: bytes, by: Issued, scheme: padding.PSS) -> bytes:
    """The staple *answer* signed again by RSA-PSS, which the library does not make."""
    if not isinstance(by.key, rsa.RSAPrivateKey):
        msg = "only RSA signatures are salted"
        raise TypeError(msg)
    content, algorithm = _basic(answer)[0], parts(crl(by=by, scheme=scheme))[1]
    signature = by.key.sign(content, scheme, hashes.SHA256())
    return _around(tlv(SEQUENCE, content, algorithm, tlv(BITS, b"\0", signature)), answer)


def _around(basic: bytes, like: bytes) -> bytes:
    """The whole staple, *like* another, of what is signed."""
    status, answer = parts(like)
    kind = parts(parts(answer)[0])[0]
    return tlv(SEQUENCE, status, tlv(0xA0, tlv(SEQUENCE, kind, tlv(OCTETS, basic))))


def signed_again(content: bytes, algorithm: bytes, by: Issued) -> bytes:
    """*content*, how it is signed, and the signature: so end certificates, lists and answers."""
    if not isinstance(by.key, ec.EllipticCurvePrivateKey):
        msg = "only ECDSA signatures are made here"
        raise TypeError(msg)
    signature = by.key.sign(content, ec.ECDSA(hashes.SHA256()))
    return tlv(SEQUENCE, content, algorithm, tlv(BITS, b"\0", signature))


def crl(
    *revoked: Issued,
    by: Issued = INTERMEDIATE,
    reason: x509.ReasonFlags | None = COMPROMISED,
    starts: float = -0.5,
    days: float = 7,
    extensions: Sequence[tuple[x509.ExtensionType, bool]] = (),
    signer: Issued | None = None,
    scheme: padding.PSS | None = None,
) -> bytes:
    """A list of *revoked* certificates of the authority *by*, in DER; *starts* and *days* are in days from `NOW`.

    *signer* signs in its place, and *scheme* is how, where the key is RSA.
    """
    begins = NOW + timedelta(days=starts)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(by.certificate.subject)
        .last_update(begins)
        .next_update(begins + timedelta(days=days))
    )
    for one in revoked:
        builder = builder.add_revoked_certificate(entry(one.certificate.serial_number, reason))
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    own = (signer or by).key
    algorithm = None if isinstance(own, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(own, algorithm, rsa_padding=scheme).public_bytes(Encoding.DER)


def entry(serial: int, reason: x509.ReasonFlags | None = None) -> x509.RevokedCertificate:
    """One line of a list."""
    builder = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(STOLEN)
    return (builder.add_extension(x509.CRLReason(reason), critical=False) if reason else builder).build()


def scope(
    *urls: str,
    users: bool = False,
    authorities: bool = False,
    attributes: bool = False,
    indirect: bool = False,
    reasons: frozenset[x509.ReasonFlags] | None = None,
) -> tuple[x509.ExtensionType, bool]:
    """What a list says it is about (RFC 5280, section 5.2.5)."""
    names = [x509.UniformResourceIdentifier(url) for url in urls] or None
    return x509.IssuingDistributionPoint(names, None, users, authorities, reasons, indirect, attributes), True


def endless(listed: bytes, by: Issued = INTERMEDIATE) -> bytes:
    """The list *listed* without a word on when the next one comes, signed again."""
    content, algorithm, _ = parts(listed)
    fields = parts(content)
    return signed_again(tlv(SEQUENCE, *fields[:4], *fields[5:]), algorithm, by)


def altered(listed: bytes, old: bytes, new: bytes, by: Issued = INTERMEDIATE) -> bytes:
    """The list *listed* with *new* bytes in place of *old* ones, of the same length, signed again."""
    content, algorithm, _ = parts(listed)
    if content.count(old) != 1 or len(old) != len(new):
        msg = f"{old.hex()} cannot be replaced"
        raise ValueError(msg)
    return signed_again(content.replace(old, new), algorithm, by)
