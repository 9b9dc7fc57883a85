"""The handshake as the control of the scan: what was just agreed on is accepted, whatever the scan was told.

Where the scan heard *no* to the very thing, something between us and the server minds how the questions are put (a filter
that wants a key share, or fewer suites, or slower callers), and then no other refusal proves anything either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from checks.tls.codes import GROUP_NAMES, PQ_GROUPS
from checks.tls.posture import Answered, Posture, Verdict

_PQ_NAMES = frozenset(GROUP_NAMES[group] for group in PQ_GROUPS)
_NOTE = "refused in the scan what it accepted in the handshake: its other refusals are not counted"


def controlled(posture: Posture, version: str, group: str) -> Posture:
    """*posture* after a handshake that agreed on *version* and *group*."""
    if posture.answered is not Answered.TLS:
        return posture
    is_pq = group in _PQ_NAMES
    is_at_odds = posture.versions.get(version) is Verdict.NO or (is_pq and posture.pq is Verdict.NO)
    trusted = _distrusted(posture) if is_at_odds else posture
    pq = Verdict.YES if is_pq else trusted.pq
    return replace(trusted, versions={**trusted.versions, version: Verdict.YES}, pq=pq)


def _distrusted(posture: Posture) -> Posture:
    """*posture* with every *no* unknown."""
    verdicts: dict[str, Any] = {
        name: _doubted(getattr(posture, name)) for name in ("pq", "compression", "fallback_scsv", "asks_for_certificate")
    }
    return replace(
        posture,
        versions=_all_doubted(posture.versions),
        weak=_all_doubted(posture.weak),
        complete=(),
        notes=(_NOTE, *posture.notes),
        **verdicts,
    )


def _all_doubted(verdicts: Mapping[str, Verdict]) -> dict[str, Verdict]:
    return {name: _doubted(verdict) for name, verdict in verdicts.items()}


def _doubted(verdict: Verdict) -> Verdict:
    return Verdict.UNKNOWN if verdict is Verdict.NO else verdict
