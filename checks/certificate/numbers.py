"""The facts of a handshake in numbers: dates as timestamps, and what a rule can ask of them.

Labels take values from closed sets only: what a vendor may choose freely must not choose the number of series.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from checks.certificate.facts import Facts, Settings
from checks.model import Metric, Sample
from checks.network import TrustFault
from checks.rules import KNOWN_ISSUERS
from checks.x509 import Certificate

NOT_AFTER = Metric(
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
_FAULT = Metric(
    "vendor_certificate_fault",
    "Why the certificate is not verified, a series for each present reason; always 1, and absent while it is verified.",
    ("fault",),
)
_INFO = Metric(
    "vendor_certificate_info",
    "Who issued the served certificate, as far as it is one of the well-known, and what kind of key it has; always 1.",
    ("issuer", "key_type", "key_bits"),
)

METRICS = (NOT_AFTER, _NOT_BEFORE, _VERIFIED, _FAULT, _INFO)

_OTHER = "other"
_KEY_BITS = frozenset({224, 256, 384, 456, 521, 1024, 2048, 3072, 4096, 8192})
"""The sizes keys come in. A label takes no other: the size is the vendor's to choose, the number of series is not."""


def measure(facts: Facts | None, _settings: Settings, _at: datetime) -> Iterator[Sample]:
    """Dates as timestamps, whether clients can verify the certificate and why not, its issuer and the kind of its key.

    While the target cannot be seen there is nothing to say: the dates seen last are still those of that certificate.
    """
    if facts is None:
        return
    faults = list(_faults(facts))
    yield Sample(_VERIFIED, float(not faults))
    for fault in faults:
        yield Sample(_FAULT, 1.0, {"fault": fault})
    if facts.used:
        yield from _dates("chain", min(facts.used, key=lambda certificate: certificate.not_after))
    if facts.leaf:
        yield from _dates("leaf", facts.leaf)
        yield Sample(_INFO, 1.0, _kind(facts.leaf))


def _faults(facts: Facts) -> Iterator[str]:
    """Why the certificate is not verified: the suffixes of the findings that say so."""
    if facts.leaf and not facts.named:
        yield "name_mismatch"
    if facts.fault or not facts.leaf:
        yield (facts.fault or TrustFault.UNREADABLE).value


def _kind(leaf: Certificate) -> dict[str, str]:
    issuer = leaf.issuer_organization if leaf.issuer_organization in KNOWN_ISSUERS else _OTHER
    bits = str(leaf.key_bits) if leaf.key_bits in _KEY_BITS else _OTHER
    return {"issuer": issuer, "key_type": leaf.key_type, "key_bits": bits}


def _dates(position: Literal["leaf", "chain"], certificate: Certificate) -> Iterator[Sample]:
    """Both ends of one life, so that a rule can tell how much of it is left."""
    yield Sample(NOT_AFTER, certificate.not_after.timestamp(), {"position": position})
    yield Sample(_NOT_BEFORE, certificate.not_before.timestamp(), {"position": position})
