"""The facts of a handshake in numbers: dates as timestamps, and what a rule can ask of them.

Labels take values from closed sets only: what a vendor may choose freely must not choose the number of series.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from checks.certificate.facts import Facts, Settings
from checks.model import Metric, Sample
from checks.x509 import Certificate

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

METRICS = (_NOT_AFTER, _NOT_BEFORE, _VERIFIED, _INFO)

_KEY_BITS = frozenset({224, 256, 384, 456, 521, 1024, 2048, 3072, 4096, 8192})
"""The sizes keys come in. A label takes no other: the size is the vendor's to choose, the number of series is not."""


def measure(facts: Facts | None, _settings: Settings, _at: datetime) -> Iterator[Sample]:
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
