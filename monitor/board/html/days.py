"""Ninety days from left to right, each a bar that is filled by how long the vendor was in which state. Tallies in, SVG out.

- A bar is a UTC day, filled by the shares of the time in which it was watched; today's by what there is of it.
- Trouble that would be too thin to be seen is drawn as thick as can be seen, and stands out of the strip below: what was
  down further than what was degraded. So it is told by its shape too, and no number is taken from a picture.
- A day that nobody watched has no bar, but a mark at its foot.

Days that follow one another in one state all day are one line, so that a strip is some hundred bytes for most vendors.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from checks.model import State
from checks.wording import counted, lasting
from monitor.board.remembering import remembered
from monitor.board.values import Day, Strip
from monitor.history import Tally
from monitor.hypertext.markup import EMPTY, Markup, element, together


@dataclass(frozen=True, slots=True)
class _Size:
    """How wide a day is with the gap behind it, how wide its bar is, and how high the strip."""

    pitch: int
    bar: int
    high: int
    name: str


_SMALL = _Size(4, 3, 20, "small")
_LARGE = _Size(16, 13, 72, "large")
_OUT = {State.DOWN: 4, State.DEGRADED: 2}
"""How far trouble stands out of the strip."""
_THIN = {State.DOWN: 4, State.DEGRADED: 3}
"""How thick at least trouble is drawn."""
_UPWARDS = (State.DOWN, State.DEGRADED, State.UNKNOWN, State.MAINTENANCE, State.UP)
"""What a bar is filled with, from its foot."""

_Piece = tuple[int, int, int]
"""Of which day, from which height down to which."""


@remembered
def small_strip(strip: Strip) -> Markup:
    """The *strip* as a picture that says what it shows, small enough for a line of a table."""
    return _strip(strip, _SMALL)


def _strip(strip: Strip, size: _Size) -> Markup:
    whole, others = defaultdict[State, list[int]](list), defaultdict[State, list[_Piece]](list)
    for number, day in enumerate(strip.days):
        for state, top, foot in _filled(day.tally, size):
            if (top, foot) == (0, size.high):
                whole[state].append(number)
            else:
                others[state].append((number, top, foot))
    away = _unwatched([number for number, day in enumerate(strip.days) if not day.tally.elapsed], size)
    drawn = (_drawn(state, whole[state], others[state], size) for state in _UPWARDS)
    box = f"{-size.bar / 2} 0 {size.pitch * (len(strip.days) - 1) + size.bar} {size.high + _OUT[State.DOWN]}"
    told = element("title", in_words(strip))
    return element(
        "svg", told, away, *drawn, viewBox=box, preserveAspectRatio="none", role="img", class_=f"days {size.name}"
    )


def large_strip(strip: Strip) -> Markup:
    """The *strip* with its days below it."""
    middle = len(strip.days) // 2
    ends = [element("time", day.day.isoformat()) for day in (strip.days[0], strip.days[middle], strip.days[-1])]
    return together((_strip(strip, _LARGE), element("div", *ends, class_="ends")))


def in_words(strip: Strip) -> str:
    """What a *strip* shows."""
    times = ((state, getattr(strip.whole, state.value)) for state in _UPWARDS)
    spent = [f"{state} {lasting(timedelta(seconds=time))}" for state, time in times if time]
    unwatched = sum(1 for day in strip.days if not day.tally.elapsed)
    left = f"; {counted(unwatched, 'day')} not watched" if unwatched else ""
    return f"{counted(len(strip.days), 'day')}: {', '.join(spent) or 'nothing known'}{left}"


def troubled(strip: Strip) -> Sequence[Day]:
    """The days of a *strip* on which something was wrong, the newest first."""
    return [day for day in reversed(strip.days) if day.tally.down or day.tally.degraded]


def _filled(tally: Tally, size: _Size) -> Sequence[tuple[State, int, int]]:
    """The parts of a bar from its foot upwards: each with its upper and its lower edge. The last goes to the top."""
    times = (tally.down, tally.degraded, tally.unknown, tally.maintenance, tally.up)
    present = [(state, time) for state, time in zip(_UPWARDS, times, strict=True) if time]
    if len(present) == 1:  # as nearly all days are
        return [(state, 0, size.high + _OUT.get(state, 0)) for state, _ in present]
    parts, foot, elapsed = [], size.high, sum(times)
    for state, time in present:
        thick = max(round(size.high * time / elapsed), _THIN.get(state, 0))
        top = 0 if state is present[-1][0] else max(0, foot - thick)
        if top < foot:
            parts.append((state, top, foot + (_OUT.get(state, 0) if foot == size.high else 0)))
        foot = top
    return parts


def _drawn(state: State, whole: Sequence[int], others: Sequence[_Piece], size: _Size) -> Markup:
    """What is in *state* as lines: one across *whole* bars that follow one another, one upright for each of the *others*."""
    runs = _across(whole, size.high // 2, size)
    bars = "".join(f"M{size.pitch * day} {top}v{foot - top}" for day, top, foot in others)
    run = element("path", d=Markup(runs), class_=f"run {state}") if runs else EMPTY
    return together((run, element("path", d=Markup(bars), class_=f"bar {state}") if bars else EMPTY))


def _unwatched(days: Sequence[int], size: _Size) -> Markup:
    """A mark at the foot of each of the *days* that nobody watched, so that it is seen how many there are."""
    return element("path", d=Markup(_across(days, size.high - 1, size)), class_="away") if days else EMPTY


def _across(days: Iterable[int], height: int, size: _Size) -> str:
    """A line at a *height* for each run of *days*."""
    pitch, half = size.pitch, size.bar / 2
    return "".join(f"M{pitch * first - half} {height}H{pitch * last + half}" for first, last in _runs(days))


def _runs(days: Iterable[int]) -> Sequence[tuple[int, int]]:
    """The first and the last day of each run of *days*."""
    runs: list[tuple[int, int]] = []
    for day in days:
        if runs and runs[-1][1] == day - 1:
            runs[-1] = runs[-1][0], day
        else:
            runs.append((day, day))
    return runs
