"""The page cache: one fetch for many, validators afterwards, and bounds on what it keeps."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

import pytest

from checks.model import Reason, Unseen
from checks.network import Answer, Request
from checks.values import Secret
from checks.vendor import Auth
from monitor.network.pages import MAX_PAGES, MAX_PAGES_BYTES, Page, Pages, Shelf, is_page
from tests.support.network import answer

URL = "https://status.vendor.test/api"
PAGE = Request(url=URL)


@dataclass
class Vendor:
    """A fetch that answers from a list, the last one for ever, and can be held up."""

    answers: list[Answer | Unseen] = field(default_factory=lambda: [answer(b"page", url=URL)])
    asked: list[Request] = field(default_factory=list)
    cancelled: int = 0
    now: float = 0.0
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    started: asyncio.Event = field(default_factory=asyncio.Event)

    async def fetch(self, request: Request) -> Answer:
        self.asked.append(request)
        self.started.set()
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(found, Unseen):
            raise found
        return found


def run(story: Callable[[Vendor, Pages], Awaitable[None]], *answers: Answer | Unseen, held: bool = False) -> Vendor:
    """Tell *story* over a cache in front of a vendor with these *answers*."""

    async def tell() -> Vendor:
        vendor = Vendor(list(answers) or [answer(b"page", url=URL)])
        if not held:
            vendor.gate.set()
        pages = Pages(vendor.fetch, lambda: vendor.now)
        await story(vendor, pages)
        await pages.aclose()
        assert len(asyncio.all_tasks()) == 1
        return vendor

    return asyncio.run(tell())


@pytest.mark.parametrize(
    "request_",
    [
        Request(url=URL, fresh=True),
        Request(url=URL, method="POST"),
        Request(url=URL, method="HEAD"),
        Request(url=URL, body=b"x"),
        Request(url=URL, auth=Auth(bearer=Secret("env", "KEY"))),
        Request(url=URL, headers={"X-Key": Secret("env", "KEY")}),
        Request(url=URL, headers={"Authorization": "Bearer open"}),
        Request(url=URL, headers={"Cookie": "a=b"}),
        Request(url=URL, headers={"If-None-Match": '"x"'}),
    ],
)
def test_only_plain_requests_for_what_everybody_may_read_are_shared(request_: Request) -> None:
    assert is_page(PAGE)
    assert is_page(Request(url=URL, headers={"Accept": "application/json"}))
    assert not is_page(request_)


def test_an_answer_is_used_again_for_a_while() -> None:
    async def story(vendor: Vendor, pages: Pages) -> None:
        assert not (await pages.get(PAGE)).cached
        vendor.now = 24.9
        again = await pages.get(PAGE)
        assert again.cached
        assert again.body == b"page"
        vendor.now = 25.0
        assert not (await pages.get(PAGE)).cached

    assert len(run(story).asked) == 2


def test_another_address_other_headers_or_other_redirects_are_another_page() -> None:
    async def story(_: Vendor, pages: Pages) -> None:
        await pages.get(PAGE)
        await pages.get(Request(url=URL + "?b"))
        await pages.get(Request(url=URL, headers={"Accept": "text/html"}))
        await pages.get(Request(url=URL, max_redirects=0))

    assert len(run(story).asked) == 4


def test_requests_at_the_same_time_share_one_fetch() -> None:
    async def story(vendor: Vendor, pages: Pages) -> None:
        waiting = [asyncio.create_task(pages.get(PAGE)) for _ in range(5)]
        await asyncio.sleep(0)
        vendor.gate.set()
        assert [(await task).cached for task in waiting] == [False, True, True, True, True]

    assert len(run(story, held=True).asked) == 1


def test_a_cancelled_waiter_takes_nobody_elses_answer_away() -> None:
    async def story(vendor: Vendor, pages: Pages) -> None:
        first, second = (asyncio.create_task(pages.get(PAGE)) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        vendor.gate.set()
        assert (await second).body == b"page"

    vendor = run(story, held=True)
    assert (len(vendor.asked), vendor.cancelled) == (1, 0)


def test_a_fetch_nobody_waits_for_any_more_ends() -> None:
    async def story(vendor: Vendor, pages: Pages) -> None:
        for _ in range(2):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0):
                    await pages.get(PAGE)
        assert len(asyncio.all_tasks()) == 1
        vendor.gate.set()
        assert not (await pages.get(PAGE)).cached

    vendor = run(story, held=True)
    assert vendor.cancelled == len(vendor.asked) - 1


def test_closing_ends_what_is_under_way() -> None:
    async def story(vendor: Vendor, pages: Pages) -> None:
        waiting = asyncio.create_task(pages.get(PAGE))
        await vendor.started.wait()
        await pages.aclose()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    assert run(story, held=True).cancelled == 1


def test_a_failed_fetch_is_told_to_all_who_wait_and_not_kept() -> None:
    async def story(_: Vendor, pages: Pages) -> None:
        results = await asyncio.gather(pages.get(PAGE), pages.get(PAGE), return_exceptions=True)
        assert [str(result) for result in results] == ["connect: cut", "connect: cut"]
        assert results[0] is not results[1]
        assert (await pages.get(PAGE)).body == b"page"

    run(story, Unseen(Reason.CONNECT, "cut"), answer(b"page", url=URL))


@pytest.mark.parametrize("status", [204, 206, 301, 404, 429, 500, 503])
def test_only_a_whole_page_is_kept(status: int) -> None:
    async def story(_: Vendor, pages: Pages) -> None:
        await pages.get(PAGE)
        assert not (await pages.get(PAGE)).cached

    assert len(run(story, answer(status=status, url=URL)).asked) == 2


TAGGED = answer(b"page", url=URL, headers={"etag": '"v1"', "last-modified": "Sat, 21 Nov 2026 00:00:00 GMT", "age": "1"})
UNCHANGED = answer(status=304, url=URL, headers={"age": "2", "content-length": "0"})


def test_an_old_page_is_asked_for_with_its_validators_and_comes_back_when_nothing_changed() -> None:
    async def story(vendor: Vendor, pages: Pages) -> None:
        await pages.get(PAGE)
        vendor.now = 60.0
        again = await pages.get(PAGE)
        assert (again.status, again.body, again.cached) == (200, b"page", True)
        assert again.headers["age"] == "2"
        assert "content-length" not in again.headers
        vendor.now = 84.0
        await pages.get(PAGE)

    asked = run(story, TAGGED, UNCHANGED).asked
    assert len(asked) == 2
    assert asked[1].headers == {"if-none-match": '"v1"', "if-modified-since": "Sat, 21 Nov 2026 00:00:00 GMT"}


def test_a_page_that_changed_replaces_the_old_one() -> None:
    async def story(vendor: Vendor, pages: Pages) -> None:
        await pages.get(PAGE)
        vendor.now = 60.0
        again = await pages.get(PAGE)
        assert (again.body, again.cached) == (b"new", False)
        assert (await pages.get(PAGE)).body == b"new"

    run(story, TAGGED, answer(b"new", url=URL))


def test_unchanged_somewhere_else_is_asked_again_without_validators() -> None:
    elsewhere = replace(UNCHANGED, url=URL + "/moved", hops=(URL,))

    async def story(vendor: Vendor, pages: Pages) -> None:
        await pages.get(PAGE)
        vendor.now = 60.0
        assert (await pages.get(PAGE)).body == b"moved"

    assert run(story, TAGGED, elsewhere, answer(b"moved", url=URL + "/moved")).asked[2].headers == {}


def test_a_page_behind_a_redirect_is_asked_for_without_validators() -> None:
    async def story(vendor: Vendor, pages: Pages) -> None:
        await pages.get(PAGE)
        vendor.now = 60.0
        await pages.get(PAGE)

    assert run(story, replace(TAGGED, hops=(URL,))).asked[1].headers == {}


def key(number: int) -> tuple[str, tuple[tuple[str, str], ...], int]:
    return f"{URL}/{number}", (), 5


def test_the_page_not_used_for_longest_makes_room() -> None:
    shelf = Shelf()
    for number in range(MAX_PAGES):
        shelf.put(key(number), Page(answer(), 0.0))
    shelf.get(key(0))
    shelf.put(key(MAX_PAGES), Page(answer(), 0.0))
    assert shelf.get(key(0))
    assert not shelf.get(key(1))


def test_pages_together_stay_within_their_bytes() -> None:
    shelf = Shelf()
    big = Page(answer(bytes(MAX_PAGES_BYTES // 4)), 0.0)
    for number in range(10):
        for _ in range(2):
            shelf.put(key(number), big)
    assert sum(shelf.get(key(number)) is not None for number in range(10)) == 3
