"""What the network brought during one look: something of now, or only what was known before.

A look that had nothing but memory says nothing of whether the world can be reached. One that shall confirm another goes a
way of its own, as far as there is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from checks.network import Answer, Connection, Family, Peer, Question, Request, Round
from checks.relay import Relay


@dataclass(slots=True)
class Overheard(Relay):
    """The network of one look, which notes whether an answer came *now*, and whether one came *from_memory*.

    A *fresh* one takes no page read before and no kept connection, but where the check itself will have an old answer: it is
    for second looks, and for witnesses. They read pages as any look does, so that they do not press who asked for a rest.
    What it connects to anew it tries over the family *prefer* first.
    """

    fresh: bool
    prefer: Family | None = None
    now: bool = False
    from_memory: bool = False

    @property
    def is_witness(self) -> bool:
        """Whether the look says anything of the world: one that had nothing but memory does not."""
        return self.now or not self.from_memory

    def _note(self, *, cached: bool) -> None:
        self.now |= not cached
        self.from_memory |= cached

    async def send(self, request: Request) -> Answer:
        """Send and listen."""
        answer = await self.network.send(self._renewed(request) if self._must_renew(request) else request)
        self._note(cached=answer.cached)
        return answer

    def _must_renew(self, request: Request) -> bool:
        return self.fresh and request.max_age is None

    def _renewed(self, request: Request) -> Request:
        return replace(request, max_age=0.0, prefer=self.prefer)

    async def handshake(self, peer: Peer, *, fresh: bool = False) -> Connection:
        """Shake hands and listen."""
        connection = await self.network.handshake(replace(peer, prefer=self.prefer) if self.prefer else peer, fresh=fresh)
        self._note(cached=connection.cached)
        return connection

    async def ask(self, peer: Peer, questions: Sequence[Question]) -> Round:
        """Ask and listen: an answer to any of the questions came from the world."""
        asked = await self.network.ask(peer, questions)
        self.now |= any(reply.received for reply in asked.replies)
        return asked


def other_family(pending: int) -> Family | None:
    """The family that the look after so many *pending* ones begins with, None for one that has nothing to confirm.

    They take turns, since the first look of a row began with IPv6 as all do. It does not matter where that one ended:
    what it did not reach over IPv6 within the head start is not reached by beginning with IPv6 again.
    """
    if not pending:
        return None
    return "ipv4" if pending % 2 else "ipv6"
