"""Any sequence of acts upon the outbox, by two senders on one database, against a model that is plain lists."""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from monitor.outbox import Batch, Message
from monitor.store.engine import make_engine
from monitor.store.sql import SqlStore, open_store
from tests.support.consequences import after, aside, message

CHANNELS = ("mail", "ops")
CLAIM_SECONDS = 10


@cache
def empty_database() -> bytes:
    """A file that `open_store` has nothing left to do with."""
    with tempfile.TemporaryDirectory() as folder:
        open_store("sqlite:///empty.db", Path(folder)).close()
        return (Path(folder) / "empty.db").read_bytes()


def opened(url: str) -> SqlStore:
    """A database that is as `open_store` left it, without the time that looking at its schema takes."""
    return SqlStore(make_engine(url, Path()))


@dataclass(eq=False)
class Group:
    """Messages that are under way together: due at a second, after so many tries."""

    messages: list[Message]
    due: int
    tries: int


@dataclass(eq=False)
class Claim:
    """A batch as a sender was given it, and until which second it is its own."""

    batch: Batch
    group: Group
    until: int


@dataclass
class Lane:
    """One channel as it should be: what is under way in *groups*, the first before the next, and what waits behind it."""

    waiting: list[Message] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    given_up: int = 0


class Outbox(RuleBasedStateMachine):
    """Two senders, who may be late, die, or open the database anew, and a writer that repeats itself.

    A sender says of each of its claims once what became of it, if it says anything.
    """

    claims = Bundle("claims")

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        file = Path(self.folder.name) / "store.db"
        file.write_bytes(empty_database())
        self.url = f"sqlite:///{file}"
        self.stores = [opened(self.url), opened(self.url)]
        self.second = 0
        self.lanes = {channel: Lane() for channel in CHANNELS}
        self.written: dict[str, Message] = {}
        self.delivered: Counter[str] = Counter()
        self.given_up: set[str] = set()
        self.ran_out: set[str] = set()
        self.live: list[Claim] = []

    def teardown(self) -> None:
        """In the end everything can be sent that was not given up: nothing was lost."""
        with suppress(AttributeError), self.folder:
            try:
                self._send_the_rest()
            finally:
                for store in self.stores:
                    store.close()

    def _send_the_rest(self) -> None:
        self.second += 10_000
        for channel in CHANNELS:
            while claim := self._claim(self.stores[0], channel, gather=0, most=5):
                self.stores[0].sent(claim.batch, after(self.second))
                self._deliver(claim.batch)
        assert self.delivered.keys() | self.given_up == self.written.keys()

    @rule(channel=st.sampled_from(CHANNELS), numbers=st.lists(st.integers(0, 30), min_size=1, max_size=4))
    def write(self, channel: str, numbers: list[int]) -> None:
        messages = [message(number, channel, at=self.second) for number in numbers]
        known = [*self.written.values()][-2:]
        self.stores[0].write([aside(*messages), aside(*known)])
        for each in messages:
            if each.key not in self.written:
                self.written[each.key] = each
                self.lanes[channel].waiting.append(each)

    @rule(claim=consumes(claims), sender=st.sampled_from((0, 1)))
    def refused(self, claim: Claim, sender: int) -> None:
        """One message is given up, several go on in halves, one after the other."""
        self.stores[sender].refused(claim.batch, after(self.second), detail="400")
        lane, group = self.lanes[claim.batch.channel], claim.group
        if lane.groups[:1] != [group] or group.tries != claim.batch.tries + 1:
            return
        self.live = [each for each in self.live if each.group is not group]
        if len(group.messages) == 1:
            lane.groups = lane.groups[1:]
            self.given_up |= {each.key for each in group.messages}
            return
        middle = len(group.messages) // 2
        halves = (group.messages[:middle], group.messages[middle:])
        lane.groups = [*(Group(half, self.second, group.tries) for half in halves), *lane.groups[1:]]

    @rule(seconds=st.integers(1, 20))
    def wait(self, seconds: int) -> None:
        self.second += seconds

    @rule(
        target=claims,
        sender=st.sampled_from((0, 1)),
        channel=st.sampled_from(CHANNELS),
        gather=st.sampled_from((0, 0, 5)),
        most=st.integers(1, 3),
    )
    def claim(self, sender: int, channel: str, gather: int, most: int) -> object:
        claim = self._claim(self.stores[sender], channel, gather, most)
        return claim or multiple()

    @rule(claim=consumes(claims), sender=st.sampled_from((0, 1)))
    def sent(self, claim: Claim, sender: int) -> None:
        self.stores[sender].sent(claim.batch, after(self.second))
        self._deliver(claim.batch)

    @rule(claim=consumes(claims), sender=st.sampled_from((0, 1)), wait=st.none() | st.integers(0, 20))
    def failed(self, claim: Claim, sender: int, wait: int | None) -> None:
        again = None if wait is None else after(self.second + wait)
        self.stores[sender].failed(claim.batch, after(self.second), again=again, detail="503")
        lane, group = self.lanes[claim.batch.channel], claim.group
        if lane.groups[:1] != [group] or group.tries != claim.batch.tries + 1:
            return
        self.live = [each for each in self.live if each.group is not group]
        if wait is None:
            lane.groups = lane.groups[1:]
            self.given_up |= {each.key for each in group.messages}
        else:
            group.due = self.second + wait

    @rule(sender=st.sampled_from((0, 1)))
    def reopen(self, sender: int) -> None:
        self.stores[sender].close()
        self.stores[sender] = opened(self.url)

    @invariant()
    def queues_are_told(self) -> None:
        told = self.stores[1].queues()
        for channel, lane in self.lanes.items():
            under_way = [each for group in lane.groups for each in group.messages]
            waiting = [*under_way, *lane.waiting]
            found = told.get(channel)
            assert (found.waiting if found else 0) == len(waiting)
            assert (found.oldest if found else None) == (waiting[0].at if waiting else None)

    def _claim(self, store: SqlStore, channel: str, gather: int, most: int) -> Claim | None:
        until = self.second + CLAIM_SECONDS
        batch = store.claim(channel, after(self.second), gathered=after(self.second - gather), until=after(until), most=most)
        group = self._expected(self.lanes[channel], gather, most)
        assert (batch is None) == (group is None)
        if batch is None or group is None:
            return None
        assert (list(batch.messages), batch.tries) == (group.messages, group.tries)
        group.due, group.tries = until, group.tries + 1
        return self._held(Claim(batch, group, until))

    def _expected(self, lane: Lane, gather: int, most: int) -> Group | None:
        if lane.groups:
            return lane.groups[0] if lane.groups[0].due <= self.second else None
        if not lane.waiting or lane.waiting[0].at > after(self.second - gather):
            return None
        lane.groups, lane.waiting = [Group(lane.waiting[:most], 0, 0)], lane.waiting[most:]
        return lane.groups[0]

    def _held(self, claim: Claim) -> Claim:
        """Keep *claim*; no message of it is in another that still holds."""
        keys = {each.key for each in claim.batch.messages}
        for other in self.live:
            if keys & {each.key for each in other.batch.messages}:
                assert other.until <= self.second
                assert other.batch.id == claim.batch.id
                self.ran_out |= keys
        self.live.append(claim)
        return claim

    def _deliver(self, batch: Batch) -> None:
        """A receiver has taken *batch*."""
        keys = [each.key for each in batch.messages]
        assert self.ran_out.issuperset(key for key in keys if key in self.delivered), "sent twice, and no claim ran out"
        lane = self.lanes[batch.channel]
        lane.groups = [group for group in lane.groups if [each.key for each in group.messages] != keys]
        self.live = [each for each in self.live if each.batch.id != batch.id]
        self.given_up -= set(keys)
        self.delivered.update(keys)


Outbox.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
test_any_sequence = pytest.mark.slow(Outbox.TestCase)
