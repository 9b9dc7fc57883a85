"""From facts to findings: marks with the severity of their rules, a grade, a profile; what is waived, waived.

The configuration of a server is somebody's work and not an outage, so that every finding here implies that the target is up:
all but those that say that a client of today cannot connect.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from checks import certificate
from checks.model import Finding, Severity, State
from checks.rules import PROFILES, RULES
from checks.tls.facts import Facts, Other, Settings
from checks.tls.grading import Grade, Graded, Mark, certificate_mark, graded
from checks.tls.marks import accepted, posture_marks
from checks.tls.meeting import shortfalls
from checks.tls.posture import Answered, Verdict
from checks.tls.web import web_marks
from checks.waivers import apply_waivers

_DOWN = frozenset({"tls.reachable", "tls.handshake"})
_MODERN = frozenset({"TLSv1.2", "TLSv1.3"})


def judge(facts: Facts, settings: Settings, at: datetime, _previous: Facts | None) -> Iterator[Finding]:
    """The grade first, then everything that deserves a word."""
    yield _headline(grade_of(facts, settings, at), facts)
    found = [*map(_finding, _marks(facts, settings, at))]
    yield from apply_waivers([*found, *_profile(facts, settings, at)], settings.waive, at)


def grade_of(facts: Facts, settings: Settings, at: datetime) -> Graded:
    """The grade at a time; none where no question of TLS was answered."""
    if not accepted(facts.posture):
        return Graded(None)
    marks = [*_marks(facts, settings, at), *_certificate_marks(facts, settings, at)]
    waived = {waiver.finding for waiver in settings.waive if not waiver.until.is_over(at)}
    return graded(marks, waived, provisional=_is_provisional(facts))


def _is_provisional(facts: Facts) -> bool:
    """Whether an answer that could lower the grade is missing."""
    posture = facts.posture
    asked = [*posture.versions.values(), *posture.weak.values(), posture.pq]
    return Verdict.UNKNOWN in asked or facts.certificate is None


def _marks(facts: Facts, settings: Settings, at: datetime) -> Iterator[Mark]:
    """What the look showed, but for the certificate: that has a check of its own."""
    yield from _reach(facts)
    yield from posture_marks(facts.posture)
    if facts.asks_for_certificate:
        yield Mark("tls.client_certificate", "asks for a client certificate")
    for other in facts.others:
        yield from _second_certificate(other, at)
    yield from web_marks(facts.web)
    if settings.known_alpn is not None and settings.known_alpn != facts.alpn:
        now, before = (name or "no protocol by name" for name in (facts.alpn, settings.known_alpn))
        yield Mark("tls.alpn", f"agrees on {now} now, and on {before} before (ALPN)")


def _reach(facts: Facts) -> Iterator[Mark]:
    """Why a client of today gets nowhere."""
    posture = facts.posture
    if facts.certificate is not None:
        return
    if posture.answered is not Answered.TLS:
        yield Mark("tls.reachable", facts.refusal or posture.detail)
    elif not _MODERN & set(accepted(posture)):
        yield Mark("tls.handshake", "accepts nothing newer than TLSv1.1, so that no client of today can connect", Grade.F)
    elif not facts.asks_for_certificate:  # One that is refused for want of a certificate of its own is no surprise.
        yield Mark("tls.handshake", f"a client of today cannot connect: {facts.refusal}")


def _second_certificate(other: Other, at: datetime) -> Iterator[Mark]:
    """What is wrong with a certificate that other clients get; whether it can be trusted was not judged."""
    leaf, has_ended = other.leaf, other.leaf.not_after < at
    faults = (
        (has_ended, "it has expired"),
        (leaf.sig_weak, "its signature is weak"),
        (leaf.key_weak, "its key is weak"),
        (not other.named, "it does not name this host"),
    )
    wrong = [sentence for is_so, sentence in faults if is_so]
    cap = Grade.T if has_ended or leaf.sig_weak else Grade.F if leaf.key_weak else None
    sentence = f"some clients get a second certificate, {leaf.key_type} {leaf.key_bits}"
    told = f"{sentence}: {' and '.join(wrong)}" if wrong else sentence
    yield Mark("tls.second_certificate", told, cap, Severity.WARNING if wrong else None)


def _certificate_marks(facts: Facts, settings: Settings, at: datetime) -> Iterator[Mark]:
    """What the certificate check would say now, for the grade."""
    if facts.certificate is None:
        return
    asked = certificate.Settings(settings.address, settings.starttls)
    for finding in certificate.judge(facts.certificate, asked, at, None):
        yield certificate_mark(finding.code, finding.message)


def _finding(mark: Mark) -> Finding:
    severity = mark.severity or RULES[mark.code].severity
    implies = State.DOWN if mark.code in _DOWN else State.UP
    return Finding(mark.code, severity, mark.sentence, implies=implies, transient=mark.code in _DOWN)


def _profile(facts: Facts, settings: Settings, at: datetime) -> Iterator[Finding]:
    """How the server falls short of its profile: a note, unless somebody chose that profile."""
    short = list(shortfalls(facts, PROFILES[settings.profile], at))
    if short:
        severity = Severity.WARNING if settings.is_chosen else Severity.OK
        message = f"falls short of {settings.profile}: {'; '.join(short)}"
        yield Finding("tls.profile", severity, message, implies=State.UP)


def _headline(found: Graded, facts: Facts) -> Finding:
    if found.grade is None:
        return Finding("tls.grade", Severity.OK, f"no grade: {_unheard(facts)}", implies=State.UP)
    worst = [mark for mark in found.caps if mark.cap is found.grade]
    because = f": {'; '.join(f'{mark.sentence} ({mark.code})' for mark in worst)}" if worst else ""
    limits = [
        *(["provisional"] if found.provisional else []),
        *([f"without {', '.join(sorted({mark.code for mark in found.waived}))}, waived"] if found.waived else []),
    ]
    told = f", {', '.join(limits)}" if limits else ""
    return Finding("tls.grade", Severity.OK, f"grade {found.grade.value}{told}{because}", implies=State.UP)


def _unheard(facts: Facts) -> str:
    why = facts.posture.detail or facts.refusal
    return f"no question about TLS was answered{f' ({why})' if why else ''}"
