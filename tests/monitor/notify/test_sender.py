"""A channel's queue is emptied: in order, under one id, until each message was taken or given up, whatever receivers do."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.network import Answer
from monitor.clock import Clock
from monitor.notify import sender
from monitor.notify.channel import NotTaken
from monitor.notify.posting import verdict
from monitor.notify.sender import Sender
from monitor.notify.tally import Tally
from monitor.outbox import Batch, Queue, Route
from monitor.store.sql import open_store
from monitor.store.store import Operation, StoreUnavailable
from tests.support.consequences import aside
from tests.support.network import answer
from tests.support.telling import Hands, MemoryOutbox, message, vendor_down
from tests.support.waiting import until

Deed = Callable[[Batch], None]
"""What a receiver does with a batch; it raises where it does not take it."""


@dataclass
class Scripted:
    """A channel whose receiver does one thing after the other, and then takes everything."""

    deeds: list[Deed] = field(default_factory=list)
    came: list[Batch] = field(default_factory=list)

    @property
    def route(self) -> Route:
        return Route(channel="ops", severities=("page",))

    async def deliver(self, batch: Batch, at: object) -> None:  # noqa: ARG002 - as the protocol has it
        self.came.append(batch)
        if self.deeds:
            self.deeds.pop(0)(batch)


@dataclass
class Desk:
    """A sender with all it works with."""

    channel: Scripted = field(default_factory=Scripted)
    outbox: MemoryOutbox = field(default_factory=MemoryOutbox)
    hands: Hands = field(default_factory=Hands)
    tally: Tally = field(default_factory=Tally)
    sender: Sender = field(init=False)

    def __post_init__(self) -> None:
        self.sender = Sender(
            self.channel, self.outbox, clock=self.hands.clock, tally=self.tally, pause=self.hands.pause, jitter=lambda: 1.0
        )

    def put(self, *vendors: str, at: float = 0) -> None:
        self.outbox.put(*(message(vendor_down(vendor), at=at) for vendor in vendors))

    async def arrived(self) -> list[Batch]:
        return self.channel.came

    async def sent(self) -> list[Batch]:
        return self.outbox.sent_batches

    async def turns(self, seconds: float, step: float = 1.0) -> None:
        """Let time pass, with a look each *step*."""
        end = self.hands.seconds + seconds
        while self.hands.seconds < end:
            self.hands.turn(step)
            await self.sender.turn()

    def pass_by(self, seconds: float, step: float = 1.0) -> None:
        asyncio.run(self.turns(seconds, step))


def refuses(detail: str = "it answered 500", **more: float | None) -> Deed:
    def deed(_: Batch) -> None:
        flags = {name: bool(more.get(name)) for name in ("is_final", "is_over", "is_doubtful")}
        raise NotTaken(detail, after=more.get("after"), **flags)

    return deed


def breaks(_: Batch) -> None:
    raise KeyError


def answers(found: Answer, hands: Hands) -> Deed:
    def deed(_: Batch) -> None:
        if refusal := verdict(found, hands.now()):
            raise refusal

    return deed


def test_what_comes_within_ten_seconds_goes_together() -> None:
    desk = Desk()
    desk.put("acme", at=0)
    desk.put("bolt", at=8)
    desk.pass_by(9)
    assert desk.channel.came == []
    desk.pass_by(1)
    assert [[each.alert.labels["vendor"] for each in one.messages] for one in desk.channel.came] == [["acme", "bolt"]]
    assert len(desk.outbox.sent_batches) == 1
    assert desk.outbox.waiting == []
    assert desk.tally.sent == {"ops": 1}


def test_nothing_is_claimed_where_nothing_waits() -> None:
    desk = Desk()
    desk.pass_by(30)
    assert desk.channel.came == []


def test_a_message_that_is_not_taken_is_tried_again_at_growing_intervals(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk(Scripted([refuses()] * 8))
    desk.put("acme")
    with caplog.at_level(logging.WARNING):
        desk.pass_by(800)
    times = [(when - desk.hands.clock.now()).total_seconds() + desk.hands.seconds for when, _ in desk.outbox.tried if when]
    gaps = [round(later - sooner) for sooner, later in zip([10, *times], times, strict=False)]
    assert gaps == [5, 10, 20, 40, 80, 120, 120, 120]
    assert {one.id for one in desk.channel.came} == {"batch-1"}
    assert [one.tries for one in desk.channel.came] == list(range(9))
    assert len(desk.outbox.sent_batches) == 1
    assert desk.tally.failures == {"ops": 8}
    assert len(caplog.records) == 1  # Not a line for each try.


def test_the_intervals_differ_so_that_senders_do_not_come_in_step() -> None:
    assert len({sender._unequal() for _ in range(9)}) > 1
    assert all(0.8 <= sender._unequal() <= 1.2 for _ in range(99))


def test_who_asks_to_be_left_alone_is() -> None:
    desk = Desk(Scripted([refuses(after=300)]))
    desk.put("acme")
    desk.pass_by(309)
    assert len(desk.channel.came) == 1
    desk.pass_by(2)
    assert len(desk.channel.came) == 2


def test_a_resolved_never_overtakes_its_firing() -> None:
    desk = Desk(Scripted([refuses()] * 5))
    began, ended = message(vendor_down()), message(vendor_down(ends=12))
    desk.outbox.put(began)
    desk.pass_by(11)
    desk.outbox.put(ended)
    desk.pass_by(400)
    assert desk.outbox.keys() == [began.key, ended.key]


def test_what_would_come_to_the_same_again_is_given_up_and_holds_nothing_up(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk(Scripted([refuses("it answered 400: no", is_final=1)]))
    desk.put("acme")
    desk.pass_by(11)
    desk.put("bolt", at=11)
    desk.pass_by(11)
    ((given_up, why),) = desk.outbox.dead
    assert (given_up.messages[0].alert.labels["vendor"], why) == ("acme", "it answered 400: no")
    assert [one.messages[0].alert.labels["vendor"] for one in desk.outbox.sent_batches] == ["bolt"]
    (line,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert line.message == "messages were given up"
    assert vars(line)["alerts"] == "1 firing: VendorDown of acme"


def test_after_a_day_of_tries_a_message_is_given_up() -> None:
    desk = Desk(Scripted([refuses()] * 10_000))
    desk.put("acme")
    desk.pass_by(23 * 3600, step=20)
    assert not desk.outbox.dead
    desk.pass_by(3 * 3600, step=20)
    assert len(desk.outbox.dead) == 1
    assert desk.channel.came[-1].waited >= sender.LONGEST_WAIT


def test_a_receiver_that_asks_for_long_rests_is_given_up_after_a_day_as_well() -> None:
    desk = Desk(Scripted([refuses("it answered 429", after=3600)] * 1_000))
    desk.put("acme")
    desk.pass_by(26 * 3600, step=60)
    assert len(desk.outbox.dead) == 1
    assert len(desk.channel.came) == 25


def test_the_time_in_which_we_did_not_run_does_not_count() -> None:
    desk = Desk(Scripted([refuses()] * 3))
    desk.put("acme")
    desk.pass_by(15)
    desk.hands.turn(3 * 86_400)
    desk.pass_by(60)
    assert not desk.outbox.dead
    assert len(desk.outbox.sent_batches) == 1


def test_a_message_that_ends_its_sender_is_given_up_in_the_end() -> None:
    desk = Desk(Scripted([refuses()]))
    desk.put("acme")
    desk.hands.turn(10)
    claimed = desk.outbox.claim("ops", desk.hands.now(), gathered=desk.hands.now(), until=desk.hands.now(), most=1)
    assert claimed
    desk.outbox._underway["ops"].batch = replace(claimed, tries=sender.MOST_TRIES - 1)
    desk.pass_by(1)
    assert len(desk.outbox.dead) == 1


def test_what_may_have_arrived_is_sent_five_times_over_some_minutes() -> None:
    desk = Desk(Scripted([refuses("no answer", is_doubtful=1)] * 20))
    desk.put("acme")
    desk.pass_by(10 + 5 + 20 + 80)
    assert len(desk.channel.came) == 4
    assert not desk.outbox.dead
    desk.pass_by(330)
    assert len(desk.channel.came) == len({each.doubts for each in desk.channel.came}) == 5
    assert [why for _, why in desk.outbox.dead] == ["no answer"]


def test_that_nobody_listens_says_nothing_of_what_may_have_arrived() -> None:
    desk = Desk(Scripted([*[refuses()] * 20, refuses("no answer", is_doubtful=1)]))
    desk.put("acme")
    desk.pass_by(3600)
    assert len(desk.outbox.sent_batches) == 1


@pytest.mark.parametrize("seconds", [-7200, 7200])
def test_a_rest_is_kept_whatever_the_clock_is_set_to(seconds: float) -> None:
    desk = Desk(Scripted([refuses(after=300)]))
    set_by = 0.0
    clock = Clock(now=lambda: desk.hands.now() + timedelta(seconds=set_by), monotonic=lambda: desk.hands.seconds)
    desk.sender = Sender(desk.channel, desk.outbox, clock=clock, tally=desk.tally, pause=desk.hands.pause)
    desk.put("acme")
    desk.pass_by(10)
    set_by, desk.outbox._underway["ops"].due = seconds, desk.hands.now() - timedelta(days=1)
    desk.pass_by(299)
    assert len(desk.channel.came) == 1
    desk.pass_by(2)
    assert len(desk.channel.came) == 2


def test_the_log_says_of_whom_somebody_was_told(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk()
    desk.put("acme", "bolt", "core", "dune", "echo")
    desk.hands.turn(10)
    with caplog.at_level(logging.INFO):
        asyncio.run(desk.sender.turn())
    (record,) = caplog.records
    assert (record.message, vars(record)["channel"]) == ("told", "ops")
    assert vars(record)["alerts"] == "5 firing: VendorDown of acme; VendorDown of bolt; VendorDown of core; and 2 more"


def test_while_nothing_can_be_written_down_there_is_one_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk()

    async def story() -> None:
        settle = iter([False] * 5 + [True])

        def write() -> None:
            if not next(settle):
                raise StoreUnavailable(Operation.WRITE, "the disk is full")

        for _ in range(6):
            await desk.sender._is_written(write)

    with caplog.at_level(logging.INFO):
        asyncio.run(story())
    assert [record.message for record in caplog.records] == [
        "what was sent cannot be written down yet",
        "what was sent is written down again",
    ]


def test_one_message_that_is_refused_costs_no_other(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A hundred at once, of which the receiver calls one wrong: all the others arrive in order, and in few requests."""
    hands, came = Hands(), list[Batch]()
    store = open_store(f"sqlite:///{tmp_path}/store.db")
    store.write([aside(*(message(vendor_down(f"v{number:02}")) for number in range(100)))])

    class Picky(Scripted):
        async def deliver(self, batch: Batch, at: object) -> None:  # noqa: ARG002 - as the protocol has it
            came.append(batch)
            if any(each.alert.labels["vendor"] == "v57" for each in batch.messages):
                refuses("it answered 413", is_final=1)(batch)

    async def story() -> None:
        sends = Sender(Picky(), store, clock=hands.clock, tally=Tally(), pause=hands.pause)
        hands.turn(20)
        while await sends.turn():
            pass

    asyncio.run(story())
    vendors = [[each.alert.labels["vendor"] for each in one.messages] for one in came]
    taken = [vendor for each in vendors if "v57" not in each for vendor in each]
    assert taken == [f"v{number:02}" for number in range(100) if number != 57]
    assert len(came) < 20
    assert store.queues() == {"ops": Queue(dead=1, error="it answered 413")}
    assert [record.message for record in caplog.records if record.levelno == logging.ERROR] == ["messages were given up"]
    store.close()


def test_who_wants_to_hear_nothing_any_more_is_not_asked_for_each_message(tmp_path: Path) -> None:
    hands, store = Hands(), open_store(f"sqlite:///{tmp_path}/store.db")
    store.write([aside(message(vendor_down()), message(vendor_down("bolt")))])
    channel = Scripted([refuses("it answered 410", is_final=1, is_over=1)])

    async def story() -> None:
        hands.turn(20)
        sends = Sender(channel, store, clock=hands.clock, tally=Tally(), pause=hands.pause)
        assert await sends.turn()
        assert not await sends.turn()

    asyncio.run(story())
    assert store.queues() == {"ops": Queue(dead=2, error="it answered 410")}
    store.close()


def test_a_bug_in_a_channel_costs_one_batch(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk(Scripted([breaks]))
    desk.put("acme")
    desk.pass_by(11)
    desk.put("bolt", at=11)
    desk.pass_by(11)
    assert [why for _, why in desk.outbox.dead] == ["a bug of ours, see the log"]
    assert len(desk.outbox.sent_batches) == 1
    assert "KeyError" in caplog.text


def test_while_the_store_is_unavailable_nothing_is_lost_or_sent_twice() -> None:
    desk = Desk()
    desk.put("acme")
    desk.outbox.is_down = True
    desk.pass_by(60)
    assert desk.channel.came == []
    desk.outbox.is_down = False
    desk.pass_by(2)
    assert len(desk.outbox.sent_batches) == 1


def test_what_was_taken_is_written_down_for_as_long_as_that_takes() -> None:
    desk = Desk()

    def take_and_break(_: Batch) -> None:
        desk.outbox.is_down = True

    async def story() -> None:
        desk.hands.turn(10)
        turn = asyncio.create_task(desk.sender.turn())

        async def now() -> float:
            return desk.hands.seconds

        await until("it tries again and again", now, lambda seconds: seconds > 300)  # Its own pauses turn the clock.
        desk.outbox.is_down = False
        assert await turn

    desk.channel.deeds.append(take_and_break)
    desk.put("acme")
    asyncio.run(story())
    assert len(desk.channel.came) == 1
    assert len(desk.outbox.sent_batches) == 1


def test_a_batch_whose_sender_was_killed_is_sent_again_under_its_id() -> None:
    outbox, hands = MemoryOutbox(), Hands()

    def dies(_: Batch) -> None:
        raise KeyboardInterrupt

    killed = Desk(Scripted([dies]), outbox, hands)
    killed.put("acme")
    with pytest.raises(KeyboardInterrupt):
        killed.pass_by(11)
    after = Desk(Scripted(), outbox, hands)
    after.pass_by(sender.CLAIM_SECONDS + 1)
    assert [one.id for one in after.channel.came] == [one.id for one in killed.channel.came]
    assert outbox.waiting == []


async def running(desk: Desk, story: Callable[[asyncio.Task[None]], object]) -> None:
    """Run the sender with its real waits, and end it."""
    task = asyncio.create_task(desk.sender.run())
    await asyncio.sleep(0)
    result = story(task)
    if asyncio.iscoroutine(result):
        await result
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_it_is_woken_when_there_is_something(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "POLL_SECONDS", 3600.0)
    desk = Desk()

    async def story(_: asyncio.Task[None]) -> None:
        await asyncio.sleep(0.05)
        desk.put("acme")
        desk.hands.turn(11)
        desk.sender.wake()
        await until("it is sent", desk.sent, bool)

    asyncio.run(running(desk, story))


class Slow(Scripted):
    """A receiver that takes a message after a while."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds

    async def deliver(self, batch: Batch, at: object) -> None:
        await super().deliver(batch, at)
        await asyncio.sleep(self.seconds)


@pytest.mark.parametrize(("seconds", "sent"), [(0.2, 1), (60.0, 0)])
def test_a_delivery_under_way_gets_a_moment_to_end(seconds: float, sent: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "STOP_SECONDS", 0.5)
    desk = Desk(Slow(seconds))
    desk.put("acme")
    desk.hands.turn(11)

    async def story(_: asyncio.Task[None]) -> None:
        await until("it is under way", desk.arrived, bool)

    asyncio.run(running(desk, story))
    assert len(desk.outbox.sent_batches) == sent
    assert len(desk.outbox.waiting) == 1 - sent


def test_a_receiver_that_never_answers_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "DELIVERY_SECONDS", 0.05)
    desk = Desk(Slow(60))
    desk.put("acme")
    desk.pass_by(10)
    assert [why for _, why in desk.outbox.tried] == ["no answer within 0.05 s"]


def test_a_bug_in_the_outbox_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk()
    desk.put("acme")
    desk.hands.turn(11)
    desk.outbox.claim = None  # type: ignore[assignment, method-assign]  # what is no function raises

    async def story(task: asyncio.Task[None]) -> None:
        await asyncio.sleep(0.05)
        assert not task.done()

    asyncio.run(running(desk, story))
    assert "a bug in telling people" in caplog.text


OUTCOMES = st.one_of(
    st.integers(200, 599).map(lambda status: ("status", status)),
    st.integers(0, 10_000).map(lambda seconds: ("rest", seconds)),
    st.sampled_from([("cut", 0), ("bug", 0), ("store", 0)]),
)


def _deed(outcome: tuple[str, int], desk: Desk) -> Deed:
    kind, number = outcome
    match kind:
        case "status":
            return answers(answer(status=number), desk.hands)
        case "rest":
            return answers(answer(status=429, headers={"retry-after": str(number)}), desk.hands)
        case "cut":
            return refuses("127.0.0.1:1 cut the connection")
        case "bug":
            return breaks
        case _:

            def stumbles(batch: Batch) -> None:
                desk.outbox.is_down = True
                refuses("and the store was gone")(batch)

            return stumbles


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.lists(OUTCOMES, max_size=12), st.integers(1, 8))
def test_whatever_a_receiver_does_each_message_ends_in_order(outcomes: list[tuple[str, int]], count: int) -> None:
    logging.disable(logging.CRITICAL)
    desk = Desk()
    desk.channel.deeds = [_deed(outcome, desk) for outcome in outcomes]
    ended: list[str] = []

    async def pause(seconds: float) -> None:
        desk.hands.turn(seconds)
        desk.outbox.is_down = False

    desk.sender = Sender(
        desk.channel, desk.outbox, clock=desk.hands.clock, tally=desk.tally, pause=pause, jitter=lambda: 1.0
    )

    async def story() -> None:
        for number in range(count):
            desk.put(f"v{number}", at=desk.hands.seconds)
            await desk.turns(20, step=5)
        await desk.turns(60_000, step=300)

    try:
        asyncio.run(story())
    finally:
        logging.disable(logging.NOTSET)
    batches = sorted([*desk.outbox.sent_batches, *(one for one, _ in desk.outbox.dead)], key=lambda one: int(one.id[6:]))
    ended = [each.alert.labels["vendor"] for one in batches for each in one.messages]
    assert ended == [f"v{number}" for number in range(count)]
    assert desk.outbox.waiting == []
    assert len({one.id for one in batches}) == len(batches)


def test_with_the_real_store_nothing_is_lost_doubled_or_overtaken(tmp_path: Path) -> None:
    hands = Hands()
    store = open_store(f"sqlite:///{tmp_path}/store.db")

    def dies(_: Batch) -> None:
        raise KeyboardInterrupt

    channel = Scripted([refuses(), refuses(after=90), dies, refuses()])
    news = [vendor_down(), vendor_down("bolt", starts=15), vendor_down(ends=20)]

    async def live(seconds: float) -> None:
        """A life of the daemon, which may end by a kill."""
        sends = Sender(channel, store, clock=hands.clock, tally=Tally(), pause=hands.pause, jitter=lambda: 1.0)
        for _ in range(int(seconds)):
            hands.turn(1)
            while news and (news[0].ends_at or news[0].starts_at) <= hands.now():
                store.write([aside(message(news.pop(0)), at=hands.seconds)])
            await sends.turn()

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(live(600))
    killed_at = hands.seconds
    asyncio.run(live(120))
    assert hands.seconds - killed_at == 120
    assert [[each.alert.labels["vendor"] for each in one.messages] for one in channel.came] == [["acme"]] * 5 + [
        ["bolt", "acme"]
    ]
    assert len({one.id for one in channel.came}) == 2
    assert store.queues()["ops"].waiting == 0
    store.close()
