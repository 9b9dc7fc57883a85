"""When something comes again: the recurrence rules of calendars, as text and as the values that text means.

Source: RFC 5545, section 3.3.10, whose table of what goes with which FREQ is `_ELSEWHERE` here. What is narrower than there:

- nothing comes more often than hourly, nor more than 24 times a day: this is for work that people do;
- FREQ=HOURLY needs an INTERVAL that divides a day, so that it is the same hours each day;
- BYDAY has a number with all of its days or with none, because no reader at hand takes both together for what it is.

Nothing here knows which days that comes to; a rule that is read may still never come.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import ClassVar, Self

from checks.vendor.holding import require

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
"""The days of the week, as `datetime.weekday` counts them."""
HOURS = 24
_MOST_OFTEN = 24
_MOST_TIMES = 1000


class Frequency(StrEnum):
    """The period of a rule."""

    HOURLY = "HOURLY"
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


@dataclass(frozen=True, slots=True)
class WeekdayNumber:
    """A day of the week, Monday being 0; with a *number*, only the first, second, … of the period, or the last with -1."""

    weekday: int
    number: int = 0


_RANGES = {
    "BYMONTH": (1, 12),
    "BYMONTHDAY": (1, 31),
    "BYYEARDAY": (1, 366),
    "BYWEEKNO": (1, 53),
    "BYHOUR": (0, 23),
    "BYMINUTE": (0, 59),
    "BYSECOND": (0, 59),
    "BYSETPOS": (1, 366),
    "INTERVAL": (1, 1000),
    "COUNT": (1, _MOST_TIMES),
}
"""The least and the greatest number of a part. A leap second, which the RFC allows as 60, is no time to begin at."""
_FROM_THE_END = frozenset({"BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS"})
"""The parts whose numbers may be negative."""
_SINGLE = frozenset({"INTERVAL", "COUNT"})
_WORDS = ("FREQ", "UNTIL", "BYDAY", "WKST")
_PARTS = (*_WORDS, *_RANGES)

_ELSEWHERE: Mapping[str, frozenset[Frequency]] = {
    "BYWEEKNO": frozenset(Frequency) - {Frequency.YEARLY},
    "BYYEARDAY": frozenset({Frequency.DAILY, Frequency.WEEKLY, Frequency.MONTHLY}),
    "BYMONTHDAY": frozenset({Frequency.WEEKLY}),
    "BYSETPOS": frozenset({Frequency.HOURLY}),
}
"""Where a part means nothing. BYSETPOS could choose among the times of one hour only, where there is one."""

_SHAPE = re.compile(r"[A-Z]{1,12}=[A-Z0-9+,-]{1,400}(;[A-Z]{1,12}=[A-Z0-9+,-]{1,400}){0,13}")
_FOREIGN = re.compile(r"RRULE|DTSTART|DTEND|DURATION|EXDATE|RDATE|EXRULE|TZID|\s")
_TOO_OFTEN = frozenset({"SECONDLY", "MINUTELY"})
_MOMENT = re.compile(r"([0-9]{8})(?:T([0-9]{6})(Z?))?")
_DAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_WEEKS_OF_YEAR, _WEEKS_OF_MONTH = 53, 5

_Parts = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """A recurrence rule. What it does not name is what its first time has.

    *until* is the last moment that counts: aware and in UTC where the rule says so, else on the clock of whoever repeats.
    """

    pattern: ClassVar[str] = r"^[A-Za-z]+=[A-Za-z0-9+,-]+(;[A-Za-z]+=[A-Za-z0-9+,-]+)*$"
    examples: ClassVar[tuple[str, ...]] = ("FREQ=WEEKLY;BYDAY=SU", "FREQ=MONTHLY;BYDAY=1SA,3SA;COUNT=12")

    text: str
    frequency: Frequency
    interval: int = 1
    count: int | None = None
    until: datetime | None = None
    week_start: int = 0
    days: tuple[WeekdayNumber, ...] = ()
    numbers: Mapping[str, tuple[int, ...]] = field(default_factory=dict, hash=False)
    """The numbers of the other parts that begin with BY, by the part's name."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a rule, in letters of either case; what is wrong with it is told all at once."""
        rule = text.upper()
        is_foreign = _FOREIGN.search(rule) is not None
        require((not is_foreign, _ALONE), (is_foreign or (text.isascii() and _SHAPE.fullmatch(rule)), _NO_RULE))
        pairs = [part.split("=") for part in rule.split(";")]
        parts = dict(pairs)
        doubled = [name for name in parts if [key for key, _ in pairs].count(name) > 1]
        require(*((False, f"{name} stands there twice: leave one out") for name in doubled), *_written(parts))
        read = cls(
            text=rule,
            frequency=Frequency(parts["FREQ"]),
            interval=int(parts.get("INTERVAL", 1)),
            count=int(parts["COUNT"]) if "COUNT" in parts else None,
            until=_moment(parts["UNTIL"]) if "UNTIL" in parts else None,
            week_start=WEEKDAYS.index(parts.get("WKST", "MO")),
            days=_days(parts.get("BYDAY", "")),
            numbers={name: _ints(value) for name, value in parts.items() if name.startswith("BY") and name in _RANGES},
        )
        require(*read._sense())
        return read

    def __str__(self) -> str:
        return self.text

    def by(self, name: str) -> tuple[int, ...]:
        """The numbers of the part *name*; none where the rule does not say it."""
        return self.numbers.get(name, ())

    def _sense(self) -> Iterator[tuple[object, str]]:
        """What must hold of parts together, and the sentence where it does not."""
        frequency, numbered = self.frequency, [day.number for day in self.days if day.number]
        for name in self.numbers:
            yield frequency not in _ELSEWHERE.get(name, ()), f"{name} means nothing with FREQ={frequency}: leave it out"
        yield self.count is None or self.until is None, "COUNT and UNTIL both say when it ends: leave one out"
        yield not numbered or len(numbered) == len(self.days), "give all days of BYDAY a number, or none of them"
        is_long = frequency in {Frequency.MONTHLY, Frequency.YEARLY} and not self.by("BYWEEKNO")
        yield not numbered or is_long, "BYDAY takes numbers only with FREQ=MONTHLY, or FREQ=YEARLY without BYWEEKNO"
        is_monthly = frequency is Frequency.MONTHLY or bool(self.by("BYMONTH"))
        weeks = _WEEKS_OF_MONTH if is_monthly else _WEEKS_OF_YEAR
        yield all(abs(number) <= weeks for number in numbered), f"the numbers of BYDAY go up to {weeks} here"
        chosen_from = self.days or self.numbers.keys() - {"BYSETPOS"}
        yield not self.by("BYSETPOS") or chosen_from, "BYSETPOS chooses from what another part names: add BYDAY or the like"
        is_even = frequency is not Frequency.HOURLY or HOURS % self.interval == 0
        yield is_even, "INTERVAL must divide a day with FREQ=HOURLY: 1, 2, 3, 4, 6, 8, 12 or 24"
        yield self._times_a_day <= _MOST_OFTEN, "it begins more than 24 times a day: make one longer window of them"

    @property
    def _times_a_day(self) -> int:
        """How often it may begin within a day at most."""
        hourly = HOURS // min(self.interval, HOURS) if self.frequency is Frequency.HOURLY else 1
        hours = len(set(self.by("BYHOUR"))) or hourly
        return hours * (len(set(self.by("BYMINUTE"))) or 1) * (len(set(self.by("BYSECOND"))) or 1)


_NO_RULE = f"is not a recurrence rule (RFC 5545, section 3.3.10): write it like {Recurrence.examples[0]}"
_ALONE = f"must be the rule alone, like {Recurrence.examples[0]}: start: says when it begins, zone: where"


def _written(parts: _Parts) -> Iterator[tuple[object, str]]:
    """What must hold of each part by itself, and the sentence where it does not."""
    frequency = parts.get("FREQ", "")
    known = ", ".join(reversed(Frequency))
    if frequency in _TOO_OFTEN:
        yield False, f"FREQ={frequency} is too often for windows: FREQ is one of {known}"
    else:
        yield frequency in set(Frequency), f"says no FREQ that is known: it is one of {known}"
    for name, value in parts.items():
        if name not in _PARTS:
            near = get_close_matches(name, _PARTS, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            yield False, f"{name} is no part of a rule ({hint}known: {', '.join(_PARTS)})"
        elif name in _RANGES:
            yield _is_numbers(name, value), f"{name} takes {_range(name)}"
    yield "UNTIL" not in parts or _moment(parts["UNTIL"]), _NO_MOMENT
    yield all(map(_DAY.fullmatch, parts.get("BYDAY", "MO").split(","))), "BYDAY takes days like MO,TU or 1SA,-1SU"
    yield parts.get("WKST", "MO") in WEEKDAYS, f"WKST is one of {', '.join(WEEKDAYS)}"
    is_zero = any(int(day[1]) == 0 for day in _DAY.finditer(parts.get("BYDAY", "")) if day[1])
    yield not is_zero, "the numbers of BYDAY begin with 1, or with -1 from the end"


_NO_MOMENT = "UNTIL is no time: write 20271231, 20271231T235900 on the clock of zone:, or 20271231T225900Z in UTC"


def _is_numbers(name: str, value: str) -> bool:
    """Whether *value* is what the part *name* takes: numbers within its range."""
    least, greatest = _RANGES[name]
    number = re.compile("[+-]?[0-9]{1,4}" if name in _FROM_THE_END else "[0-9]{1,4}")
    words = value.split(",")
    is_many = len(words) == 1 or name not in _SINGLE
    return is_many and all(number.fullmatch(word) and least <= abs(int(word)) <= greatest for word in words)


def _range(name: str) -> str:
    least, greatest = _RANGES[name]
    numbers = "a number" if name in _SINGLE else "numbers"
    ends = f", or from -{least} to -{greatest}" if name in _FROM_THE_END else ""
    return f"{numbers} from {least} to {greatest}{ends}"


def _moment(value: str) -> datetime | None:
    """The last moment that *value* allows, or None where it is none; a day counts to its end."""
    match = _MOMENT.fullmatch(value)
    try:
        moment = datetime.strptime(f"{match[1]}{match[2] or '235959'}", "%Y%m%d%H%M%S") if match else None  # noqa: DTZ007
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment and match and match[3] else moment


def _days(value: str) -> tuple[WeekdayNumber, ...]:
    found = (_DAY.fullmatch(word) for word in value.split(",") if value)
    return tuple(WeekdayNumber(WEEKDAYS.index(day[2]), int(day[1] or 0)) for day in found if day)


def _ints(value: str) -> tuple[int, ...]:
    return tuple(int(word) for word in value.split(","))
