"""What nobody sends is named, given up and removed, whatever else is sent."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from monitor.notify.leftovers import NOBODY, TIDY_SECONDS, Leftovers
from monitor.outbox import KEPT, Queue
from monitor.store.sql import SqlStore, open_store
from tests.support.consequences import after, aside
from tests.support.telling import Hands, MemoryOutbox, message, vendor_down

DAY = 86_400.0


def stored(folder: Path, *channels: str) -> SqlStore:
    """A store with an open alert, and a message on it for each of *channels*."""
    store = open_store("sqlite:///store.db", folder)
    store.write([aside(*(message(vendor_down(), channel=channel) for channel in channels), alerts=(vendor_down(),))])
    return store


def looked(outbox: SqlStore, hands: Hands, known: Sequence[str] = ("ops",)) -> None:
    Leftovers(known, outbox, hands.clock).tidy()


def test_what_waits_for_a_channel_that_is_gone_is_named_and_given_up_after_a_day(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    hands = Hands()
    with closing(stored(tmp_path, "ops", "old", "older")) as store:
        looked(store, hands)
        named = [(record.levelno, vars(record)["channel"], vars(record)["messages"]) for record in caplog.records]
        assert sorted(named) == [(logging.WARNING, "old", 1), (logging.WARNING, "older", 1)]
        hands.turn(DAY + 1)
        looked(store, hands)
        assert store.queues()["old"] == Queue(dead=1, error=NOBODY)
        assert store.queues()["ops"].waiting == 1
        assert vars(caplog.records[-1])["messages"] == 2


def test_a_channel_that_is_back_sends_what_goes_on_still(tmp_path: Path) -> None:
    hands = Hands(DAY + 1)
    with closing(stored(tmp_path, "old")) as store:
        looked(store, hands)
        assert store.queues()["old"].waiting == 0
        looked(store, hands, ["old"])
        assert store.queues()["old"].waiting == 1


def test_old_messages_are_removed_while_nothing_is_sent(tmp_path: Path) -> None:
    hands = Hands()
    with closing(stored(tmp_path, "ops")) as store:
        batch = store.claim("ops", after(20), gathered=after(10), until=after(60), most=9)
        assert batch
        store.failed(batch, after(20), again=None, detail="it answered 503")
        store.write([aside(alerts=(replace(vendor_down(), ends_at=after(30)),))])
        for days, dead in ((29, 1), (31, 0)):
            hands.seconds = days * DAY
            looked(store, hands)
            assert store.queues().get("ops", Queue()).dead == dead
    assert KEPT.days == 30


def test_it_looks_again_and_again_whatever_the_store_does(caplog: pytest.LogCaptureFixture) -> None:
    class Breaking(MemoryOutbox):
        looks = 0

        def prune(self, at: datetime) -> None:
            self.looks += 1
            self.is_down = self.looks == 1
            super().prune(at)
            if self.looks == 2:
                raise KeyError

    hands, outbox = Hands(), Breaking()

    async def pause(seconds: float) -> None:
        assert seconds == TIDY_SECONDS
        outbox.is_down = False
        if outbox.looks == 3:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(Leftovers(["ops"], outbox, hands.clock, pause=pause).run())
    assert [record.message for record in caplog.records] == ["a bug in tidying the outbox"]
