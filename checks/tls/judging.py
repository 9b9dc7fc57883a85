"""From facts to findings: marks with the severity of their rules, a grade, a profile; what is waived, waived.

The configuration of a server is somebody's work and not an outage, so that every finding here implies that the target is up:
all but those that say that a client of today cannot connect.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from checks import certificate
from checks.model import Finding, Severity, State
from checks.rules import PROFILES, RULES
from checks.tls.facts import Facts, Other, Settings
from checks.tls.grading import Grade, Graded, Mark, certificate_mark, graded
from checks.tls.marks import accepted, posture_marks
from checks.tls.meeting import shortfalls
from checks.tls.posture import Answered, Verdict
from checks.tls.web import is_web, web_marks
from checks.waivers import apply_waivers, is_waived

_DOWN = frozenset({"tls.handshake"})
_MODERN = ("TLSv1.2", "TLSv1.3")
_BAD = frozenset({Grade.D, Grade.F})
"""What may be said of a server that nobody can connect to: the better grades need more than a scan."""


def judge(facts: Facts, settings: Settings, at: datetime, _previous: Facts | None) -> Iterator[Finding]:
    """The grade first, then everything that deserves a word."""
    marks = tuple(_marks(facts, settings, at))
    yield _headline(_graded(marks, facts, settings, at), facts)
    found = map(_finding, marks)
    yield from apply_waivers([*found, *_profile(facts, settings, at)], settings.waive, at)


def grade_of(facts: Facts, settings: Settings, at: datetime) -> Graded:
    """The grade at a time.

    There is none where no question of TLS was answered, nor where nobody can connect and nothing says why: only what is
    bad was seen then.
    """
    return _graded(_marks(facts, settings, at), facts, settings, at)


def _graded(marks: Iterable[Mark], facts: Facts, settings: Settings, at: datetime) -> Graded:
    if facts.posture.answered is not Answered.TLS or not accepted(facts.posture):
        return Graded(None)
    waived = {waiver.finding for waiver in settings.waive if is_waived(waiver, at)}
    found = graded(marks, waived, provisional=_is_provisional(facts, settings))
    is_closed = facts.certificate is None and not facts.asks_for_certificate
    return Graded(None) if is_closed and found.grade not in _BAD else found


def _is_provisional(facts: Facts, settings: Settings) -> bool:
    """Whether an answer that could lower the grade is missing."""
    posture, shown = facts.posture, facts.certificate
    asked = [*posture.versions.values(), *posture.weak.values(), posture.pq]
    is_web_silent = facts.web.hsts is None and is_web(settings.address) and not settings.starttls
    return Verdict.UNKNOWN in asked or shown is None or bool(shown.revocation_gap) or is_web_silent


def _marks(facts: Facts, settings: Settings, at: datetime) -> Iterator[Mark]:
    """Everything that the look showed; of the certificate, which has a check of its own, what costs a better grade."""
    yield from _reach(facts)
    yield from _certificate_marks(facts, settings, at)
    yield from posture_marks(facts.posture)
    if facts.asks_for_certificate:
        yield Mark("tls.client_certificate", "asks for a client certificate")
    for other in facts.others:
        yield from _other_certificate(other, at, is_second=facts.certificate is not None)
    yield from web_marks(facts.web)
    if settings.known_alpn is not None and settings.known_alpn != facts.alpn:
        now, before = (name or "no protocol by name" for name in (facts.alpn, settings.known_alpn))
        yield Mark("tls.alpn", f"agrees on {now} now, and on {before} before (ALPN)")


def _reach(facts: Facts) -> Iterator[Mark]:
    """Why a client of today gets nowhere."""
    versions, answered = facts.posture.versions, facts.posture.answered
    if facts.certificate is not None or answered is not Answered.TLS:
        return
    if accepted(facts.posture) and all(versions.get(version) is Verdict.NO for version in _MODERN):
        yield Mark("tls.handshake", "accepts nothing newer than TLSv1.1, so that no client of today can connect", Grade.F)
    elif not facts.asks_for_certificate:  # One that is refused for want of a certificate of its own is no surprise.
        yield Mark("tls.handshake", f"a client of today cannot connect: {facts.refusal}")


def _other_certificate(other: Other, at: datetime, *, is_second: bool) -> Iterator[Mark]:
    """What is wrong with a certificate that only the scan met; whether it can be trusted was not judged."""
    leaf, has_ended = other.leaf, other.leaf.not_after < at
    faults = (
        (has_ended, "it has expired"),
        (leaf.sig_weak, "its signature is weak"),
        (leaf.key_weak, "its key is weak"),
        (not other.named, "it does not name this host"),
    )
    wrong = [sentence for is_so, sentence in faults if is_so]
    cap = Grade.T if has_ended or leaf.sig_weak else Grade.F if leaf.key_weak else None
    whose = "some clients get a second certificate" if is_second else "has a certificate that was seen in the scan only"
    sentence = f"{whose}, {leaf.key_type} {leaf.key_bits}"
    told = f"{sentence}: {' and '.join(wrong)}" if wrong else sentence
    yield Mark("tls.second_certificate", told, cap, Severity.WARNING if wrong else None)


def _certificate_marks(facts: Facts, settings: Settings, at: datetime) -> Iterator[Mark]:
    """What the certificate check says now and the grade goes by."""
    if facts.certificate is None:
        return
    asked = certificate.Settings(settings.address, settings.starttls)
    marks = map(certificate_mark, certificate.judge(facts.certificate, asked, at, None))
    yield from (mark for mark in marks if mark.cap)


def _finding(mark: Mark) -> Finding:
    implies = State.DOWN if mark.code in _DOWN else State.UP
    return Finding(mark.code, _severity(mark), mark.sentence, implies=implies, transient=mark.code in _DOWN)


def _severity(mark: Mark) -> Severity:
    return mark.severity or RULES[mark.code].severity


def _profile(facts: Facts, settings: Settings, at: datetime) -> Iterator[Finding]:
    """How the server falls short of its profile: a note, unless somebody chose that profile."""
    short = list(shortfalls(facts, PROFILES[settings.profile], at))
    if short:
        severity = Severity.WARNING if settings.is_chosen else Severity.OK
        message = f"falls short of {settings.profile}: {'; '.join(short)}"
        yield Finding("tls.profile", severity, message, implies=State.UP)


def _headline(found: Graded, facts: Facts) -> Finding:
    if found.grade is None:
        return Finding("tls.grade", Severity.OK, f"no grade: {_ungraded(facts)}", implies=State.UP)
    worst = [mark for mark in found.caps if mark.cap is found.grade]
    because = f": {'; '.join(dict.fromkeys(map(_briefly, worst)))}" if worst else ""
    limits = [
        *(["provisional"] if found.provisional else []),
        *([f"without {', '.join(sorted({mark.code for mark in found.waived}))}, waived"] if found.waived else []),
    ]
    told = f", {', '.join(limits)}" if limits else ""
    return Finding("tls.grade", Severity.OK, f"grade {found.grade.value}{told}{because}", implies=State.UP)


def _briefly(mark: Mark) -> str:
    """A cap in the headline: what has no line of its own there, because it is a note, is said in words."""
    return f"{mark.sentence} ({mark.code})" if _severity(mark) is Severity.OK else mark.code


def _ungraded(facts: Facts) -> str:
    why = f" ({said})" if (said := facts.posture.detail or facts.refusal) else ""
    if facts.posture.answered is not Answered.TLS:
        return f"no question about TLS was answered{why}"
    return f"nobody can connect{why}" if facts.certificate is None else "no version was surely accepted"
