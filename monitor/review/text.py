"""A review as plain text, a hundred columns wide, for a terminal, a mail or a ticket."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from itertools import zip_longest
from typing import assert_never

from monitor.review.blocks import Block, Grid, Heading, Listing, Paragraph
from monitor.review.layout import blocks
from monitor.review.values import Review

WIDTH = 100
"""So wide is the text, unless a word or the short cells of a table are wider."""
_GAP = "  "
_NARROWEST = 24
"""The last column of a table is at least as wide as this."""
_UNDERLINES = {1: "=", 2: "-"}


def written(review: Review) -> str:
    """The *review*."""
    lines = [line for block in blocks(review) for line in _lines(block)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield from _heading(block)
        case Paragraph():
            yield from _wrapped(block.text, WIDTH)
            yield ""
        case Listing():
            for item in block.items:
                yield from textwrap.wrap(item, WIDTH, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False)
            yield ""
        case Grid():
            yield from _table(block)
            yield ""
        case _:
            assert_never(block)


def _heading(heading: Heading) -> Iterator[str]:
    yield heading.text
    if heading.level in _UNDERLINES:
        yield _UNDERLINES[heading.level] * len(heading.text)
        yield ""


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_on_hyphens=False) or [""]


def _table(grid: Grid) -> Iterator[str]:
    """Columns under their names; numbers end at the right, and the last column wraps."""
    widths = [max(map(len, column)) for column in zip(grid.header, *grid.rows, strict=True)]
    room = max(_NARROWEST, WIDTH - sum(widths[:-1]) - len(_GAP) * (len(widths) - 1))
    for row in (grid.header, *grid.rows):
        *short, last = row
        cells = [_cell(cell, width, place) for place, (cell, width) in enumerate(zip(short, widths, strict=False))]
        for first, part in zip_longest([_GAP.join(cells)], _wrapped(last, room), fillvalue=""):
            yield f"{first or ' ' * (sum(widths[:-1]) + len(_GAP) * (len(short) - 1))}{_GAP}{part}"


def _cell(cell: str, width: int, place: int) -> str:
    return cell.ljust(width) if place == 0 else cell.rjust(width)
