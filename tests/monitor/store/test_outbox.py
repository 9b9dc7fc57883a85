"""The outbox, as every store keeps it: what is claimed, by whom, and what becomes of it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest

from monitor.outbox import Batch, Message, Queue
from monitor.store.outbox import KEPT
from monitor.store.sql import SqlStore, open_store
from monitor.store.store import Operation, Store, StoreUnavailable
from tests.support.consequences import after, alert, aside, message

CLAIM_SECONDS = 60


def claim(
    store: Store, second: float = 100, *, channel: str = "ops", gathered: float = 1_000, most: int = 50
) -> Batch | None:
    return store.claim(channel, after(second), gathered=after(gathered), until=after(second + CLAIM_SECONDS), most=most)


def claimed(store: Store, second: float = 100, *, channel: str = "ops", gathered: float = 1_000, most: int = 50) -> Batch:
    batch = claim(store, second, channel=channel, gathered=gathered, most=most)
    assert batch
    return batch


def put_down(store: Store, *messages: Message) -> tuple[Message, ...]:
    store.write([aside(*messages)])
    return messages


def test_what_is_put_down_is_claimed_once_oldest_first_as_it_was(store: Store) -> None:
    three = put_down(store, message(0), message(1), replace(message(2), alert=alert("vendor2", starts=2, ends=2.5)))
    batch = claimed(store)
    assert (batch.channel, batch.messages, batch.tries) == ("ops", three, 0)
    assert [each.alert.annotations for each in batch.messages] == [each.alert.annotations for each in three]
    assert claim(store) is None


def test_an_empty_outbox_has_nothing(store: Store) -> None:
    assert claim(store) is None
    assert store.queues() == {}


def test_no_more_than_so_many_are_sent_together(store: Store) -> None:
    messages = put_down(store, *(message(number) for number in range(5)))
    first = claimed(store, most=2)
    assert first.messages == messages[:2]
    store.sent(first, after(101))
    assert claimed(store, most=9).messages == messages[2:]


def test_messages_are_gathered_until_the_oldest_is_old_enough(store: Store) -> None:
    messages = put_down(store, message(10), message(20))
    assert claim(store, gathered=9.999) is None
    assert claimed(store, gathered=10).messages == messages


def test_each_channel_has_its_own(store: Store) -> None:
    put_down(store, message(0, "ops"), message(0, "mail"))
    assert claimed(store, channel="mail").messages == (message(0, "mail"),)
    assert claimed(store, channel="ops").messages == (message(0, "ops"),)
    assert claim(store, channel="nobody") is None


def test_what_was_put_down_once_is_never_put_down_again(store: Store) -> None:
    put_down(store, message(0))
    put_down(store, message(0), message(0, at=0))
    batch = claimed(store)
    assert len(batch.messages) == 1
    put_down(store, message(0))
    store.sent(batch, after(101))
    put_down(store, message(0))
    assert claim(store, 102) is None
    other = put_down(store, message(1))
    store.failed(claimed(store, 103), after(104), again=None, detail="gone")
    put_down(store, *other)
    assert claim(store, 105) is None


def test_a_claim_that_ran_out_comes_back_as_the_same_batch_before_new_ones(store: Store, url: str) -> None:
    put_down(store, message(0), message(1))
    lost = claimed(store, 100)
    put_down(store, message(2))
    assert claim(store, 159.999) is None, "while it is claimed, nothing overtakes it"
    store.close()
    again = open_store(url)
    assert claim(again, 159.999) is None
    batch = claimed(again, 160, gathered=-1, most=1)
    assert batch == replace(lost, tries=1)
    again.sent(batch, after(161))
    assert claimed(again, 162).messages == (message(2),)
    again.close()


def test_what_failed_is_due_again_when_it_was_said_and_blocks_what_is_newer(store: Store) -> None:
    put_down(store, message(0))
    batch = claimed(store, 100)
    put_down(store, replace(message(1), alert=alert("vendor0", starts=0, ends=1)))
    store.failed(batch, after(101), again=after(130), detail="503")
    assert claim(store, 129) is None
    assert claimed(store, 130) == replace(batch, tries=1)


def test_what_is_given_up_stays_to_be_seen_and_makes_room(store: Store) -> None:
    put_down(store, message(0), message(1), message(2))
    batch = claimed(store, most=2)
    store.failed(batch, after(101), again=None, detail="401 Unauthorized")
    assert store.queues() == {"ops": Queue(waiting=1, dead=2, oldest=after(2), error="401 Unauthorized")}
    assert claimed(store, 102).messages == (message(2),)


def test_queues_say_how_every_channel_does(store: Store) -> None:
    put_down(store, message(0, "a"), message(5, "a"), message(0, "b"), message(3, "c"))
    store.sent(claimed(store, channel="b"), after(101))
    store.failed(claimed(store, channel="c"), after(101), again=after(300), detail="503\0")
    assert store.queues() == {
        "a": Queue(waiting=2, oldest=after(0)),
        "b": Queue(),
        "c": Queue(waiting=1, oldest=after(3), error="503?"),
    }


def test_who_has_lost_a_claim_can_have_sent_it_but_not_fail_it(store: Store) -> None:
    put_down(store, message(0))
    slow = claimed(store, 100)
    quick = claimed(store, 160)
    store.failed(slow, after(161), again=None, detail="timeout")
    store.failed(slow, after(161), again=after(161), detail="timeout")
    assert claim(store, 162) is None, "it is the other's still"
    assert store.queues() == {"ops": Queue(waiting=1, oldest=after(0))}
    store.sent(slow, after(163))
    store.failed(quick, after(164), again=after(165), detail="409")
    assert store.queues() == {"ops": Queue()}


def test_what_was_taken_after_it_was_given_up_was_sent(store: Store) -> None:
    put_down(store, message(0))
    slow = claimed(store, 100)
    store.failed(claimed(store, 160), after(161), again=None, detail="timeout")
    store.sent(slow, after(162))
    assert store.queues() == {"ops": Queue()}


def test_the_same_messages_are_the_same_batch_in_any_database(store: Store, tmp_path: Path) -> None:
    other = open_store(f"sqlite:///{tmp_path / 'other.db'}")
    put_down(store, message(0), message(1))
    put_down(other, message(0), message(1))
    first, same = claimed(store), claimed(other)
    other.sent(same, after(101))
    put_down(other, message(2))
    assert (first.id, len(first.id)) == (same.id, 32)
    assert claimed(other, 102).id != same.id
    other.close()


def test_what_was_sent_or_given_up_long_ago_is_forgotten_little_by_little(store: Store, url: str) -> None:
    for number in range(130):
        put_down(store, message(number))
        store.sent(claimed(store, 1_000), after(number))
    for number in (0, 119, 120):
        put_down(store, message(number, at=200 + number))
        store.failed(claimed(store, 1_000), after(number), again=None, detail="gone")

    def left() -> int:
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
            (number,) = database.execute("SELECT count(*) FROM message").fetchone()
            return int(number)

    waiting = [message(number, at=900 + number) for number in range(2)]
    put_down(store, *waiting)
    for expected in (33, 13):
        store.sent(claimed(store, 1_000, most=1), after(120) + KEPT)
        assert left() == expected
    assert store.queues() == {"ops": Queue(dead=1, error="gone")}


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[SqlStore, SqlStore]]:
    """The same database opened twice, as two daemons do."""
    url = f"sqlite:///{tmp_path / 'store.db'}?timeout=20"
    first, second = open_store(url), open_store(url)
    yield first, second
    first.close()
    second.close()


def test_senders_at_once_never_get_the_same(two: tuple[SqlStore, SqlStore]) -> None:
    """Three threads with each of two stores, and all that is claimed is sent: each message exactly once, in order."""
    messages = put_down(two[0], *(message(number) for number in range(200)))
    begin = Barrier(6)
    sent: list[Message] = []

    def send(store: SqlStore) -> int:
        begin.wait()
        tries = 0
        while len(sent) < len(messages):
            tries += 1
            if batch := claim(store, most=3):
                sent.extend(batch.messages)
                store.sent(batch, after(101))
        return tries

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(send, [*two] * 3)) >= 67
    assert sent == list(messages)


def test_one_claim_that_ran_out_is_taken_by_one_sender(two: tuple[SqlStore, SqlStore]) -> None:
    put_down(two[0], message(0), message(1))
    wins: Counter[int] = Counter()
    for turn in range(40):
        begin = Barrier(4)

        def race(store: SqlStore, second: int = turn * CLAIM_SECONDS, begin: Barrier = begin) -> Batch | None:
            begin.wait()
            return claim(store, second)

        with ThreadPoolExecutor(4) as pool:
            won = [batch for batch in pool.map(race, [*two] * 2) if batch]
        wins[len(won)] += 1
        assert [batch.tries for batch in won] == [turn]
    assert wins == {1: 40}


def test_writing_goes_on_while_others_send(two: tuple[SqlStore, SqlStore]) -> None:
    """Nothing is overtaken by a claim that read the queue before something was added to it."""
    begin = Barrier(2)

    def write() -> None:
        begin.wait()
        for number in range(100):
            put_down(two[0], message(number))

    sent: list[Message] = []
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        begin.wait()
        while len(sent) < 100:
            if batch := claim(two[1], most=7):
                sent.extend(batch.messages)
                two[1].sent(batch, after(101))
        writing.result()
    assert sent == [message(number) for number in range(100)]


def test_a_locked_database_claims_nothing_and_says_so(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}?timeout=0"
    with closing(open_store(url)) as store, closing(sqlite3.connect(tmp_path / "store.db", isolation_level=None)) as other:
        put_down(store, message(0))
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreUnavailable) as caught:
            claim(store)
        assert caught.value.operation is Operation.WRITE
        other.execute("ROLLBACK")
        assert claimed(store).messages == (message(0),)


def test_an_idle_look_takes_no_lock(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}?timeout=0"
    with closing(open_store(url)) as store, closing(sqlite3.connect(tmp_path / "store.db", isolation_level=None)) as other:
        put_down(store, message(0))
        store.sent(claimed(store), after(101))
        other.execute("BEGIN IMMEDIATE")
        assert claim(store, 102) is None
        assert store.queues() == {"ops": Queue()}
