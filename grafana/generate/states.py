"""States, claims and grades as Grafana shows them: one number, one word and one colour for each, on every dashboard.

What is unknown is purple: it is neither well nor ill. Colours are names of Grafana's palette, which has a tone of each for
light and for dark. The words stand beside the colours wherever there is room, because not everybody sees colours.
"""

from __future__ import annotations

from collections.abc import Mapping

from grafana_foundation_sdk.models.dashboard import (
    DashboardSpecialValueMapOptions,
    SpecialValueMap,
    SpecialValueMatch,
    ValueMap,
    ValueMapping,
    ValueMappingResult,
)

UP, MAINTENANCE, DEGRADED, UNKNOWN, DOWN, PARTIAL = range(6)
"""The numbers of `vendor:vendor_state:ordinal`, and one more for what only a vendor says of itself."""
PAGE_ONLY = -1
"""The state of a vendor that is not measured, because its file names nothing but its page. Nobody is to worry about it."""

_SHOWN = {
    UP: ("up", "green"),
    MAINTENANCE: ("maintenance", "blue"),
    DEGRADED: ("degraded", "yellow"),
    UNKNOWN: ("unknown", "purple"),
    DOWN: ("down", "red"),
    PARTIAL: ("partial outage", "orange"),
    PAGE_ONLY: ("page only", "#8e8e8e"),
}
STATES = {"down": DOWN, "degraded": DEGRADED, "maintenance": MAINTENANCE, "up": UP, "unknown": UNKNOWN}
"""States by their label, the one first that counts where two daemons differ: unknown only if none of them sees more."""
CLAIMS = {
    "major_outage": DOWN,
    "partial_outage": PARTIAL,
    "degraded": DEGRADED,
    "maintenance": MAINTENANCE,
    "operational": UP,
    "unknown": UNKNOWN,
}
"""What vendors say, on the same scale."""
APART = {"probe_down_claim_ok": 2, "probe_ok_claim_down": 1}
"""How what a vendor says and what we measure part; 0 is for that they do not."""
_APART = {2: ("they deny it", "red"), 1: ("we see nothing", "orange"), 0: ("no", "green")}
_GRADES = ("A+", "A", "A-", "B", "C", "D", "F", "M", "T")
GRADES = {grade: number for number, grade in enumerate(_GRADES)}
"""Grades of TLS, the best first."""
_GRADE_COLOURS = ("green", "green", "green", "yellow", "orange", "red", "red", "red", "red")


def numbered(shown: Mapping[int, tuple[str, str]]) -> list[ValueMapping]:
    """Numbers as a word and a colour each."""
    results = {
        str(number): ValueMappingResult(text=text, color=colour, index=index)
        for index, (number, (text, colour)) in enumerate(shown.items())
    }
    return [ValueMap(options=results)]


def state_mappings() -> list[ValueMapping]:
    """States and claims as words with their colours."""
    return numbered(_SHOWN)


def apart_mappings() -> list[ValueMapping]:
    """Ways to disagree as words with their colours."""
    return numbered(_APART)


def grade_mappings() -> list[ValueMapping]:
    """Grades as letters with their colours."""
    return numbered(dict(enumerate(zip(_GRADES, _GRADE_COLOURS, strict=True))))


def yes_no_mappings(yes: tuple[str, str], no: tuple[str, str]) -> list[ValueMapping]:
    """1 and 0 as a word and a colour each."""
    return numbered({1: yes, 0: no})


def absent(word: str, colour: str) -> list[ValueMapping]:
    """A word and a colour for where there is no number; without, Grafana takes the colour of the first threshold."""
    result = ValueMappingResult(text=word, color=colour)
    return [SpecialValueMap(options=DashboardSpecialValueMapOptions(match=SpecialValueMatch.NULL_AND_NAN, result=result))]


def ordinal(metric: str, selector: str, by: str, numbers: Mapping[str, int], label: str = "state") -> str:
    """PromQL: a set of 0/1 series as one number for each *by*, as `vendor:vendor_state:ordinal` is recorded.

    Of two daemons that differ, the member that stands first in *numbers* counts.
    """
    before = f"{selector}, " if selector else ""
    members = (
        f'{number} * max by ({by}) ({metric}{{{before}{label}="{member}"}} == 1)' for member, number in numbers.items()
    )
    return "\nor ".join(members)
