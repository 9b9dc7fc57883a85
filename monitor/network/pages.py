"""One fetch serves many: the page cache behind requests that do not ask to be fresh.

Equal requests at the same time share one fetch; equal requests within `REUSE_SECONDS` share its answer; later ones ask with
the validators of the last answer (RFC 9110, section 13.1) and are spared the body when nothing changed. Only 200 is kept,
never what took a secret to get or says ``no-store`` (RFC 9111, section 5.2.2.5), and a cancelled waiter takes nobody else's
answer away.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from checks.model import Unseen
from checks.network import Answer, Request
from checks.values import Secret

REUSE_SECONDS = 25.0
"""Below the shortest interval at which one page is read."""
MAX_PAGES = 1024
MAX_PAGES_BYTES = 16 * 1024 * 1024
_PAGE_OVERHEAD_BYTES = 2_000
_OK = 200
_NOT_MODIFIED = 304
_CONDITIONAL = frozenset({"if-none-match", "if-modified-since", "if-match", "if-unmodified-since", "range", "if-range"})
_CREDENTIALS = frozenset({"authorization", "cookie"})
_VALIDATORS = {"if-none-match": "etag", "if-modified-since": "last-modified"}

Key = tuple[str, tuple[tuple[str, str], ...], int]


def is_page(request: Request) -> bool:
    """Whether the answer to *request* may be shared: a plain GET of something everybody may read."""
    return (
        request.method == "GET"
        and not request.fresh
        and not request.body
        and not request.auth
        and not any(isinstance(value, Secret) for value in request.headers.values())
        and not (_CONDITIONAL | _CREDENTIALS) & {name.lower() for name in request.headers}
    )


@dataclass(slots=True)
class _Flight:
    """A fetch under way, and how many wait for it."""

    task: asyncio.Task[Answer]
    waiting: int = 0


class Pages:
    """Answers to requests that `is_page` lets through, shared."""

    def __init__(self, fetch: Callable[[Request], Awaitable[Answer]], monotonic: Callable[[], float]) -> None:
        self._fetch = fetch
        self._monotonic = monotonic
        self._shelf = Shelf()
        self._flights: dict[Key, _Flight] = {}

    async def get(self, request: Request) -> Answer:
        """The answer to *request*: kept, on its way already, or fetched now. Raises `Unseen` as the fetch does."""
        key = _key(request)
        kept = self._shelf.get(key)
        if kept and self._monotonic() < kept.until:
            return replace(kept.answer, cached=True)
        joined = key in self._flights
        answer = await self._wait(key, self._flights.get(key) or self._start(key, request))
        return replace(answer, cached=True) if joined else answer

    async def aclose(self) -> None:
        """End all fetches under way."""
        for flight in list(self._flights.values()):
            await _end(flight.task)

    def _start(self, key: Key, request: Request) -> _Flight:
        flight = self._flights[key] = _Flight(asyncio.create_task(self._refresh(key, request)))
        return flight

    async def _wait(self, key: Key, flight: _Flight) -> Answer:
        """What *flight* brings. Whoever is the last to stop waiting ends it."""
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.task)
        except Unseen as unseen:
            raise Unseen(unseen.failure.reason, unseen.failure.detail) from None
        finally:
            flight.waiting -= 1
            if not flight.waiting:
                del self._flights[key]
                await _end(flight.task)

    async def _refresh(self, key: Key, request: Request) -> Answer:
        kept = self._shelf.get(key)
        answer = await self._fetch(_conditional(request, kept.answer) if kept else request)
        if answer.status == _NOT_MODIFIED and kept:
            same = answer.url == kept.answer.url
            answer = _revived(kept.answer, answer) if same else await self._fetch(request)
        if answer.status == _OK and "no-store" not in answer.headers.get("cache-control", "").lower():
            self._shelf.put(key, Page(replace(answer, cached=False), self._monotonic() + REUSE_SECONDS))
        return answer


@dataclass(frozen=True, slots=True)
class Page:
    """An answer, and the monotonic time until which it needs no asking."""

    answer: Answer
    until: float

    @property
    def cost(self) -> int:
        """About how many bytes it takes to keep."""
        headers = self.answer.headers
        return _PAGE_OVERHEAD_BYTES + len(self.answer.body) + sum(len(name) + len(headers[name]) for name in headers)


class Shelf:
    """The pages used last, within `MAX_PAGES` and `MAX_PAGES_BYTES`."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Key, Page] = OrderedDict()
        self._cost = 0

    def get(self, key: Key) -> Page | None:
        """The page, however old."""
        page = self._pages.get(key)
        if page:
            self._pages.move_to_end(key)
        return page

    def put(self, key: Key, page: Page) -> None:
        """Keep a page; those not used for longest make room."""
        if former := self._pages.pop(key, None):
            self._cost -= former.cost
        self._pages[key] = page
        self._cost += page.cost
        while len(self._pages) > MAX_PAGES or self._cost > MAX_PAGES_BYTES:
            _, oldest = self._pages.popitem(last=False)
            self._cost -= oldest.cost


async def _end(task: asyncio.Task[Answer]) -> None:
    if task.cancel():
        await asyncio.wait({task})


def _key(request: Request) -> Key:
    headers = sorted((name.lower(), str(value)) for name, value in request.headers.items())
    return request.url, tuple(headers), request.max_redirects


def _conditional(request: Request, kept: Answer) -> Request:
    """*request* with the validators of *kept*. A page behind a redirect has none that are good for the address we ask."""
    if kept.hops:
        return request
    tags = {ask: kept.headers[have] for ask, have in _VALIDATORS.items() if have in kept.headers}
    return replace(request, headers={**request.headers, **tags}) if tags else request


def _revived(kept: Answer, confirmation: Answer) -> Answer:
    """*kept* with what the 304 said anew of it (RFC 9111, section 3.2)."""
    news = {name: value for name, value in confirmation.headers.items() if not name.startswith("content-")}
    return replace(
        kept,
        headers={**kept.headers, **news},
        connection=confirmation.connection,
        phases=confirmation.phases,
        seconds=confirmation.seconds,
        cached=True,
    )
