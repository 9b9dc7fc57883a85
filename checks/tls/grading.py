"""The grade: the worst cap wins, and every cap names the finding it comes from.

There is no score: an average hides a hole. The letters are those of SSL Labs, T for "not trusted" and M for "another name"
included; the thresholds are those of today. That a certificate ends soon is an alert and no grade. What was not answered
caps nothing but makes the grade provisional, and a server that answered no question of TLS has no grade at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from checks.model import Finding, Severity


class Grade(StrEnum):
    """From the best to the worst."""

    A_PLUS = "A+"
    A = "A"
    A_MINUS = "A-"
    B = "B"
    C = "C"
    D = "D"
    F = "F"
    M = "M"
    T = "T"


_ORDER = {grade: place for place, grade in enumerate(Grade)}


class Mark(NamedTuple):
    """One thing about a server: the finding's code, a sentence, and the best grade that it leaves, if it caps one.

    *severity* is said where it is not that of the code's rule.
    """

    code: str
    sentence: str
    cap: Grade | None = None
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Graded:
    """A grade with its caps, worst first; none of a server that was not heard. *waived* caps did not count."""

    grade: Grade | None
    caps: tuple[Mark, ...] = ()
    waived: tuple[Mark, ...] = ()
    provisional: bool = False


CERTIFICATE_CAPS: Mapping[str, Grade] = {
    **dict.fromkeys(
        (
            "cert.unreadable",
            "cert.expired",
            "cert.not_yet_valid",
            "cert.self_signed",
            "cert.untrusted",
            "cert.untrusted_root",
            "cert.chain_incomplete",
            "cert.chain_expired",
            "cert.name_constraint",
            "cert.sig_weak",
            "cert.eku",
            "cert.leaf_is_ca",
        ),
        Grade.T,
    ),
    "cert.name_mismatch": Grade.M,
    "cert.revoked": Grade.F,
    "cert.key_weak": Grade.F,
    "cert.must_staple_missing": Grade.C,
    **dict.fromkeys(("cert.chain_order", "cert.lifetime", "cert.staple_bad"), Grade.A_MINUS),
}
"""The best grade that a finding about the certificate leaves. One that is missing here caps nothing."""


def certificate_mark(finding: Finding) -> Mark:
    """A finding about the certificate, with the grade that it leaves."""
    return Mark(finding.code, finding.message, CERTIFICATE_CAPS.get(finding.code), finding.severity)


def graded(marks: Iterable[Mark], waived: Collection[str], *, provisional: bool) -> Graded:
    """The grade that *marks* leave, but those whose code is *waived*."""
    caps = sorted((mark for mark in marks if mark.cap), key=_badness)
    counting = tuple(mark for mark in caps if mark.code not in waived)
    rest = tuple(mark for mark in caps if mark.code in waived)
    grade = counting[0].cap if counting else Grade.A_PLUS
    return Graded(grade, counting, rest, provisional)


def _badness(mark: Mark) -> int:
    return -_ORDER[mark.cap] if mark.cap else 0
