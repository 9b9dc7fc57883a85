"""A network that remembers what was asked and answered, for ``explain``: it wraps another and changes nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from checks.model import Failure, Unseen
from checks.network import Answer, Connection, Peer, Phases, Question, Request, Round
from checks.relay import Relay
from checks.vendor import Auth

Came = TypeVar("Came", Answer, Connection, Round)

HEAD_BYTES = 300
"""How much of a body is shown."""

_NOT_SHOWN = frozenset({"set-cookie", "www-authenticate", "authorization", "proxy-authenticate"})
"""Headers whose values may be credentials or name them."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Questions of a peer, each on a connection of its own."""

    peer: Peer
    questions: int


@dataclass(frozen=True, slots=True)
class Exchange:
    """One thing asked of the network, and what came back."""

    asked: Request | Peer | Asked
    came: Answer | Connection | Round | Failure

    def lines(self) -> Iterator[str]:
        """The exchange as lines of text: the request, then the answer's head. Secrets stay references."""
        match self.asked:
            case Request():
                yield f"> {self.asked.method} {self.asked.url}"
                yield from (f"> {name}: {value}" for name, value in self.asked.headers.items())
                yield from _credentials(self.asked.auth)
            case Peer():
                yield f"> TLS handshake with {self.asked}"
            case Asked(peer, questions):
                yield f"> {questions} TLS hellos to {peer}, one on each connection"
        match self.came:
            case Answer():
                yield from _answer(self.came)
            case Connection():
                yield from _connection(self.came)
            case Round(replies, seconds):
                yield from (f"< {reply.ending.value}, {reply.received} bytes" for reply in replies)
                yield f"< all of them in {seconds * 1000:.1f} ms"
            case Failure():
                yield f"< {self.came}"


def _credentials(auth: Auth | None) -> Iterator[str]:
    if auth and auth.bearer:
        yield f"> authorization: Bearer {auth.bearer}"
    if auth and auth.basic:
        yield f"> authorization: Basic {auth.basic.user} with the password {auth.basic.password}"


def _answer(answer: Answer) -> Iterator[str]:
    yield from _connection(answer.connection)
    yield from (f"< redirected from {hop}" for hop in answer.hops)
    cached = " (read moments ago)" if answer.cached else ""
    yield f"< {answer.http_version} {answer.status} from {answer.url}{cached}"
    for name, value in answer.headers.items():
        yield f"< {name}: {'…' if name in _NOT_SHOWN else value}"
    yield f"< {_phases(answer.phases)}"
    head = answer.body[:HEAD_BYTES].decode(errors="replace")
    more = f" … ({len(answer.body)} bytes)" if len(answer.body) > HEAD_BYTES else ""
    yield f"< {head}{more}"


def _connection(connection: Connection) -> Iterator[str]:
    session = connection.session
    tls = f", {session.version} {session.cipher}" if session else ""
    yield f"< {connection.address} port {connection.port} over {connection.ip_family}{tls}"


def _phases(phases: Phases) -> str:
    named = (
        ("resolve", phases.resolve),
        ("connect", phases.connect),
        ("tls", phases.tls),
        ("first byte", phases.first_byte),
        ("transfer", phases.transfer),
    )
    return ", ".join(f"{name} {seconds * 1000:.1f} ms" for name, seconds in named if seconds is not None)


@dataclass(slots=True)
class Recorder(Relay):
    """Passes everything on to *network* and keeps it in *exchanges*."""

    exchanges: list[Exchange] = field(default_factory=list)

    async def send(self, request: Request) -> Answer:
        """Send and remember."""
        return await self._kept(request, self.network.send(request))

    async def handshake(self, peer: Peer, *, fresh: bool = False) -> Connection:
        """Shake hands and remember."""
        return await self._kept(peer, self.network.handshake(peer, fresh=fresh))

    async def ask(self, peer: Peer, questions: Sequence[Question]) -> Round:
        """Ask and remember."""
        return await self._kept(Asked(peer, len(questions)), self.network.ask(peer, questions))

    async def _kept(self, asked: Request | Peer | Asked, coming: Awaitable[Came]) -> Came:
        try:
            came = await coming
        except Unseen as unseen:
            self.exchanges.append(Exchange(asked, unseen.failure))
            raise
        self.exchanges.append(Exchange(asked, came))
        return came
