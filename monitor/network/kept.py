"""Idle connections, kept for the next request to the same origin.

Few per origin, few in all, none for long, and each looked at before it is used again: a connection on which the peer has
hung up or said something unasked is never given out.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import NamedTuple

from monitor.network.dial import Line, Origin
from monitor.network.exchange import Exchange

IDLE_SECONDS = 90.0
"""Longer than the usual interval of a page, which is a minute."""
MAX_PER_ORIGIN = 2
MAX_KEPT = 256


class Conversation(NamedTuple):
    """A connection and the HTTP spoken over it."""

    line: Line
    exchange: Exchange

    def close(self) -> None:
        """Hang up."""
        self.line.stream.close()


class Kept:
    """The idle connections. What is put here is owned here until it is taken."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._idle: OrderedDict[Origin, deque[tuple[float, Conversation]]] = OrderedDict()
        self._count = 0
        self._sweep: asyncio.TimerHandle | None = None

    def take(self, origin: Origin) -> Conversation | None:
        """The connection to *origin* that was used last, None when none is fit for use."""
        now = self._monotonic()
        while origin in self._idle:
            until, conversation = self._pop(origin, newest=True)
            if now < until and conversation.line.stream.is_quiet():
                return conversation
            conversation.close()
        return None

    def put(self, origin: Origin, conversation: Conversation) -> None:
        """Keep a connection whose last answer was read to its end."""
        here = self._idle.setdefault(origin, deque())
        here.append((self._monotonic() + IDLE_SECONDS, conversation))
        self._idle.move_to_end(origin)
        self._count += 1
        if len(here) > MAX_PER_ORIGIN:
            self._drop(origin)
        if self._count > MAX_KEPT:
            self._drop(next(iter(self._idle)))
        if not self._sweep:
            self._sweep = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._expire)

    def close(self) -> None:
        """Hang up on everybody."""
        if self._sweep:
            self._sweep.cancel()
            self._sweep = None
        while self._idle:
            self._drop(next(iter(self._idle)))

    def _pop(self, origin: Origin, *, newest: bool = False) -> tuple[float, Conversation]:
        here = self._idle[origin]
        entry = here.pop() if newest else here.popleft()
        self._count -= 1
        if not here:
            del self._idle[origin]
        return entry

    def _drop(self, origin: Origin) -> None:
        """Hang up on the connection to *origin* that has been idle longest."""
        self._pop(origin)[1].close()

    def _expire(self) -> None:
        """Hang up on what has been idle too long, and come back while anything is kept."""
        self._sweep = None
        now = self._monotonic()
        for origin in list(self._idle):
            while origin in self._idle and self._idle[origin][0][0] <= now:
                self._drop(origin)
        if self._idle:
            self._sweep = asyncio.get_running_loop().call_later(IDLE_SECONDS / 2, self._expire)
