"""What both generations of Cachet have in common: the numbers their states have, and lists that come in pages.

Source: cachethq/cachet (version 2) and cachethq/core (version 3), read 2026-11. A list is asked for page by page at
addresses made here: the links inside it are a vendor's and are not followed. Components are read to the end, within a
limit. Incidents come newest first; where there are more than a page of them, those whose own state is unfinished are asked
for beside it, and that these could not be had is noted. The newest are asked for without regard to it all the same, since
in some releases an incident's own state is that of its first update. Of schedules one page is enough: that there are older
ones is only noted where the oldest that was read is not over. States are numbers, and numbers as text in some releases.
Times name no zone and are taken as UTC, which is what Cachet is set to unless somebody changes it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import replace

from checks.model import Claim, Unseen
from checks.network import Answer, Request
from checks.status.node import Node, Notes
from checks.status.reading import read_object
from checks.status.report import Progress

_PAGE_LIMIT = 10
_ROW_LIMIT = 200
_ROWS_ASKED = 100
_NUMBER = re.compile(r"[0-9]{1,4}")

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
    """One page of the list at *address*, read with *notes*.

    The first is not asked for by its number, which version 2 would take for one more thing to filter by.
    """
    url = f"{address}{'&' if '?' in address else '?'}per_page={_ROWS_ASKED}{f'&page={number}' if number > 1 else ''}"
    return replace(read_object((yield Request(url=url)), url), notes=notes)


def rows_of(*pages: Node) -> Iterator[Node]:
    """The elements of the lists on *pages*."""
    for page in pages:
        yield from page["data"].items(_ROW_LIMIT)


def read_open(
    newest: str, unfinished: Iterable[str], notes: Notes, has_more: HasMore, is_open: Callable[[Node], bool]
) -> Generator[Request, Answer, list[Node]]:
    """The incidents that are open, each once: of the list *newest*, and where that has more pages, of those *unfinished*."""
    page = yield from read_page(newest, notes)
    pages = [page]
    for address in unfinished if has_more(page) else ():
        try:
            pages += yield from read_pages(address, notes, has_more)
        except Unseen as unseen:
            notes.cut.append(f"the open ones of the list at {page.source}: {unseen.failure.detail}")
    rows = filter(is_open, rows_of(*pages))
    return list({row.id_of("id") or f"#{at}": row for at, row in enumerate(rows)}.values())


def as_number(state: Node) -> Node:
    """A *state*, whose number may be written as text."""
    return replace(state, value=int(state.value)) if type(state.value) is str and _NUMBER.fullmatch(state.value) else state


def note_older(page: Node, open_rows: list[Node], has_more: HasMore) -> None:
    """Note that open events may stand behind *page*, where the last on it is one of *open_rows*."""
    rows = page["data"].require(list)
    if open_rows and rows and open_rows[-1].value is rows[-1] and has_more(page):
        page.notes.cut.append(f"the newest {len(rows)} of the list at {page.source}")
