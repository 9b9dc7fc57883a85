"""The certificates that targets were known by. Pure.

Of a certificate that is renewed without trouble nothing is kept for years: what is known is what the last look left to the
next one, of the newest certificate and of the one before it. A certificate that was wrong changed a state, and that is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from checks.certificate.change import Known
from checks.foreign import one_line
from monitor.review.details import CertificateSeen
from monitor.review.stored import check_of
from monitor.state import Held

CHECK = "certificate"


def certificates(keys: Sequence[str], held: Mapping[str, Held]) -> Iterator[CertificateSeen]:
    """The certificates of the targets *keys*, the newest of each first; *held* is what is known of each."""
    for key in keys:
        known = Known.read(held[key].memo) if check_of(key) == CHECK else None
        if known is None:
            continue
        yield CertificateSeen(
            key=one_line(key),
            sha256=known.sha256,
            issuer=known.issuer,
            key_type=known.key_type,
            ends_on=known.until,
            is_newest=True,
            revoked=" ".join(filter(None, (known.revoked, known.reason))),
        )
        if known.former:
            yield CertificateSeen(
                key=one_line(key),
                sha256=known.former,
                issuer="",
                key_type="",
                ends_on="",
                is_newest=False,
            )
