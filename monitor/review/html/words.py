"""Times, lengths of time and shares, as they stand in the document."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

from checks.model import State
from checks.wording import lasting
from monitor.review.html.markup import Markup, element
from monitor.review.objective import Judged, Verdict

NONE = "\N{EN DASH}"
"""What stands where there is no number."""
MINUS = "\N{MINUS SIGN}"
_SECOND = 0.9995
"""In seconds what is written as one second, and not as 1,000 ms."""

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
    """A time as a row has it: in UTC, to the second."""
    written = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return element("time", written)


def span(seconds: float) -> str:
    """A length of time, in its two largest units."""
    return lasting(timedelta(seconds=seconds))


def some(seconds: float) -> str:
    """A length of time, or the dash for none."""
    return span(seconds) if seconds else NONE


def percent(share: float | None) -> str:
    """A share in percent, to the thousandth and rounded down: what is not all never reads ``100 %``."""
    return NONE if share is None else "100 %" if share == 1 else f"{int(share * 100_000 + 1e-6) / 1000:.3f} %"


def objective(value: float) -> str:
    """An objective in percent, as it was written."""
    return f"{value:g} %"


def count(number: int, one: str, many: str = "") -> str:
    """A number of things: ``1 outage``, ``2 outages``."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def clock(seconds: float) -> str:
    """How long an answer took, to three digits: ``87 ms``, ``1.25 s``."""
    return f"{seconds * 1000:.3g} ms" if seconds < _SECOND else f"{seconds:.3g} s"


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
