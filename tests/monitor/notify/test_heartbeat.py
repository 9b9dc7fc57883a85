"""A heartbeat that is heard while we are well, and is silent when we are not."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field

import pytest

from checks.model import Reason, Unseen
from checks.network import Answer
from checks.values import Seconds, Url
from monitor.notify.heartbeat import Pulse
from monitor.notify.tally import Tally
from monitor.receivers import Heartbeat
from tests.support.consequences import after
from tests.support.network import FakeNetwork, answer
from tests.support.telling import Hands

URL = Url("https://beat.test/me")


@dataclass
class Beaten:
    network: FakeNetwork = field(default_factory=lambda: FakeNetwork({URL: answer(url=URL)}))
    hands: Hands = field(default_factory=Hands)
    tally: Tally = field(default_factory=Tally)
    is_well: bool = True

    @property
    def pulse(self) -> Pulse:
        return Pulse(
            Heartbeat(url=URL, every=Seconds(60)),
            self.network,
            clock=self.hands.clock,
            healthy=lambda: self.is_well,
            tally=self.tally,
            pause=self._pause,
        )

    async def _pause(self, seconds: float) -> None:
        self.hands.turn(seconds)
        if self.hands.seconds > 600:
            raise asyncio.CancelledError


def test_it_is_heard_once_an_interval_while_we_are_well() -> None:
    beaten = Beaten()
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(beaten.pulse.run())
    assert len(beaten.network.sent) == 11
    assert beaten.tally.heartbeat == after(600)
    assert {(sent.method, sent.fresh) for sent in beaten.network.sent} == {("GET", True)}


def test_it_is_silent_when_we_are_not(caplog: pytest.LogCaptureFixture) -> None:
    beaten = Beaten(is_well=False)
    with caplog.at_level(logging.WARNING), pytest.raises(asyncio.CancelledError):
        asyncio.run(beaten.pulse.run())
    assert beaten.network.sent == []
    assert beaten.tally.heartbeat is None
    assert [record.message for record in caplog.records] == ["the daemon is not well, and its heartbeat is left out"]


@pytest.mark.parametrize("found", [answer(status=500, url=URL), Unseen(Reason.TIMEOUT, "no answer")])
def test_a_beat_that_was_not_heard_is_tried_again_soon(found: Answer | Unseen) -> None:
    beaten = Beaten(FakeNetwork({URL: found}))
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(beaten.pulse.run())
    assert len(beaten.network.sent) == 61
    assert beaten.tally.heartbeat is None


def test_a_bug_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    beaten = Beaten()
    beaten.network = FakeNetwork({URL: KeyError()})  # type: ignore[dict-item]  # what is no answer is a bug
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(beaten.pulse.run())
    assert len(beaten.network.sent) == 61
    assert "a bug in the heartbeat" in caplog.text


def test_it_is_told_once_until_it_is_heard_again(caplog: pytest.LogCaptureFixture) -> None:
    beaten = Beaten()
    pulse = beaten.pulse

    async def story() -> None:
        for found in (
            answer(status=500, url=URL),
            answer(status=500, url=URL),
            answer(url=URL),
            answer(status=500, url=URL),
        ):
            beaten.network.answers[URL] = found
            await pulse.beat()

    with caplog.at_level(logging.WARNING):
        asyncio.run(story())
    assert [record.message for record in caplog.records] == ["the heartbeat was not heard"] * 2
