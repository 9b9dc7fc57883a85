"""Times and verdicts as elements; what is said alike in every format is `monitor.review.wording`'s."""

from __future__ import annotations

from datetime import datetime, tzinfo

from checks.model import State
from monitor.review.html.markup import Markup, element
from monitor.review.objective import Judged, Verdict
from monitor.review.wording import exact, seconds

NONE = "-"
"""What stands where there is no number."""

STATE_WORDS = {
    State.UP: "up",
    State.DEGRADED: "degraded",
    State.DOWN: "down",
    State.UNKNOWN: "unknown",
    State.MAINTENANCE: "maintenance",
}


def moment(at: datetime, zone: tzinfo) -> Markup:
    """A time to the minute in the reader's *zone*; to the second, with its offset, for machines."""
    local = at.astimezone(zone)
    return element("time", f"{local:%Y-%m-%d %H:%M}", datetime=local.isoformat(timespec="seconds"))


def day(at: datetime, zone: tzinfo) -> Markup:
    """The day in the reader's *zone* that a time is on."""
    local = at.astimezone(zone)
    return element("time", f"{local:%Y-%m-%d}")


def stored(at: datetime) -> Markup:
    """A time as the key of a row has it: in UTC, and whole."""
    return element("time", exact(at))


def some(number: int) -> str:
    """A length of time, or the dash for none."""
    return seconds(number) if number else NONE


def objective(value: float) -> str:
    """An objective in percent, as it was written."""
    return f"{value:g} %"


def verdict(judged: Judged | None) -> Markup:
    """Whether an objective was met, as a sign and a word."""
    if judged is None:
        return element("span", NONE, class_="verdict none")
    sign = {Verdict.MET: "✓", Verdict.MISSED: "✗", Verdict.UNDECIDED: "?"}[judged.verdict]
    return element(
        "span",
        element("span", sign, aria_hidden="true"),
        f" {outcome(judged, 'as seen')}",
        class_=f"verdict {judged.verdict}",
    )


def outcome(judged: Judged, reserve: str) -> str:
    """Whether an objective was met, in words: with *reserve* where that depends on what was not seen."""
    if judged.verdict is not Verdict.UNDECIDED:
        return judged.verdict.value
    return f"{'met' if judged.is_met_as_seen else 'missed'} {reserve}"
