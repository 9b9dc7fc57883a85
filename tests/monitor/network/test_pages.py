"""The page cache: one fetch for many, validators afterwards, and bounds on what it keeps."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.model import Reason, Unseen
from checks.network import Answer, Request
from checks.values import Secret
from checks.vendor import Auth
from monitor.clock import Clock
from monitor.network.pages import PASSING_SECONDS, REUSE_SECONDS, Pages, is_page
from monitor.network.shelf import MAX_PAGES, MAX_PAGES_BYTES, Page, Shelf
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
        pages = Pages(vendor.fetch, Clock(monotonic=lambda: vendor.now))
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
        vendor.now = REUSE_SECONDS - 0.1
        again = await pages.get(PAGE)
        assert again.cached
        assert again.body == b"page"
        vendor.now = REUSE_SECONDS
        assert not (await pages.get(PAGE)).cached

    assert len(run(story).asked) == 2


def test_an_answer_is_as_old_as_the_question() -> None:
    async def story(vendor: Vendor, pages: Pages) -> None:
        waiting = asyncio.create_task(pages.get(PAGE))
        await vendor.started.wait()
        vendor.now = 20.0
        vendor.gate.set()
        await waiting
        vendor.now = REUSE_SECONDS
        assert not (await pages.get(PAGE)).cached

    assert len(run(story, held=True).asked) == 2


@given(st.lists(st.tuples(st.floats(30, 300), st.floats(0, 60)), min_size=2, max_size=5), st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_whatever_the_intervals_of_those_who_read_it_a_page_is_fetched_every_28_seconds_at_most(
    readers: list[tuple[float, float]], seed: int
) -> None:
    late = Random(seed)  # noqa: S311 - jitter of a test
    moments = sorted(
        phase + turn * every + late.uniform(0, 2) for every, phase in readers for turn in range(int(1200 / every))
    )
    fetched: list[float] = []

    async def story(vendor: Vendor, pages: Pages) -> None:
        for vendor.now in moments:
            before = len(vendor.asked)
            await pages.get(PAGE)
            fetched.extend([vendor.now] * (len(vendor.asked) - before))

    run(story)
    assert all(later - earlier >= REUSE_SECONDS for earlier, later in pairwise(fetched))
    assert len(fetched) >= 1200 / min(every for every, _ in readers) * 0.5


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
        assert [str(result) for result in results] == ["tls: expired", "tls: expired"]
        assert all(isinstance(result, Unseen) and result.failure.lasting for result in results)
        assert results[0] is not results[1]
        assert (await pages.get(PAGE)).body == b"page"

    run(story, Unseen(Reason.TLS, "expired", lasting=True), answer(b"page", url=URL))


@pytest.mark.parametrize("status", [204, 206, 301, 404, 500, 503])
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
        assert (again.status, again.body, again.cached) == (200, b"page", False)
        assert again.headers["age"] == "2"
        assert "content-length" not in again.headers
        vendor.now = 60.0 + REUSE_SECONDS - 1
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


PATIENT = replace(PAGE, max_age=3600.0)
ANEW = replace(PAGE, max_age=0.0)


@pytest.mark.parametrize("status", [204, 301, 401, 403, 404, 410])
def test_who_takes_an_old_answer_is_told_again_whatever_it_was_and_nobody_else_is(status: int) -> None:
    async def story(vendor: Vendor, pages: Pages) -> None:
        assert not (await pages.get(PATIENT)).cached
        vendor.now = 3599.0
        again = await pages.get(PATIENT)
        assert (again.status, again.body, again.cached) == (status, b"no", True)
        assert not (await pages.get(PAGE)).cached
        vendor.now = 3600.0
        assert not (await pages.get(PATIENT)).cached

    assert len(run(story, answer(b"no", status=status, url=URL)).asked) == 3


@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 504])
def test_not_now_is_told_again_for_minutes_only(status: int) -> None:
    async def story(vendor: Vendor, pages: Pages) -> None:
        await pages.get(PATIENT)
        vendor.now = PASSING_SECONDS - 1
        assert (await pages.get(PATIENT)).cached
        vendor.now = PASSING_SECONDS
        assert not (await pages.get(PATIENT)).cached

    run(story, answer(status=status, url=URL))


def test_who_takes_an_old_answer_takes_a_page_that_somebody_else_read() -> None:
    async def story(vendor: Vendor, pages: Pages) -> None:
        await pages.get(PAGE)
        vendor.now = 3000.0
        assert (await pages.get(PATIENT)).cached
        assert not (await pages.get(replace(PATIENT, max_age=2999.0))).cached

    assert len(run(story).asked) == 2


def test_a_page_that_forbids_keeping_is_told_again_only_to_who_takes_an_old_answer() -> None:
    async def story(_: Vendor, pages: Pages) -> None:
        await pages.get(PATIENT)
        assert (await pages.get(PATIENT)).cached
        assert not (await pages.get(PAGE)).cached

    assert len(run(story, answer(b"page", url=URL, headers={"cache-control": "private, no-store"})).asked) == 2


def test_the_newest_of_what_is_known_is_told() -> None:
    async def story(vendor: Vendor, pages: Pages) -> None:
        for status in (404, 200, 410):
            vendor.now += 100.0
            found = await pages.get(replace(PATIENT, max_age=50.0))
            assert (found.status, found.cached) == (status, False)
            assert (await pages.get(PATIENT)).status == status

    run(story, answer(status=404, url=URL), answer(b"page", url=URL), answer(status=410, url=URL))


def test_a_failure_is_not_told_again() -> None:
    async def story(_: Vendor, pages: Pages) -> None:
        with pytest.raises(Unseen):
            await pages.get(PATIENT)
        assert not (await pages.get(PATIENT)).cached

    run(story, Unseen(Reason.CONNECT, "cut"), answer(status=404, url=URL))


def test_what_is_told_again_stays_within_bounds() -> None:
    async def story(vendor: Vendor, pages: Pages) -> None:
        for number in range(MAX_PAGES + 1):
            await pages.get(replace(PATIENT, url=f"{URL}/{number}"))
        assert not (await pages.get(replace(PATIENT, url=f"{URL}/0"))).cached
        assert (await pages.get(replace(PATIENT, url=f"{URL}/{MAX_PAGES}"))).cached
        assert len(vendor.asked) == MAX_PAGES + 2

    run(story, answer(status=404, url=URL))


def test_a_page_that_is_wanted_anew_is_fetched_whole_and_serves_others_afterwards() -> None:
    async def story(_: Vendor, pages: Pages) -> None:
        await pages.get(PAGE)
        assert not (await pages.get(ANEW)).cached
        assert (await pages.get(PAGE)).body == b"new"

    asked = run(story, TAGGED, answer(b"new", url=URL)).asked
    assert [(dict(request.headers), request.max_age) for request in asked] == [({}, None), ({}, 0.0)]


def test_those_who_want_a_page_anew_share_a_fetch_but_not_with_others() -> None:
    async def story(vendor: Vendor, pages: Pages) -> None:
        waiting = [asyncio.create_task(pages.get(each)) for each in (PAGE, ANEW, PAGE, ANEW)]
        await asyncio.sleep(0)
        vendor.gate.set()
        assert [(await task).cached for task in waiting] == [False, False, True, True]

    assert len(run(story, held=True).asked) == 2


TIRED = answer(b"slow down", status=429, url=URL, headers={"retry-after": "120"})


def test_an_origin_that_asks_for_a_rest_gets_it_and_everybody_reads_why() -> None:
    elsewhere = replace(PAGE, url="https://status.vendor.test/other")

    async def story(vendor: Vendor, pages: Pages) -> None:
        assert not (await pages.get(PAGE)).cached
        vendor.now = 119.0
        for request in (PAGE, ANEW, PATIENT, elsewhere):
            said = await pages.get(request)
            assert (said.status, said.body, said.cached, said.url) == (429, b"slow down", True, request.url)
            assert said.headers["retry-after"] == "120"
        assert pages.resting == 1
        vendor.now = 120.0
        assert (await pages.get(PAGE)).body == b"page"
        assert pages.resting == 0

    assert len(run(story, TIRED, answer(b"page", url=URL)).asked) == 2


def test_an_answer_from_memory_wakes_nobody() -> None:
    async def story(vendor: Vendor, pages: Pages) -> None:
        other = replace(PAGE, url="https://status.vendor.test/other")
        await pages.get(PAGE)
        await pages.get(other)
        vendor.now = 20.0
        assert (await pages.get(PAGE)).body == b"page"
        vendor.now = 60.0
        assert (await pages.get(PAGE)).status == 429

    assert len(run(story, answer(b"page", url=URL), TIRED).asked) == 2
