"""What a cipher suite is worth, and which suites to ask for. Pure; all of it follows from the suites' names.

A suite has one strength, that of its worst property: no authentication before no encryption before short keys, and so on
down to what a client of today wants. The order of `_MARKS` is that rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum

from checks.tls.codes import TLS12, TLS13
from checks.tls.suitetable import OF_TLS13, REGISTERED, UNREGISTERED


class Strength(StrEnum):
    """The worth of a suite, best first."""

    STRONG = "strong"
    """Forward secrecy and authenticated encryption, in common use."""
    ECDHE_CBC = "ecdhe_cbc"
    DHE_AEAD = "dhe_aead"
    DHE_CBC = "dhe_cbc"
    RARE = "rare"
    """As good as strong and hardly used: ARIA, Camellia, AEGIS, short tags, drafts."""
    OTHER = "other"
    """National and experimental ciphers, and code points nobody knows."""
    NO_FS = "no_fs"
    """A key that is stolen later opens what was recorded before: no forward secrecy."""
    BLOCK64 = "block64"
    """Blocks of 64 bits (Sweet32): 3DES and IDEA."""
    RC4 = "rc4"
    DES = "des"
    """Single DES, and RC2."""
    EXPORT = "export"
    NULL = "null"
    ANON = "anon"


STRONG = (Strength.STRONG,)
AGEING = (Strength.ECDHE_CBC, Strength.DHE_AEAD, Strength.DHE_CBC, Strength.RARE, Strength.OTHER)
WEAK = (Strength.NO_FS, Strength.BLOCK64)
BROKEN = (Strength.RC4, Strength.DES, Strength.EXPORT, Strength.NULL, Strength.ANON)

_MARKS = (
    (Strength.ANON, r"_anon_"),
    (Strength.NULL, r"_NULL_|TLS_SHA\d"),
    (Strength.EXPORT, r"_EXPORT"),
    (Strength.RC4, r"_RC4_"),
    (Strength.DES, r"_DES_CBC_|_RC2_"),
    (Strength.BLOCK64, r"_3DES_|_IDEA_"),
    (Strength.OTHER, r"GOST|SM4|SALSA20|CECPQ1"),
    (Strength.NO_FS, r"TLS_(RSA|DH|ECDH)_"),
    (Strength.DHE_AEAD, r"TLS_DHE_.*(GCM|CCM|POLY1305)"),
    (Strength.DHE_CBC, r"TLS_DHE_"),
    (Strength.ECDHE_CBC, r"TLS_ECDHE_.*_CBC_"),
    (Strength.RARE, r"OLD_|ARIA|CAMELLIA|AEGIS|CCM_8"),
    (Strength.STRONG, r""),
)
"""By what in its name a suite is known to have a strength; the first that is found counts."""
_NEEDS_TLS12 = re.compile(r"_(SHA256|SHA384|GCM.*|CCM.*|OMAC)$")
"""What came with TLS 1.2: authenticated encryption, and other hashes than MD5 and SHA-1 (RFC 5246, section 1.2)."""
_SELDOM = re.compile(
    r"DSS|TLS_(DH|ECDH)_(RSA|ECDSA)|ARIA|CAMELLIA|SEED|IDEA|RC2|FIPS|GOST|SM4|SALSA20|CECPQ1|CCM|AEGIS|EXPORT1024|TLS_SHA"
)
_FORWARD_SECRET = re.compile(r"TLS_(ECDHE|DHE|CECPQ1)_|_anon_")


def _rows(table: str) -> dict[int, str]:
    words = table.split()
    return {int(code, 16): name for code, name in zip(words[::2], words[1::2], strict=True)}


def _strength_of(name: str) -> Strength:
    return next(strength for strength, mark in _MARKS if re.search(mark, name))


_OF_TLS13 = _rows(OF_TLS13)
_DRAFTS = _rows(UNREGISTERED)
_NAMES = {**_OF_TLS13, **_rows(REGISTERED), **_DRAFTS}
_STRENGTHS = {code: _strength_of(name) for code, name in _NAMES.items()}
_STRENGTHS_NAMED = {_NAMES[code]: worth for code, worth in _STRENGTHS.items()}


def suite_name(code: int) -> str:
    """IANA's name of a suite, like ``TLS_AES_128_GCM_SHA256``; ``0xCAFE`` for a code point nobody knows."""
    return _NAMES.get(code) or f"0x{code:04X}"


def strength(code: int) -> Strength:
    """What a suite is worth; `Strength.OTHER` for a code point nobody knows."""
    return _STRENGTHS.get(code, Strength.OTHER)


def strength_named(name: str) -> Strength:
    """What the suite of that name is worth; `Strength.OTHER` for a name nobody knows."""
    return _STRENGTHS_NAMED.get(name, Strength.OTHER)


def suites(strengths: Iterable[Strength], version: int) -> tuple[int, ...]:
    """The suites of these strengths that exist in *version*, in the order to offer them.

    What is in common use comes first and what was never registered last, so that a list which must be cut short loses
    little; among the equally common, the order is that of *strengths*.
    """
    wanted = tuple(strengths)
    found = [code for code, worth in _STRENGTHS.items() if worth in wanted and _exists(code, version)]
    return tuple(sorted(found, key=lambda code: (_rarity(code), wanted.index(_STRENGTHS[code]), code)))


def _exists(code: int, version: int) -> bool:
    if version >= TLS13 or code in _OF_TLS13:
        return version >= TLS13 and code in _OF_TLS13
    return version >= TLS12 or not _NEEDS_TLS12.search(_NAMES[code])


def _rarity(code: int) -> int:
    return 2 if code in _DRAFTS else bool(_SELDOM.search(_NAMES[code]))


TLS13_SUITES: Sequence[int] = suites(Strength, TLS13)
"""All suites of TLS 1.3, those in use first."""


def is_forward_secret(code: int) -> bool:
    """Whether what is recorded today stays closed when the server's key is stolen tomorrow."""
    return code in _OF_TLS13 or bool(_FORWARD_SECRET.search(_NAMES.get(code, "")))


def authentication(code: int) -> str:
    """How the server proves who it is: RSA, ECDSA or DSS for a signature, ``anon`` for not at all.

    ``ECDH`` and ``DH`` stand for a certificate whose key is itself one half of the exchange. Empty where the suite does
    not say (TLS 1.3), where it is none of these, and for a code point nobody knows.
    """
    words = _NAMES.get(code, "").removeprefix("OLD_").removeprefix("TLS_").partition("_WITH_")[0].split("_")
    if "anon" in words or words[0] in ("ECDH", "DH"):
        return "anon" if "anon" in words else words[0]
    return next((method for method in ("ECDSA", "RSA", "DSS") if method in words), "")
