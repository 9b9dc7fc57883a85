"""A network that remembers what was asked and answered, for ``explain``: it wraps another and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from checks.model import Failure, Unseen
from checks.network import Answer, Connection, Network, Phases, Request
from checks.values import Address
from checks.vendor import Auth

HEAD_BYTES = 300
"""How much of a body is shown."""

_NOT_SHOWN = frozenset({"set-cookie", "www-authenticate", "authorization", "proxy-authenticate"})
"""Headers whose values may be credentials or name them."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One thing asked of the network, and what came back."""

    asked: Request | Address
    came: Answer | Connection | Failure

    def lines(self) -> Iterator[str]:
        """The exchange as lines of text: the request, then the answer's head. Secrets stay references."""
        match self.asked:
            case Request():
                yield f"> {self.asked.method} {self.asked.url}"
                yield from (f"> {name}: {value}" for name, value in self.asked.headers.items())
                yield from _credentials(self.asked.auth)
            case Address():
                yield f"> TLS handshake with {self.asked}"
        match self.came:
            case Answer():
                yield from _answer(self.came)
            case Connection():
                yield from _connection(self.came)
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


@dataclass
class Recorder:
    """Passes everything on to *network* and keeps it in *exchanges*."""

    network: Network
    exchanges: list[Exchange] = field(default_factory=list)

    async def send(self, request: Request) -> Answer:
        """Send and remember."""
        try:
            answer = await self.network.send(request)
        except Unseen as unseen:
            self.exchanges.append(Exchange(request, unseen.failure))
            raise
        self.exchanges.append(Exchange(request, answer))
        return answer

    async def handshake(self, address: Address) -> Connection:
        """Shake hands and remember."""
        try:
            connection = await self.network.handshake(address)
        except Unseen as unseen:
            self.exchanges.append(Exchange(address, unseen.failure))
            raise
        self.exchanges.append(Exchange(address, connection))
        return connection
