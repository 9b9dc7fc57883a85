"""Answers that are kept, the ones used last, within limits of number and bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

from checks.network import Answer

MAX_PAGES = 1024
MAX_PAGES_BYTES = 16 * 1024 * 1024
_PAGE_OVERHEAD_BYTES = 2_000


@dataclass(frozen=True, slots=True)
class Page:
    """An answer, and the monotonic time *at* which it was asked for: nothing in it is older."""

    answer: Answer
    at: float

    @property
    def cost(self) -> int:
        """About how many bytes it takes to keep."""
        headers = self.answer.headers
        return _PAGE_OVERHEAD_BYTES + len(self.answer.body) + sum(len(name) + len(headers[name]) for name in headers)


class Shelf:
    """The pages used last, within `MAX_PAGES` and `MAX_PAGES_BYTES`."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Hashable, Page] = OrderedDict()
        self._cost = 0

    def get(self, key: Hashable) -> Page | None:
        """The page, however old."""
        page = self._pages.get(key)
        if page:
            self._pages.move_to_end(key)
        return page

    def put(self, key: Hashable, page: Page) -> None:
        """Keep a page; those not used for longest make room."""
        if former := self._pages.pop(key, None):
            self._cost -= former.cost
        self._pages[key] = page
        self._cost += page.cost
        while len(self._pages) > MAX_PAGES or self._cost > MAX_PAGES_BYTES:
            _, oldest = self._pages.popitem(last=False)
            self._cost -= oldest.cost
