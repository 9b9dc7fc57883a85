"""Finding out which platform a status page is of: a conversation without I/O, like the readers it tries.

The order: readers whose own hosts the address names; readers that the page itself points to, by a header or by a mark in
its text; then, on a host that gives no clue, every reader that may be tried anywhere, in the order of their ranks. What
settles it is never a clue but a page that can be read. A host that answers an address nobody has with 200 answers anything:
what it says there counts nowhere else. Answers may be minutes old, so that looking again costs the vendor little.
A reader of last resort is tried only when nothing stood in the way of the others: what did not answer may be theirs.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from urllib.parse import urljoin, urlsplit

from checks.foreign import one_line
from checks.model import Failure, Reason, Unseen
from checks.network import Answer, Request
from checks.status.platform import Page, Platform, all_platforms
from checks.status.reading import LOGIN_PATH, looks_like_html, read_body
from checks.status.report import Report
from checks.values import Url
from checks.vendor import ComponentRef

MAX_AGE_SECONDS = 900.0
"""How old an answer may be that serves to tell platforms apart."""
_SNIFFED_BYTES = 262_144
_REQUEST_LIMIT = 80
_LOST_LIMIT = 3
_OK = 200
_FEW = 6
_LARGE_BYTES = 100_000
_NOWHERE = "vendorwatch-asks-for-what-nobody-has.json"
_ABSENT = frozenset({404, 410})


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A *page* that is of *platform*, as its *report* proves. The page's address is the one to put into a vendor's file."""

    platform: Platform
    page: Page
    report: Report


Search = Generator[Request, Answer, Found]


def detect(url: Url, scope: Iterable[ComponentRef] = (), page_id: str | None = None, without: str = "") -> Search:
    """Find the reader of the page at *url*, *without* one that is known not to do; a redirect of its front page is followed.

    Raises `Unseen`: why the page cannot be reached, that it is private or refuses us, what the reader it points to misses,
    or that no reader understands it.
    """
    attempt = _Attempt(Page(url=url, scope=tuple(scope), page_id=page_id), tried={without})
    found = yield from attempt.first_of(platforms_at(url.host), is_told=True)
    if found:
        return found
    front = yield from attempt.ask(url)
    attempt.page = replace(attempt.page, url=_settled(url, front))
    found = yield from attempt.first_of(_pointed_to(front), is_told=True)
    if found:
        return found
    _refuse(front)
    yield from attempt.unmask()
    found = yield from attempt.first_of(_ranked(attempt.decoy))
    if found:
        return found
    attempt.refuse_last_resort()
    found = yield from attempt.first_of(_last_resorts())
    if found:
        return found
    raise attempt.gave_up(front)


def platforms_at(host: str) -> list[Platform]:
    """The platforms whose own hosts *host* is one of; for those of a single vendor that is certain."""
    return [platform for platform in _in_order() if platform.clues.names(host)]


@cache
def _in_order() -> tuple[Platform, ...]:
    """Every platform by its rank, those without one last."""
    return tuple(
        sorted(all_platforms().values(), key=lambda each: (each.clues.rank is None, each.clues.rank or 0, each.name))
    )


def _last_resorts() -> Iterator[Platform]:
    return (platform for platform in _in_order() if platform.is_last_resort)


def _ranked(decoy: bytes | None) -> list[Platform]:
    """The readers to try where nothing points to one; the first few where each answer is a large page whatever is asked."""
    ranked = [each for each in _in_order() if each.clues.rank is not None and not each.is_last_resort]
    return ranked[:_FEW] if decoy and len(decoy) > _LARGE_BYTES else ranked


def _pointed_to(front: Answer) -> list[Platform]:
    """The platforms that the headers or the text of *front* point to; those of its host too, when it was led to."""
    head, host = front.body[:_SNIFFED_BYTES].lower(), urlsplit(front.url).hostname or ""

    def points(platform: Platform) -> bool:
        clues = platform.clues
        named = any(header in front.headers for header in clues.headers) or any(mark in head for mark in clues.marks)
        return named or (bool(front.hops) and clues.names(host))

    return [platform for platform in _in_order() if points(platform)]


def _settled(url: Url, front: Answer) -> Url:
    """Where the front page is in the end. Raises `Unseen` when that is a login or no address."""
    if not front.hops:
        return url
    if LOGIN_PATH.search(urlsplit(front.url).path):
        raise Unseen(
            Reason.PRIVATE, f"{one_line(url, 160)} leads to a login at {one_line(front.url.partition('?')[0], 160)}"
        )
    try:
        return Url.parse(front.url.partition("?")[0])
    except ValueError:
        raise Unseen(Reason.MOVED, f"{one_line(url, 160)} leads to what is no address") from None


def _refuse(front: Answer) -> None:
    """Raise `Unseen` when the page is private, refuses us or is broken: more asking would be rude.

    That nothing is at its address says little: a host may have the documents of a page without the page.
    """
    if front.status not in _ABSENT:
        _read_front(front)


def _read_front(front: Answer) -> None:
    read_body(replace(front, hops=()), front.url, html=True)


@dataclass(slots=True)
class _Attempt:
    """One search: the page it is about, what was tried, and the most telling of what went wrong."""

    page: Page
    decoy: bytes | None = None
    tried: set[str] = field(default_factory=set)
    requests: int = 0
    lost: int = 0
    refusal: Failure | None = None
    doubt: Failure | None = None
    hint: Failure | None = None

    def ask(self, url: str) -> Generator[Request, Answer, Answer]:
        """The answer to one request."""
        self.requests += 1
        return (yield Request(url=url, max_age=MAX_AGE_SECONDS))

    def unmask(self) -> Generator[Request, Answer, None]:
        """Learn what the host says to anything, if it answers an address that nobody has as if it had it."""
        try:
            answer = yield from self.ask(urljoin(self.page.url, _NOWHERE))
        except Unseen as unseen:
            self.lost += 1
            self._note(unseen.failure)
        else:
            self.decoy = answer.body if answer.status == _OK else None

    def first_of(self, platforms: Iterable[Platform], *, is_told: bool = False) -> Generator[Request, Answer, Found | None]:
        """The first of *platforms* that reads the page. What one misses that the page points to *is told* in the end."""
        for platform in self._untried(platforms):
            page = replace(self.page, platform=platform.name)
            try:
                report = yield from self._read(platform, page)
            except Unseen as unseen:
                self.hint = self.hint or (unseen.failure if is_told else None)
                self._note(unseen.failure)
                self._leave_alone(unseen.failure)
            else:
                return Found(platform=platform, page=page, report=report)
        return None

    def _untried(self, platforms: Iterable[Platform]) -> Iterator[Platform]:
        for platform in platforms:
            if platform.name not in self.tried:
                self.tried.add(platform.name)
                yield platform

    def _read(self, platform: Platform, page: Page) -> Generator[Request, Answer, Report]:
        """Hold the conversation of *platform*, patiently, and without what the host says to anything."""
        conversation = platform.converse(page)
        try:
            request = next(conversation)
            while True:
                try:
                    answer = yield self._patient(request)
                except Unseen as unseen:
                    self.lost += 1
                    request = conversation.throw(unseen)
                else:
                    request = conversation.send(self._heard(answer))
        except StopIteration as end:
            report: Report = end.value
            return report

    def _patient(self, request: Request) -> Request:
        self.requests += 1
        if self.requests > _REQUEST_LIMIT:
            raise Unseen(Reason.PARSE, f"{self.page.url} was asked {_REQUEST_LIMIT} things and no reader understood it")
        return replace(request, max_age=MAX_AGE_SECONDS)

    def _heard(self, answer: Answer) -> Answer:
        """*answer*, or a 404 in its place when it is what the host says to anything."""
        return replace(answer, status=404) if self.decoy is not None and answer.body == self.decoy else answer

    def _leave_alone(self, failure: Failure) -> None:
        """Raise `Unseen` when several answers never came."""
        if self.lost >= _LOST_LIMIT:
            raise Unseen(failure.reason, failure.detail)

    def _note(self, failure: Failure) -> None:
        """Remember why a reader failed, where that is not that the page is none of its."""
        match failure.reason:
            case Reason.PRIVATE | Reason.BLOCKED:
                self.refusal = self.refusal or failure
            case Reason.PARSE | Reason.MOVED | Reason.CONFIG:
                pass
            case _:
                self.doubt = self.doubt or failure

    def refuse_last_resort(self) -> None:
        """Raise `Unseen` when a reader may have failed only because its answer did not come."""
        failure = self.refusal or self.doubt
        if failure:
            raise Unseen(failure.reason, failure.detail)

    def gave_up(self, front: Answer) -> Unseen:
        """Why no reader was found, by the most telling of what went wrong."""
        if self.hint:
            return Unseen(self.hint.reason, self.hint.detail)
        if front.status in _ABSENT:
            _read_front(front)
        what = "a web page" if looks_like_html(front.body) else "something"
        nobody = "none of the readers that may be tried anywhere understands"
        cure = "if it has an Atom or RSS feed, give that address instead"
        return Unseen(Reason.PARSE, f"{self.page.url} is {what} that {nobody}: {cure}")
