"""States, claims and grades as Grafana shows them: one number, one word and one colour for each, on every dashboard.

What is unknown is purple: it is neither well nor ill. Colours are names of Grafana's palette, which has a tone of each for
light and for dark. The words stand beside the colours wherever there is room, because not everybody sees colours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from grafana_foundation_sdk.models.dashboard import (
    DashboardSpecialValueMapOptions,
    SpecialValueMap,
    SpecialValueMatch,
    ValueMap,
    ValueMapping,
    ValueMappingResult,
)

UP, MAINTENANCE, DEGRADED, PARTIAL, UNKNOWN, DOWN = range(6)
"""States, and what a vendor says of itself, on one scale: the larger the worse, so that tables can be sorted by it.

The order is that of `checks.model.State` and `Claim`, as on the board and in reviews: what may be anything outranks all
but an outage. The numbers are the dashboards' own, not those of `vendor:vendor_state:ordinal`, which knows no claims.
"""
BELOW = 0.5
"""A vendor that is not measured, because its file names nothing but its page, has the state of its claim less this much."""
PAGE_ONLY = UP - 2 * BELOW
"""Such a vendor whose page was not read yet."""

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
"""What vendors say, by its label."""
_COLOURS = {
    UP: "green",
    MAINTENANCE: "blue",
    DEGRADED: "yellow",
    PARTIAL: "orange",
    UNKNOWN: "purple",
    DOWN: "red",
}
STATE_COLOURS = {label: _COLOURS[number] for label, number in STATES.items()}
"""Colours of states by their label, for lines that are named by it."""
PLAIN = "#8e8e8e"
"""The colour of what does not exist and so is neither well nor ill, nor unknown."""
_ONLY_PAGES = (PAGE_ONLY, *(number - BELOW for number in _COLOURS))
APART = {"probe_down_claim_ok": 2, "probe_ok_claim_down": 1}
"""How what a vendor says and what we measure part; 0 is for that they do not."""
NOT_COMPARED = -1
"""Word and measurement, of which one is not known."""
_APART = {
    2: ("they deny it", "red"),
    1: ("fine for us", "orange"),
    0: ("no", "green"),
    NOT_COMPARED: ("not known", "purple"),
}
BUDGET_LEFT = (("red", None), ("orange", 0.0), ("green", 0.25))
"""From which part of a budget on it has which colour: overspent, less than a quarter, enough."""
FAST_PACE, SLOW_PACE = 14.4, 6
"""How many times as fast as allowed a budget is spent that is gone in two days, and in five."""
PACES = (("yellow", 1), ("orange", SLOW_PACE), ("red", FAST_PACE))
"""From which pace on it has which colour; what stands below them is the panel's."""
BANDS = (("fine", "green"), ("ends soon", "yellow"), ("ends very soon", "red"), ("expired", "dark-red"))
"""How near the end of a certificate is, as the alerts say it: by its life, and not by days alone."""
GRADE_COLOURS = {
    **dict.fromkeys(("A+", "A", "A-"), "green"),
    "B": "yellow",
    "C": "orange",
    **dict.fromkeys(("D", "F", "M", "T"), "red"),
}
"""Grades of TLS, the best first, with their colours in tables and as lines."""
GRADES = {grade: number for number, grade in enumerate(GRADE_COLOURS)}
"""Grades as numbers, 0 for the best."""


def numbered(shown: Mapping[int, tuple[str, str]] | Mapping[float, tuple[str, str]]) -> list[ValueMapping]:
    """Numbers as a word and a colour each."""
    results = {
        str(number).removesuffix(".0"): ValueMappingResult(text=text, color=colour, index=index)
        for index, (number, (text, colour)) in enumerate(shown.items())
    }
    return [ValueMap(options=results)]


def state_mappings() -> list[ValueMapping]:
    """States that we measure as words with their colours."""
    seen: dict[float, tuple[str, str]] = {number: (label, _COLOURS[number]) for label, number in STATES.items()}
    return numbered(seen | dict.fromkeys(_ONLY_PAGES, ("page only", PLAIN)))


def claim_mappings() -> list[ValueMapping]:
    """What vendors say in their own words, with the colours of states."""
    words = {number: (label.replace("_", " "), _COLOURS[number]) for label, number in CLAIMS.items()}
    return numbered({**words, UNKNOWN: ("cannot be read", _COLOURS[UNKNOWN])})


def band_mappings() -> list[ValueMapping]:
    """How near the end of a certificate is as words with their colours."""
    return numbered(dict(enumerate(BANDS)))


def apart_mappings() -> list[ValueMapping]:
    """Ways to disagree as words with their colours."""
    return numbered(_APART)


def grade_mappings() -> list[ValueMapping]:
    """Grades as letters with their colours."""
    return numbered(dict(enumerate(GRADE_COLOURS.items())))


def yes_no_mappings(yes: tuple[str, str], no: tuple[str, str]) -> list[ValueMapping]:
    """1 and 0 as a word and a colour each."""
    return numbered({1: yes, 0: no})


def absent(word: str, colour: str) -> list[ValueMapping]:
    """A word and a colour for where there is no number; without, Grafana takes the colour of the first threshold."""
    result = ValueMappingResult(text=word, color=colour)
    return [SpecialValueMap(options=DashboardSpecialValueMapOptions(match=SpecialValueMatch.NULL_AND_NAN, result=result))]


def ordinal(
    metric: str,
    selector: str,
    by: str,
    numbers: Mapping[str, int],
    label: str = "state",
    only: Callable[[str], str] = str,
) -> str:
    """PromQL: a set of 0/1 series as one number for each *by*, as `vendor:vendor_state:ordinal` is recorded.

    Of two daemons that differ, the member that stands first in *numbers* counts. *only* takes those away that do not count.
    """
    before = f"{selector}, " if selector else ""
    told = ((number, f'{metric}{{{before}{label}="{member}"}} == 1') for member, number in numbers.items())
    return "\nor ".join(f"{number} * max by ({by}) ({only(member)})" for number, member in told)
