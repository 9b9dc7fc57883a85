"""The certificate a vendor serves: its dates, its name, and whether clients can trust it.

What lives here is one handshake put into facts, and what those mean at a time. Reading and trusting certificates is
`checks.x509`; how a handshake is made is the network's affair.

A certificate that is about to end is somebody's work and not an outage: such findings imply that the target is up. One
that clients refuse is down. An incomplete chain lies between: browsers repair it, programs do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from checks.check import Check, Derived
from checks.model import Finding, Metric, Reason, Sample, Severity, State, Unseen
from checks.network import Network, Peer, TrustFault
from checks.values import Address
from checks.vendor import Vendor
from checks.wording import moment, span
from checks.x509 import MAX_CERTIFICATES, Certificate, matches, problems, read

_HTTPS = 443
_MAX_NAMES = 20


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the certificate is served."""

    address: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What one handshake showed.

    *leaf* is the server's own certificate, None when there was none that can be read; *chain* is what else it sent, in its
    order. *path* is how the leaf leads to a root, that included and the leaf not; empty when there is a *fault*, which
    *detail* explains. *named* says whether the leaf is for the host. Of a certificate's names only the first twenty are
    kept. *alpn* is empty where no protocol was agreed on.
    """

    leaf: Certificate | None
    chain: tuple[Certificate, ...]
    path: tuple[Certificate, ...]
    fault: TrustFault | None
    detail: str
    named: bool
    tls_version: str
    cipher: str
    group: str
    alpn: str
    address: str
    ip_family: Literal["ipv4", "ipv6"]

    @property
    def used(self) -> tuple[Certificate, ...]:
        """The certificates that count: the leaf and its path, or all that was sent when there is none."""
        above = self.path if self.fault is None else self.chain
        return (self.leaf, *above) if self.leaf else above


_NOT_AFTER = Metric(
    "vendor_certificate_not_after_timestamp_seconds",
    "When the served certificate ends (leaf), and when the first certificate of its chain does, itself included (chain).",
    ("position",),
)
_NOT_BEFORE = Metric(
    "vendor_certificate_not_before_timestamp_seconds",
    "When the life of the certificate began that vendor_certificate_not_after_timestamp_seconds tells the end of.",
    ("position",),
)
_VERIFIED = Metric(
    "vendor_certificate_verified",
    "Whether the certificate names its host and its chain leads to a trusted root; its own dates are metrics of their own.",
)
_INFO = Metric("vendor_certificate_info", "What kind of key the served certificate has; always 1.", ("key_type", "key_bits"))

_KEY_BITS = frozenset({224, 256, 384, 456, 521, 1024, 2048, 3072, 4096, 8192})
"""The sizes keys come in. A label takes no other: the size is the vendor's to choose, the number of series is not."""


def derive(vendor: Vendor) -> Iterator[Derived[Settings]]:
    """One target for each distinct host and port of the https endpoints and of ``tls:``, in the file's order."""
    for address in (entry.address for entry in vendor.tls_served):
        name = address.host if address.port == _HTTPS else str(address)
        yield Derived(name=name, settings=Settings(address), host=address.host)


async def observe(settings: Settings, network: Network) -> Facts:
    """Shake hands once and read what was shown."""
    connection = await network.handshake(Peer(settings.address))
    session = connection.session
    if session is None:
        raise Unseen(Reason.TLS, f"{settings.address}: the connection has no TLS session")
    leaf = next(_readable(session.chain[:1]), None)
    return Facts(
        leaf=_brief(leaf) if leaf else None,
        chain=tuple(map(_brief, _readable(session.chain[1:MAX_CERTIFICATES]))),
        path=tuple(map(_brief, _readable(session.trust.path[1:]))),
        fault=session.trust.fault,
        detail=session.trust.detail,
        named=leaf is not None and matches(leaf, settings.address.host),
        tls_version=session.version,
        cipher=session.cipher,
        group=session.group,
        alpn=session.alpn,
        address=connection.address,
        ip_family=connection.ip_family,
    )


def _readable(chain: Iterable[bytes]) -> Iterator[Certificate]:
    for der in chain:
        try:
            yield read(der)
        except ValueError:
            continue


def _brief(certificate: Certificate) -> Certificate:
    """*certificate* fit to be stored each hour: without its thousandth name."""
    names, addresses = certificate.dns_names[:_MAX_NAMES], certificate.ip_addresses[:_MAX_NAMES]
    return replace(certificate, dns_names=names, ip_addresses=addresses)


def judge(facts: Facts, settings: Settings, at: datetime, _previous: Facts | None) -> Iterator[Finding]:
    """Everything that is wrong at a time, or that nothing is."""
    found = [*_refusals(facts, settings.address.host, at), *_endings(facts, at)]
    yield from found
    if not found and facts.leaf:
        end = f"{facts.leaf.not_after:%Y-%m-%d} ({_left(facts.leaf, at)})"
        yield Finding("certificate.ok", Severity.OK, f"valid until {end}, issued by {facts.leaf.issuer_name}")


def _refusals(facts: Facts, host: str, at: datetime) -> Iterator[Finding]:
    """Why clients refuse the certificate."""
    for problem in problems(facts.leaf, facts.fault, facts.detail, host, at, named=facts.named):
        implies = State.DEGRADED if problem.kind == TrustFault.CHAIN_INCOMPLETE else None
        yield Finding(f"certificate.{problem.kind}", Severity.CRITICAL, problem.sentence, implies=implies)


def _endings(facts: Facts, at: datetime) -> Iterator[Finding]:
    """What ends soon: the certificate, or an issuer on its path."""
    if facts.leaf is None:
        return
    severity = _urgency(facts.leaf, at)
    if severity and facts.leaf.not_after >= at:
        message = f"the certificate expires in {span(facts.leaf.not_after - at)}, on {moment(facts.leaf.not_after)}"
        yield Finding("certificate.expiring", severity, message, implies=State.UP)
    for issuer in facts.path:
        yield from _issuer_endings(issuer, facts.leaf, at)


def _issuer_endings(issuer: Certificate, leaf: Certificate, at: datetime) -> Iterator[Finding]:
    """What the end of an issuer means: the last root included, for a client drops the chain with it."""
    name = f"{issuer.subject_name}, an issuer in the chain,"
    if issuer.not_after < at:
        message = f"{name} expired on {moment(issuer.not_after)}"
        yield Finding("certificate.chain_expired", Severity.CRITICAL, message)
        return
    ends_first = issuer.not_after < leaf.not_after
    severity = _urgency(issuer, at) or (Severity.WARNING if ends_first else None)
    if severity:
        order = ", before the certificate does" if ends_first else ""
        message = f"{name} expires in {span(issuer.not_after - at)}, on {moment(issuer.not_after)}{order}"
        yield Finding("certificate.chain_expiring", severity, message, implies=State.UP)


def _urgency(certificate: Certificate, at: datetime) -> Severity | None:
    """How near the end is, by days or by share of life, whichever comes later.

    Public certificates live 47 days at most from 2029-03-15 on (CA/Browser Forum Baseline Requirements 2.2.6, section
    6.3.2) and some live six already: a limit in days alone would complain of those all their lives.
    """
    left, life = certificate.not_after - at, certificate.not_after - certificate.not_before
    if left <= min(timedelta(days=7), life / 8):
        return Severity.CRITICAL
    return Severity.WARNING if left <= min(timedelta(days=21), life / 4) else None


def _left(certificate: Certificate, at: datetime) -> str:
    return f"{span(certificate.not_after - at)} left"


def measure(facts: Facts | None, _settings: Settings) -> Iterator[Sample]:
    """Dates as timestamps, whether clients can verify the certificate, and the kind of its key.

    While the target cannot be seen there is nothing to say: the dates seen last are still those of that certificate.
    """
    if facts is None:
        return
    yield Sample(_VERIFIED, float(facts.named and facts.fault is None))
    if facts.used:
        yield from _dates("chain", min(facts.used, key=lambda certificate: certificate.not_after))
    if facts.leaf:
        yield from _dates("leaf", facts.leaf)
        bits = str(facts.leaf.key_bits) if facts.leaf.key_bits in _KEY_BITS else "other"
        yield Sample(_INFO, 1.0, {"key_type": facts.leaf.key_type, "key_bits": bits})


def _dates(position: Literal["leaf", "chain"], certificate: Certificate) -> Iterator[Sample]:
    """Both ends of one life, so that a rule can tell how much of it is left."""
    yield Sample(_NOT_AFTER, certificate.not_after.timestamp(), {"position": position})
    yield Sample(_NOT_BEFORE, certificate.not_before.timestamp(), {"position": position})


CHECK = Check(
    name="certificate",
    every=3600,
    deadline=10,
    settings=Settings,
    derive=derive,
    observe=observe,
    judge=judge,
    measure=measure,
    metrics=(_NOT_AFTER, _NOT_BEFORE, _VERIFIED, _INFO),
)
