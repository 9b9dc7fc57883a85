"""One fetch serves many: the page cache behind requests that do not ask to be fresh.

Equal requests at the same time share one fetch; equal requests within `REUSE_SECONDS` share its answer; later ones ask with
the validators of the last answer (RFC 9110, section 13.1) and are spared the body when nothing changed. Only 200 is kept,
never what took a secret to get or says ``no-store`` (RFC 9111, section 5.2.2.5), and a cancelled waiter takes nobody else's
answer away. An origin that asked for a rest gets one, whoever wants to read it.

Whoever says with ``max_age`` that an old answer will do is told again what it was told, whatever that was: no-store and
the like are about caches that pass for the origin, and this asker wants no more than not to ask twice. What is kept for that
is never given to anybody else. With a ``max_age`` of 0 the page is fetched anew, whole and over a connection of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from checks.model import Unseen
from checks.network import Answer, Request
from checks.values import Secret
from monitor.clock import Clock
from monitor.network.rests import Rests
from monitor.network.shelf import Page, Shelf

REUSE_SECONDS = 28.0
"""From one fetch of a page to the next, whoever asks. The shortest interval at which a page is read is 30 s: what is due by
it may be two seconds late once and in time after that, and still fetches each time."""
PASSING_SECONDS = 300.0
"""For how long an answer that says "not now" may serve: the page may be back in a minute."""
REFUSAL_BYTES = 16_384
"""How much is kept of an answer that is no page: enough to see whether it is a challenge."""
_PASSING = frozenset({408, 425, 429})
_FAULTS = 500
_OK = 200
_NOT_MODIFIED = 304
_CONDITIONAL = frozenset({"if-none-match", "if-modified-since", "if-match", "if-unmodified-since", "range", "if-range"})
_CREDENTIALS = frozenset({"authorization", "cookie"})
_VALIDATORS = {"if-none-match": "etag", "if-modified-since": "last-modified"}

Key = tuple[str, tuple[tuple[str, str], ...], int]
_Course = tuple[Key, bool]
"""What a fetch is for: a page, and whether it must be fetched anew."""


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
    """A fetch under way, the monotonic time at which it *began*, and how many wait for it."""

    task: asyncio.Task[Answer]
    began: float
    waiting: int = 0


class Pages:
    """Answers to requests that `is_page` lets through, shared."""

    def __init__(self, fetch: Callable[[Request], Awaitable[Answer]], clock: Clock) -> None:
        self._fetch = fetch
        self._monotonic = clock.monotonic
        self._rests = Rests(clock)
        self._shelf = Shelf()
        self._told = Shelf()
        self._flights: dict[_Course, _Flight] = {}

    @property
    def resting(self) -> int:
        """How many origins are left alone at the moment, because they asked for it. For any thread."""
        return self._rests.count()

    async def get(self, request: Request) -> Answer:
        """The answer to *request*: kept, on its way already, or fetched now. Raises `Unseen` as the fetch does."""
        key = _key(request)
        if kept := self._kept(key, request.max_age):
            return replace(kept, cached=True)
        if refusal := self._rests.refusal(request.url):
            return refusal
        course = key, request.max_age == 0
        joined = course in self._flights
        flight = self._flights.get(course) or self._start(course, request)
        answer = await self._wait(course, flight)
        if request.max_age and not _may_be_kept(answer):
            self._told.put(key, Page(_short(answer), flight.began))
        return replace(answer, cached=True) if joined else answer

    async def aclose(self) -> None:
        """End all fetches under way."""
        for flight in list(self._flights.values()):
            await _end(flight.task)

    def _kept(self, key: Key, max_age: float | None) -> Answer | None:
        """What memory has for somebody who takes an answer *max_age* seconds old; by default a page of a moment ago."""
        now, page = self._monotonic(), self._shelf.get(key)
        if max_age is None:
            return page.answer if page and now < page.at + REUSE_SECONDS else None
        known = [each for each in (page, self._told.get(key)) if each and now < each.at + _lifetime(each.answer, max_age)]
        return max(known, key=lambda each: each.at).answer if known else None

    def _start(self, course: _Course, request: Request) -> _Flight:
        began = self._monotonic()
        flight = self._flights[course] = _Flight(asyncio.create_task(self._refresh(course, request, began)), began)
        return flight

    async def _wait(self, course: _Course, flight: _Flight) -> Answer:
        """What *flight* brings. Whoever is the last to stop waiting ends it."""
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.task)
        except Unseen as unseen:
            failure = unseen.failure
            raise Unseen(failure.reason, failure.detail, lasting=failure.lasting) from None
        finally:
            flight.waiting -= 1
            if not flight.waiting:
                del self._flights[course]
                await _end(flight.task)

    async def _refresh(self, course: _Course, request: Request, began: float) -> Answer:
        key, anew = course
        kept = None if anew else self._shelf.get(key)
        answer = await self._ask(_conditional(request, kept.answer) if kept else request)
        if answer.status == _NOT_MODIFIED and kept:
            same = answer.url == kept.answer.url
            answer = _revived(kept.answer, answer) if same else await self._ask(request)
        if _may_be_kept(answer):
            self._shelf.put(key, Page(replace(answer, cached=False), began))
        return answer

    async def _ask(self, request: Request) -> Answer:
        answer = await self._fetch(request)
        self._rests.hear(request.url, answer)
        return answer


def _short(answer: Answer) -> Answer:
    """*answer*; of one that is no page only the head, since pages that say *not found* are among the largest there are."""
    return answer if answer.status == _OK else replace(answer, body=answer.body[:REFUSAL_BYTES])


async def _end(task: asyncio.Task[Answer]) -> None:
    if task.cancel():
        await asyncio.wait({task})


def _key(request: Request) -> Key:
    headers = sorted((name.lower(), str(value)) for name, value in request.headers.items())
    return request.url, tuple(headers), request.max_redirects


def _may_be_kept(answer: Answer) -> bool:
    return answer.status == _OK and "no-store" not in answer.headers.get("cache-control", "").lower()


def _lifetime(answer: Answer, max_age: float) -> float:
    """For how many seconds *answer* serves somebody who would take one of *max_age*."""
    is_passing = answer.status in _PASSING or answer.status >= _FAULTS
    return min(max_age, PASSING_SECONDS) if is_passing else max_age


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
        cached=False,
    )
