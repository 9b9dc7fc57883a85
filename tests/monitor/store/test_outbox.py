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
from sqlalchemy import text

from monitor.outbox import KEPT, Batch, GivenUp, Message, Queue
from monitor.store.engine import make_engine
from monitor.store.sql import SqlStore, open_existing, open_store
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
    assert claimed(store, 130) == replace(batch, tries=1, waited=29)


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


def rows_left(url: str) -> int:
    """How many messages are in the database, whatever became of them."""
    engine = make_engine(url, Path())
    with engine.connect() as connection:
        number = connection.execute(text("SELECT count(*) FROM message")).scalar_one()
    engine.dispose()
    return int(number)


def test_what_was_sent_or_given_up_long_ago_is_removed_little_by_little(store: Store, url: str) -> None:
    """The oldest came to its end by a clock that was ahead; it holds up the removal of no other."""
    put_down(store, message(0))
    store.sent(claimed(store, 1_000), after(1e9))
    put_down(store, *(message(number, at=number) for number in range(1, 701)))
    store.sent(claimed(store, 1_000, most=600), after(10))
    store.failed(claimed(store, 1_000, most=99), after(10), again=None, detail="gone")
    store.prune(after(10) + KEPT)
    assert rows_left(url) == 701
    for expected in (201, 2, 2):
        store.prune(after(11) + KEPT)
        assert rows_left(url) == expected
    assert store.queues() == {"ops": Queue(waiting=1, oldest=after(700))}


def test_a_message_is_kept_as_long_as_what_it_tells_of_goes_on(store: Store, url: str) -> None:
    began, over = message(0), message(1)
    store.write([aside(began, over, alerts=(began.alert, replace(over.alert, ends_at=after(2))))])
    store.sent(claimed(store), after(101))
    store.prune(after(102) + KEPT)
    assert rows_left(url) == 1
    put_down(store, began)
    assert claim(store, 102) is None, "it is known that it was told"


def test_a_clock_that_was_set_back_holds_up_no_message(store: Store) -> None:
    ahead = 400 * 86_400.0
    late, new = put_down(store, message(0, at=ahead), message(1))
    assert claim(store, ahead, gathered=ahead - 1) is None
    batch = claimed(store, 100, gathered=90)
    assert batch.messages == (late, new)
    assert claim(store, 101) is None, "now it is claimed as ever"


def test_a_claim_or_a_rest_of_a_clock_that_was_set_back_is_over(store: Store) -> None:
    ahead = 1_800.0
    put_down(store, message(0))
    lost = claimed(store, ahead)
    again = claimed(store, 100)
    assert again == replace(lost, tries=1)
    store.failed(again, after(ahead), again=after(ahead + 5), detail="503")
    assert claimed(store, 101).tries == 2
    assert claim(store, 101 - 4) is None, "a clock that is nudged was not set back"


def test_the_wait_since_a_time_to_come_is_none(store: Store) -> None:
    put_down(store, message(0, at=1e6))
    queue = store.queues()["ops"]
    assert queue.seen(after(5)).oldest == after(5)
    assert queue.seen(after(2e6)) == queue
    assert Queue().seen(after(0)) == Queue()


def test_what_was_waited_and_doubted_is_remembered_with_the_batch(store: Store, url: str) -> None:
    put_down(store, message(0))
    batch = claimed(store)
    store.failed(batch, after(101), again=after(161), detail="429")
    batch = claimed(store, 161)
    store.failed(batch, after(162), again=after(164), detail="no answer", is_doubtful=True)
    store.close()
    again = open_store(url)
    batch = claimed(again, 165)
    assert (batch.tries, batch.waited, batch.doubts) == (2, 62, 1)
    again.close()


def test_of_what_is_refused_each_half_comes_next_in_order_until_one_is_alone(store: Store) -> None:
    messages = put_down(store, *(message(number) for number in range(5)))
    young = put_down(store, message(5))
    whole = claimed(store, most=5)
    store.refused(whole, after(101), detail="413")
    taken: list[Message] = []
    seen = {whole.id}
    while batch := claim(store, 102):
        assert batch.id not in seen
        seen.add(batch.id)
        if messages[3] not in batch.messages:
            taken += batch.messages
            store.sent(batch, after(102))
        else:
            store.refused(batch, after(102), detail="413")
    assert taken == [*messages[:3], messages[4], *young]
    assert store.queues() == {"ops": Queue(dead=1, error="413")}


def test_who_has_lost_a_claim_cannot_have_it_refused(store: Store) -> None:
    put_down(store, message(0), message(1))
    slow, quick = claimed(store, 100), claimed(store, 160)
    store.refused(slow, after(161), detail="400")
    store.sent(quick, after(162))
    assert store.queues() == {"ops": Queue()}


def test_half_of_what_was_refused_waits_for_the_other(store: Store) -> None:
    put_down(store, message(0), message(1))
    store.refused(claimed(store), after(101), detail="400")
    store.failed(claimed(store, 102), after(103), again=after(150), detail="503")
    assert claim(store, 149) is None
    assert claimed(store, 150).messages == (message(0),)


def opened(store: Store, *messages: Message) -> tuple[Message, ...]:
    """Put down *messages* of alerts that the store knows to go on."""
    store.write([aside(*messages, alerts=tuple(each.alert for each in messages))])
    return messages


def test_what_was_given_up_is_sent_when_the_receiver_takes_something_again_if_it_still_goes_on(store: Store) -> None:
    first, over, _ = opened(store, message(0), message(1), message(0, "mail"))
    store.failed(claimed(store, most=2), after(101), again=None, detail="503")
    store.write([aside(alerts=(replace(over.alert, ends_at=after(102)),))])
    opened(store, message(2))
    store.sent(claimed(store, 103), after(103))
    batch = claimed(store, 103)
    assert (batch.messages, batch.tries) == ((first,), 0)
    opened(store, message(3))
    store.failed(batch, after(104), again=None, detail="503")
    assert store.queues()["ops"] == Queue(waiting=1, dead=2, oldest=after(3), error="503")
    assert claimed(store, 105).messages == (message(3),), "what comes back to life holds up nothing"


def test_what_comes_back_to_life_keeps_what_it_has_waited(store: Store) -> None:
    opened(store, message(0))
    store.failed(claimed(store), after(101), again=after(86_501), detail="503")
    store.failed(claimed(store, 86_501), after(86_502), again=None, detail="503")
    store.revive("ops", after(86_503))
    assert claimed(store, 86_503).waited == 86_400


def test_nothing_comes_back_to_life_beside_a_batch_under_way(store: Store) -> None:
    opened(store, message(0))
    store.failed(claimed(store), after(101), again=None, detail="503")
    opened(store, message(1))
    under_way = claimed(store, 102)
    store.revive("ops", after(103))
    assert claim(store, 103) is None
    store.sent(under_way, after(104))
    assert claimed(store, 104).messages == (message(0),)


def test_what_was_refused_stays_given_up(store: Store) -> None:
    opened(store, message(0))
    store.refused(claimed(store), after(101), detail="400")
    store.revive("ops", after(102))
    assert claim(store, 103) is None
    assert store.queues() == {"ops": Queue(dead=1, error="400")}


def test_what_waits_for_a_channel_that_is_gone_is_given_up_after_a_while(store: Store) -> None:
    put_down(store, message(0, "old"), message(50, "old"), message(9, "old", at=9e9), message(0, "ops"))
    assert store.abandon(["ops"], after(100), before=after(10), detail="nobody sends there") == 2
    assert store.queues() == {
        "old": Queue(waiting=1, dead=2, oldest=after(50), error="nobody sends there"),
        "ops": Queue(waiting=1, oldest=after(0)),
    }
    assert store.abandon([], after(100), before=after(60), detail="") == 2


def test_what_was_given_up_can_be_looked_at_and_forgotten(store: Store, url: str) -> None:
    opened(store, message(0), message(1), message(2), message(3, "mail"))
    store.failed(claimed(store, most=1), after(101), again=None, detail="503")
    store.refused(claimed(store, 102, most=1), after(102), detail="400")
    assert store.forget("ops", after(103)) == [
        GivenUp(message(0), after(101), "503"),
        GivenUp(message(1), after(102), "400"),
    ]
    assert store.forget("ops", after(104)) == []
    assert store.queues()["ops"] == Queue(waiting=1, oldest=after(2))
    store.revive("ops", after(105))
    put_down(store, message(0))
    assert claimed(store, 106).messages == (message(2),)
    assert rows_left(url) == 4


@pytest.fixture
def two(url: str) -> Iterator[tuple[SqlStore, SqlStore]]:
    """The same database opened twice, as a daemon and a command do."""
    patient = f"{url}{'&' if '?' in url else '?'}timeout=20"
    first, second = open_store(patient), open_existing(patient)
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
