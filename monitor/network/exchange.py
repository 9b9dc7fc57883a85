"""HTTP/1.1 over a stream: the only module that knows h11.

One request is under way at a time. What the peer sends before its answer is bounded, and an answer that breaks the
protocol (RFC 9112) is `Unseen` with `Reason.HTTP`: h11 refuses it, and no byte after the fault is looked at.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from time import monotonic

import h11

from checks.foreign import one_line
from checks.model import Reason, Unseen
from monitor.network.failures import unseen
from monitor.network.stream import Stream

HEAD_BYTES = 65_536
"""What an answer's status line and headers may come to."""
MAX_PIECES = 10_000
_PIECES_IN_A_TURN = 128
_MAX_INTERIM = 8
_TOO_MUCH = 431
"""The hint that h11 gives when a head does not end (RFC 6585, section 5)."""

Headers = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Ask:
    """A request, ready to be sent."""

    method: bytes
    target: bytes
    headers: Headers
    body: bytes = b""
    sent: Callable[[], None] | None = None
    """Called when all of it was written."""


@dataclass(frozen=True, slots=True)
class Head:
    """The head of an answer. *first_byte* is seconds since the request was sent, *at* the monotonic time it came."""

    status: int
    headers: Headers
    version: str
    first_byte: float
    at: float


class Exchange:
    """Requests and answers in turns over one stream, which stays the caller's to close."""

    def __init__(self, stream: Stream, peer: str, monotonic: Callable[[], float]) -> None:
        self._stream = stream
        self._peer = peer
        self._monotonic = monotonic
        self._wire = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD_BYTES)
        self._arrived: float | None = None
        self._is_over = False

    @property
    def is_answered(self) -> bool:
        """Whether any byte came back for the request under way."""
        return self._arrived is not None

    async def ask(self, ask: Ask) -> Head:
        """Send a request and read the head of its answer.

        Raises `Unseen`: `Reason.CONNECT` when the peer hangs up first, `TOO_LARGE` for a head over `HEAD_BYTES`, `HTTP` for
        what is not HTTP.
        """
        self._arrived = None
        await self._send(ask)
        if ask.sent:
            ask.sent()
        sent = self._monotonic()
        for _ in range(_MAX_INTERIM):
            event = await self._event()
            if isinstance(event, h11.Response):
                return self._head(event, sent)
        raise Unseen(Reason.HTTP, f"{self._peer} sent {_MAX_INTERIM} interim answers and no final one")

    async def chunks(self) -> AsyncIterator[bytes]:
        """The answer's body as it comes, freed of its framing but not of its content coding.

        A body in very many pieces costs far more than its bytes: others get a turn in between, and there is an end to it.
        """
        pieces = 0
        while isinstance(event := await self._event(), h11.Data):
            pieces += 1
            if pieces > MAX_PIECES:
                raise Unseen(Reason.TOO_LARGE, f"the body came in more than {MAX_PIECES} pieces")
            if pieces % _PIECES_IN_A_TURN == 0:
                await asyncio.sleep(0)
            yield bytes(event.data)

    def is_reusable(self) -> bool:
        """Whether the answer was read to its end and the connection may carry another request; if so it is ready for it."""
        if self._wire.our_state is not h11.DONE or self._wire.their_state is not h11.DONE or self._wire.trailing_data[0]:
            return False
        self._wire.start_next_cycle()
        return self._stream.is_quiet()

    @property
    def is_silent(self) -> bool:
        """Whether nothing came after what was read."""
        return not self._wire.trailing_data[0]

    async def _send(self, ask: Ask) -> None:
        wire = self._wire
        try:
            head = wire.send(h11.Request(method=ask.method, target=ask.target, headers=list(ask.headers)))
            body = wire.send(h11.Data(data=ask.body)) if ask.body else b""
            end = wire.send(h11.EndOfMessage())
        except h11.LocalProtocolError as error:
            raise Unseen(Reason.CONFIG, f"the request cannot be sent: {one_line(str(error))}") from error
        try:
            await self._stream.write(b"".join(part for part in (head, body, end) if part))
        except OSError as error:
            raise unseen(error, self._peer) from error

    async def _event(self) -> object:
        """The next event of the answer; h11's own event types."""
        while True:
            try:
                event = self._wire.next_event()
            except h11.RemoteProtocolError as error:
                raise self._broken(error) from error
            if event is not h11.NEED_DATA:
                return event
            self._wire.receive_data(await self._read())

    async def _read(self) -> bytes:
        try:
            received = await self._stream.read()
        except OSError as error:
            raise unseen(error, self._peer) from error
        self._is_over = not received
        if self._arrived is None:
            if not received:
                raise Unseen(Reason.CONNECT, f"{self._peer} closed the connection before it answered")
            self._arrived = self._monotonic()
        return received

    def _head(self, response: h11.Response, sent: float) -> Head:
        headers = list(response.headers)
        if sum(len(name) + len(value) for name, value in headers) > HEAD_BYTES:
            raise _too_much()
        at = self._arrived or sent
        version = f"HTTP/{response.http_version.decode('ascii')}"
        return Head(status=response.status_code, headers=headers, version=version, first_byte=at - sent, at=at)

    def _broken(self, error: h11.RemoteProtocolError) -> Unseen:
        if error.error_status_hint == _TOO_MUCH:
            return _too_much()
        if self._is_over:
            return Unseen(Reason.HTTP, f"{self._peer} closed the connection in the middle of its answer: {_said(error)}")
        return Unseen(Reason.HTTP, f"the answer of {self._peer} is not valid HTTP/1.1: {_said(error)}")


def _said(error: h11.RemoteProtocolError) -> str:
    return one_line(str(error))


def _too_much() -> Unseen:
    return Unseen(Reason.TOO_LARGE, f"the headers of the answer are over {HEAD_BYTES} bytes")


async def tunnel(stream: Stream, target: str, peer: str) -> None:
    """Ask the proxy *peer* at the other end of *stream* for a tunnel to *target* (RFC 9110, section 9.3.6).

    Raises `Unseen` when it does not make one.
    """
    exchange = Exchange(stream, peer, monotonic)
    name = target.encode("ascii")
    head = await exchange.ask(Ask(b"CONNECT", name, [(b"host", name)]))
    if not 200 <= head.status < 300:  # noqa: PLR2004 - 2xx
        raise Unseen(Reason.CONNECT, f"it answered {head.status} to CONNECT {target}")
    if not exchange.is_silent:
        raise Unseen(Reason.HTTP, "it sent bytes of its own into the tunnel")
