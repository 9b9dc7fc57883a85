"""What staples and lists of revoked certificates have in common: when, why, and until when they are to be believed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509

from checks.wording import moment

_CLOCK_SKEW = timedelta(minutes=5)
"""By how much the clock of an authority may differ from ours; OpenSSL allows as much."""
_LONGEST = timedelta(days=10)
"""How long an answer or a list without an end counts: the most that the Baseline Requirements 2.2.6 allow for one of a
server's certificate (sections 4.9.7 and 4.9.10)."""


@dataclass(frozen=True, slots=True)
class Revoked:
    """When a certificate was revoked, and why: a word of RFC 5280, section 5.3.1, such as ``keyCompromise``, or nothing."""

    at: datetime
    reason: str = ""

    @property
    def sentence(self) -> str:
        """What people are told."""
        why = f" ({self.reason})" if self.reason else ""
        return f"the certificate was revoked on {moment(self.at)}{why}"

    def counts(self, at: datetime) -> bool:
        """Whether the certificate is revoked at a time; an authority may date a revocation back, and hardly ahead."""
        return self.at <= at + _CLOCK_SKEW


def word(reason: x509.ReasonFlags | None) -> str:
    """The word for a reason; nothing for none, and for the one that says nothing."""
    return "" if reason in {None, x509.ReasonFlags.unspecified} else str(reason.value)


def staleness(this_update: datetime, next_update: datetime | None, at: datetime) -> str:
    """Why something made at *this_update* and good until *next_update* says nothing of *at*; empty when it does."""
    if this_update > at + _CLOCK_SKEW:
        return f"from the future: it was made on {moment(this_update)}"
    end = next_update or this_update + _LONGEST
    if end < at - _CLOCK_SKEW:
        return f"too old: it was good until {moment(end)}"
    return ""
