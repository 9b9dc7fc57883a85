"""Raw questions to a peer, each on a connection of its own: what is said first, and how the answer ended.

What the bytes mean is the reading's business. This module only sees to it that no peer is hammered and that none can hold
us: at most `Limits.at_once` connections stand at one host at a time, whoever asks, each question ends within
`Limits.answer_seconds` of being said, however the answer drips, and no answer grows over `Limits.answer_bytes`.

Looks at a host are spread by the schedule, which gives each target a place of its own in the interval, by a hash. Within a
round, a connection waits until an earlier one has ended, and in a large round a random moment longer: four lanes to a host
that is near would otherwise bring it a thousand connections a second.
"""

from __future__ import annotations

import asyncio
import random
from asyncio import Semaphore
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from weakref import WeakValueDictionary

from checks.model import Failure, Reason, Unseen
from checks.network import Ending, Peer, Question, Reading, Reply, Round
from monitor.clock import Clock
from monitor.network.dial import Dialer, Way, origin_of
from monitor.network.failures import unseen
from monitor.network.stream import READ_BYTES, Stream

_PIECES_IN_A_TURN = 64
_OURS = frozenset({Reason.CONFIG, Reason.OFFLINE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What asking may take. Rounds of more than *small* questions pause up to *pause_seconds* before each of them."""

    at_once: int = 4
    connect_seconds: float = 3.0
    answer_seconds: float = 4.0
    answer_bytes: int = 160_000
    small: int = 4
    pause_seconds: float = 0.02


LIMITS = Limits()


class Asker:
    """Asks peers, for one event loop."""

    def __init__(self, dialer: Dialer, clock: Clock, limits: Limits = LIMITS) -> None:
        self._dialer = dialer
        self._monotonic = clock.monotonic
        self._limits = limits
        self._hosts: WeakValueDictionary[str, Semaphore] = WeakValueDictionary()

    async def ask(self, peer: Peer, questions: Sequence[Question]) -> Round:
        """Say each of *questions* to *peer*; `checks.network.Network.ask`."""
        begun = self._monotonic()
        way = await self._dialer.way(origin_of(peer.address), peer.ip, peer.starttls, peer.prefer)
        slots = self._hosts.setdefault(way.origin.host, Semaphore(self._limits.at_once))
        pause = self._limits.pause_seconds if len(questions) > self._limits.small else 0.0
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._in_turn(slots, pause, way, question)) for question in questions]
        outcomes = [task.result() for task in tasks]
        return Round(_replies(outcomes), self._monotonic() - begun)

    async def _in_turn(self, slots: Semaphore, pause: float, way: Way, question: Question) -> Reply | Failure:
        async with slots:
            if pause:
                await asyncio.sleep(random.uniform(0, pause))  # noqa: S311 - it spreads load and guards nothing
            return await self._put(way, question)

    async def _put(self, way: Way, question: Question) -> Reply | Failure:
        """Put one question; why there was no connection to put it on is a `Failure`."""
        try:
            stream = await self._reach(way)
        except Unseen as failed:
            return failed.failure
        with closing(stream):
            return await self._hear(stream, question, str(way.origin))

    async def _reach(self, way: Way) -> Stream:
        """A stream on which TLS may begin; what is said before it has as long as an answer."""
        with ExitStack() as undo:
            async with _within(self._limits.connect_seconds, f"{way.origin} did not answer"):
                line = await self._dialer.connect(way)
            undo.callback(line.stream.close)
            async with _within(self._limits.answer_seconds, f"{way.origin} did not agree on TLS"):
                await self._dialer.agree(line, way)
            undo.pop_all()
            return line.stream

    async def _hear(self, stream: Stream, question: Question, peer: str) -> Reply:
        """Say *question* on *stream* and read what comes back, for so long and so much as is allowed."""
        answer = _Answer(stream, question.reading, self._limits.answer_bytes)
        seconds = self._limits.answer_seconds
        try:
            async with asyncio.timeout(seconds):
                await stream.write(question.content)
                return Reply(await answer.read(), received=answer.received)
        except TimeoutError:
            return Reply(Ending.TIMEOUT, f"no complete answer within {seconds:g} s", answer.received)
        except OSError as error:
            return Reply(Ending.RESET, unseen(error, peer).failure.detail, answer.received)
        except Unseen as failed:  # TLS to a proxy has broken, which is nothing that the peer did.
            return Reply(Ending.UNREACHED, failed.failure.detail, answer.received)


@asynccontextmanager
async def _within(seconds: float, late: str) -> AsyncIterator[None]:
    """Raise `Unseen` with the words *late* when what is done inside is not over within *seconds*."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise Unseen(Reason.TIMEOUT, f"{late} within {seconds:g} s") from None


class _Answer:
    """An answer as it comes."""

    def __init__(self, stream: Stream, reading: Reading, most: int) -> None:
        self._stream = stream
        self._reading = reading
        self._most = most
        self.received = 0

    async def read(self) -> Ending:
        """Feed the reading until it is over, or the answer is."""
        pieces = 0
        while not self._reading.is_over:
            if self.received >= self._most:
                return Ending.TOO_LARGE
            content = await self._stream.read(min(READ_BYTES, self._most - self.received))
            if not content:
                return Ending.CLOSED
            self.received += len(content)
            self._reading.feed(content)
            pieces += 1
            if pieces % _PIECES_IN_A_TURN == 0:
                await asyncio.sleep(0)
        return Ending.ANSWERED


def _replies(outcomes: Sequence[Reply | Failure]) -> tuple[Reply, ...]:
    """The outcomes as replies. Raises `Unseen` where the fault was ours each time."""
    ours = [outcome for outcome in outcomes if isinstance(outcome, Failure) and outcome.reason in _OURS]
    if ours and len(ours) == len(outcomes):
        raise Unseen(ours[0].reason, ours[0].detail)
    return tuple(Reply(Ending.UNREACHED, each.detail) if isinstance(each, Failure) else each for each in outcomes)
