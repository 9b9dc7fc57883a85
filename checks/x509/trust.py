"""Whether a presented chain leads to a trusted root.

``cryptography``'s verifier decides (RFC 5280, section 6); it says no in one English sentence, so that a walk of our own
over the same certificates finds out why. Its client verifier is used because it asks for no host name: the name and the
dates of the server's own certificate are judged elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import Criticality, ExtensionPolicy, Policy, PolicyBuilder, Store, VerificationError

from checks.network import Trust, TrustFault
from checks.x509.reading import called, issued, load, printable

MAX_CERTIFICATES = 12
"""How many certificates of a chain are looked at. Real ones have two to four."""

_Path = tuple[x509.Certificate, ...]

_REASONS = (
    ("name constraint", TrustFault.NAME_CONSTRAINT, "a name in the certificate is one that its issuer may not certify"),
    ("not for servers", TrustFault.UNTRUSTED, "a certificate of the chain is not for servers (extended key usage)"),
    ("not a server's", TrustFault.UNTRUSTED, "the server shows a certificate authority's own certificate as its own"),
    ("may not sign", TrustFault.UNTRUSTED, "an issuer in the chain may not sign certificates (key usage)"),
    ("path length", TrustFault.UNTRUSTED, "the chain is longer than one of its issuers allows (path length)"),
    ("basicConstraints", TrustFault.UNTRUSTED, "an issuer in the chain is not a certificate authority (basic constraints)"),
    (
        "Forbidden signature",
        TrustFault.UNTRUSTED,
        "a certificate of the chain is signed with an algorithm too weak to trust",
    ),
    ("Forbidden public key", TrustFault.UNTRUSTED, "an issuer in the chain has a key too weak to trust"),
)
"""What the verifier's sentence has in it, and what that means in ours."""


class Roots:
    """The roots that are trusted. Building one costs milliseconds: build it once."""

    def __init__(self, roots: Iterable[bytes]) -> None:
        """Raises `ValueError` when there is no root or one that cannot be read."""
        self._roots = frozenset(_root(number, der) for number, der in enumerate(roots, 1))
        if not self._roots:
            msg = "there are no roots to trust"
            raise ValueError(msg)
        self._by_subject: dict[x509.Name, list[x509.Certificate]] = {}
        for root in self._roots:
            self._by_subject.setdefault(root.subject, []).append(root)
        self._policy = (
            PolicyBuilder().store(Store(list(self._roots))).extension_policies(ca_policy=_issuers(), ee_policy=_servers())
        )

    def trust(self, chain: Sequence[bytes], host: str, at: datetime) -> Trust:
        """Whether *chain*, as *host* sent it, leads to a trusted root at a time; never raises.

        *host* is only what the fault calls the server. Neither its name nor the dates of its own certificate count; those
        of every other certificate on the way do.
        """
        if not chain:
            return Trust((), TrustFault.UNREADABLE, f"{host} sent no certificate")
        try:
            leaf = load(chain[0])
        except ValueError as error:
            return Trust((), TrustFault.UNREADABLE, f"the certificate of {host} is {error}")
        if leaf in self._roots:
            return _trusted((leaf,))
        sent = [certificate for certificate in _readable(chain[1:MAX_CERTIFICATES]) if certificate != leaf]
        current = [certificate for certificate in sent if _is_current(certificate, at)]
        try:
            return _trusted(self._verify(leaf, current, at))
        except (VerificationError, ValueError) as error:
            return self._explain(leaf, sent, host, at, str(error))

    def _verify(self, leaf: x509.Certificate, sent: list[x509.Certificate], at: datetime) -> _Path:
        """The path from *leaf* to a root, judged at the moment of the leaf's life that is nearest to *at*."""
        moment = max(leaf.not_valid_before_utc, min(at, leaf.not_valid_after_utc))
        return tuple(self._policy.time(moment).build_client_verifier().verify(leaf, sent).chain)

    def _explain(self, leaf: x509.Certificate, sent: list[x509.Certificate], host: str, at: datetime, text: str) -> Trust:
        """Why there is no path; or the path, when all that stood against it were the dates of *leaf*."""
        if issued(leaf, leaf):
            return _fault(TrustFault.SELF_SIGNED, f"{host} signed its certificate itself")
        current = [certificate for certificate in sent if _is_current(certificate, at)]
        for path in self._anchored(_reach(leaf, current)):
            if _is_current(path[-1], at):
                return _trusted(path) if _only_the_leaf_is_stale(leaf, at, text) else _refused(text)
        return self._lost(leaf, sent, host, at)

    def _lost(self, leaf: x509.Certificate, sent: list[x509.Certificate], host: str, at: datetime) -> Trust:
        """Where the walk ends that leads to no root of today."""
        reached = _reach(leaf, sent)
        anchored = next(self._anchored(reached), ())
        stale = [issuer for issuer in anchored[1:] or list(reached)[1:] if not _is_current(issuer, at)]
        own_root = next((issuer for issuer in reached if issued(issuer, issuer)), None)
        if own_root and not anchored:
            return _fault(
                TrustFault.UNTRUSTED_ROOT,
                f"the chain of {host} ends in {called(own_root.subject)}, which is no trusted root",
            )
        if stale:
            return _fault(TrustFault.CHAIN_EXPIRED, _staleness(stale[0], at))
        last = list(reached)[-1]
        wanted = called(last.issuer)
        if last.issuer in self._by_subject or any(last.issuer == other.subject for other in sent):
            return _fault(
                TrustFault.UNTRUSTED, f"a certificate of {host} bears the issuer's name {wanted} but not its signature"
            )
        return _fault(
            TrustFault.CHAIN_INCOMPLETE,
            f"{host} does not send the certificate of {wanted}, which issued {called(last.subject)}",
        )

    def _anchored(self, reached: dict[x509.Certificate, _Path]) -> Iterator[_Path]:
        """The paths of *reached* that end in a root, completed by that root."""
        for certificate, path in reached.items():
            for root in self._by_subject.get(certificate.issuer, ()):
                if certificate == root:
                    yield path
                elif issued(certificate, root):
                    yield (*path, root)


def _reach(leaf: x509.Certificate, sent: list[x509.Certificate]) -> dict[x509.Certificate, _Path]:
    """Every certificate that *leaf* descends from among *sent*, nearest first, with the path to it. Tries each pair once."""
    paths: dict[x509.Certificate, _Path] = {leaf: (leaf,)}
    queue = [leaf]
    for child in queue:
        for parent in sent:
            if parent not in paths and issued(child, parent):
                paths[parent] = (*paths[child], parent)
                queue.append(parent)
    return paths


def _is_current(certificate: x509.Certificate, at: datetime) -> bool:
    return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc


def _only_the_leaf_is_stale(leaf: x509.Certificate, at: datetime, text: str) -> bool:
    """Whether the verifier failed only for want of a moment at which the leaf and its issuers were all valid."""
    return "not valid at validation time" in text and not _is_current(leaf, at)


def _staleness(certificate: x509.Certificate, at: datetime) -> str:
    name = called(certificate.subject)
    if at < certificate.not_valid_before_utc:
        return f"{name}, an issuer in the chain, is valid only from {certificate.not_valid_before_utc:%Y-%m-%d %H:%M} UTC on"
    return f"{name}, an issuer in the chain, expired on {certificate.not_valid_after_utc:%Y-%m-%d %H:%M} UTC"


def _refused(text: str) -> Trust:
    """The verifier's sentence in our words."""
    for fragment, fault, meaning in _REASONS:
        if fragment in text:
            return _fault(fault, meaning)
    return _fault(TrustFault.UNTRUSTED, f"the chain does not verify: {text.rpartition('candidates exhausted: ')[2]}")


def _trusted(path: _Path) -> Trust:
    return Trust(tuple(certificate.public_bytes(Encoding.DER) for certificate in path))


def _fault(fault: TrustFault, detail: str) -> Trust:
    return Trust((), fault, printable(detail))


def _root(number: int, der: bytes) -> x509.Certificate:
    try:
        return load(der)
    except ValueError as error:
        msg = f"trusted root {number}: {error}"
        raise ValueError(msg) from error


def _readable(chain: Sequence[bytes]) -> Iterator[x509.Certificate]:
    """What can be read of *chain*, each certificate once. The rest may not be needed; else the chain is incomplete."""
    for der in dict.fromkeys(chain):
        try:
            yield load(der)
        except ValueError:
            continue


def _servers() -> ExtensionPolicy:
    """What the certificate of a server must be like. Style is not judged: only what clients refuse."""
    policy = ExtensionPolicy.permit_all()
    policy = policy.may_be_present(x509.BasicConstraints, Criticality.AGNOSTIC, _require_no_authority)
    return policy.may_be_present(x509.ExtendedKeyUsage, Criticality.AGNOSTIC, _require_server_usage)


def _issuers() -> ExtensionPolicy:
    """What the certificate of an issuer must be like."""
    policy = ExtensionPolicy.permit_all().require_present(x509.BasicConstraints, Criticality.AGNOSTIC, None)
    policy = policy.may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, _require_signing)
    return policy.may_be_present(x509.ExtendedKeyUsage, Criticality.AGNOSTIC, _require_server_usage)


def _require(condition: object, message: str) -> None:
    if not condition:
        raise ValueError(message)


def _require_no_authority(_policy: Policy, _certificate: x509.Certificate, found: x509.BasicConstraints | None) -> None:
    _require(not (found and found.ca), "not a server's")


def _require_signing(_policy: Policy, _certificate: x509.Certificate, found: x509.KeyUsage | None) -> None:
    _require(found is None or found.key_cert_sign, "may not sign")


def _require_server_usage(_policy: Policy, _certificate: x509.Certificate, found: x509.ExtendedKeyUsage | None) -> None:
    """RFC 5280, section 4.2.1.12: without the extension every use is allowed."""
    allowed = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE)
    _require(found is None or any(usage in found for usage in allowed), "not for servers")
