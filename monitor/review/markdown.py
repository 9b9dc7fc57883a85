"""A review as GitHub flavoured Markdown (its specification, 0.29-gfm, for tables section 4.10).

Whatever a vendor or a file said stands in it as text: what would be markup is escaped (CommonMark 0.31, section 2.4), so
that neither a pipe ends a cell nor a bracket makes a link.

Mentions, numbers of issues and names of emoji GitHub looks for in what its parser has written, where neither a backslash
nor a character reference is left (https://github.com/github/cmark-gfm/issues/181, /github/markup/issues/1168 and 1153, read
2026-11-22). A comment within them parts them: it is neither seen nor copied. A dollar sign begins a formula unless it
stands in an element of its own (GitHub's documentation, "Writing mathematical expressions").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import assert_never

from monitor.review.blocks import Block, Grid, Heading, Listing, Paragraph
from monitor.review.layout import blocks
from monitor.review.values import Review

_MARKUP = re.compile(r"[\\`*_{}\[\]<>#|~&!]")
"""What may begin markup within a line."""
_LINKED = re.compile(r"@(?=\w)|#(?=\d)|\bGH-(?=\d)|:(?!\d\d:)(?=[\w+-]+:)", re.ASCII | re.IGNORECASE)
"""The beginning of what GitHub makes something of later: mention, issue, emoji. No emoji is called as minutes are."""
_NOTHING = "<!-- -->"
"""What parts it from the rest, unseen. No text holds the character that stands for it meanwhile: none prints it."""
_ADDRESS = re.compile(r"(?i)\b(https?:|www\.|ftp:)")
"""What GitHub makes a link of by itself (section 6.9)."""


def written(review: Review) -> str:
    """The *review*."""
    return "\n".join(line for block in blocks(review) for line in _lines(block))


def escaped(text: str) -> str:
    """*text*, none of it markup."""
    harmless = _LINKED.sub(lambda found: f"{found[0]}\0", text)
    harmless = _MARKUP.sub(lambda found: f"\\{found[0]}", harmless)
    harmless = harmless.replace("\0", _NOTHING).replace("$", "<span>$</span>")
    return _ADDRESS.sub(lambda found: f"{found[0][:-1]}&#{ord(found[0][-1])};", harmless)


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield f"{'#' * block.level} {escaped(block.text)}"
        case Paragraph():
            yield _begun(escaped(block.text))
        case Listing():
            yield from (f"- {_begun(escaped(item))}" for item in block.items)
        case Grid():
            yield from _table(block)
        case _:
            assert_never(block)
    yield ""


def _begun(line: str) -> str:
    """*line*, which is not to begin a list where it begins with what does."""
    return re.sub(r"^(\d+)([.)])", r"\1\\\2", re.sub(r"^([-+=])", r"\\\1", line))


def _table(grid: Grid) -> Iterator[str]:
    middle = len(grid.header) - 2
    yield _row([name.capitalize() for name in grid.header])
    yield _row([":--", *("--:" for _ in range(middle)), ":--"])
    yield from (_row([escaped(cell) for cell in row]) for row in grid.rows)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
