"""What the verifier of ``cryptography`` must refuse, and what its refusals mean.

It decides by RFC 5280, section 6, with the rules below in place of its own, which also refuse what no client minds. Its
client verifier is the one used: it asks for no host name, and names are judged elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import Criticality, ExtensionPolicy, Policy, PolicyBuilder, Store

from checks.network import TrustFault
from checks.x509.extensions import extension

_NOT_FOR_SERVERS = "it is not for servers"
_NOT_OVER_SERVERS = "its issuing is not for servers"
_NOT_FOR_SIGNING = "its key is not for signing certificates"

_UNREAD = (x509.CertificatePolicies, x509.PolicyConstraints, x509.InhibitAnyPolicy, x509.CRLDistributionPoints)
"""What clients that ask for no certain policy need not read (RFC 5280, section 6.1.1), and lists, which are asked elsewhere.
The verifier would refuse it where it is critical."""

_MEANINGS = (
    ("name constraint", TrustFault.NAME_CONSTRAINT, "a name in the certificate is one that its issuer may not certify"),
    (_NOT_FOR_SERVERS, TrustFault.EKU, "the certificate is not for servers (extended key usage)"),
    (_NOT_OVER_SERVERS, TrustFault.EKU, "an issuer in the chain may not certify servers (extended key usage)"),
    (_NOT_FOR_SIGNING, TrustFault.UNTRUSTED, "an issuer in the chain may not sign certificates (key usage)"),
    ("path length", TrustFault.UNTRUSTED, "the chain is longer than one of its issuers allows (path length)"),
    ("basicConstraints", TrustFault.UNTRUSTED, "an issuer in the chain is not a certificate authority (basic constraints)"),
    (
        "Forbidden signature",
        TrustFault.UNTRUSTED,
        "a certificate of the chain is signed in a way that not every client takes",
    ),
    ("Forbidden public key", TrustFault.UNTRUSTED, "an issuer in the chain has a key of a kind that not every client takes"),
    (
        "critical extensions",
        TrustFault.UNTRUSTED,
        "a certificate of the chain demands what hardly any client knows (critical extension)",
    ),
)
"""A part of the verifier's sentence, and what it means."""


def policy(roots: Iterable[x509.Certificate]) -> PolicyBuilder:
    """A policy that lacks only its time. Style is not judged: only what clients refuse."""
    server = _lenient()
    server = server.may_be_present(x509.ExtendedKeyUsage, Criticality.AGNOSTIC, _require_server_usage)
    issuer = _lenient().require_present(x509.BasicConstraints, Criticality.AGNOSTIC, None)
    issuer = issuer.may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, _require_signing)
    issuer = issuer.may_be_present(x509.ExtendedKeyUsage, Criticality.AGNOSTIC, _require_server_issuing)
    return PolicyBuilder().store(Store(list(roots))).extension_policies(ca_policy=issuer, ee_policy=server)


def _lenient() -> ExtensionPolicy:
    """A policy that takes what clients take without looking, also where it is critical."""
    taken = ExtensionPolicy.permit_all()
    for kind in _UNREAD:
        taken = taken.may_be_present(kind, Criticality.AGNOSTIC, None)
    return taken


def meaning(refusal: str) -> tuple[TrustFault, str] | None:
    """What a sentence of the verifier's means, where it says more than that it found no path."""
    return next(((fault, sentence) for part, fault, sentence in _MEANINGS if part in refusal), None)


def misuse(path: Iterable[x509.Certificate]) -> tuple[TrustFault, str] | None:
    """What on *path*, the server's certificate first, is not for servers, where the verifier did not come to look."""
    for place, certificate in enumerate(path):
        if not _serves(extension(certificate, x509.ExtendedKeyUsage)):
            return meaning(_NOT_OVER_SERVERS if place else _NOT_FOR_SERVERS)
    return None


def speaks_of_dates(refusal: str) -> bool:
    """Whether the verifier refused because of dates."""
    return "not valid at validation time" in refusal


def _require(condition: object, message: str) -> None:
    if not condition:
        raise ValueError(message)


def _require_signing(_policy: Policy, _certificate: x509.Certificate, found: x509.KeyUsage | None) -> None:
    """Without the extension every use of the key is allowed (RFC 5280, section 4.2.1.3)."""
    _require(found is None or found.key_cert_sign, _NOT_FOR_SIGNING)


def _require_server_usage(_policy: Policy, _certificate: x509.Certificate, found: x509.ExtendedKeyUsage | None) -> None:
    _require(_serves(found), _NOT_FOR_SERVERS)


def _require_server_issuing(_policy: Policy, _certificate: x509.Certificate, found: x509.ExtendedKeyUsage | None) -> None:
    """What an authority's certificate names bounds what it may certify: no standard says so, and all clients do."""
    _require(_serves(found), _NOT_OVER_SERVERS)


def _serves(purposes: x509.ExtendedKeyUsage | None) -> bool:
    """Without the extension every purpose is allowed (RFC 5280, section 4.2.1.12)."""
    allowed = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE)
    return purposes is None or any(purpose in purposes for purpose in allowed)
