"""Whether an objective for availability was met, with the arithmetic in whole seconds, and how sure that is.

Seconds that nobody saw count neither for a vendor nor against it. But had the vendor been down in them, or had it been up,
the objective might have been missed, or met: so both bounds are worked out, and a verdict is certain only where they agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from monitor.history import Tally


class Verdict(StrEnum):
    """Whether an objective was met."""

    MET = "met"
    """Also if all that was not seen had been down."""
    MISSED = "missed"
    """Also if all that was not seen had been up."""
    UNDECIDED = "undecided"
    """It depends on what was not seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An *objective*, in percent, held against what was seen.

    Of *counted* seconds so many are *allowed* to be down, rounded down, and so many were *used*. *unseen* seconds were not
    seen, or not watched; *least* and *most* are what the availability would be if the vendor had been down, or up, in all of
    them. Where nothing was counted it is undecided, from 0 to 1.
    """

    objective: float
    counted: int
    allowed: int
    used: int
    unseen: int
    least: float
    most: float
    verdict: Verdict

    @property
    def left(self) -> int:
        """How many more seconds may be down; negative where too many were."""
        return self.allowed - self.used

    @property
    def is_met_as_seen(self) -> bool:
        """Whether it was met by what was seen alone."""
        return self.left >= 0


def bounds(tally: Tally, unwatched: int = 0) -> tuple[float, float]:
    """The availability if all of *tally* that was not seen, and the seconds *unwatched*, had been down, and had been up.

    Both are 1 where there is nothing but maintenance.
    """
    whole = tally.counted + tally.unknown + unwatched
    return ((tally.counted - tally.down) / whole, (whole - tally.down) / whole) if whole else (1.0, 1.0)


def judged(objective: float, tally: Tally, unwatched: int = 0) -> Judged | None:
    """*tally*, and seconds *unwatched* in between, held against an *objective* in percent; None where all was excused."""
    unseen = tally.unknown + unwatched
    whole = tally.counted + unseen
    if not whole:
        return None
    least, most = bounds(tally, unwatched)
    may = 1 - Fraction(str(objective)) / 100
    is_sure, is_lost = tally.down + unseen <= may * whole, tally.down > may * whole
    return Judged(
        objective=objective,
        counted=tally.counted,
        allowed=int(may * tally.counted),
        used=tally.down,
        unseen=unseen,
        least=least,
        most=most,
        verdict=Verdict.MET if is_sure else Verdict.MISSED if is_lost else Verdict.UNDECIDED,
    )
