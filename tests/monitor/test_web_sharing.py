"""One page made for many: how often, by how many at once, for how long, and that what else is served never waits for it."""

from __future__ import annotations

import gzip
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus

import pytest

from monitor.web import Limits
from monitor.web.sharing import KEPT, Busy, Clocks, Sharing
from monitor.web.site import Asked, Document, Site
from tests.support.web import ask, served

FRONT = Asked("/", wants_json=False)
BODY = b"<p>a vendor</p>" * 1000


@dataclass
class Story:
    """Two clocks that a test sets, and a site that notes what it is asked for; each page *costs* seconds of a processor."""

    now: float = 100.0
    busy: float = 0.0
    costs: float = 0.0
    made: list[Asked] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)

    def site(self, asked: Asked) -> Document | None:
        self.made.append(asked)
        self.busy += self.costs
        return None if asked.path == "/nothing" else Document(b"%d %s" % (len(self.made), BODY), "text/html")

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))
        self.now += seconds

    def sharing(self, site: Site | None = None) -> Sharing:
        return Sharing(site or self.site, clocks=Clocks(lambda: self.now, lambda: self.busy, self.sleep))


def number(sharing: Sharing, asked: Asked = FRONT, *, pack: bool = False) -> int:
    """Which of the pages that were made is given."""
    reply = sharing.reply(asked, pack=pack)
    assert reply
    assert reply.status is HTTPStatus.OK
    assert pack == (("Content-Encoding", "gzip") in reply.headers)
    return int((gzip.decompress(reply.body) if pack else reply.body).split()[0])


def test_a_page_is_made_once_a_second_in_whatever_form_it_is_sent() -> None:
    story = Story()
    sharing = story.sharing()
    assert [number(sharing, pack=pack) for pack in (False, True, True, False)] == [1, 1, 1, 1]
    story.now += 0.99
    assert number(sharing) == 1
    story.now += 0.02
    assert [number(sharing, pack=pack) for pack in (True, False)] == [2, 2]


@pytest.mark.parametrize(("costs", "seconds"), [(0.0, 1.0), (0.1, 1.0), (0.5, 4.5), (2.0, 18.0)])
def test_what_is_dear_is_shared_for_longer(costs: float, seconds: float) -> None:
    story = Story(costs=costs)
    sharing = story.sharing()
    number(sharing)
    story.now += seconds - 0.01
    assert number(sharing) == 1
    story.now += 0.02
    assert number(sharing) == 2


def test_waiting_for_the_store_does_not_make_a_page_dear() -> None:
    story = Story()

    def slow(asked: Asked) -> Document | None:
        story.now += 2
        return story.site(asked)

    sharing = story.sharing(slow)
    number(sharing)
    story.now += 1.01
    assert number(sharing) == 2


def test_between_two_pages_there_is_a_rest() -> None:
    story = Story(costs=0.05)
    sharing = story.sharing()
    number(sharing)
    assert sharing.reply(Asked("/nothing", wants_json=False), pack=False) is None
    number(sharing, Asked("/vendors/acme", wants_json=False))
    number(sharing)
    assert story.slept == [0, 0.2, 0.2], "nobody waits for what is there"
    story.costs = 30
    number(sharing, Asked("/vendors/bolt", wants_json=False))
    number(sharing, Asked("/vendors/cusp", wants_json=False))
    assert story.slept[-1] == 1


def test_after_a_page_that_could_not_be_made_there_is_a_rest_too() -> None:
    story = Story(costs=0.05)

    def broken(asked: Asked) -> Document | None:
        story.site(asked)
        msg = "a bug"
        raise LookupError(msg)

    sharing = story.sharing(broken)
    for _ in range(2):
        with pytest.raises(LookupError):
            sharing.reply(FRONT, pack=False)
    assert story.slept == [0, 0.2]


def test_each_page_and_each_form_is_a_page_of_its_own() -> None:
    asked = [Asked(path, wants_json) for path in ("/", "/vendors/acme", "/vendors/bolt") for wants_json in (False, True)]
    story = Story()
    sharing = story.sharing()
    assert [number(sharing, each) for each in (*asked, *asked)] == [1, 2, 3, 4, 5, 6] * 2
    assert story.made == asked


def test_no_more_than_so_many_are_kept_and_the_newest_are() -> None:
    story = Story()
    sharing = story.sharing()
    pages = [Asked(f"/vendors/{name}", wants_json=False) for name in range(KEPT + 1)]
    for page in pages:
        number(sharing, page)
    assert [number(sharing, page) for page in pages[1:]] == list(range(2, KEPT + 2))
    assert number(sharing, pages[0]) == KEPT + 2


def test_what_is_not_there_is_looked_for_each_time() -> None:
    story = Story()
    sharing = story.sharing()
    assert [sharing.reply(Asked("/nothing", wants_json=False), pack=False) for _ in range(3)] == [None] * 3
    assert len(story.made) == 3


def test_a_page_that_breaks_is_made_anew_by_the_next_who_asks() -> None:
    story = Story()
    failing = [True, False]

    def site(asked: Asked) -> Document | None:
        if failing.pop(0):
            msg = "a bug"
            raise RuntimeError(msg)
        return story.site(asked)

    sharing = Sharing(site)
    with pytest.raises(RuntimeError, match="a bug"):
        sharing.reply(FRONT, pack=False)
    assert number(sharing) == 1


class Slow:
    """A site whose pages take until *go*; notes how many are made, and how many at the same time at most."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.begun = threading.Event()
        self.made = self.most = self._now = 0
        self._lock = threading.Lock()

    def __call__(self, asked: Asked) -> Document | None:
        with self._lock:
            self.made += 1
            self._now += 1
            self.most = max(self.most, self._now)
        self.begun.set()
        self.go.wait(10)
        with self._lock:
            self._now -= 1
        return Document(asked.path.encode(), "text/html")


def test_whoever_asks_meanwhile_gets_what_is_being_made() -> None:
    slow = Slow()
    with served(site=slow) as server, ThreadPoolExecutor(12) as clients:
        answers = [clients.submit(ask, server.address, "/") for _ in range(12)]
        slow.begun.wait(10)
        slow.go.set()
        assert [(answer.status, body) for answer, body in (each.result() for each in answers)] == [(200, b"/")] * 12
    assert slow.made == 1


def test_no_two_pages_are_made_at_the_same_time() -> None:
    slow = Slow()
    with served(site=slow) as server, ThreadPoolExecutor(8) as clients:
        answers = [clients.submit(ask, server.address, f"/vendors/{name}") for name in range(8)]
        slow.begun.wait(10)
        slow.go.set()
        assert {each.result()[0].status for each in answers} == {200}
    assert (slow.made, slow.most) == (8, 1)


def test_whose_turn_does_not_come_is_told_to_come_back() -> None:
    slow = Slow()
    sharing = Sharing(slow, patience=0.05)
    with ThreadPoolExecutor(1) as clients:
        first = clients.submit(sharing.reply, FRONT, pack=False)
        slow.begun.wait(10)
        with pytest.raises(Busy):
            sharing.reply(Asked("/vendors/acme", wants_json=False), pack=False)
        slow.go.set()
        assert first.result()
    assert sharing.reply(Asked("/vendors/acme", wants_json=False), pack=False)


def test_however_many_wait_for_pages_there_is_room_for_metrics_and_health() -> None:
    slow = Slow()
    with served(site=slow, limits=Limits(connections=8, pages=1)) as server, ThreadPoolExecutor(1) as clients:
        waiting = clients.submit(ask, server.address, "/")
        slow.begun.wait(10)
        answer, body = ask(server.address, "/", Accept="application/json")
        assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
        assert json.loads(body)["detail"] == "Too many pages are asked for at once. Come back in a moment."
        assert [ask(server.address, path)[0].status for path in ("/metrics", "/-/healthy", "/-/ready")] == [200] * 3
        slow.go.set()
        assert waiting.result()[0].status == 200
        assert ask(server.address, "/")[0].status == 200, "the room is free again"


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.05, 0.15])
def test_however_many_look_pages_take_no_more_than_their_share(seconds: float) -> None:
    """Ten reloads a second of a page that keeps a processor busy: what it takes of the time does not grow with them."""
    spent = list[float]()

    def site(_: Asked) -> Document | None:
        began = time.thread_time()
        while time.thread_time() - began < seconds:
            sum(range(1000))
        spent.append(time.thread_time() - began)
        return Document(BODY, "text/html")

    with served(site=site) as server, ThreadPoolExecutor(30) as clients:
        began = time.monotonic()
        answers = []
        for _ in range(30):
            answers.append(clients.submit(ask, server.address, "/"))
            time.sleep(0.1)
        statuses = {each.result()[0].status for each in answers}
        elapsed = time.monotonic() - began
    assert statuses == {200}
    assert sum(spent) <= seconds + max(seconds, 0.1) * 1.2 * elapsed
