"""A time of a vendor's in which work is done, as its file says: a first opening, how long it lasts, when it comes again.

Times are those of a clock on the wall. What days that comes to, and whether there is such a zone, is not known here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Self

from checks.values import Seconds
from checks.vendor.holding import require
from checks.vendor.recurrence import Recurrence

YEARS = range(2000, 2200)
"""The years of windows. With an end to them no rule is searched through for ever."""

_PLAIN_TIME = re.compile(r"[0-9][0-9TZ :.+-]{0,24}")
_LONGEST_WHY = 200


class WallTime(datetime):
    """A day and a time as a clock on the wall shows them, without a zone: ``2026-12-06T02:00`` (ISO 8601)."""

    __slots__ = ()
    pattern: ClassVar[str] = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?$"
    examples: ClassVar[tuple[str, ...]] = ("2026-12-06T02:00",)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a time that the calendar and the clock have."""
        said = f"{text!r} " if _PLAIN_TIME.fullmatch(text) else ""
        if re.fullmatch(r".+T.+(Z|[+-][0-9:]+)", text):
            msg = f"{said}has an offset from UTC in it: leave it out, and say zone: for whose clock it is"
            raise ValueError(msg)
        if not re.fullmatch(cls.pattern[1:-1], text):
            msg = f"{said}is not a day and a time: write them like {cls.examples[0]}"
            raise ValueError(msg)
        try:
            return cls.fromisoformat(text)
        except ValueError:
            msg = f"{said}is not a day and a time: the calendar or the clock has no such"
            raise ValueError(msg) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A time in which work is done on what a vendor serves, so that its failing then is expected."""

    start: WallTime
    """When it opens for the first time, on the clock of zone:, like 2026-12-06T02:00."""
    lasts: Seconds
    """How long it stays open, like 2h: time that passes, whatever is done to the clocks meanwhile."""
    repeats: Recurrence | None = None
    """When it opens again: a rule of RFC 5545, like "FREQ=WEEKLY;BYDAY=SA,SU"; left out, it opens once."""
    zone: str = "UTC"
    """The IANA time zone of start: and repeats:, like Europe/Berlin."""
    why: str = ""
    """What is done, for whoever reads that it is open."""

    def __post_init__(self) -> None:
        years = f"start: its year must be from {YEARS[0]} to {YEARS[-1]}"
        require(
            (self.start.year in YEARS, years),
            (self.zone.strip(), "zone: is empty: write it like Europe/Berlin, or leave it out for UTC"),
            (len(self.why) <= _LONGEST_WHY, f"why: is longer than {_LONGEST_WHY} characters: say it in a sentence"),
        )
