"""Latency over time, as two lines: the median, and what only one in twenty was above. One value for each day, or month.

A time without a measurement leaves a gap. Where there are more than columns, some share one, and the slowest of them is
drawn. The scale begins at nothing, and where it ends is told beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from monitor.hypertext.markup import EMPTY, Markup, element

COLUMNS = 120
"""So many points a line has at most."""
HIGH = 36
"""In pixels."""

Seconds = Sequence[float | None]
"""Of each day or month, oldest first; None of one of which nothing is known."""


def sparks(median: Seconds, slow: Seconds, told: str) -> Markup:
    """The lines of two quantiles at the same times, the *median* and the *slow* one. *told* says the same in words."""
    lines = [_grouped(each) for each in (slow, median)]
    highest = max((value for line in lines for value in line if value is not None), default=0.0)
    if not highest:
        return EMPTY
    drawn = (
        element("path", class_=kind, d=_path(line, highest)) for kind, line in zip(("slow", "median"), lines, strict=True)
    )
    return element(
        "svg",
        element("title", told),
        *drawn,
        class_="sparks",
        role="img",
        viewBox=f"0 0 {max(len(lines[0]), 2)} {HIGH}",
        preserveAspectRatio="none",
    )


def _grouped(times: Seconds) -> Seconds:
    """As many values as there are columns, or fewer: the highest of each group of times."""
    size = -(-len(times) // COLUMNS)
    groups = (times[start : start + size] for start in range(0, len(times), size or 1))
    return [max((value for value in group if value is not None), default=None) for group in groups]


def _path(line: Seconds, highest: float) -> Markup:
    """A step as wide as a column for each value; the line is interrupted where there is none."""
    heights = [None if value is None else round((HIGH - 2) * (1 - value / highest)) + 1 for value in line]
    return Markup("".join(_steps(heights)))


def _steps(heights: Iterable[int | None]) -> Iterator[str]:
    column, before = 0, None
    for height, same in groupby(heights):
        wide = len(list(same))
        if height is not None:
            yield f"M{column} {height}h{wide}" if before is None else f"v{height - before}h{wide}"
        column, before = column + wide, height
