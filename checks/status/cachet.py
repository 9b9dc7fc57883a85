"""What both generations of Cachet have in common: the numbers their states have, and lists that come in pages.

Source: cachethq/cachet (version 2) and cachethq/core (version 3), read 2026-11. A list is asked for page by page at
addresses made here: the links inside it are a vendor's and are not followed. Components are read to the end, within a
limit. Events come newest first and one page of them is enough: that there are older ones is only noted where the oldest
that was read is still open, since then more of them may be. Times name no zone and are taken as UTC, which is what Cachet
is set to unless somebody changes it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import replace

from checks.model import Claim
from checks.network import Answer, Request
from checks.status.node import Node, Notes
from checks.status.reading import read_object
from checks.status.report import Progress

_PAGE_LIMIT = 10
_ROW_LIMIT = 200
_ROWS_ASKED = 100

CLAIMS = {1: Claim.OPERATIONAL, 2: Claim.DEGRADED, 3: Claim.PARTIAL_OUTAGE, 4: Claim.MAJOR_OUTAGE}
PHASES = {1: "investigating", 2: "identified", 3: "watching", 4: "fixed"}
FIXED = 4
PROGRESS = {0: Progress.PLANNED, 1: Progress.ACTIVE, 2: Progress.DONE}

HasMore = Callable[[Node], bool]
"""Whether there are pages behind this one: the generations say it differently."""


def read_pages(address: str, notes: Notes, has_more: HasMore) -> Generator[Request, Answer, list[Node]]:
    """The pages of the list at *address*, first to last; what is cut is put into *notes*."""
    pages: list[Node] = []
    for number in range(1, _PAGE_LIMIT + 1):
        pages.append((yield from read_page(address, notes, number)))
        if not has_more(pages[-1]):
            return pages
    notes.cut.append(f"the first {_PAGE_LIMIT} pages of the list at {pages[0].source}")
    return pages


def read_page(address: str, notes: Notes, number: int = 1) -> Generator[Request, Answer, Node]:
    """One page of the list at *address*, read with *notes*."""
    url = f"{address}{'&' if '?' in address else '?'}per_page={_ROWS_ASKED}&page={number}"
    return replace(read_object((yield Request(url=url)), url), notes=notes)


def rows_of(*pages: Node) -> Iterator[Node]:
    """The elements of the lists on *pages*."""
    for page in pages:
        yield from page["data"].items(_ROW_LIMIT)


def note_older(page: Node, open_rows: list[Node], has_more: HasMore) -> None:
    """Note that open events may stand behind *page*, where the last on it is one of *open_rows*."""
    rows = page["data"].require(list)
    if open_rows and rows and open_rows[-1].value is rows[-1] and has_more(page):
        page.notes.cut.append(f"the newest {len(rows)} of the list at {page.source}")
