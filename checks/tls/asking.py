"""Questions to a server and their answers, in waves: how a scan is written down, and how one is held over a network.

A scan is a generator. It yields the questions that may be asked at the same time, is sent what was heard of each, and
returns what it came for. It knows no socket, no clock and no chance; `hold` alone awaits.

- What is asked is bounded from outside: a scan may be cut short at any question, and is then told so instead of an answer.
- An answer is judged where it is read. Here it only says of itself whether it is a choice, a refusal in words, a
  connection that was cut, or nothing that proves anything.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from checks.model import Unseen
from checks.network import Ending, Network, Peer, Question, Reply
from checks.tls.codes import ALERT_CLOSE_NOTIFY, ODDITIES, REFUSALS, SSL2
from checks.tls.flight import Flight, Got, Want
from checks.tls.hello import Hello
from checks.tls.serverhello import ServerHello
from checks.tls.ssl2 import Ssl2Answer, ssl2_hello

HOST_SECONDS = 40.0
_MOST_FUTILE = 1000
"""How many waves a scan may want after nothing may be asked any more: none that ends wants as many."""
_AT_A_TIME = 8
"""How many questions are handed to the network together: between two such handfuls the time is looked at."""
_CHALLENGE_BYTES = 16

T = TypeVar("T")


class Topic(StrEnum):
    """What a question is about."""

    CHOICE = "choice"
    """Version and suites alone: all groups and all ways to sign are offered, so that a refusal is about those two."""
    GROUPS = "groups"
    CERTIFICATE = "certificate"
    NO_NAME = "no name"
    WRONG_NAME = "wrong name"
    FALLBACK = "fallback"
    SSL2 = "ssl2"

    @property
    def is_strange(self) -> bool:
        """Whether it is asked as by one who wants another host."""
        return self in (Topic.NO_NAME, Topic.WRONG_NAME)


@dataclass(frozen=True, slots=True)
class Ask:
    """One question: *hello*, or without one the hello of SSL 2.0, and how much of the answer is *want*-ed."""

    topic: Topic
    hello: Hello | None
    want: Want = Want.HELLO

    @property
    def version(self) -> int:
        """The highest version that is offered."""
        return self.hello.version if self.hello else SSL2

    @property
    def content(self) -> bytes:
        """What is sent. The challenge of SSL 2.0 guards nothing here and is always the same."""
        return self.hello.encode() if self.hello else ssl2_hello(bytes(range(_CHALLENGE_BYTES)))

    def new_reading(self) -> Flight | Ssl2Answer:
        """What reads one answer to it."""
        return Flight(self.want, self.hello) if self.hello else Ssl2Answer()


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of a question: its *reading*, how the connection ended, and whether it was asked at all."""

    ask: Ask
    reading: Flight | Ssl2Answer
    reply: Reply
    was_asked: bool = True

    @property
    def flight(self) -> Flight | None:
        """The reading, unless it is that of SSL 2.0."""
        return self.reading if isinstance(self.reading, Flight) else None

    @property
    def choice(self) -> ServerHello | None:
        """What the server chose. A flight that breaks off behind the choice takes nothing from it, an invalid one does."""
        flight = self.flight
        return flight.hello if flight and flight.got in _CHOSEN else None

    @property
    def alert(self) -> int | None:
        """The alert that the answer was, if it was one. Saying goodbye is hanging up, and no alert."""
        return self.reading.alert if self.reading.alert != ALERT_CLOSE_NOTIFY else None

    @property
    def is_accepted(self) -> bool:
        """Whether the server would go on."""
        return self.choice is not None or (isinstance(self.reading, Ssl2Answer) and self.reading.accepted)

    @property
    def is_refused(self) -> bool:
        """Whether the server said no, in words that mean no."""
        return self.alert in REFUSALS or (isinstance(self.reading, Ssl2Answer) and self.reading.refused)

    @property
    def is_puzzled(self) -> bool:
        """Whether the server found fault with the message rather than with what it offers.

        Of SSL 2.0, which is another message altogether, that is a refusal.
        """
        return self.alert in ODDITIES and self.flight is not None

    @property
    def is_tls(self) -> bool:
        """Whether the answer, yes or no, is one that only somebody who speaks TLS (or SSL) gives."""
        return self.is_accepted or self.is_refused or self.alert is not None

    @property
    def is_cut(self) -> bool:
        """Whether the server hung up without a word."""
        goodbye = self.reading.alert == ALERT_CLOSE_NOTIFY
        hung_up = self.reply.ending in (Ending.CLOSED, Ending.RESET) and not self.reading.is_over
        return goodbye or (hung_up and not self.is_accepted)

    @property
    def detail(self) -> str:
        """What came instead of a choice, as a sentence."""
        flight = self.flight
        if flight and flight.detail:
            return flight.detail
        if self.is_cut:
            return "the peer hung up"
        return self.reply.detail or "the peer gave no answer that can be read"


_CHOSEN = frozenset({Got.OPEN, Got.HELLO, Got.FLIGHT})

Wave = tuple[Ask, ...]
Scan = Generator[Wave, tuple[Heard, ...], T]
"""Questions out, what was heard of each in their order in, a result at the end."""


def one(ask: Ask) -> Scan[Heard]:
    """A scan of one question."""
    (heard,) = yield (ask,)
    return heard


def together(*scans: Scan[T]) -> Scan[tuple[T, ...]]:
    """Hold *scans* in step: each wave has what all of them want to ask next. Their results, in their order."""
    results: dict[int, T] = {}
    sent: dict[int, tuple[Heard, ...] | None] = dict.fromkeys(range(len(scans)))
    while sent:
        waves: dict[int, Wave] = {}
        for place, heard in sent.items():
            try:
                waves[place] = next(scans[place]) if heard is None else scans[place].send(heard)
            except StopIteration as end:
                results[place] = end.value
        answers = iter((yield tuple(ask for wave in waves.values() for ask in wave)) if waves else ())
        sent = {place: tuple(next(answers) for _ in wave) for place, wave in waves.items()}
    return tuple(results[place] for place in range(len(scans)))


async def hold(scan: Scan[T], network: Network, peer: Peer, *, budget: int, seconds: float = HOST_SECONDS) -> T:
    """Hold *scan* over *network* to its end, within *budget* connections and *seconds* of asking.

    What is beyond either is answered for the network, as not asked. Raises `Unseen` when nothing at all could be asked.
    """
    purse = _Purse(network, peer, budget, seconds)
    try:
        wave = next(scan)
        while True:
            wave = scan.send(await purse.ask(wave))
    except StopIteration as end:
        result: T = end.value
        return result


class _Purse:
    """What is left to spend on one peer."""

    def __init__(self, network: Network, peer: Peer, budget: int, seconds: float) -> None:
        self._network = network
        self._peer = peer
        self._limits = budget, seconds
        self._spent, self._seconds = 0, 0.0
        self._failure = ""
        self._futile = 0

    async def ask(self, wave: Wave) -> tuple[Heard, ...]:
        """What is heard of *wave*, a handful at a time.

        Raises `RuntimeError` for a scan that never ends: it would hold the whole daemon, for it waits for nobody any more.
        """
        self._futile += bool(self._empty())
        if self._futile > _MOST_FUTILE:
            msg = "a scan goes on asking although nothing may be asked any more"
            raise RuntimeError(msg)
        heard: list[Heard] = []
        for start in range(0, len(wave), _AT_A_TIME):
            heard += await self._handful(wave[start : start + _AT_A_TIME])
        return tuple(heard)

    async def _handful(self, asks: Wave) -> list[Heard]:
        reason = self._empty()
        affordable = 0 if reason else min(len(asks), self._limits[0] - self._spent)
        heard = await self._put(asks[:affordable]) if affordable else []
        return [*heard, *(not_asked(ask, reason or self._empty()) for ask in asks[len(heard) :])]

    def _empty(self) -> str:
        """Why nothing more may be asked; empty while something may."""
        budget, seconds = self._limits
        if self._failure:
            return self._failure
        if self._spent >= budget:
            return f"a look makes at most {budget} connections"
        return f"a look takes at most {seconds:g} s" if self._seconds >= seconds else ""

    async def _put(self, asks: Wave) -> list[Heard]:
        """Ask them all. A network that refuses to go on once it began is an end and no failure."""
        readings = [ask.new_reading() for ask in asks]
        questions = [Question(ask.content, reading) for ask, reading in zip(asks, readings, strict=True)]
        try:
            told = await self._network.ask(self._peer, questions)
        except Unseen as unseen:
            if not self._spent:
                raise
            self._failure = unseen.failure.detail
            return []
        self._spent += len(asks)
        self._seconds += told.seconds
        return [Heard(*each) for each in zip(asks, readings, told.replies, strict=True)]


def not_asked(ask: Ask, reason: str) -> Heard:
    """What is heard of a question that could not be put, and why."""
    return Heard(ask, ask.new_reading(), Reply(Ending.UNREACHED, reason), was_asked=False)
