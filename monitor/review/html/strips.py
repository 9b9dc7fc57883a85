"""A strip: time from left to right, and in which state something was. Lengths of time in, SVG out.

What a strip may not do is lie, in either direction:

- What is as wide as a column of it, or wider, is drawn to scale, to a hundredth of a column.
- Lengths that are narrower and follow one another are drawn together, a column at a time, as the worst of them. So a strip
  of two years in which a state changed thousands of times is not larger than one has room for.
- Trouble that would be too narrow to be seen gets a tick that stands out of the strip: all of one width, whatever it lasted.
  A tick takes nothing from its neighbours, and no number is taken from a picture.

No state is told by colour alone: each has a pattern, and trouble stands out of the strip at lengths of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from checks.model import State
from monitor.hypertext.markup import EMPTY, Markup, element

COLUMNS = 720
"""So many columns a strip has, however wide it is shown."""
THICK = 16
"""How high the strip itself is, in pixels."""
TICKS = 6
"""How far a tick for what was down stands out of it; one for what was degraded half as far."""
HIGH = THICK + TICKS
"""How high it is with its ticks."""
NARROW = 3.0
"""Trouble of fewer columns gets a tick: a strip that is shown on a phone has one pixel for so many."""

Piece = tuple[float, float, State]
"""From which column to which, and the state."""


Length = tuple[float, float, State]
"""From which second on, counted from 1970, until which, and in which state."""


def strip(lengths: Iterable[Length], begins: datetime, ends: datetime, name: str, *, hangs: bool = False) -> Markup:
    """The strip from *begins* until *ends* of *lengths*, oldest first, as a `g` to be put into a frame (`framed`).

    Between two lengths nothing is drawn: nobody watched. *name* is its id in the document, by which it can be shown
    again. Its ticks stand on it; they hang from it where it *hangs*.
    """
    parts = pieces(lengths, begins, ends)
    fills = (_fill(parts, state, hangs=hangs) for state in State)
    ticks = (_ticks(parts, state, hangs=hangs) for state in (State.DEGRADED, State.DOWN))
    return element("g", *fills, *ticks, id=name)


def framed(drawn: Markup, y: float = 0) -> Markup:
    """A strip in the place that it is given: as wide as that is, *y* pixels below its upper edge."""
    size = f"0 0 {COLUMNS} {HIGH}"
    return element("svg", drawn, viewBox=size, preserveAspectRatio="none", width="100%", height=HIGH, y=y or None)


def shown_again(name: str) -> Markup:
    """The strip of this *name*, at another place of the document."""
    return framed(element("use", href=f"#{name}"))


def pieces(lengths: Iterable[Length], begins: datetime, ends: datetime) -> Sequence[Piece]:
    """What is drawn of *lengths*: at most two pieces for each column."""
    drawn: list[Piece] = []
    gathered: list[Piece] = []
    for piece in _placed(lengths, begins, ends):
        left, right, _ = piece
        is_narrow = right - left < 1
        if gathered and not (is_narrow and left == gathered[-1][1] and right - gathered[0][0] <= 1):
            drawn.append(_worst(gathered))
            gathered = []
        (gathered if is_narrow else drawn).append(piece)
    return [*drawn, _worst(gathered)] if gathered else drawn


def _placed(lengths: Iterable[Length], begins: datetime, ends: datetime) -> Iterator[Piece]:
    first, last = begins.timestamp(), ends.timestamp()
    scale = COLUMNS / (last - first)
    for since, until, state in lengths:
        if first < until and since < last:
            yield max(0.0, (since - first) * scale), min(float(COLUMNS), (until - first) * scale), state


def _worst(gathered: Sequence[Piece]) -> Piece:
    """The *gathered* pieces as one."""
    if len(gathered) == 1:
        return gathered[0]
    return gathered[0][0], gathered[-1][1], State.worst({state for _, _, state in gathered})


def _fill(parts: Sequence[Piece], state: State, *, hangs: bool) -> Markup:
    """All pieces in *state* as one line, as thick as the strip."""
    middle = THICK / 2 if hangs else TICKS + THICK / 2
    drawn = "".join(f"M{round(left, 2):g} {middle:g}H{round(right, 2):g}" for left, right, each in parts if each is state)
    return element("path", d=Markup(drawn), class_=f"fill {state}") if drawn else EMPTY


def _ticks(parts: Sequence[Piece], state: State, *, hangs: bool) -> Markup:
    """The ticks of what is too narrow to be seen, at most one in a column."""
    out = TICKS if state is State.DOWN else TICKS / 2
    begins, length = (0, THICK + out) if hangs else (TICKS - out, THICK + out)
    columns = {int(left): (left + right) / 2 for left, right, each in parts if each is state and right - left < NARROW}
    drawn = "".join(f"M{round(middle, 1):g} {begins:g}v{length:g}" for middle in columns.values())
    return element("path", d=Markup(drawn), class_=f"tick {state}") if drawn else EMPTY
