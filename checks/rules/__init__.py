"""Rules as data: what is asked of a certificate and a TLS server, since when, and by whom.

The rules of this package:

- Only values live here, frozen, and the few functions that pick one of them by a date that is handed in. What a rule is
  applied to, and what follows, is decided by the checks.
- `checks.rules.dated` has all that has a date: limits, sizes, profiles. `checks.rules.certificates`, `.configuration` and
  `.surroundings` have every finding's code, why it matters, and its citation; `checks.rules.reasons` is all of them.
- Everything cites: title, section, date. Where the text of a source was not at hand the citation says so.
- No network, no clock, nothing of other checks.
"""

from __future__ import annotations

from checks.rules.dated import (
    BROKEN_DH,
    CLIENT_AUTH_ENDS,
    DEFAULT_PROFILE,
    HSTS_SECONDS,
    LEAST_DH,
    LEAST_EC,
    LEAST_RSA,
    PROFILES,
    is_short_lived,
    least_scts,
    max_validity,
)
from checks.rules.issuers import KNOWN_ISSUERS
from checks.rules.reasons import RULES
from checks.rules.shapes import Citation, Count, Deadline, Limit, Profile, Rule, Size, Term

__all__ = [
    "BROKEN_DH",
    "CLIENT_AUTH_ENDS",
    "DEFAULT_PROFILE",
    "HSTS_SECONDS",
    "KNOWN_ISSUERS",
    "LEAST_DH",
    "LEAST_EC",
    "LEAST_RSA",
    "PROFILES",
    "RULES",
    "Citation",
    "Count",
    "Deadline",
    "Limit",
    "Profile",
    "Rule",
    "Size",
    "Term",
    "is_short_lived",
    "least_scts",
    "max_validity",
]
