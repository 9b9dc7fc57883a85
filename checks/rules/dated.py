"""Every number and list that has a date: limits of certificates, sizes of keys, and the profiles. Nothing else has any.

Each says where it stands. A rule that changes is a new line with its day, never an edit, so that the same server judged
at another date, or a certificate issued at another, gets what was right then. Where a guideline says nothing, or its text
was not at hand, the profile says nothing either: it is better to miss a fault than to invent a rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import product
from types import MappingProxyType

from checks.rules.shapes import Citation, Count, Deadline, Limit, Profile, Size, Term, day_of

BASELINE = "CA/Browser Forum Baseline Requirements 2.3.0"
BASELINE_DATE = date(2026, 9, 7)
VALIDITY = Citation(BASELINE, "section 6.3.2", BASELINE_DATE)
_SHORT_LIVED = Citation(BASELINE, "section 1.6.1", BASELINE_DATE)
_KEY_SIZES = Citation(BASELINE, "section 6.1.5", BASELINE_DATE)
_TLS_KEY_SIZES = Citation("RFC 9325", "section 4.5", date(2022, 11, 1))
CT = Citation(
    "Chrome Certificate Transparency Policy", "CT Compliant Certificates, issued since this day", date(2022, 4, 15)
)

MAX_VALIDITY = (
    Limit(1827, date.min, Citation("CA/Browser Forum Baseline Requirements 1.0", "section 9.4", date(2011, 11, 22))),
    Limit(
        1188, date(2016, 7, 1), Citation("CA/Browser Forum Baseline Requirements 1.3.0", "section 6.3.2", date(2015, 4, 16))
    ),
    Limit(
        825, date(2018, 3, 1), Citation("CA/Browser Forum ballot 193", "825-day certificate lifetimes", date(2017, 3, 17))
    ),
    Limit(398, date(2020, 9, 1), VALIDITY),
    Limit(200, date(2026, 3, 15), VALIDITY),
    Limit(100, date(2027, 3, 15), VALIDITY),
    Limit(47, date(2029, 3, 15), VALIDITY),
)
"""How long a public certificate may live, oldest limit first. Sixty and thirty-nine months are written as days.

Thirty-nine months had been the rule since 2015-04-01, with exceptions until 2016-06-30.
"""
SHORT_LIVED = (Limit(10, date(2024, 3, 15), _SHORT_LIVED), Limit(7, date(2026, 3, 15), _SHORT_LIVED))
"""How long a certificate may live that needs no way to revoke it."""

LEAST_RSA = Size(2048, _KEY_SIZES)
LEAST_EC = Size(256, _KEY_SIZES)
LEAST_DH = Size(2048, _TLS_KEY_SIZES)
BROKEN_DH = Size(1024, Citation("Imperfect Forward Secrecy (Logjam)", "ACM CCS 2015, abstract", date(2015, 10, 12)))
"""Groups of 512 bits were broken within a week there, and even 1024 bits are thought to be within a state's means."""

CLIENT_AUTH_ENDS = Deadline(date(2027, 3, 15), Citation("Chrome Root Program Policy 1.8", "section 1.3.2", date(2026, 2, 5)))
"""Public server certificates issued from then on may not be for clients as well."""

HSTS_SECONDS = 180 * 86_400
"""The least max-age of HSTS that helps: 180 days."""
HSTS_LENGTH = Citation("SSL Server Rating Guide 2009r", "changes in 2009e (six months) and 2009r", date(2025, 5, 16))


def max_validity(not_before: datetime) -> Limit:
    """The limit for a certificate whose life began at *not_before*."""
    return next(limit for limit in reversed(MAX_VALIDITY) if day_of(not_before) >= limit.since)


def is_short_lived(not_before: datetime, not_after: datetime) -> bool:
    """Whether a certificate lives so briefly that nobody needs to revoke it."""
    limits = [limit for limit in SHORT_LIVED if day_of(not_before) >= limit.since]
    return bool(limits) and limits[-1].allows(not_before, not_after)


def least_scts(not_before: datetime, not_after: datetime) -> Count:
    """The timestamps that a public certificate must carry: two up to a life of 180 days, three above.

    Its last second is not counted, for browsers do not count it here either.
    """
    return Count(2 if not_after - not_before <= timedelta(days=180) else 3, 2, CT)


def _suites(key_exchanges: str, ciphers: str) -> tuple[str, ...]:
    """The names of the suites of TLS 1.2 and before that combine these."""
    return tuple(f"TLS_{kx}_WITH_{cipher}" for kx, cipher in product(key_exchanges.split(), ciphers.split()))


_ECDHE = "ECDHE_ECDSA ECDHE_RSA"
_AEAD = "AES_128_GCM_SHA256 AES_256_GCM_SHA384"
_CCM = "AES_128_CCM AES_256_CCM"
_POLY = "CHACHA20_POLY1305_SHA256"
_AES_13 = ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384")
_OLD_AND_NEW = (Term(("TLSv1.2", "TLSv1.3")),)
_HYBRIDS = ("X25519MLKEM768", "SecP256r1MLKEM768", "SecP384r1MLKEM1024")

_MOZILLA_GROUPS = (Term(("X25519MLKEM768", "x25519", "secp256r1", "secp384r1")),)
_MOZILLA_13 = (*_AES_13, "TLS_CHACHA20_POLY1305_SHA256")
_MOZILLA_DAY = date(2026, 4, 6)
_TWO_YEARS = 63_072_000

_MOZILLA_MODERN = Profile(
    name="mozilla-modern-6.0",
    citation=Citation("Mozilla Server Side TLS 6.0", "modern", _MOZILLA_DAY),
    effective=_MOZILLA_DAY,
    versions=(Term(("TLSv1.3",)),),
    required=(Term(("TLSv1.3",)),),
    suites=(Term(_MOZILLA_13),),
    groups=_MOZILLA_GROUPS,
    key_types=("ec",),
    max_days=90,
    hsts_seconds=_TWO_YEARS,
)
_MOZILLA_INTERMEDIATE = Profile(
    name="mozilla-intermediate-6.0",
    citation=Citation("Mozilla Server Side TLS 6.0", "intermediate", _MOZILLA_DAY),
    effective=_MOZILLA_DAY,
    versions=_OLD_AND_NEW,
    suites=(Term((*_MOZILLA_13, *_suites(_ECDHE, f"{_AEAD} {_POLY}"))),),
    groups=_MOZILLA_GROUPS,
    key_types=("ec", "rsa"),
    max_days=366,
    hsts_seconds=_TWO_YEARS,
)
_NIST = Profile(
    name="nist-800-52r2",
    citation=Citation("NIST SP 800-52 Rev. 2", "sections 3.1, 3.2 and 3.3.1", date(2019, 8, 29)),
    effective=date(2019, 8, 29),
    versions=_OLD_AND_NEW,
    required=(Term(("TLSv1.3",), since=date(2024, 1, 1)),),
    suites=(
        Term((*_AES_13, "TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_8_SHA256")),
        Term(_suites(f"{_ECDHE} DHE_RSA DHE_DSS DH_RSA DH_DSS ECDH_ECDSA ECDH_RSA", f"{_AEAD} AES_*_CBC_SHA*")),
        Term(_suites("ECDHE_ECDSA DHE_RSA", f"{_CCM} AES_128_CCM_8 AES_256_CCM_8")),
    ),
    ec_bits=224,
)
"""As for servers of the government only; those for citizens may have TLS 1.0 and 1.1 where they must.

The server's key and groups need a strength of 112 bits; which other groups are approved is said elsewhere, so not here.
"""
_PCI = Profile(
    name="pci-4.0.1",
    citation=Citation(
        "PCI DSS 4.0.1",
        "requirement 4.2.1; strength by way of reports on its glossary, versions by RFC 8996",
        date(2024, 6, 11),
    ),
    effective=date(2025, 1, 1),
    versions=_OLD_AND_NEW,
    suites=(
        Term(("TLS_AES_*", "TLS_CHACHA20_*")),
        Term(_suites(f"{_ECDHE} DHE_RSA DHE_DSS RSA DH_RSA DH_DSS ECDH_ECDSA ECDH_RSA", f"AES_* CAMELLIA_* ARIA_* {_POLY}")),
    ),
    ec_bits=224,
)
"""It names neither suites nor versions: what it asks for is an effective strength of 112 bits or more, as the industry
understands it. So 3DES is missing: glossaries of old had it, but NIST SP 800-131A withdrew it with the end of 2023.
"""
_BSI_CIPHERS = f"{_AEAD} AES_128_CBC_SHA256 AES_256_CBC_SHA???"
_BSI = Profile(
    name="bsi-tr-02102-2-2026",
    citation=Citation(
        "BSI TR-02102-2, version 2026-01",
        "section 3: days by way of reports, suites as in version 2025-01",
        date(2026, 1, 27),
    ),
    effective=date(2026, 1, 27),
    versions=(Term(("TLSv1.2",), until=date(2031, 12, 31)), Term(("TLSv1.3",))),
    suites=(
        Term((*_AES_13, "TLS_AES_128_CCM_SHA256")),
        Term((*_suites(_ECDHE, _BSI_CIPHERS), *_suites("ECDHE_ECDSA", _CCM))),
        Term((*_suites("DHE_RSA DHE_DSS", _BSI_CIPHERS), *_suites("DHE_RSA", _CCM)), until=date(2029, 12, 31)),
        Term(_suites("ECDH_ECDSA ECDH_RSA DH_DSS DH_RSA", _BSI_CIPHERS), until=date(2026, 12, 31)),
    ),
    groups=(Term(("*",), until=date(2031, 12, 31)), Term(_HYBRIDS)),
    rsa_bits=3000,
    ec_bits=250,
    dh_bits=3000,
)
"""Key agreement without a post-quantum part ends with 2031; which curves and hybrids it recommends is not judged here.

That suites with fixed Diffie-Hellman keys end with 2026 is known from earlier versions only.
"""
_NCSC_13 = (*_MOZILLA_13, "TLS_AES_128_CCM_SHA256")
_NCSC_CURVES = ("secp521r1", "secp384r1", "secp256r1", "secp224r1", "brainpoolP???r1*", "x25519", "x448")
_NCSC = Profile(
    name="ncsc-nl-2025",
    citation=Citation(
        "NCSC-NL TLS guidelines 2025-05", "sections 3.3.1 to 3.3.3 and appendix B, by way of internet.nl", date(2025, 6, 1)
    ),
    effective=date(2025, 6, 1),
    versions=_OLD_AND_NEW,
    suites=(
        Term((*_NCSC_13, *_suites(_ECDHE, f"{_AEAD} {_CCM} {_POLY}"))),
        Term(_suites("DHE_RSA", f"{_AEAD} {_CCM} {_POLY} AES_128_CBC_SHA256 AES_256_CBC_SHA256")),
        Term(_suites(_ECDHE, "AES_128_CBC_SHA256 AES_256_CBC_SHA384")),
        Term(_suites(f"{_ECDHE} DHE_RSA", "CAMELLIA_*_SHA256 CAMELLIA_*_SHA384 ARIA_*_SHA256 ARIA_*_SHA384")),
    ),
    groups=(Term((*_NCSC_CURVES, "ffdhe3072", "ffdhe4096", "ffdhe6144", "ffdhe8192", "*MLKEM*")),),
    ec_bits=224,
    dh_bits=3072,
)
"""What it calls good, sufficient and to be phased out is allowed; what it calls insufficient is not. On groups with ML-KEM
nothing was at hand, so they are allowed.
"""

PROFILES: Mapping[str, Profile] = MappingProxyType(
    {one.name: one for one in (_MOZILLA_MODERN, _MOZILLA_INTERMEDIATE, _NIST, _PCI, _BSI, _NCSC)}
)
"""The guidelines a server can be held to, by name."""
DEFAULT_PROFILE = "mozilla-intermediate-6.0"
