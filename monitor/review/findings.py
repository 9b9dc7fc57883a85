"""What was found of certificates and TLS, and what of it came and went when, out of how targets were judged. Pure.

A certificate that is a new one is told as such by `certificates`, and no finding here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise

from checks.foreign import LONGEST_SENTENCE, one_line
from checks.model import Severity, State
from checks.plain import Plain
from monitor.history import Judgement, Stretch
from monitor.review.details import FindingsChange, Found, Unjudged

GRADE = "tls.grade"
"""The finding whose message is the grade."""

_EVENTS = frozenset({"cert.changed", "cert.issuer_changed"})
_LONGEST_CODE = 80

_Findings = Mapping[tuple[str, str], Found]
"""By code and severity."""


def findings_changes(key: str, judgements: Sequence[Judgement], begins: datetime) -> Iterator[FindingsChange]:
    """What was found of the target *key* at *begins*, or first of all, and every change of that later on; oldest first."""
    standing = max((place for place, each in enumerate(judgements) if each.since <= begins), default=0)
    shown = [(each.since, _found(each.findings)) for each in judgements[standing:]]
    if shown and (first := _first(key, *shown[0])):
        yield first
    for (_, before), (since, after) in pairwise(shown):
        came = tuple(after[each] for each in after if each not in before and each[0] != GRADE)
        went = tuple(before[each] for each in before if each not in after and each[0] != GRADE)
        grades = _grade(before), _grade(after)
        if came or went or grades[0] != grades[1]:
            yield FindingsChange(
                key=key, since=since, grade=grades[1], grade_before=grades[0], came=came, went=went, is_first=False
            )


def unjudged(
    key: str, judgements: Sequence[Judgement], stretches: Sequence[Stretch], begins: datetime, ends: datetime
) -> Unjudged | None:
    """Until when nothing is known of how the target *key* was judged, though its state was."""
    first = judgements[0].since if judgements else None
    seen = [each.since for each in stretches if each.state not in {None, State.UNKNOWN} and each.since < ends]
    if not seen or (first and first <= max(begins, seen[0])):
        return None
    return Unjudged(key=key, until=first)


def _first(key: str, since: datetime, found: _Findings) -> FindingsChange | None:
    """What there was to begin with, as far as it is more than that all is well."""
    wrong = tuple(each for each in found.values() if each.severity is not Severity.OK and each.code != GRADE)
    if not wrong and not _grade(found):
        return None
    return FindingsChange(key=key, since=since, grade=_grade(found), grade_before="", came=wrong, went=(), is_first=True)


def _grade(found: _Findings) -> str:
    return next((each.message for each in found.values() if each.code == GRADE), "")


def _found(findings: Plain) -> _Findings:
    """The findings that plain values are, those of events left out, and what no check can have written."""
    texts = [each for each in findings if isinstance(each, dict)] if isinstance(findings, list) else []
    read = [found for each in texts if (found := _read(each)) and found.code not in _EVENTS]
    return {(each.code, each.severity.value): each for each in read}


def _read(finding: Mapping[str, Plain]) -> Found | None:
    code, severity, message = (str(finding.get(name, "")) for name in ("code", "severity", "message"))
    if severity not in set(Severity):
        return None
    return Found(
        code=one_line(code, _LONGEST_CODE), severity=Severity(severity), message=one_line(message, LONGEST_SENTENCE)
    )
