"""What TLS showed, and whether its certificates can be believed: sessions, trust, revocation. Certificates are DER here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TrustFault(StrEnum):
    """Why a presented chain leads to no trusted root. Its values are the suffixes of ``cert.*`` findings."""

    SELF_SIGNED = "self_signed"
    UNTRUSTED_ROOT = "untrusted_root"
    CHAIN_INCOMPLETE = "chain_incomplete"
    CHAIN_EXPIRED = "chain_expired"
    NAME_CONSTRAINT = "name_constraint"
    EKU = "eku"
    KEY_WEAK = "key_weak"
    SIG_WEAK = "sig_weak"
    UNTRUSTED = "untrusted"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Trust:
    """Whether a presented chain leads to a trusted root, judged apart from the leaf's own name and dates.

    *path* is the chain that was found, leaf to root, as DER; empty when there is a *fault*.
    """

    path: tuple[bytes, ...]
    fault: TrustFault | None = None
    detail: str = ""


UNREADABLE_STAPLE = b"\0"
"""What stands for a staple that was sent and cannot be read even as far as to be kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What a TLS handshake showed.

    *chain* is what the peer sent, leaf first, as DER; *alpn* is ``""`` without one. *staple* is the OCSP response that came
    with it (RFC 6066, section 8), empty without one. *asks_for_certificate* says that the peer wants to know its client.
    """

    version: str
    cipher: str
    group: str
    alpn: str
    chain: tuple[bytes, ...]
    trust: Trust
    staple: bytes = b""
    asks_for_certificate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """What a list of revoked certificates says of one of them: *at* and *reason* if it is revoked, else None and ``""``.

    *updated_at* is when the list was made, *next_update* when the next one is due.
    """

    at: datetime | None
    reason: str
    updated_at: datetime
    next_update: datetime | None
