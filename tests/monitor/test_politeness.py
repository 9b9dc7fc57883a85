"""What a vendor's page hears of us, however many watch it: schedule, watch and network put together over a loopback site."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from checks.model import Reason, State, Target, Unseen
from checks.network import Request
from checks.status import CHECK
from checks.status.platform import Page
from checks.values import Url
from monitor.catalogue import load
from monitor.clock import SYSTEM_CLOCK
from monitor.limits import Limits
from monitor.network.network import LiveNetwork
from monitor.schedule import Rhythm, Schedule
from monitor.settings import Concurrency, Confirmation
from monitor.snapshot import Entry
from monitor.state import Transition
from monitor.watch import Learned, Watch
from tests.support.build import targets, vendor
from tests.support.servers import Asked, Reply, Site, serving, settings, silent, site, trusted
from tests.support.vendors import well

WELL = well("acme", "127.0.0.1").answer
"""A page that is well and says no-store: nothing of it may be kept."""
FRONT = b"<!doctype html><html><title>Acme</title><body>Hello, and welcome.</body></html>"
FULL = Concurrency(overall=2, per_host=1)


@dataclass
class Scene:
    """Vendors that all have the page of one *site*, watched; *turns* hears what came of each look."""

    site: Site
    network: LiveNetwork
    slugs: str
    targets: list[Target[Any]] = field(init=False)
    watch: Watch = field(init=False)
    turns: asyncio.Queue[Learned] = field(default_factory=asyncio.Queue)

    def __post_init__(self) -> None:
        pages = {slug: self.site.url("/" if slug < "c" else "") for slug in self.slugs}
        vendors = [vendor(slug, url=None, page=page) for slug, page in pages.items()]
        self.targets = targets(*vendors, check="status")
        self.watch = Watch(self.network, SYSTEM_CLOCK, self)
        self.watch.adopt(vendors, self.targets, FULL, Confirmation(fall=2), {})

    def learned(self, learned: Learned) -> None:
        self.turns.put_nowait(learned)

    def overrun(self, key: str) -> None:
        raise AssertionError(key)

    def lapsed(self, entry: Entry, transition: Transition) -> None:
        raise AssertionError((entry, transition))

    async def look(self) -> list[Learned]:
        """Look at all pages, all due at once."""
        for target in self.targets:
            self.watch.due(target.key)
        looks = [await self.turns.get() for _ in self.targets]
        await settled()
        return looks


async def settled() -> None:
    """Let everything that can go on go on."""
    for _ in range(10):
        await asyncio.sleep(0)


@asynccontextmanager
async def watched(folder: Path, answers: Callable[[Asked], Reply], slugs: str = "abcdef") -> AsyncIterator[Scene]:
    async with site(answers) as running, LiveNetwork(settings(folder)) as network:
        scene = Scene(running, network, slugs)
        async with asyncio.timeout(20):
            yield scene
            await scene.watch.drain(5)


@pytest.mark.parametrize("answers", [WELL, lambda _: Reply(500), lambda _: Reply(404)])
def test_a_page_is_fetched_once_however_many_vendors_have_it(tmp_path: Path, answers: Callable[[Asked], Reply]) -> None:
    async def story() -> None:
        async with watched(tmp_path, answers) as scene:
            for times in (1, 2, 3):
                looks = await scene.look()
                assert len({str(each.observation.failure) for each in looks}) == 1
                assert len(scene.site.asked) == times

    asyncio.run(story())


def test_targets_of_one_page_know_that_they_belong_together(tmp_path: Path) -> None:
    (tmp_path / "vendors").mkdir()
    for slug, url in {"a": "https://status.test/", "b": "https://status.test", "c": "https://status.test/eu"}.items():
        text = f"name: {slug}\nstatus: {{url: '{url}', platform: statuspage}}\ntls: ['api.test:443']\n"
        (tmp_path / "vendors" / f"{slug}.yaml").write_text(text)
    pages = {each.key: each.together for each in load(tmp_path).targets}
    assert pages["a/status/page"] == pages["b/status/page"] == "https://status.test"
    assert pages["c/status/page"] == "https://status.test/eu"
    assert {pages[key] for key in pages if "/status/" not in key} == {""}


def test_vendors_of_one_page_keep_time_with_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.schedule.FIRST_LOOK_SECONDS", 0.3)

    async def story() -> None:
        async with watched(tmp_path, WELL) as scene:
            schedule = Schedule(lambda due: scene.watch.due(due.key, due.late), SYSTEM_CLOCK)
            schedule.start()
            first, *others = scene.targets
            schedule.replace({first.key: Rhythm(0.3, first.together)})
            await scene.turns.get()
            schedule.replace({target.key: Rhythm(0.3, target.together) for target in (first, *others)})
            looks = [await scene.turns.get() for _ in range(4 * len(scene.targets))]
            schedule.stop()
            assert set(Counter(each.observation.key for each in looks).values()) == {4}
            assert len(scene.site.asked) == 5

    asyncio.run(story())


def test_a_second_look_does_not_press_a_page_that_asked_for_a_rest(tmp_path: Path) -> None:
    first = [WELL]

    def answers(asked: Asked) -> Reply:
        return first.pop()(asked) if first else Reply(429, headers={"Retry-After": "600"})

    async def story() -> None:
        async with watched(tmp_path, answers, slugs="a") as scene:
            assert [each.entry.held.state for each in await scene.look()] == [State.UP]
            (tired,) = await scene.look()
            assert (tired.entry.held.state, tired.entry.held.is_pending) == (State.UP, True)
            (again,) = await scene.look()
            assert again.observation.failure == tired.observation.failure
            assert again.observation.failure
            assert again.observation.failure.reason is Reason.BLOCKED
            assert again.entry.held.state is State.UNKNOWN
            assert len(scene.site.asked) == 2

    asyncio.run(story())


async def guest(limits: Limits, name: str, told: list[str], leave: asyncio.Event) -> None:
    """Enter with others, say so, and stay until told to leave."""
    async with AsyncExitStack() as places:
        await limits.enter(places, "host.test", "page")
        told.append(name)
        await leave.wait()


def test_those_who_go_together_take_one_place_and_give_it_back_with_the_last() -> None:
    async def story() -> None:
        limits, told, leave = Limits(FULL), list[str](), [asyncio.Event() for _ in "ab"]
        guests = [asyncio.create_task(guest(limits, name, told, event)) for name, event in zip("ab", leave, strict=True)]
        await settled()
        assert told == ["a", "b"]
        async with AsyncExitStack() as places:
            stranger = asyncio.create_task(limits.enter(places, "host.test"))
            leave[0].set()
            await guests[0]
            await settled()
            assert not stranger.done()
            leave[1].set()
            await guests[1]
            await stranger
        assert len(limits) == 0

    asyncio.run(story())


@pytest.mark.parametrize("host", ["host.test", "free.test"])
def test_who_gives_up_waiting_leaves_the_place_to_the_others(host: str) -> None:
    async def story() -> None:
        limits, told, leave = Limits(FULL), list[str](), asyncio.Event()
        async with AsyncExitStack() as full, AsyncExitStack() as rest:
            await limits.enter(full, host)
            await limits.enter(rest, "other.test")
            guests = [asyncio.create_task(guest(limits, name, told, leave)) for name in "abc"]
            await settled()
            guests[0].cancel()
            await settled()
            assert told == []
        await settled()
        assert told == ["b", "c"]
        leave.set()
        await asyncio.wait(guests)
        async with AsyncExitStack() as places:
            await limits.enter(places, "host.test", "page")
            await limits.enter(places, "free.test", "another")

    asyncio.run(story())


def elsewhere(asked: Asked) -> Reply:
    """A site that redirects whatever it does not have to itself."""
    return Reply(200, FRONT) if asked.target == "/" else Reply(302, headers={"Location": f"{asked.target}x"})


@pytest.mark.parametrize(
    ("answers", "first", "again"),
    [
        (lambda asked: Reply(200, FRONT) if asked.target == "/" else Reply(404, FRONT * 5000), 40, 0),
        (lambda _: Reply(200, FRONT, {"Cache-Control": "no-store"}), 40, 0),
        (lambda _: Reply(200, FRONT * 5000), 16, 0),
        (lambda _: Reply(403), 1, 0),
        (elsewhere, 30, 30),
    ],
    ids=["not found", "catch-all", "large catch-all", "refusal", "redirects without end"],
)
def test_a_page_that_nobody_recognises_is_asked_for_little_and_not_again_soon(
    tmp_path: Path, answers: Callable[[Asked], Reply], first: int, again: int
) -> None:
    async def story() -> None:
        async with site(answers) as running, LiveNetwork(settings(tmp_path)) as network:
            page = Page(url=Url(running.url()))
            for limit in (first, again, again):
                running.asked.clear()
                with pytest.raises(Unseen):
                    await CHECK.observe(page, network)
                assert len(running.asked) <= limit

    asyncio.run(story())


def test_a_document_that_may_be_missing_does_not_end_the_look_that_wants_it(tmp_path: Path) -> None:
    async def story() -> None:
        async with serving(silent, tls=trusted()) as mute, LiveNetwork(settings(tmp_path)) as network:
            with pytest.raises(Unseen) as caught:
                await network.send(Request(url=f"https://{mute.authority}/catalogue.json", max_age=3600, within=0.1))
            assert caught.value.failure.reason is Reason.TIMEOUT
            assert "within 0.1 s" in caught.value.failure.detail

    asyncio.run(story())
