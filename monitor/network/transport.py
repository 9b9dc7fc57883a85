"""One request over one connection: a kept one where that will do, else a new one, judged before a byte is sent.

A kept connection may have died unseen. A request that may be sent twice (RFC 9110, section 9.2.2) is then sent once more
over a new one, provided that no byte of an answer had come; any other request always gets a new one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack

from checks.model import Unseen
from checks.network import Connection, Family, Phases
from monitor.clock import Clock
from monitor.network.dial import Dialer, Origin, require_trust
from monitor.network.exchange import Ask, Exchange, Head
from monitor.network.kept import Conversation, Kept

_REPEATABLE = frozenset({b"GET", b"HEAD", b"OPTIONS", b"PUT", b"DELETE", b"TRACE"})


class Delivery:
    """An answer whose body is still to be read. Close it, whatever happens: that keeps the connection or hangs up."""

    def __init__(self, head: Head, conversation: Conversation, phases: Phases, release: Callable[[], None]) -> None:
        self.head = head
        self.connection = conversation.line.connection
        self.phases = phases
        self._conversation = conversation
        self._release = release

    def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes; `Exchange.chunks`."""
        return self._conversation.exchange.chunks()

    def close(self) -> None:
        """Give the connection back."""
        self._release()


class Transport:
    """Carries requests to origins."""

    def __init__(self, dialer: Dialer, clock: Clock, shown: Callable[[Origin, Connection], None]) -> None:
        """Tell *shown* of every new connection, trusted or not."""
        self._dialer = dialer
        self._clock = clock
        self._shown = shown
        self._kept = Kept(clock.monotonic)

    async def carry(self, origin: Origin, ask: Ask, *, fresh: bool, prefer: Family | None = None) -> Delivery:
        """Send *ask* to *origin*; with *fresh* over a connection that is used for nothing else.

        A new connection is tried over the family *prefer* first.

        Raises `Unseen`.
        """
        if not fresh and ask.method in _REPEATABLE and (kept := self._kept.take(origin)):
            try:
                return await self._converse(origin, kept, ask, Phases(), keep=True)
            except Unseen:
                if kept.exchange.is_answered:
                    raise
        new = await self._open(origin, prefer)
        return await self._converse(origin, new, ask, new.line.connection.phases, keep=not fresh)

    def close(self) -> None:
        """Hang up on all idle connections."""
        self._kept.close()

    async def _open(self, origin: Origin, prefer: Family | None) -> Conversation:
        line = await self._dialer.dial(origin, prefer)
        with ExitStack() as undo:
            undo.callback(line.stream.close)
            self._shown(origin, line.connection)
            require_trust(line.connection, origin.host, self._clock.now())
            undo.pop_all()
            return Conversation(line, Exchange(line.stream, str(origin), self._clock.monotonic))

    async def _converse(self, origin: Origin, on: Conversation, ask: Ask, made: Phases, *, keep: bool) -> Delivery:
        with ExitStack() as undo:
            undo.callback(on.close)
            head = await on.exchange.ask(ask)
            undo.pop_all()

        def release() -> None:
            if keep and on.exchange.is_reusable():
                self._kept.put(origin, on)
            else:
                on.close()

        phases = Phases(resolve=made.resolve, connect=made.connect, tls=made.tls, first_byte=head.first_byte)
        return Delivery(head, on, phases, release)
