"""Which text can be a host: an IP address or a name, and nothing that one program reads as the one and one as the other.

``127.1`` and ``2130706433`` are addresses to some, names to others and here neither, so that what was written, what is
guarded and what is called are the same. Pure; whether a name exists is another question.

Only this module knows idna: whoever dials, greets or reads a certificate must mean the same host by the same letters.
"""

from __future__ import annotations

import re
import unicodedata
from ipaddress import ip_address

import idna

_LONGEST_NAME = 253
_LONGEST_LABEL = 63
_DOTS = str.maketrans("\u3002\uff0e\uff61", "...")
"""What IDNA takes for a dot too (RFC 3490, section 3.1)."""
_ODD = re.compile(r"[\x00-,/:-@\[-^`{-\x7f]")
"""What of ASCII stands in no name: only letters, digits, hyphens and dots do, and underscores, which are in use."""
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE)
"""A last label that is a number makes an address for some (RFC 1123, section 2.1; WHATWG URL, section 3.5)."""
_LOCAL = re.compile(r"(?:.*\.)?(?:localhost|local|internal|home\.arpa)\.?|[^.]+\.?", re.IGNORECASE)
"""Names of one label, which a search list completes, and those below localhost (RFC 6761, section 6.3), local (RFC 6762,
section 3), home.arpa (RFC 8375) and internal (ICANN's board, 29 July 2024)."""


def host_problem(host: str) -> str | None:
    """What is wrong with *host* (an IPv6 address without brackets), as the end of a sentence; None if it can be one."""
    return None if is_address(host) else name_problem(host)


def name_problem(name: str) -> str | None:
    """What is wrong with *name* as a host's name, also an international one; None if it can be one.

    One dot at the end, which says that the name is whole, is part of it. *name* is not repeated.
    """
    written = unicodedata.normalize("NFKC", name.translate(_DOTS)).removesuffix(".")
    labels = written.split(".")
    if len(written) > _LONGEST_NAME or max(map(len, labels)) > _LONGEST_LABEL:
        return f"is longer than {_LONGEST_NAME} characters, or {_LONGEST_LABEL} between two dots"
    if not all(labels):
        return "has nothing before, after or between its dots"
    if _ODD.search(written) or not written.isprintable():
        return "has a character that stands in no name"
    if _NUMBER.fullmatch(labels[-1]):
        return "ends in a number but is no IP address: write the address in full, like 192.0.2.1"
    return None


def a_labels(name: str) -> str:
    """*name* in ASCII and lower case, as resolvers are asked for it and certificates write it (IDNA 2008, RFC 5891).

    Case and width are folded as browsers do (UTS 46, non-transitional). Raises `ValueError` for what cannot be written so.
    """
    return ".".join(map(_a_label, name.translate(_DOTS).split(".")))


def _a_label(label: str) -> str:
    return label.lower() if label.isascii() else idna.encode(label, uts46=True).decode("ascii")


def is_local_name(name: str) -> bool:
    """Whether *name* means something only in somebody's own network or host: no public vendor or web site has it."""
    return _LOCAL.fullmatch(name.translate(_DOTS)) is not None


def is_address(host: str) -> bool:
    """Whether *host* is an IP address, written as one."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
