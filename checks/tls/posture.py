"""What a server would accept, as far as it was asked: the facts that a scan brings home, and nothing of what they mean.

Every question has three answers. *No* is said by an alert, or by hanging up on one who was heard a moment before and after;
what was not asked, or not answered in time, stays *unknown*, and unknown accuses nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Verdict(StrEnum):
    """The answer to a question."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Answered(StrEnum):
    """Whether the questions met TLS at all."""

    TLS = "tls"
    NOT_TLS = "not_tls"
    """The port speaks, but something else."""
    NOTHING = "nothing"
    """Not one question was answered or refused in the words of TLS."""
    UNREACHED = "unreached"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posture:
    """What one scan of one server showed.

    *versions* holds every version that was asked for, by its name (``TLSv1.2``). *suites* are the accepted ones that were
    seen, by version, under their IANA names: the best kinds first, and within a kind in the order in which the server chose
    them. Only of versions in *complete* are they all there are. *weak* says, by `checks.tls.suites.Strength`, of which kinds
    suites are accepted in any version; a quick scan speaks there of TLS 1.2 and below, leaves out the kinds that it did not
    ask for to the end, and has *unknown* for what was not answered. *preference* is ``server`` or ``client`` by version,
    where that showed; after a deep scan it nearly always did.

    *group* is the one the server chose when it could choose any, *groups* those it accepts, in its order: those of TLS 1.3
    first, and all of them only after a deep scan. *dh_bits* is the smallest Diffie-Hellman group seen. *forward_secrecy*
    says whether any accepted suite has it, as far as such suites are in use.

    *without_name* and *wrong_name* are what a client got that named no host or another: ``same certificate``, ``other
    certificate`` or how it was refused; empty where nobody asked. *scts* is the list of signed certificate timestamps that
    came in the handshake and not in the certificate (RFC 6962, section 3.3), behind its length.

    *chains* are the different chains that were sent in the clear to who named the host, leaf first, as DER, the first being
    the one that most clients get. *notes* say what was cut short and why.
    """

    answered: Answered
    detail: str = ""
    deep: bool = False
    versions: Mapping[str, Verdict] = field(default_factory=dict)
    suites: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    complete: tuple[str, ...] = ()
    weak: Mapping[str, Verdict] = field(default_factory=dict)
    preference: Mapping[str, str] = field(default_factory=dict)
    group: str = ""
    groups: tuple[str, ...] = ()
    pq: Verdict = Verdict.UNKNOWN
    dh_bits: int | None = None
    forward_secrecy: Verdict = Verdict.UNKNOWN
    compression: Verdict = Verdict.UNKNOWN
    renegotiation_info: Verdict = Verdict.UNKNOWN
    extended_master_secret: Verdict = Verdict.UNKNOWN
    fallback_scsv: Verdict = Verdict.UNKNOWN
    asks_for_certificate: Verdict = Verdict.UNKNOWN
    alpn: str = ""
    without_name: str = ""
    wrong_name: str = ""
    chains: tuple[tuple[bytes, ...], ...] = ()
    staple: bytes = b""
    scts: bytes = b""
    connections: int = 0
    received: int = 0
    notes: tuple[str, ...] = ()
