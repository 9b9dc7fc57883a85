"""What is wrong with a certificate that clients take, or most of them: weak keys, and chains that are sent carelessly.

A weak key is refused by some, among them OpenSSL as Debian and Ubuntu build it (security level 2): its target is degraded.
So is that of an authority's own certificate, which Firefox and programs on rustls refuse, and those on OpenSSL do not. The
way a chain is sent is work for whoever runs the server.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.certificate.facts import Facts
from checks.model import Finding, Severity, State
from checks.network import TrustFault
from checks.x509 import Certificate

_SERIOUS = frozenset({"chain_unreadable"})
"""Oddities of a chain that may cost a client its way; the others cost bytes."""


def blemishes(facts: Facts) -> Iterator[Finding]:
    """Everything of that kind. No time matters: a key does not get better."""
    if facts.leaf:
        yield from _weaknesses(facts.leaf, facts.fault)
    if facts.leaf and facts.leaf.is_ca and facts.path:
        own = "the server's certificate is that of a certificate authority"
        yield Finding("cert.leaf_is_ca", Severity.CRITICAL, own, implies=State.DEGRADED)
    for oddity in facts.oddities:
        severity = Severity.WARNING if oddity.kind in _SERIOUS else Severity.OK
        yield Finding(f"cert.{oddity.kind}", severity, oddity.sentence, implies=State.UP)


def _weaknesses(leaf: Certificate, fault: TrustFault | None) -> Iterator[Finding]:
    """A key or a signature that is too weak. An issuer's are a matter of trust, and so are told as a refusal."""
    if leaf.key_weak:
        key = f"the key of the certificate is too weak: {leaf.key_type}, {leaf.key_bits} bits"
        yield Finding("cert.key_weak", Severity.WARNING, key)
    if leaf.sig_weak and fault is not TrustFault.SIG_WEAK:
        signature = f"the certificate is signed with {leaf.signature_hash}, too weak to trust"
        yield Finding("cert.sig_weak", Severity.CRITICAL, signature)
