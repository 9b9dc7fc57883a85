"""Who asked to be left alone, and for how long."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.network import Answer, Request
from monitor.clock import Clock
from monitor.network.network import LiveNetwork
from monitor.network.rests import (
    FIRST_PAUSE_SECONDS,
    KEPT_BYTES,
    LAST_PAUSE_SECONDS,
    LONGEST_SECONDS,
    MAX_RESTING,
    SHORTEST_SECONDS,
    Rests,
)
from tests.support.network import answer
from tests.support.servers import Reply, settings, site

URL = "https://status.vendor.test/api"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class Day:
    """Rests, and a clock that a test sets."""

    seconds: float = 0.0
    rests: Rests = field(init=False)

    def __post_init__(self) -> None:
        self.rests = Rests(Clock(now=lambda: NOON + timedelta(seconds=self.seconds), monotonic=lambda: self.seconds))

    def rest(self, said: Answer, url: str = URL) -> float:
        """For how many seconds the origin of *url* rests after it has *said* that; the clock stands at the end of it."""
        self.rests.hear(url, said)
        began = self.seconds
        while self.rests.refusal(url):
            self.seconds += 1.0
        return self.seconds - began


def refused(status: int = 429, retry_after: str | None = None) -> Answer:
    return answer(status=status, url=URL, headers={} if retry_after is None else {"retry-after": retry_after})


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120),
        (" 120 ", 120),
        ("120, 120", 120),
        ("0", SHORTEST_SECONDS),
        ("29", SHORTEST_SECONDS),
        ("86400", LONGEST_SECONDS),
        ("9" * 5000, LONGEST_SECONDS),
        (format_datetime(NOON + timedelta(seconds=90), usegmt=True), 90),
        ("Sunday, 01-Mar-26 12:01:30 GMT", 90),
        ("Sun Mar  1 12:01:30 2026", 90),
        ("Sun, 01 Mar 2026 14:01:30 +0200", 90),
        ("Fri, 31 Dec 1999 23:59:59 GMT", SHORTEST_SECONDS),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_SECONDS),
    ],
)
def test_an_origin_rests_for_as_long_as_it_asks_within_bounds(status: int, said: str, seconds: float) -> None:
    assert Day().rest(refused(status, said)) == seconds


@pytest.mark.parametrize("said", [None, "", "soon", "-5", "Sun, 99 Mar 2026 12:00:00 GMT", "1.5"])
def test_what_cannot_be_read_is_as_if_nothing_was_said(said: str | None) -> None:
    assert Day().rest(refused(429, said)) == FIRST_PAUSE_SECONDS
    assert Day().rest(refused(503, said)) == 0


@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, \d+ [A-Z][a-z]{2} \d+ \d+:\d+:\d+ [-+]?\w+"))
def test_whatever_is_said_the_rest_has_bounds(said: str) -> None:
    day = Day()
    day.rests.hear(URL, refused(429, said))
    day.seconds = SHORTEST_SECONDS - 1
    assert day.rests.refusal(URL)
    day.seconds = LONGEST_SECONDS
    assert not day.rests.refusal(URL)


def test_without_a_time_the_pause_doubles_with_each_refusal_up_to_a_quarter_of_an_hour() -> None:
    day = Day()
    pauses = [day.rest(refused()) for _ in range(6)]
    assert pauses == [FIRST_PAUSE_SECONDS * factor for factor in (1, 2, 4, 8)] + [LAST_PAUSE_SECONDS] * 2
    assert all(day.rest(refused()) == LAST_PAUSE_SECONDS for _ in range(1200))


def test_a_page_that_could_be_read_ends_the_doubling() -> None:
    day = Day()
    assert [day.rest(refused()) for _ in range(2)] == [60, 120]
    day.rests.hear(URL, answer(url=URL))
    assert day.rest(refused()) == 60


def test_refusals_that_were_on_their_way_together_are_one() -> None:
    day = Day()
    for _ in range(5):
        day.rests.hear(URL, refused())
    assert day.rest(refused()) == 60
    assert day.rest(refused()) == 120


def test_what_was_on_its_way_neither_ends_nor_shortens_a_rest() -> None:
    day = Day()
    day.rests.hear(URL, refused(retry_after="300"))
    day.rests.hear(URL, answer(url=URL))
    assert day.rest(refused(retry_after="40")) == 300


@pytest.mark.parametrize("status", [200, 304, 403, 404, 500, 502])
def test_any_other_answer_asks_for_no_rest(status: int) -> None:
    assert Day().rest(refused(status, "120")) == 0


def test_an_origin_is_scheme_host_and_port() -> None:
    day = Day()
    day.rests.hear(URL, refused())
    assert day.rests.refusal("https://STATUS.vendor.test:443/other?query")
    for other in ("http://status.vendor.test/api", "https://status.vendor.test:8443/api", "https://vendor.test/api"):
        assert day.rests.refusal(other) is None


@pytest.mark.parametrize("address", ["https://[oops/", "https://host:99999/"])
def test_an_address_that_is_none_is_not_ours_to_refuse(address: str) -> None:
    assert Day().rests.refusal(address) is None


def test_behind_a_redirect_both_rest_and_only_who_asked_is_told_of_the_way() -> None:
    day = Day()
    there = "https://vendor.statuspages.test/api"
    day.rests.hear(URL, replace(refused(), url=there, hops=(URL,)))
    told = [day.rests.refusal(url) for url in (URL, "https://status.vendor.test/", there)]
    assert [(said.url, said.hops) for said in told if said] == [
        (there, (URL,)),
        ("https://status.vendor.test/", ()),
        (there, ()),
    ]


def test_only_as_much_is_kept_as_anybody_looks_at() -> None:
    day = Day()
    day.rests.hear(URL, answer(bytes(KEPT_BYTES + 1), status=429, url=URL))
    said = day.rests.refusal(URL)
    assert said is not None
    assert len(said.body) == KEPT_BYTES
    for number in range(MAX_RESTING):
        there = f"https://{number}.test/"
        day.rests.hear(there, answer(status=429, url=there))
    assert day.rests.count() == MAX_RESTING
    assert day.rests.refusal(URL) is None


def test_a_site_that_is_tired_hears_of_measurements_only_until_its_time_has_come(tmp_path: Path) -> None:
    now = [0.0]

    def readings(url: str) -> Iterator[Request]:
        yield from (
            Request(url=url),
            Request(url=url + "other"),
            Request(url=url, max_age=0.0),
            Request(url=url, max_age=9.0),
        )

    async def story() -> list[str]:
        replies = [Reply(429, b"slow down", {"Retry-After": "45"}), Reply(body=b"measured"), Reply(body=b"page")]
        async with site(replies) as vendor, LiveNetwork(settings(tmp_path), Clock(monotonic=lambda: now[0])) as network:
            url = vendor.url("/")
            first = await network.send(Request(url=url))
            assert (first.status, first.cached) == (429, False)
            now[0] = 44.0
            for request in readings(url):
                again = await network.send(request)
                assert (again.status, again.body, again.cached) == (429, b"slow down", True)
                assert again.headers["retry-after"] == "45"
            assert network.resting == 1
            assert len(vendor.asked) == 1
            measured = await network.send(Request(url=url, fresh=True))
            assert (measured.status, measured.body) == (200, b"measured")
            now[0] = 45.0
            assert (await network.send(Request(url=url))).body == b"page"
            assert network.resting == 0
            return [asked.target for asked in vendor.asked]

    assert asyncio.run(story()) == ["/", "/", "/"]
