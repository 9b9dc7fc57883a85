"""Turns of probes: one at a time for each target, within limits, and what they come to."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count

import pytest

from checks.model import Reason, State, Unseen
from checks.network import Answer, Request
from checks.status.known import Known
from checks.values import Url
from checks.vendor import StatusPage, Vendor
from monitor.clock import SYSTEM_CLOCK, Clock
from monitor.correlate import Sight
from monitor.limits import Limits
from monitor.overheard import Overheard
from monitor.settings import Concurrency, Confirmation
from monitor.snapshot import Entry
from monitor.state import Held, Transition
from monitor.watch import Learned, Watch
from tests.support.build import T0, targets, vendor
from tests.support.cases import Loopback
from tests.support.network import FakeNetwork, answer
from tests.support.status import recording

CLOCK = Clock(monotonic=count(1.0).__next__)
"""A second passes whenever somebody asks: looks that follow each other at once are still told apart."""
GOOD = answer(b"ok", url="https://api.acme.test/health")
REFUSED = Unseen(Reason.REFUSED, "nobody listens")
EXPIRED = Unseen(Reason.TLS, "expired", lasting=True)
KEY = "acme/endpoint/api.acme.test/health"
OTHER = "other/endpoint/api.other.test"


@dataclass
class Heard:
    """A listener that remembers, and lets a test wait for what it hears."""

    turns: asyncio.Queue[Learned] = field(default_factory=asyncio.Queue)
    overruns: list[str] = field(default_factory=list)
    lapses: list[tuple[Entry, Transition]] = field(default_factory=list)

    def learned(self, learned: Learned) -> None:
        self.turns.put_nowait(learned)

    def overrun(self, key: str) -> None:
        self.overruns.append(key)

    def lapsed(self, entry: Entry, transition: Transition) -> None:
        self.lapses.append((entry, transition))


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
    watch = Watch(network, CLOCK, heard)
    vendors = [vendor(), *(vendor(slug, url=f"https://api.{slug}.test/") for slug in slugs)]
    confirm = Confirmation(fall=2, rise=2)
    watch.adopt(vendors, targets(*vendors, check="endpoint"), concurrency or Concurrency(), confirm, restored or {})
    return watch, heard


async def turn(watch: Watch, heard: Heard, key: str = KEY) -> Learned:
    """One turn of one target."""
    watch.due(key)
    await asyncio.wait({task for task in asyncio.all_tasks() if task.get_name() == key})
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
        await heard.turns.get()  # a witness was called
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


def test_an_expired_certificate_is_believed_once_something_else_was_seen() -> None:
    async def story() -> None:
        network = FakeNetwork({GOOD.url: GOOD, "https://api.other.test/": answer(b"ok")})
        watch, heard = started(network, "other")
        await turn(watch, heard)
        network.answers[GOOD.url] = EXPIRED
        assert (await turn(watch, heard)).entry.held.state is State.UP
        await turn(watch, heard, OTHER)
        assert (await turn(watch, heard)).entry.held.state is State.DOWN

    run(story)


def test_behind_a_portal_that_shows_everybody_its_own_certificate_nobody_is_down() -> None:
    async def story() -> None:
        network = FakeNetwork({GOOD.url: GOOD, "https://api.other.test/": answer(b"ok")})
        watch, heard = started(network, "other")
        for key in (KEY, OTHER):
            await turn(watch, heard, key)
        network.answers |= {GOOD.url: EXPIRED, "https://api.other.test/": EXPIRED}
        for key in (KEY, OTHER) * 5:
            assert (await turn(watch, heard, key)).entry.held.state is not State.DOWN

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
        watch, heard = started(network)
        assert await watch.drain(0.01) == 0
        watch, heard = started(network, concurrency=Concurrency(overall=1))
        watch.due(KEY)
        await network.asked.get()
        assert watch.in_flight == 1
        assert await watch.drain(0.01) == 1
        assert (watch.in_flight, heard.turns.empty()) == (0, True)

    run(story)


def test_draining_begins_nothing_more_not_even_what_was_waiting_for_a_place() -> None:
    async def story() -> None:
        network = HangingNetwork()
        watch, heard = started(network, "other", concurrency=Concurrency(overall=1))
        watch.due(KEY)
        watch.due(OTHER)
        await network.asked.get()
        drained = asyncio.ensure_future(watch.drain(5))
        await asyncio.sleep(0)
        network.go.set()
        assert await drained == 0
        assert network.asked.empty()
        assert [heard.turns.get_nowait().observation.key, heard.turns.empty()] == [KEY, True]
        watch.due(KEY)
        assert not watch.is_busy(KEY)

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


def test_a_turn_under_old_settings_is_not_taken_for_one_under_the_new() -> None:
    async def story() -> None:
        network = HangingNetwork()
        watch, heard = started(network)
        watch.due(KEY)
        await network.asked.get()
        moved = vendor(url="https://api.acme.test/health?deep=1")
        watch.adopt([moved], targets(moved, check="endpoint"), Concurrency(), Confirmation(), {})
        network.go.set()
        await watch.drain(5)
        assert heard.turns.empty()
        assert watch.snapshot().entries[KEY].latest is None

    run(story)


def test_what_was_seen_under_old_settings_is_not_known_under_the_new_but_the_state_is_held() -> None:
    async def story() -> None:
        watch, heard = started(FakeNetwork({GOOD.url: GOOD}))
        before = (await turn(watch, heard)).entry
        moved = vendor(url="https://api.acme.test/health?deep=1")
        watch.adopt([moved], targets(moved, check="endpoint"), Concurrency(), Confirmation(), {})
        after = watch.snapshot().entries[KEY]
        assert (after.good, after.held) == (None, replace(before.held, looks=""))

    run(story)


def test_limits_outlive_a_reload_that_does_not_change_them() -> None:
    async def story() -> None:
        network = HangingNetwork()
        watch, _ = started(network, "other", concurrency=Concurrency(overall=1))
        watch.due(KEY)
        await network.asked.get()
        both = [vendor(), vendor("other", url="https://api.other.test/")]
        watch.adopt(both, targets(*both, check="endpoint"), Concurrency(overall=1), Confirmation(), {})
        watch.due(OTHER)
        await asyncio.sleep(0.05)
        assert network.most == 1
        network.go.set()
        await watch.drain(5)

    run(story)


def test_when_nothing_else_was_looked_at_witnesses_are_called_out_of_turn() -> None:
    async def story() -> None:
        network = FakeNetwork({GOOD.url: GOOD, "https://api.other.test/": answer(b"ok")})
        watch, heard = started(network, "other")
        await turn(watch, heard)
        await turn(watch, heard, OTHER)
        network.answers[GOOD.url] = REFUSED
        await turn(watch, heard)
        assert (await turn(watch, heard)).sight is Sight.UNSURE
        witness = await heard.turns.get()
        assert witness.entry.target.vendor == "other"
        assert (await turn(watch, heard)).entry.held.state is State.DOWN

    run(story)


def test_a_vendor_whose_neighbours_cannot_testify_is_judged_by_its_own_word() -> None:
    async def story() -> None:
        network = FakeNetwork({GOOD.url: GOOD, "https://api.other.test/": Unseen(Reason.CONFIG, "a private address")})
        watch, heard = started(network, "other")
        await turn(watch, heard)
        await turn(watch, heard, OTHER)
        network.answers[GOOD.url] = REFUSED
        await turn(watch, heard)
        assert (await turn(watch, heard)).entry.held.state is State.DOWN

    run(story)


def test_restored_states_are_held_and_no_transition_is_made_up() -> None:
    async def story() -> None:
        restored = {KEY: Held(State.UP, T0, "fine")}
        watch, heard = started(FakeNetwork({GOOD.url: GOOD}), restored=restored)
        learned = await turn(watch, heard)
        assert learned.transition is None
        assert learned.entry.held.since == T0

    run(story)


def test_a_page_from_memory_witnesses_nothing() -> None:
    async def story() -> None:
        network = FakeNetwork({GOOD.url: GOOD, "https://api.other.test/": answer(b"ok")})
        watch, heard = started(network, "other")
        await turn(watch, heard)
        await turn(watch, heard, OTHER)
        network.answers[GOOD.url] = REFUSED
        await turn(watch, heard)
        network.answers["https://api.other.test/"] = replace(answer(b"ok"), cached=True)
        await turn(watch, heard, OTHER)
        assert (await turn(watch, heard)).sight is Sight.UNSURE

    run(story)


def test_witnesses_and_second_looks_take_nothing_from_memory() -> None:
    async def story() -> None:
        page = vendor("page", url=None, page="https://status.page.test")
        acme = vendor()
        network = FakeNetwork({GOOD.url: GOOD})
        heard = Heard()
        watch = Watch(network, CLOCK, heard)
        both = [*targets(acme, check="endpoint"), *targets(page, check="status")]
        watch.adopt([acme, page], both, Concurrency(), Confirmation(), {})
        network.answers[GOOD.url] = REFUSED
        await turn(watch, heard)
        await turn(watch, heard)
        await heard.turns.get()
        asked = [request for request in network.sent if "status.page.test" in request.url]
        assert asked
        assert all(request.max_age == 0 for request in asked)

    run(story)


@pytest.mark.parametrize("reason", [Reason.BLOCKED, Reason.PARSE, Reason.RESOLVER])
def test_a_failure_that_blames_nobody_begins_no_outage(reason: Reason) -> None:
    async def story() -> None:
        network = FakeNetwork({GOOD.url: Unseen(reason, "…"), "https://api.other.test/": answer(b"ok")})
        watch, heard = started(network, "other")
        await turn(watch, heard)
        await turn(watch, heard, OTHER)
        network.answers |= {GOOD.url: REFUSED, "https://api.other.test/": REFUSED}
        for key in (KEY, OTHER) * 4:
            await turn(watch, heard, key)
        assert {entry.held.state for entry in watch.snapshot().entries.values()} <= {State.UNKNOWN, State.UP}

    run(story)


def test_failures_under_old_settings_confirm_nothing_under_the_new() -> None:
    async def story() -> None:
        network = FakeNetwork({GOOD.url: GOOD})
        watch, heard = started(network)
        await turn(watch, heard)
        network.answers[GOOD.url] = REFUSED
        assert (await turn(watch, heard)).entry.held.pending == 1
        moved = vendor(url="https://api.acme.test/health?deep=1")
        watch.adopt([moved], targets(moved, check="endpoint"), Concurrency(), Confirmation(), {})
        assert watch.snapshot().entries[KEY].held.pending == 0
        assert watch.unseen() == {KEY}

    run(story)


def test_a_target_that_goes_away_in_the_round_in_which_it_is_due_is_no_bug(caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        watch, heard = started(FakeNetwork({GOOD.url: GOOD}))
        watch.due(KEY)
        watch.adopt([], [], Concurrency(), Confirmation(), {})
        await watch.drain(5)
        assert heard.turns.empty()

    run(story)
    assert not caplog.records


def test_places_are_forgotten_with_their_turns() -> None:
    async def story() -> None:
        limits = Limits(Concurrency(overall=2, per_host=1))
        async with AsyncExitStack() as places:
            for number in range(2):
                await limits.enter(places, f"host-{number}.test")
            assert len(limits) == 2
        assert len(limits) == 0

    run(story)


MEMO = str(
    Known(
        platform="statuspage",
        url="https://status.acme.test",
        address="https://status.acme.test",
        host="status.acme.test",
        page_id="k3v9q0zx1m2n",
    )
)


def unknown_page() -> Vendor:
    """A vendor whose file does not say which platform its status page is of."""
    return replace(vendor(), status=StatusPage(url=Url("https://status.acme.test")))


def recognising(restored: dict[str, Held] | None = None) -> tuple[Watch, Heard, Loopback]:
    """A watch over the status page of such a vendor, which is one of Statuspage."""
    address = "https://status.acme.test/api/v2/summary.json"
    network = Loopback(
        answers={
            "https://status.acme.test": answer(b"<!doctype html><title>Status</title>"),
            address: answer(recording("statuspage/calm.json"), url=address),
        }
    )
    heard = Heard()
    watch = Watch(network, CLOCK, heard)
    watch.adopt([vendor()], targets(unknown_page(), check="status"), Concurrency(), Confirmation(), restored or {})
    return watch, heard, network


def test_what_a_page_was_found_to_be_is_known_to_the_next_look_and_written_with_the_state() -> None:
    async def story() -> None:
        watch, heard, network = recognising()
        learned = await turn(watch, heard, "acme/status/page")
        assert learned.entry.held.memo == MEMO
        assert len(network.sent) > 2
        network.sent.clear()
        await turn(watch, heard, "acme/status/page")
        assert [request.url for request in network.sent] == ["https://status.acme.test/api/v2/summary.json"]

    run(story)


def test_after_a_restart_the_page_is_read_by_what_it_was_found_to_be() -> None:
    async def story() -> None:
        held = replace(Held.initial(T0), memo=MEMO)
        watch, heard, network = recognising({"acme/status/page": held})
        await turn(watch, heard, "acme/status/page")
        assert [request.url for request in network.sent] == ["https://status.acme.test/api/v2/summary.json"]

    run(story)


def test_a_failure_keeps_the_word_and_another_page_forgets_it() -> None:
    async def story() -> None:
        held = replace(Held.initial(T0), memo=MEMO)
        watch, heard, network = recognising({"acme/status/page": held})
        network.answers.clear()
        network.otherwise = answer(b"", status=503)
        learned = await turn(watch, heard, "acme/status/page")
        assert learned.observation.failure
        assert learned.entry.held.memo == MEMO
        moved = replace(unknown_page(), status=StatusPage(url=Url("https://status.other.test")))
        watch.adopt([moved], targets(moved, check="status"), Concurrency(), Confirmation(), {})
        assert watch.snapshot().entries["acme/status/page"].held.memo == ""

    run(story)


@pytest.mark.parametrize(
    ("cached", "is_witness"), [((), True), ((False,), True), ((True,), False), ((True, False), True), ((False, True), True)]
)
def test_a_look_witnesses_what_it_saw_now_whatever_it_remembered_beside(
    cached: tuple[bool, ...], *, is_witness: bool
) -> None:
    async def story() -> None:
        network = FakeNetwork({f"https://a.test/{n}": replace(GOOD, cached=is_old) for n, is_old in enumerate(cached)})
        overheard = Overheard(network, fresh=False)
        for number in range(len(cached)):
            await overheard.send(Request(url=f"https://a.test/{number}"))
        assert overheard.is_witness is is_witness

    run(story)


@dataclass
class Hours:
    """A clock that a test moves: the wall's hands by themselves while the machine sleeps."""

    awake: float = 0.0
    asleep: float = 0.0

    def pass_by(self, seconds: float) -> None:
        self.awake += seconds

    def sleep(self, seconds: float) -> None:
        self.asleep += seconds

    def clock(self) -> Clock:
        return Clock(now=lambda: T0 + timedelta(seconds=self.awake + self.asleep), monotonic=lambda: self.awake)


def watched_by(hours: Hours, network: FakeNetwork, confirm: Confirmation | None = None) -> tuple[Watch, Heard]:
    """A watch over the endpoint of *acme*, every 60 s with a deadline of 10 s."""
    heard = Heard()
    watch = Watch(network, hours.clock(), heard)
    watch.adopt([vendor()], targets(vendor(), check="endpoint"), Concurrency(), confirm or Confirmation(), {})
    return watch, heard


def beat(watch: Watch, hours: Hours, seconds: float) -> None:
    """Let so many seconds pass, with a beat every five."""
    for _ in range(int(seconds / 5)):
        hours.pass_by(5)
        watch.age()


def test_what_nobody_looks_at_for_three_intervals_is_unknown_and_told_once() -> None:
    async def story() -> None:
        hours = Hours()
        watch, heard = watched_by(hours, FakeNetwork({GOOD.url: GOOD}))
        target = watch.snapshot().entries[KEY].target
        patience = 3 * target.every + target.deadline
        await turn(watch, heard)
        beat(watch, hours, patience)
        assert (heard.lapses, watch.snapshot().entries[KEY].held.state) == ([], State.UP)
        beat(watch, hours, 600)
        [(entry, transition)] = heard.lapses
        assert (transition.before, transition.after, transition.since) == (State.UP, State.UNKNOWN, T0)
        assert entry == watch.snapshot().entries[KEY]
        assert (entry.held.state, entry.held.cause) == (State.UNKNOWN, "not looked at for 3 minutes")
        assert (await turn(watch, heard)).entry.held.state is State.UP
        beat(watch, hours, patience + 5)
        assert len(heard.lapses) == 2

    run(story)


def test_what_is_looked_at_more_often_than_the_schedule_beats_is_not_late_at_the_next_beat() -> None:
    async def story() -> None:
        hours, often = Hours(), 0.3
        watch, heard = watched_by(hours, FakeNetwork({GOOD.url: GOOD}))
        acme = targets(vendor(), check="endpoint", every=often, deadline=often / 2)
        watch.adopt([vendor()], acme, Concurrency(), Confirmation(), {})
        for _ in range(5):
            hours.pass_by(5 - often)
            await turn(watch, heard)
            hours.pass_by(often)
            watch.age()
        assert heard.lapses == []
        beat(watch, hours, 10)
        assert len(heard.lapses) == 1

    run(story)


def test_what_waits_for_a_place_is_not_late_until_its_turn_is_over() -> None:
    async def story() -> None:
        hours, network = Hours(), HangingNetwork()
        acme = vendor()
        heard = Heard()
        watch = Watch(network, hours.clock(), heard)
        [target] = targets(acme, check="endpoint")
        others = [replace(target, name=name, settings=target.settings) for name in ("one", "two")]
        watch.adopt([acme], others, Concurrency(per_host=1), Confirmation(), {})
        for other in others:
            watch.due(other.key)
        await network.asked.get()
        beat(watch, hours, 3600)
        assert heard.lapses == []
        assert watch.in_flight == 1
        watch.adopt([acme], others[:1], Concurrency(per_host=1), Confirmation(), {})
        network.go.set()
        await watch.drain(5)
        beat(watch, hours, 600)
        assert [entry.target.name for entry, _ in heard.lapses] == ["one"]

    run(story)


def test_that_nobody_looks_ends_no_outage() -> None:
    async def story() -> None:
        hours = Hours()
        watch, heard = watched_by(hours, FakeNetwork({GOOD.url: REFUSED}))
        for _ in range(4):
            await turn(watch, heard)
        beat(watch, hours, 3600)
        assert (heard.lapses, watch.snapshot().entries[KEY].held.state) == ([], State.DOWN)

    run(story)


@pytest.mark.parametrize("nap", [Hours.sleep, Hours.pass_by])
def test_neither_a_sleep_nor_a_process_that_stood_still_makes_anything_unknown(nap: Callable[[Hours, float], None]) -> None:
    async def story() -> None:
        hours = Hours()
        watch, heard = watched_by(hours, FakeNetwork({GOOD.url: GOOD}))
        await turn(watch, heard)
        for _ in range(10):
            nap(hours, 3600)
            beat(watch, hours, 10)
        assert heard.lapses == []

    run(story)


def test_after_a_sleep_everything_has_its_time_again() -> None:
    async def story() -> None:
        hours = Hours()
        watch, heard = watched_by(hours, FakeNetwork({GOOD.url: GOOD}))
        await turn(watch, heard)
        beat(watch, hours, 185)
        hours.sleep(3600)
        beat(watch, hours, 185)
        assert heard.lapses == []
        beat(watch, hours, 15)
        assert len(heard.lapses) == 1

    run(story)


def test_a_reload_neither_hurries_nor_delays_what_nobody_looks_at() -> None:
    async def story() -> None:
        hours = Hours()
        watch, heard = watched_by(hours, FakeNetwork({GOOD.url: GOOD}))
        await turn(watch, heard)
        beat(watch, hours, 100)
        watch.adopt([vendor()], targets(vendor(), check="endpoint"), Concurrency(), Confirmation(), {})
        beat(watch, hours, 95)
        assert len(heard.lapses) == 1
        watch.adopt([], [], Concurrency(), Confirmation(), {})
        beat(watch, hours, 600)
        assert len(heard.lapses) == 1

    run(story)


def test_looks_from_before_a_sleep_confirm_nothing_after_it() -> None:
    async def story() -> None:
        hours = Hours()
        network = FakeNetwork({GOOD.url: GOOD})
        watch, heard = watched_by(hours, network)
        await turn(watch, heard)
        network.answers[GOOD.url] = REFUSED
        for _ in range(3):
            assert (await turn(watch, heard)).entry.held.is_pending
            hours.pass_by(5)
        hours.sleep(60)
        after = (await turn(watch, heard)).entry.held
        assert (after.state, after.pending, after.pending_down) == (State.UP, 1, 0), "that look may have slept itself"
        for _ in range(3):
            hours.pass_by(5)
            assert (await turn(watch, heard)).entry.held.state is not State.DOWN
        assert (await turn(watch, heard)).entry.held.state is State.DOWN

    run(story)


class Sleeper(FakeNetwork):
    """The machine sleeps while this is asked for the first time, and then nobody answers."""

    def __init__(self, hours: Hours) -> None:
        super().__init__({GOOD.url: GOOD})
        self.hours = hours
        self.tired = True

    async def send(self, request: Request) -> Answer:
        if self.tired:
            self.hours.sleep(600)
            self.tired = False
            raise REFUSED
        return await super().send(request)


def test_a_look_that_failed_while_the_machine_slept_says_nothing_of_the_vendor() -> None:
    async def story() -> None:
        hours = Hours()
        hours.pass_by(1)
        watch, heard = watched_by(hours, Sleeper(hours), Confirmation(fall=1))
        learned = await turn(watch, heard)
        assert (learned.sight, learned.entry.held.state) == (Sight.BLIND, State.UNKNOWN)
        hours.pass_by(5)
        assert (await turn(watch, heard)).entry.held.state is State.UP

    run(story)


def test_a_clock_that_is_set_back_makes_no_verdict_and_no_state_in_the_future() -> None:
    async def story() -> None:
        hours = Hours()
        network = FakeNetwork({GOOD.url: GOOD})
        watch, heard = watched_by(hours, network)
        await turn(watch, heard)
        network.answers[GOOD.url] = REFUSED
        await turn(watch, heard)
        hours.sleep(-7200)
        looks = [await turn(watch, heard) for _ in range(3)]
        assert [look.entry.held.state for look in looks] == [State.UP, State.UP, State.DOWN]
        moved = looks[-1].transition
        assert moved
        assert moved.since <= moved.at

    run(story)


@pytest.mark.slow
def test_the_age_of_ten_thousand_targets_is_told_within_three_milliseconds() -> None:
    hours = Hours()
    watch = Watch(FakeNetwork({}), hours.clock(), Heard())
    vendors = [vendor(f"v{n}", url=f"https://api.v{n}.test/") for n in range(10_000)]
    watch.adopt(vendors, targets(*vendors, check="endpoint"), Concurrency(), Confirmation(), {})
    took = []
    for _ in range(20):
        began = time.perf_counter()
        watch.age()
        took.append(time.perf_counter() - began)
    assert len(watch.snapshot().entries) == 10_000
    assert min(took) < 0.003
