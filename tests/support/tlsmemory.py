"""A network in memory whose only peer answers hellos by a policy, or by whatever a test makes up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat
from random import Random
from typing import TypeVar

from checks.network import Ending, Peer, Question, Reply, Round
from checks.tls.asking import Scan, hold
from checks.values import Address
from tests.support.network import FakeNetwork
from tests.support.tlsscript import Policy, Refusal, answer

T = TypeVar("T")

PEER = Peer(Address("vendor.test", 443))
MOST = 10_000
_LANES = 4
_ENDINGS = {
    Refusal.RESET: (Ending.RESET, "reset"),
    Refusal.CLOSE: (Ending.CLOSED, ""),
    Refusal.SILENCE: (Ending.TIMEOUT, "no complete answer within 4 s"),
}

Says = Callable[[bytes], bytes | Refusal | Ending]
"""What a peer sends back for a hello, or how the connection ends instead."""


@dataclass
class MemoryNetwork(FakeNetwork):
    """Each question takes *seconds*. *asked* is what was sent, *rounds* how many questions came at once.

    With a *chance*, the connections of a round arrive as those of a network do: four at a time, in any order.
    """

    says: Says = lambda _: Refusal.CLOSE
    seconds: float = 0.01
    chance: Random | None = None
    asked: list[bytes] = field(default_factory=list)
    rounds: list[int] = field(default_factory=list)

    async def ask(self, peer: Peer, questions: Sequence[Question]) -> Round:  # noqa: ARG002 - there is one only
        self.rounds.append(len(questions))
        replies = {place: self._reply(questions[place]) for place in self._arrivals(len(questions))}
        return Round(tuple(replies[place] for place in range(len(questions))), self.seconds * len(questions))

    def _arrivals(self, number: int) -> list[int]:
        """The places of a round's questions, in the order in which they arrive."""
        lanes = [list(range(start, min(start + _LANES, number))) for start in range(0, number, _LANES)]
        if self.chance:
            for lane in lanes:
                self.chance.shuffle(lane)
        return [place for lane in lanes for place in lane]

    def _reply(self, question: Question) -> Reply:
        self.asked.append(question.content)
        said = self.says(question.content)
        if isinstance(said, Ending):
            return Reply(said, "made up")
        if isinstance(said, Refusal):
            return Reply(*_ENDINGS[said])
        question.reading.feed(said)
        return Reply(Ending.ANSWERED if question.reading.is_over else Ending.CLOSED, "", len(said))


def limited(policy: Policy, most: int, then: Sequence[bytes | Refusal | Ending]) -> Says:
    """A server with *policy* behind something that lets *most* connections through, and does what *then* says to the next.

    The last of *then* is done to all that follow.
    """
    turns = chain(repeat(None, most), then, repeat(then[-1]))

    def says(hello: bytes) -> bytes | Refusal | Ending:
        turn = next(turns)
        return answer(policy, hello) if turn is None else turn

    return says


def by(policy: Policy) -> Says:
    """What a server with *policy* says."""
    return lambda hello: answer(policy, hello)


def scanned(scan: Scan[T], peer: Policy | MemoryNetwork, *, budget: int = MOST) -> T:
    """What *scan* finds out about *peer*."""
    network = peer if isinstance(peer, MemoryNetwork) else MemoryNetwork(says=by(peer))
    return asyncio.run(hold(scan, network, PEER, budget=budget))
