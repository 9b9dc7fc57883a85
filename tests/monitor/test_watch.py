"""Turns of probes: one at a time for each target, within limits, and what they come to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from checks.model import Reason, State, Unseen
from checks.network import Answer, Request
from monitor.clock import SYSTEM_CLOCK
from monitor.settings import Concurrency, Confirmation
from monitor.state import Held
from monitor.watch import Learned, Watch
from tests.support.build import T0, targets, vendor
from tests.support.network import FakeNetwork, answer

GOOD = answer(b"ok", url="https://api.acme.test/health")
REFUSED = Unseen(Reason.REFUSED, "nobody listens")
KEY = "acme/endpoint/api.acme.test/health"
OTHER = "other/endpoint/api.other.test"


@dataclass
class Heard:
    """A listener that remembers, and lets a test wait for what it hears."""

    turns: asyncio.Queue[Learned] = field(default_factory=asyncio.Queue)
    overruns: list[str] = field(default_factory=list)

    def learned(self, learned: Learned) -> None:
        self.turns.put_nowait(learned)

    def overrun(self, key: str) -> None:
        self.overruns.append(key)


class HangingNetwork(FakeNetwork):
    """Answers only when told to, and counts how many ask at once."""

    def __init__(self) -> None:
        super().__init__()
        self.go = asyncio.Event()
        self.asked: asyncio.Queue[str] = asyncio.Queue()
        self.asking = 0
        self.most = 0

    async def send(self, request: Request) -> Answer:
        self.asking += 1
        self.most = max(self.most, self.asking)
        self.asked.put_nowait(request.url)
        try:
            await self.go.wait()
        finally:
            self.asking -= 1
        return answer(b"ok", url=request.url)


def started(
    network: FakeNetwork, *slugs: str, concurrency: Concurrency | None = None, restored: dict[str, Held] | None = None
) -> tuple[Watch, Heard]:
    """A watch over one endpoint of each vendor; *acme* is there without being named."""
    heard = Heard()
    watch = Watch(network, SYSTEM_CLOCK, heard)
    vendors = [vendor(), *(vendor(slug, url=f"https://api.{slug}.test/") for slug in slugs)]
    confirm = Confirmation(fall=2, rise=2)
    watch.adopt(vendors, targets(*vendors, check="endpoint"), concurrency or Concurrency(), confirm, restored or {})
    return watch, heard


async def turn(watch: Watch, heard: Heard, key: str = KEY) -> Learned:
    """One turn of one target."""
    watch.due(key)
    await watch.drain(5)
    return heard.turns.get_nowait()


def run(story: Callable[[], Awaitable[None]]) -> None:
    async def within() -> None:
        async with asyncio.timeout(10):
            await story()

    asyncio.run(within())


def test_a_turn_ends_in_a_new_entry_and_is_told() -> None:
    async def story() -> None:
        watch, heard = started(FakeNetwork({GOOD.url: GOOD}))
        before = watch.snapshot()
        learned = await turn(watch, heard)
        assert learned.observation.failure is None
        assert learned.transition is not None
        assert (learned.transition.before, learned.transition.after) == (State.UNKNOWN, State.UP)
        assert watch.snapshot().entries[KEY].runs == 1
        assert before.entries[KEY].runs == 0
        assert learned.waited >= 0

    run(story)


def test_a_failure_is_believed_when_repeated_and_something_else_was_seen_meanwhile() -> None:
    async def story() -> None:
        network = FakeNetwork({GOOD.url: GOOD, "https://api.other.test/": answer(b"ok")})
        watch, heard = started(network, "other")
        await turn(watch, heard)
        network.answers[GOOD.url] = REFUSED
        assert (await turn(watch, heard)).entry.held.state is State.UP
        assert (await turn(watch, heard)).entry.held.state is State.UP  # nothing else was looked at since
        await turn(watch, heard, OTHER)
        down = await turn(watch, heard)
        assert down.entry.held.state is State.DOWN
        assert down.transition is not None
        assert down.transition.since < down.transition.at
        assert down.entry.failures == {Reason.REFUSED: 3}

    run(story)


def test_while_everything_fails_nobody_is_down() -> None:
    async def story() -> None:
        network = FakeNetwork({GOOD.url: REFUSED, "https://api.other.test/": REFUSED})
        watch, heard = started(network, "other")
        for key in (KEY, OTHER) * 5:
            await turn(watch, heard, key)
        assert {entry.held.state for entry in watch.snapshot().entries.values()} == {State.UNKNOWN}

    run(story)


def test_a_target_still_under_way_is_not_begun_again() -> None:
    async def story() -> None:
        network = HangingNetwork()
        watch, heard = started(network)
        watch.due(KEY)
        watch.due(KEY)
        assert heard.overruns == [KEY]
        assert watch.is_busy(KEY)
        network.go.set()
        await heard.turns.get()
        assert heard.turns.empty()

    run(story)


def test_the_limits_hold_per_host_and_overall_and_the_wait_is_told_apart() -> None:
    async def story() -> None:
        network = HangingNetwork()
        heard = Heard()
        watch = Watch(network, SYSTEM_CLOCK, heard)
        one_host = [vendor(f"v{n}", url=f"https://api.shared.test/{n}") for n in range(8)]
        other_hosts = [vendor(f"w{n}", url=f"https://api.w{n}.test/") for n in range(8)]
        wanted = targets(*one_host, *other_hosts, check="endpoint")
        watch.adopt([*one_host, *other_hosts], wanted, Concurrency(overall=6, per_host=2), Confirmation(), {})
        for target in wanted:
            watch.due(target.key, late=1.0)
        asked = [await network.asked.get() for _ in range(6)]
        assert sum("shared" in url for url in asked) == 2
        network.go.set()
        turns = [await heard.turns.get() for _ in wanted]
        assert network.most == 6
        assert all(learned.waited >= 1.0 for learned in turns)

    run(story)


def test_draining_lets_turns_end_and_cancels_those_that_do_not() -> None:
    async def story() -> None:
        network = HangingNetwork()
        watch, _ = started(network)
        watch.due(KEY)
        assert await watch.drain(0.01) == 1
        assert watch.in_flight == 0
        assert await watch.drain(0.01) == 0

    run(story)


def test_a_new_catalogue_keeps_what_is_known_and_drops_the_rest() -> None:
    async def story() -> None:
        network = FakeNetwork({GOOD.url: GOOD, "https://api.other.test/": answer(b"ok")})
        watch, heard = started(network, "other")
        await turn(watch, heard)
        await turn(watch, heard, OTHER)
        kept = vendor()
        watch.adopt([kept], targets(kept, check="endpoint", every=30), Concurrency(), Confirmation(), {})
        snapshot = watch.snapshot()
        assert list(snapshot.entries) == [KEY]
        assert (snapshot.entries[KEY].runs, snapshot.entries[KEY].target.every) == (1, 30)
        watch.due(OTHER)
        assert watch.in_flight == 0

    run(story)


def test_a_turn_of_a_target_that_is_watched_no_more_is_forgotten() -> None:
    async def story() -> None:
        network = HangingNetwork()
        watch, heard = started(network)
        watch.due(KEY)
        await network.asked.get()
        watch.adopt([], [], Concurrency(), Confirmation(), {})
        network.go.set()
        await watch.drain(5)
        assert heard.turns.empty()

    run(story)


def test_restored_states_are_held_and_no_transition_is_made_up() -> None:
    async def story() -> None:
        restored = {KEY: Held(State.UP, T0, "fine")}
        watch, heard = started(FakeNetwork({GOOD.url: GOOD}), restored=restored)
        learned = await turn(watch, heard)
        assert learned.transition is None
        assert learned.entry.held.since == T0

    run(story)
