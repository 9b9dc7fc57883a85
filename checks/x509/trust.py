"""Whether a presented chain leads to a trusted root, and if not, why.

The verifier decides, but it says no in one sentence about the last path it tried. So a walk of our own over the same
certificates finds the reason: a walk may follow any signature, since it only explains. The verifier goes by the rules of
public authorities, though. Where it refuses what a private one may well do (rare keys and signatures, constraints it cannot
read, roots of version 1), a path that the walk found is shown to somebody else, whose yes counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.verification import VerificationError

from checks.foreign import one_line
from checks.network import Trust, TrustFault
from checks.wording import moment
from checks.x509.policy import meaning, misuse, policy, speaks_of_dates
from checks.x509.reading import called, load, read, readable
from checks.x509.signatures import is_affordable, issued

MAX_CERTIFICATES = 8
"""How many certificates of a chain are looked at. Real ones have two to four."""
_MAX_PATHS = 4
"""How many paths are shown to somebody else."""

_Path = tuple[x509.Certificate, ...]
Opinion = Callable[[Sequence[bytes]], bool]
"""Whether clients take a path, from the server's certificate to a root as DER, whatever its dates and purposes."""


class _Presented(NamedTuple):
    """What was shown, by whom, and when it is judged."""

    leaf: x509.Certificate
    sent: list[x509.Certificate]
    host: str
    at: datetime


class Roots:
    """The roots that are trusted. Building it costs milliseconds: build it once."""

    def __init__(self, roots: Iterable[bytes]) -> None:
        """Take the roots as DER. Raises `ValueError` when there is none, or one that cannot be read."""
        self._roots = dict.fromkeys(_lasting(_root(number, der) for number, der in enumerate(roots, 1)))
        if not self._roots:
            msg = "there are no roots to trust"
            raise ValueError(msg)
        self._by_subject: dict[x509.Name, list[x509.Certificate]] = {}
        for root in self._roots:
            self._by_subject.setdefault(root.subject, []).append(root)
        self._policy = policy(self._roots)

    def trust(self, chain: Sequence[bytes], host: str, at: datetime, second_opinion: Opinion | None = None) -> Trust:
        """Whether *chain*, as *host* sent it, leads to a trusted root at a time; never raises.

        *host* is only what a fault calls the server. Neither its name nor the dates of its own certificate count, nor
        whether that is an authority's; the dates of every other certificate on the way do. Of several paths the one that
        lasts is taken. Without a *second_opinion* the verifier's refusal is the last word.
        """
        if not chain:
            return Trust((), TrustFault.UNREADABLE, f"{host} sent no certificate")
        try:
            leaf = load(chain[0])
        except ValueError as error:
            return _fault(TrustFault.UNREADABLE, f"the certificate of {host} cannot be read: {error}")
        if leaf in self._roots:
            return _trusted((leaf,))
        sent = _lasting(readable(chain[1:MAX_CERTIFICATES]))
        try:
            return _trusted(self._verify(leaf, _current(sent, at), at))
        except VerificationError as refusal:
            return self._explain(_Presented(leaf, sent, host, at), str(refusal), second_opinion)

    def _verify(self, leaf: x509.Certificate, sent: list[x509.Certificate], at: datetime) -> _Path:
        """The path from *leaf* to a root, judged at the moment of the leaf's life that is nearest to *at*."""
        nearest = max(leaf.not_valid_before_utc, min(at, leaf.not_valid_after_utc))
        affordable = [issuer for issuer in sent if is_affordable(issuer)]
        return tuple(self._policy.time(nearest).build_client_verifier().verify(leaf, affordable).chain)

    def _explain(self, seen: _Presented, refusal: str, second_opinion: Opinion | None) -> Trust:
        """Why the verifier found no path; or a path, if it refused only dates of the leaf, or what somebody else takes."""
        leaf, sent, host, at = seen
        if issued(leaf, leaf):
            return _fault(TrustFault.SELF_SIGNED, f"{host} signed its certificate itself")
        anchored = (path for path in self._anchored(_reach(leaf, _current(sent, at))) if _is_current(path[-1], at))
        paths = list(islice(anchored, _MAX_PATHS))
        if not paths:
            return self._explain_end(_reach(leaf, sent), seen, refusal)
        weakness = _weakness(paths[0])
        if speaks_of_dates(refusal) and not weakness and not _is_current(leaf, at):
            return _trusted(paths[0])
        if taken := next((path for path in paths if second_opinion and _is_taken(path, second_opinion)), None):
            return _trusted(taken)
        unsaid = (TrustFault.UNTRUSTED, f"the chain of {host} does not verify: {refusal}")
        return _fault(*(weakness or misuse(paths[0]) or meaning(refusal) or unsaid))

    def _explain_end(self, reached: Mapping[x509.Certificate, _Path], seen: _Presented, refusal: str) -> Trust:
        """Why a walk leads to no root that is valid today."""
        _, sent, host, at = seen
        anchored = next(self._anchored(reached), None)
        own_root = next((issuer for issuer in reached if issued(issuer, issuer)), None)
        if own_root and not anchored:
            return _fault(
                TrustFault.UNTRUSTED_ROOT, f"the chain of {host} ends in {_called(own_root)}, which is not trusted"
            )
        issuers = (anchored or tuple(reached))[1:]
        for issuer in issuers:
            if not _is_current(issuer, at):
                return _fault(TrustFault.CHAIN_EXPIRED, _staleness(issuer, at))
        last = list(reached)[-1]
        if last.issuer in self._by_subject or any(last.issuer == other.subject for other in sent):
            forged = (
                f"the certificate of {_called(last)} names {called(last.issuer)} as its issuer, whose key did not sign it"
            )
            return _fault(*(meaning(refusal) or (TrustFault.UNTRUSTED, forged)))
        missing = f"{host} does not send the certificate of {called(last.issuer)}, which issued that of {_called(last)}"
        return _fault(TrustFault.CHAIN_INCOMPLETE, missing)

    def _anchored(self, reached: Mapping[x509.Certificate, _Path]) -> Iterator[_Path]:
        """The paths of *reached* that a root continues, the root included; the shortest first."""
        for certificate, path in reached.items():
            for root in self._by_subject.get(certificate.issuer, ()):
                if issued(certificate, root):
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


def _is_taken(path: _Path, second_opinion: Opinion) -> bool:
    """Whether *path* is one that clients take, though the verifier does not."""
    if _weakness(path) or misuse(path):
        return False
    return second_opinion([certificate.public_bytes(Encoding.DER) for certificate in path])


def _lasting(certificates: Iterable[x509.Certificate]) -> list[x509.Certificate]:
    """*certificates*, those that last longest first: of two ways the verifier takes the first it meets."""
    return sorted(certificates, key=lambda certificate: certificate.not_valid_after_utc, reverse=True)


def _is_current(certificate: x509.Certificate, at: datetime) -> bool:
    return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc


def _current(certificates: Iterable[x509.Certificate], at: datetime) -> list[x509.Certificate]:
    return [certificate for certificate in certificates if _is_current(certificate, at)]


def _staleness(issuer: x509.Certificate, at: datetime) -> str:
    if at < issuer.not_valid_before_utc:
        return f"{_called(issuer)}, an issuer in the chain, is valid only from {moment(issuer.not_valid_before_utc)} on"
    return f"{_called(issuer)}, an issuer in the chain, expired on {moment(issuer.not_valid_after_utc)}"


def _weakness(path: _Path) -> tuple[TrustFault, str] | None:
    """What on *path* is too weak for a verifier, which looks at all signatures and at the keys of issuers."""
    for place, certificate in enumerate(path):
        facts = read(certificate.public_bytes(Encoding.DER))
        if facts.sig_weak:
            signed = f"the certificate of {facts.subject_name} is signed with {facts.signature_hash}, too weak to trust"
            return TrustFault.SIG_WEAK, signed
        if place and facts.key_weak:
            key = f"the key of {facts.subject_name}, an issuer in the chain, is too weak to trust"
            return TrustFault.KEY_WEAK, f"{key} ({facts.key_type}, {facts.key_bits} bits)"
    return None


def _called(certificate: x509.Certificate) -> str:
    return called(certificate.subject)


def _trusted(path: _Path) -> Trust:
    return Trust(tuple(certificate.public_bytes(Encoding.DER) for certificate in path))


def _fault(fault: TrustFault, detail: str) -> Trust:
    return Trust((), fault, one_line(detail))


def _root(number: int, der: bytes) -> x509.Certificate:
    try:
        return load(der)
    except ValueError as error:
        msg = f"trusted root {number}: {error}"
        raise ValueError(msg) from error
